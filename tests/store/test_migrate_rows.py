"""Migrations with rows in every table, from every released schema to the newest and back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text

from store import migrate
from store.migrate import _scripts, check_current, downgrade, upgrade
from store.views import VIEWS
from tests.store.any_rows import Row, fill, rows

HEAD = str(_scripts().get_current_head())
FORMER = sorted(script.revision for script in _scripts().walk_revisions() if script.revision != HEAD)
# What a migration means to change: how a text's copies stand in the index of near-duplicates (0002).
MEANT_TO_CHANGE = {("document_bands", "band")}


def all_rows(engine: Engine) -> dict[str, list[Row]]:
    with engine.connect() as connection:
        return rows(connection)


def fill_all(engine: Engine) -> dict[str, list[Row]]:
    with engine.begin() as connection:
        fill(connection)
        return rows(connection)


def shared(before: dict[str, list[Row]], after: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The rows of `after`, in the tables and columns of `before`, but for what is meant to change."""
    return {table: _kept(table, before[table], after[table]) for table in before if table in after}


def _kept(table: str, before: list[Row], after: list[Row]) -> list[Row]:
    names = {name for row in before[:1] for name in row if (table, name) not in MEANT_TO_CHANGE}
    return sorted(({name: row[name] for name in sorted(names & set(row))} for row in after), key=repr)


@pytest.mark.parametrize("revision", [*FORMER, HEAD])
def test_every_table_of_every_schema_is_filled(engine: Engine, revision: str) -> None:
    downgrade(engine, revision)
    filled = fill_all(engine)
    assert len(filled) >= 15
    assert [table for table, found in filled.items() if not found] == []


@pytest.mark.parametrize("revision", FORMER)
def test_rows_of_a_former_schema_survive_the_way_up_down_and_up(engine: Engine, revision: str) -> None:
    downgrade(engine, revision)
    before = fill_all(engine)
    upgrade(engine)
    check_current(engine)
    after = all_rows(engine)
    assert set(before) <= set(after)
    assert shared(before, after) == shared(after, before)
    downgrade(engine, revision)
    assert all_rows(engine) == before
    upgrade(engine)
    assert all_rows(engine) == after


@pytest.mark.parametrize("revision", FORMER)
def test_views_answer_after_a_migration_from_a_former_schema(engine: Engine, revision: str) -> None:
    downgrade(engine, revision)
    fill_all(engine)
    upgrade(engine)
    with engine.connect() as connection:
        found = {view.name: connection.scalar(text(f"SELECT count(*) FROM {view.name}")) for view in VIEWS}
        first = connection.execute(text("SELECT artist, term FROM artist_descriptors ORDER BY 1")).first()
    assert first is not None
    assert tuple(first) == ("name 1", "term 1")
    assert found["current_release"] == 1
    assert found["descriptor_evidence"]
    assert found["artist_vectors"]


@pytest.mark.parametrize("revision", FORMER)
def test_rows_of_the_newest_schema_survive_the_way_down_and_up(engine: Engine, revision: str) -> None:
    before = fill_all(engine)
    downgrade(engine, revision)
    lower = all_rows(engine)
    assert shared(before, lower) == shared(lower, {table: before[table] for table in lower})
    upgrade(engine)
    after = all_rows(engine)
    assert set(after) == set(before)
    assert shared(lower, after) == shared(after, lower)


@pytest.mark.parametrize("revision", FORMER)
def test_a_failed_migration_leaves_the_database_as_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    downgrade(engine, revision)
    before = fill_all(engine)
    tables = _described(engine)

    def fail(_connection: object) -> None:
        raise RuntimeError("the power went off")

    monkeypatch.setattr(migrate, "create_views", fail)
    with pytest.raises(RuntimeError, match="power"):
        upgrade(engine)
    assert (all_rows(engine), _described(engine)) == (before, tables)
    monkeypatch.undo()
    upgrade(engine)
    check_current(engine)


def test_a_failed_upgrade_of_the_newest_schema_leaves_its_views(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: object) -> None:
        raise RuntimeError("the power went off")

    monkeypatch.setattr(migrate, "refresh_statistics", fail)
    with pytest.raises(RuntimeError, match="power"):
        upgrade(engine)
    assert {view.name for view in VIEWS} <= set(inspect(engine).get_view_names())


def _described(engine: Engine) -> dict[str, tuple[list[str], list[str]]]:
    """The columns and indexes of every table."""
    found = inspect(engine)
    return {
        table: (
            [column["name"] for column in found.get_columns(table)],
            sorted(str(index["name"]) for index in found.get_indexes(table)),
        )
        for table in found.get_table_names()
    }
