"""Exporting a release as Parquet."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

import linernotes.export_tables
from linernotes.errors import NoRelease
from linernotes.export import ExportFailed, export_release
from store.views import VIEWS
from tests.small_release import add_artist, add_document, publish

FILES = {f"{view.name}.parquet" for view in VIEWS}


def fill(engine: Engine, weight: float = 0.9) -> int:
    """Publish a release of two artists, one with a quote."""
    with engine.begin() as connection:
        one = add_artist(connection, "Sigur Rós", mbid="11111111-2222-3333-4444-555555555555")
        two = add_artist(connection, "Mogwai")
        document = add_document(connection, f"https://a.example/{one}", "So icy. And slow.", about=[one])
        return publish(
            connection,
            {one: {"icy": weight, "slow": 0.5}, two: {"loud": 0.7}},
            {one: [3.0, 4.0], two: [0.0, 1.0]},
            facets={"icy": "mood"},
            evidence=[(one, "icy", document, "So icy.")],
            activity=[(one, date(2020, 6, 1), 1, 1, 0.5, 0.1)],
        )


def test_every_view_becomes_a_file_with_its_columns(engine: Engine, tmp_path: Path) -> None:
    release = fill(engine)
    report = export_release(engine, tmp_path / "out")
    assert (report.release_id, set(report.rows)) == (release, FILES)
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES | {"manifest.json"}
    for view in VIEWS:
        table = pq.read_table(tmp_path / "out" / f"{view.name}.parquet")
        assert table.column_names == [column.name for column in view.columns]
        assert table.num_rows == report.rows[f"{view.name}.parquet"]


def test_values_and_types_are_those_of_the_database(engine: Engine, tmp_path: Path) -> None:
    release = fill(engine)
    export_release(engine, tmp_path / "out")
    read = {view.name: pq.read_table(tmp_path / "out" / f"{view.name}.parquet") for view in VIEWS}
    vectors = read["artist_vectors"]
    assert vectors.schema.field("vector").type == pa.list_(pa.float32(), 2)
    assert vectors["vector"].to_pylist() == [pytest.approx([0.6, 0.8]), [0.0, 1.0]]
    first = read["artist_descriptors"].to_pylist()[0]
    assert (first["artist"], first["term"], first["facet"]) == ("Sigur Rós", "icy", "mood")
    assert (first["weight"], first["first_seen"], first["last_seen"]) == (
        pytest.approx(0.9),
        date(2001, 2, 3),
        None,
    )
    assert [row["quote"] for row in read["descriptor_evidence"].to_pylist()] == ["So icy."]
    assert [row["rank"] for row in read["similar_artists"].to_pylist()] == [1, 1]
    (current,) = read["current_release"].to_pylist()
    assert current["release_id"] == release
    assert json.loads(current["parameters"]) == {"seed": 1}
    assert abs((datetime.now(UTC) - current["created"]).total_seconds()) < 600


def test_the_schemas_do_not_depend_on_the_content(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "full")
    with sqlite_engine.begin() as connection:
        publish(connection, {}, {})
    export_release(sqlite_engine, tmp_path / "empty")
    for name in FILES - {"artist_vectors.parquet"}:
        assert pq.read_schema(tmp_path / "empty" / name) == pq.read_schema(tmp_path / "full" / name)


def test_the_manifest_says_release_rows_and_columns(sqlite_engine: Engine, tmp_path: Path) -> None:
    release = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["release_id"], manifest["dimensions"]) == (release, 2)
    described = manifest["files"]["artist_descriptors.parquet"]
    assert described["rows"] == 3
    weight = next(column for column in described["columns"] if column["name"] == "weight")
    assert weight == {"name": "weight", "type": "double", "comment": "0 to 1; comparable between artists"}


def test_long_views_are_written_in_row_groups(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linernotes.export_tables, "ROW_GROUP", 2)
    fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "out")
    file = pq.ParquetFile(tmp_path / "out" / "artist_descriptors.parquet")
    assert (file.num_row_groups, file.metadata.num_rows) == (2, 3)


def test_an_earlier_export_is_replaced_whole(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "out")
    (tmp_path / "out" / "leftover.parquet").touch()
    with sqlite_engine.begin() as connection:
        second = publish(connection, {}, {})
    export_release(sqlite_engine, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["release_id"] == second
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES | {"manifest.json"}
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_an_empty_directory_and_missing_parents_are_taken(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    (tmp_path / "empty").mkdir()
    export_release(sqlite_engine, tmp_path / "empty")
    export_release(sqlite_engine, tmp_path / "new" / "er" / "est")
    assert (tmp_path / "empty" / "manifest.json").exists()
    assert (tmp_path / "new" / "er" / "est" / "manifest.json").exists()


def test_a_directory_with_something_else_in_it_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ExportFailed, match="holds something else"):
        export_release(sqlite_engine, tmp_path / "mine")
    with pytest.raises(ExportFailed, match="is a file"):
        export_release(sqlite_engine, tmp_path / "mine" / "thesis.txt")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_full_disk_leaves_the_earlier_export(sqlite_engine: Engine, tmp_path: Path) -> None:
    release = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "out")
    program = f"""
import resource
from pathlib import Path
from linernotes.export import ExportFailed, export_release
from store.engine import connect

engine = connect({str(sqlite_engine.url)!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # no file may become longer, as on a full disk
try:
    export_release(engine, Path({str(tmp_path / "out")!r}))
except ExportFailed as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "failed and left what was there" in done.stdout
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["release_id"] == release
    assert pq.read_table(tmp_path / "out" / "artist_vectors.parquet").num_rows == 2
    assert [entry.name for entry in tmp_path.iterdir() if ".partial" in entry.name] == []


def test_without_a_release_nothing_is_written(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match="linernotes mine"):
        export_release(sqlite_engine, tmp_path / "out")
    assert not (tmp_path / "out").exists()
