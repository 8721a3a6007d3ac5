"""Exporting what changed since an earlier export, and applying it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, update

from linernotes.export import ExportFailed, export_release
from linernotes.export_changes import apply_changes, changes
from linernotes.export_tables import FORMAT_VERSION, KEYS, schemas
from store.artist_removal import forget_artist
from store.models import ArtistRow, ReleaseEvidenceRow
from store.releases import list_releases, remove_release
from store.views import VIEWS
from tests.linernotes.conftest import Result
from tests.small_release import add_artist, add_document, publish

Call = Callable[..., Result]
SCHEMA = pa.schema([("key", pa.int64()), ("text", pa.string()), ("vector", pa.list_(pa.float32(), 2))])

rows_strategy = st.lists(
    st.tuples(st.integers(0, 5), st.one_of(st.none(), st.sampled_from(["a", "b"])), st.integers(0, 2)),
    max_size=12,
)


def table(rows: list[tuple[int, str | None, int]]) -> pa.Table:
    content = [{"key": key, "text": text, "vector": [value, 1.0]} for key, text, value in rows]
    return pa.Table.from_pylist(content, schema=SCHEMA)


def in_order(found: pa.Table) -> list[str]:
    return sorted(map(repr, found.to_pylist()))


@given(rows_strategy, rows_strategy)
def test_deleting_the_listed_keys_and_adding_the_rows_gives_the_new_table(
    before: list[tuple[int, str | None, int]], after: list[tuple[int, str | None, int]]
) -> None:
    old, new = table(before), table(after)
    removed, added = changes(old, new, ("key",))
    gone = set(removed["key"].to_pylist())
    stays = [row for row in before if row[0] not in gone]
    assert in_order(pa.concat_tables([table(stays), added])) == in_order(new)


@given(rows_strategy)
def test_the_same_rows_in_another_order_are_no_change(rows: list[tuple[int, str | None, int]]) -> None:
    removed, added = changes(table(rows), table(rows[::-1]), ("key",))
    assert (removed.num_rows, added.num_rows) == (0, 0)


@given(rows_strategy, rows_strategy)
def test_only_keys_that_changed_are_written(
    before: list[tuple[int, str | None, int]], after: list[tuple[int, str | None, int]]
) -> None:
    removed, added = changes(table(before), table(after), ("key",))

    def of(rows: list[tuple[int, str | None, int]], key: int) -> list[str]:
        return sorted(repr(row) for row in rows if row[0] == key)

    changed = {key for key in range(6) if of(before, key) != of(after, key)}
    assert set(removed["key"].to_pylist()) == {key for key in changed if of(before, key)}
    assert set(added["key"].to_pylist()) == {key for key in changed if of(after, key)}


def fill(engine: Engine) -> tuple[int, int, int]:
    """Publish a release of three artists with quotes; return their numbers."""
    with engine.begin() as connection:
        one, two, three = (
            add_artist(connection, name) for name in ("Mossglass", "Velvet Harbour", "Driftrelay")
        )
        document = add_document(connection, "https://a.example/1", "So icy. And slow. So icy.", about=[one])
        publish(
            connection,
            {one: {"icy": 0.9, "slow": 0.5}, two: {"icy": 0.4}, three: {"loud": 0.7}},
            {one: [3.0, 4.0], two: [4.0, 3.0], three: [0.0, 1.0]},
            evidence=[(one, "icy", document, "So icy."), (one, "slow", document, "And slow.")],
        )
    return one, two, three


def next_release(engine: Engine, one: int, two: int) -> None:
    """Publish a release without the third artist, with another weight, and vectors of another length."""
    with engine.begin() as connection:
        document = add_document(connection, "https://a.example/2", "Icy again.", about=[two])
        publish(
            connection,
            {one: {"icy": 0.8, "slow": 0.5}, two: {"icy": 0.4, "warm": 0.2}},
            {one: [3.0, 4.0, 0.0], two: [4.0, 3.0, 0.0]},
            evidence=[(two, "icy", document, "Icy again.")],
        )


def same(one: Path, other: Path) -> None:
    for view in VIEWS:
        tables = [pq.read_table(folder / f"{view.name}.parquet") for folder in (one, other)]
        assert tables[0].schema.equals(tables[1].schema)
        assert in_order(tables[0]) == in_order(tables[1]), view.name


def test_applied_to_the_earlier_export_changes_give_the_whole_new_one(engine: Engine, tmp_path: Path) -> None:
    one, two, _ = fill(engine)
    export_release(engine, tmp_path / "old")
    next_release(engine, one, two)
    export_release(engine, tmp_path / "changes", since=tmp_path / "old")
    export_release(engine, tmp_path / "new")
    apply_changes(tmp_path / "old", tmp_path / "changes", tmp_path / "applied")
    same(tmp_path / "applied", tmp_path / "new")
    manifests = [json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("applied", "new")]
    assert manifests[0] == manifests[1]


def test_deletions_are_listed_by_key(sqlite_engine: Engine, tmp_path: Path) -> None:
    one, two, three = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    next_release(sqlite_engine, one, two)
    export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    removed = pq.read_table(tmp_path / "changes" / "artist_descriptors.removed.parquet").to_pylist()
    assert {"artist_id": three, "term": "loud", "kind": "n1"} in removed
    added = pq.read_table(tmp_path / "changes" / "artist_descriptors.parquet").to_pylist()
    assert {(row["artist_id"], row["term"]) for row in added} == {(one, "icy"), (two, "warm")}


def test_nothing_new_is_nothing_written(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    report = export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    assert set(report.rows.values()) == {0}


def test_what_was_forgotten_is_removed_downstream_although_it_left_the_old_release_too(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    one, _, _ = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    with sqlite_engine.begin() as connection:
        connection.execute(delete(ReleaseEvidenceRow))
        forget_artist(connection, one)
    export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    apply_changes(tmp_path / "old", tmp_path / "changes", tmp_path / "applied")
    assert pq.read_table(tmp_path / "applied" / "descriptor_evidence.parquet").num_rows == 0
    assert one not in pq.read_table(tmp_path / "applied" / "artist_vectors.parquet")["artist_id"].to_pylist()


def test_a_name_that_was_corrected_is_a_change(sqlite_engine: Engine, tmp_path: Path) -> None:
    one, _, _ = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    with sqlite_engine.begin() as connection:
        connection.execute(update(ArtistRow).where(ArtistRow.id == one).values(name="Moss Glass"))
    export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    added = pq.read_table(tmp_path / "changes" / "artist_summary.parquet")
    vectors = pq.read_table(tmp_path / "changes" / "artist_vectors.parquet")
    assert vectors["artist"].to_pylist() == ["Moss Glass"]
    assert added.num_rows == 0  # this release has no summaries


def test_the_release_of_the_earlier_export_may_be_pruned(sqlite_engine: Engine, tmp_path: Path) -> None:
    one, two, _ = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    next_release(sqlite_engine, one, two)
    with sqlite_engine.begin() as connection:
        remove_release(connection, list_releases(connection)[-1].release_id)
    export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    export_release(sqlite_engine, tmp_path / "new")
    apply_changes(tmp_path / "old", tmp_path / "changes", tmp_path / "applied")
    same(tmp_path / "applied", tmp_path / "new")


def test_an_export_from_before_a_column_came_is_brought_up_to_now(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    file = tmp_path / "old" / "artist_descriptors.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["facet"]), file)
    (tmp_path / "old" / "map_regions.parquet").unlink()
    export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    export_release(sqlite_engine, tmp_path / "new")
    apply_changes(tmp_path / "old", tmp_path / "changes", tmp_path / "applied")
    same(tmp_path / "applied", tmp_path / "new")


def test_what_is_no_whole_export_is_refused_in_a_sentence(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "old")
    export_release(sqlite_engine, tmp_path / "changes", since=tmp_path / "old")
    with pytest.raises(ExportFailed, match="holds no export"):
        export_release(sqlite_engine, tmp_path / "new", since=tmp_path / "nowhere")
    with pytest.raises(ExportFailed, match="no whole export"):
        export_release(sqlite_engine, tmp_path / "new", since=tmp_path / "changes")
    with pytest.raises(ExportFailed, match="the earlier export itself"):
        export_release(sqlite_engine, tmp_path / "old", since=tmp_path / "old")
    with pytest.raises(ExportFailed, match="always whole"):
        export_release(sqlite_engine, tmp_path / "new", form="numpy", since=tmp_path / "old")
    with pytest.raises(ExportFailed, match="does not hold what changed"):
        apply_changes(tmp_path / "old", tmp_path / "old", tmp_path / "new")
    (tmp_path / "old" / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(ExportFailed, match=f"format {FORMAT_VERSION}"):
        export_release(sqlite_engine, tmp_path / "new", since=tmp_path / "old")
    assert not (tmp_path / "new").exists()


def test_keys_are_columns_of_their_views() -> None:
    assert set(KEYS) == {view.name for view in VIEWS}
    for name, schema in schemas(2).items():
        assert set(KEYS[name]) <= set(schema.names)


# Renaming, removing or retyping a column breaks those who read the files: raise FORMAT_VERSION and say so in
# CHANGELOG.md and docs/export.md. A new file or column does not; add it here.
PINNED = Path(__file__).parent / "export_schemas.txt"


def test_the_schemas_of_the_files_are_those_that_were_promised() -> None:
    lines = [f"format {FORMAT_VERSION}"]
    for name, schema in schemas(2).items():
        fields = [f"{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in schema]
        lines += [f"{name} ({', '.join(KEYS[name])})", *(f"  {field}" for field in fields)]
    assert PINNED.read_text(encoding="utf-8").splitlines() == lines


def test_the_command_line_writes_what_changed(sqlite_engine: Engine, call: Call, home: Path) -> None:
    fill(sqlite_engine)
    database = ("--database", str(sqlite_engine.url))
    assert call(*database, "export", "old").code == 0
    done = call(*database, "export", "changes", "--since", "old", "--json")
    assert {row["rows"] for row in done.rows} == {0}
    refused = call(*database, "export", "more", "--since", "nowhere")
    assert refused.code == 1
    assert "holds no export" in refused.error
