"""Creating and migrating the database, on SQLite and on PostgreSQL with pgvector."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text

from store.engine import connect
from store.errors import DatabaseOutdated, DatabaseUnusable
from store.migrate import VERSION_TABLE, check_current, downgrade, upgrade
from store.models import Base, DomainRow
from store.views import VIEWS


def test_upgrade_creates_every_table_and_view(engine: Engine) -> None:
    found = inspect(engine)
    assert set(Base.metadata.tables) <= set(found.get_table_names())
    assert {view.name for view in VIEWS} <= set(found.get_view_names())


def test_the_migrations_give_the_schema_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {"compare_type": True, "version_table": VERSION_TABLE}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    assert differences == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    check_current(engine)


def test_downgrade_to_base_leaves_only_the_version_table(engine: Engine) -> None:
    downgrade(engine, "base")
    found = inspect(engine)
    assert set(found.get_table_names()) == {VERSION_TABLE}
    assert found.get_view_names() == []
    upgrade(engine)
    check_current(engine)


FORMER_ROWS = """
INSERT INTO sources (id, url, kind, interval_seconds, added_at, due_at)
VALUES (1, 'https://a.band.co.uk/', 'site', 60, '2026-05-01', '2026-05-01');
INSERT INTO pages (id, url, host, source_id, depth, priority, state, due_at, attempts, role, content_digest)
VALUES (1, 'https://a.band.co.uk/', 'https://a.band.co.uk', 1, 0, 0, 'fetched', '2026-05-01', 0, 'page', 'd'),
       (2, 'http://b.band.co.uk/', 'http://b.band.co.uk', 1, 1, 1, 'queued', '2026-05-02', 0, 'page', NULL);
INSERT INTO page_bodies (page_id, body) VALUES (1, 'x');
INSERT INTO documents (id, url, page_id, source, text, words, digest, added_at, duplicate_of)
VALUES (1, 'https://a.band.co.uk/', 1, 'b', 't', 1, 'd1', '2026-05-01', NULL),
       (2, 'https://other.org/', NULL, 'o', 't', 1, 'd2', '2026-05-01', 1);
INSERT INTO document_bands (band, document_id) VALUES (7, 1), (7, 2);
"""


def test_a_database_of_the_first_version_comes_up_with_its_rows_and_goes_back(engine: Engine) -> None:
    downgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FORMER_ROWS.replace("'x'", _bytes(engine)).split(";")[:-1]:
            connection.execute(text(statement))
    upgrade(engine)
    with engine.begin() as connection:
        assert set(connection.scalars(text("SELECT domain FROM pages"))) == {"band.co.uk"}
        domain = connection.execute(select(DomainRow.domain, DomainRow.pages, DomainRow.ready_at)).one()
        bands = connection.execute(text("SELECT document_id, band FROM document_bands ORDER BY 1")).all()
        kinds = connection.scalars(text("SELECT kind FROM documents")).all()
    assert tuple(domain) == ("band.co.uk", 2, datetime(2026, 5, 2, tzinfo=UTC))
    assert (bands, kinds) == ([(1, 7), (2, -8)], ["article", "article"])
    downgrade(engine, "0001")
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM page_bodies")) == 1
        assert set(connection.scalars(text("SELECT band FROM document_bands"))) == {7}
    upgrade(engine)
    check_current(engine)


def _bytes(engine: Engine) -> str:
    return "x'78'" if engine.dialect.name == "sqlite" else "'\\x78'"


def test_every_view_has_exactly_the_columns_of_the_contract(engine: Engine) -> None:
    found = inspect(engine)
    for view in VIEWS:
        assert [c["name"] for c in found.get_columns(view.name)] == [c.name for c in view.columns]
        with engine.connect() as connection:
            assert connection.execute(text(f"SELECT * FROM {view.name}")).all() == []


def test_every_table_and_column_carries_a_comment() -> None:
    for table in Base.metadata.tables.values():
        assert table.comment, table.name
        assert [c.name for c in table.columns if not c.comment] == []


def test_postgresql_keeps_the_comments_of_view_columns(postgres_server: str) -> None:
    from tests.conftest import empty_postgres

    for url in empty_postgres(postgres_server):
        engine = connect(url)
        upgrade(engine)
        query = "SELECT col_description('similar_artists'::regclass, 5)"
        with engine.connect() as connection:
            assert connection.execute(text(query)).scalar_one() == "1 is the nearest"
        engine.dispose()


def test_sqlite_keeps_the_comments_of_view_columns_in_its_schema(sqlite_engine: Engine) -> None:
    query = "SELECT sql FROM sqlite_master WHERE name = 'similar_artists'"
    with sqlite_engine.connect() as connection:
        assert "-- 1 is the nearest" in connection.execute(text(query)).scalar_one()


def test_an_empty_database_is_told_to_init(database_url: str) -> None:
    engine = connect(database_url)
    with pytest.raises(DatabaseOutdated, match="linernotes init"):
        check_current(engine)
    engine.dispose()


def test_a_newer_database_is_refused_and_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for act in (check_current, upgrade):
        with pytest.raises(DatabaseOutdated, match="newer linernotes"):
            act(engine)
    assert "similar_artists" in inspect(engine).get_view_names()


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    engine = connect(f"sqlite:///{file}")
    for act in (check_current, upgrade):
        with pytest.raises(DatabaseUnusable, match=r"another program.*recipes"):
            act(engine)
    assert inspect(engine).get_table_names() == ["recipes"]
    engine.dispose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, only a long enough text to look at" * 50)
    engine = connect(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnusable, match="file is not a database"):
        upgrade(engine)
    engine.dispose()
    assert file.read_text().startswith("not a database")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("not a url", "is not a database URL"),
        ("mysql+pymysql://localhost/x", "PyMySQL|pymysql|not supported"),
        ("sqlite:////no/such/directory/linernotes.db", "no directory /no/such/directory"),
        ("postgresql+psycopg://127.0.0.1:1/none", "cannot be opened"),
    ],
)
def test_an_unusable_url_is_explained(url: str, words: str) -> None:
    with pytest.raises(DatabaseUnusable, match=words):
        upgrade(connect(url))


def test_a_directory_instead_of_a_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="is a directory"):
        connect(f"sqlite:///{tmp_path}")


def test_reading_a_missing_file_does_not_create_it(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="linernotes init"):
        connect(f"sqlite:///{tmp_path / 'none.db'}", read_only=True)
    assert list(tmp_path.iterdir()) == []
