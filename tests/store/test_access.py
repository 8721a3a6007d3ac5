"""Roles of PostgreSQL that may only read, and their rights after a migration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

import linernotes
from linernotes.cli.app import run
from linernotes.status import status_rows
from store.access import grant_reading
from store.engine import connect
from store.errors import DatabaseUnusable
from store.migrate import downgrade, upgrade
from store.models import Base
from store.views import VIEWS
from tests.conftest import empty_postgres
from tests.small_release import add_artist, add_document, publish

ROLES = ("linernotes_analyst", "linernotes_service")
REFUSALS = r"permission denied|must be owner|cannot delete|cannot update"
WRITES = (
    "INSERT INTO artists (name, key) VALUES ('x', 'x')",
    "UPDATE current_release SET engine = 'x'",
    "DELETE FROM artist_summary",
    "DELETE FROM published_release",
    "CREATE TABLE mine (id integer)",
    "DROP VIEW artist_map",
)


@pytest.fixture
def postgres(postgres_server: str, postgres_template: str) -> Iterator[Engine]:
    """A published release in PostgreSQL, and two roles that may do nothing yet."""
    for url in empty_postgres(postgres_server, postgres_template):
        engine = connect(url)
        with engine.begin() as connection:
            for role in ROLES:
                connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        fill(engine)
        yield engine
        with engine.begin() as connection:
            for role in ROLES:
                connection.execute(text(f"DROP OWNED BY {role}"))
                connection.execute(text(f"DROP ROLE {role}"))
        engine.dispose()


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        one, two = add_artist(connection, "Mossglass"), add_artist(connection, "Driftrelay")
        document = add_document(connection, "https://day.example/1", "Oh! Dreamy songs. End.", about=[one])
        publish(
            connection,
            {one: {"dreamy": 0.5}, two: {"dreamy": 0.4}},
            {one: (1, 0.2), two: (1, 0)},
            evidence=[(one, "dreamy", document, "Dreamy songs.")],
            comparisons=[(one, two, document, "Dreamy songs.")],
            activity=[(one, date(2024, 1, 1), 1, 1, 0.5, 0.5)],
            term_weeks=[(one, "dreamy", date(2024, 1, 1), 1, 1)],
            summaries=[(one, 4, 1, 1, 0.5, 0.5), (two, 0, 0, 0, 0.1, 0.0)],
            words={"dreamy": (1, 0)},
            directions={"dreamy": (1, 0)},
        )


def of_role(engine: Engine, role: str) -> str:
    """The URL by which a role connects."""
    return engine.url.set(username=role).render_as_string(hide_password=False)


def readable(engine: Engine, role: str, names: list[str]) -> set[str]:
    """Those of the tables or views of which the role can read at least a column."""
    with engine.connect() as connection:
        query = text(
            "SELECT n FROM unnest(CAST(:names AS text[])) n"
            " WHERE has_any_column_privilege(:role, n, 'SELECT')"
        )
        return set(connection.scalars(query, {"names": names, "role": role}))


def grant(engine: Engine, role: str, purpose: str = "views") -> None:
    assert run(["grant", role, "--for", purpose, "--database", engine.url.render_as_string(False)]) == 0


def test_an_analyst_reads_every_view_and_calls_every_function(postgres: Engine) -> None:
    grant(postgres, "linernotes_analyst")
    analyst = connect(of_role(postgres, "linernotes_analyst"))
    with analyst.connect() as connection:
        for view in VIEWS:
            connection.execute(text(f"SELECT * FROM {view.name}")).all()
        quotes = connection.scalars(text("SELECT quote FROM descriptor_evidence")).all()
        near = connection.scalars(text("SELECT artist FROM nearest_artists(1)")).all()
        mean = connection.scalars(text("SELECT artist FROM nearest_to('[1,0]', 1)")).all()
    analyst.dispose()
    assert (quotes, near, mean) == (["Dreamy songs."], ["Driftrelay"], ["Driftrelay"])


def test_an_analyst_reads_no_table(postgres: Engine) -> None:
    grant(postgres, "linernotes_analyst")
    tables = inspect(postgres).get_table_names()
    assert set(Base.metadata.tables) <= set(tables)
    assert readable(postgres, "linernotes_analyst", tables) == set()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("write", WRITES)
def test_a_reader_cannot_write(postgres: Engine, role: str, write: str) -> None:
    grant(postgres, role, "lookups" if role == "linernotes_service" else "views")
    reader = connect(of_role(postgres, role))
    with reader.connect() as connection, pytest.raises(DBAPIError, match=REFUSALS):
        connection.execute(text(write))
    reader.dispose()


def test_a_role_without_a_grant_sees_nothing(postgres: Engine) -> None:
    stranger = connect(of_role(postgres, "linernotes_analyst"))
    for query in ("SELECT * FROM artist_summary", "SELECT * FROM nearest_artists(1)"):
        with stranger.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(query))
    stranger.dispose()


def test_every_lookup_works_for_a_role_that_was_granted_them(postgres: Engine) -> None:
    grant(postgres, "linernotes_service", "lookups")
    with linernotes.open(of_role(postgres, "linernotes_service")) as catalog:
        assert catalog.similar("Mossglass")[0].artist == "Driftrelay"
        assert catalog.similar("Mossglass", max_familiarity=0.9, era="1990s") == []
        assert catalog.terms("Mossglass")[0].term == "dreamy"
        assert catalog.search("dreamy")[0].artist == "Mossglass"
        assert catalog.evidence("Mossglass", "dreamy")[0].quote == "Dreamy songs."
        assert catalog.explain("Mossglass", "Driftrelay").comparisons
        assert len(catalog.vectors()[0]) == 2
        assert catalog.activity("Mossglass")
        assert catalog.summary("Mossglass")
        assert catalog.why_empty("Mossglass") is None
        assert catalog.candidates() == []
        catalog.map()
        catalog.map_regions()
        with pytest.raises(linernotes.ArtistNotFound):
            catalog.similar("Palehollow")


def test_a_role_for_lookups_sees_neither_fetched_pages_nor_authors(postgres: Engine) -> None:
    grant(postgres, "linernotes_service", "lookups")
    assert readable(postgres, "linernotes_service", ["page_bodies", "hosts", "words"]) == set()
    query = "SELECT has_column_privilege('linernotes_service', :table, :column, 'SELECT')"
    with postgres.connect() as connection:
        for table, column in (("documents", "author"), ("forgotten", "value")):
            assert connection.scalar(text(query), {"table": table, "column": column}) is False


def test_a_role_for_lookups_sees_where_things_stand(postgres: Engine) -> None:
    grant(postgres, "linernotes_service", "lookups")
    service = connect(of_role(postgres, "linernotes_service"))
    measures = {(row["area"], row["measure"]) for row in status_rows(service, by_host=True)}
    service.dispose()
    assert ("release", "kept") in measures


def test_an_analyst_who_opens_the_catalog_is_told_what_is_missing(postgres: Engine) -> None:
    grant(postgres, "linernotes_analyst")
    with pytest.raises(DatabaseUnusable, match=r"permission denied.*`linernotes grant ROLE --for lookups`"):
        linernotes.open(of_role(postgres, "linernotes_analyst"))


def test_rights_outlive_a_migration_and_hold_for_what_it_adds(postgres: Engine) -> None:
    grant(postgres, "linernotes_analyst")
    grant(postgres, "linernotes_service", "lookups")
    downgrade(postgres, "0003")
    with postgres.begin() as connection:  # as linernotes of that migration had it
        for view in VIEWS:
            if view.name not in {"artist_map", "map_regions"}:
                connection.exec_driver_sql(f"CREATE VIEW {view.name} AS SELECT 1 AS one")
                connection.exec_driver_sql(
                    f"GRANT SELECT ON {view.name} TO linernotes_analyst, linernotes_service"
                )
    upgrade(postgres)
    views = [view.name for view in VIEWS]
    assert readable(postgres, "linernotes_analyst", views) == set(views)
    with linernotes.open(of_role(postgres, "linernotes_service")) as catalog:
        catalog.map()
    assert readable(postgres, "linernotes_analyst", ["documents", "release_map"]) == set()


def test_a_right_on_one_view_or_column_is_kept_and_not_widened(postgres: Engine) -> None:
    with postgres.begin() as connection:
        connection.execute(text("GRANT SELECT ON artist_summary TO linernotes_analyst WITH GRANT OPTION"))
        connection.execute(text("GRANT SELECT (artist, term) ON artist_descriptors TO linernotes_analyst"))
        connection.execute(text("GRANT EXECUTE ON FUNCTION nearest_artists TO linernotes_analyst"))
    upgrade(postgres)
    views = [view.name for view in VIEWS]
    assert readable(postgres, "linernotes_analyst", views) == {"artist_summary", "artist_descriptors"}
    query = """
    SELECT has_table_privilege(r, 'artist_summary', 'SELECT WITH GRANT OPTION'),
           has_column_privilege(r, 'artist_descriptors', 'weight', 'SELECT'),
           has_function_privilege(r, 'nearest_artists(bigint, integer)', 'EXECUTE'),
           has_function_privilege(r, 'nearest_to(vector, integer)', 'EXECUTE')
    FROM (SELECT CAST('linernotes_analyst' AS name) AS r) AS role
    """
    with postgres.connect() as connection:
        assert tuple(connection.execute(text(query)).one()) == (True, False, True, False)


def test_a_role_that_does_not_exist_is_refused_in_words(postgres: Engine) -> None:
    with postgres.begin() as connection, pytest.raises(DatabaseUnusable, match='no role "nobody; DROP"'):
        grant_reading(connection, "nobody; DROP", "views")


def test_on_sqlite_granting_is_refused_in_words(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection, pytest.raises(DatabaseUnusable, match="SQLite has no roles"):
        grant_reading(connection, "linernotes_analyst", "views")


def test_a_sqlite_url_may_ask_for_the_file_to_be_opened_read_only(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    url = f"sqlite:///file:{sqlite_engine.url.database}?mode=ro&uri=true"
    with linernotes.open(url) as catalog:
        assert catalog.similar("Mossglass")[0].artist == "Driftrelay"
    writer = connect(url, read_only=True)
    with writer.connect() as connection, pytest.raises(DBAPIError, match="readonly database"):
        connection.execute(text("DELETE FROM published_release"))
    writer.dispose()


def test_a_file_that_was_opened_for_lookups_cannot_be_written_through_them(sqlite_engine: Engine) -> None:
    reader = connect(f"sqlite:///{sqlite_engine.url.database}", read_only=True)
    with reader.connect() as connection, pytest.raises(DBAPIError, match="readonly database"):
        connection.execute(text("DELETE FROM artists"))
    reader.dispose()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user may enter, as pytest's own are not."""
    with TemporaryDirectory(prefix="linernotes-shared-") as folder:
        yield Path(folder)


def test_a_file_without_a_right_to_write_can_be_looked_up(sqlite_engine: Engine, shared: Path) -> None:
    """As by somebody else than its owner; in a process of its own, since for root no right is missing."""
    fill(sqlite_engine)
    file = Path(str(sqlite_engine.url.database))
    sqlite_engine.dispose()
    (shared / "linernotes.db").write_bytes(file.read_bytes())
    (shared / "linernotes.db").chmod(0o444)
    shared.chmod(0o555)
    program = (
        "import os, sys, linernotes\n"
        "ask = lambda: linernotes.open(sys.argv[1]).similar('Mossglass')[0].artist\n"
        "ask()  # imports all that is needed, from where another user may not be let in\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "print(ask())\n"
    )
    url = f"sqlite:///file:{shared / 'linernotes.db'}?immutable=1&uri=true"
    found = subprocess.run([sys.executable, "-c", program, url], check=False, capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("Driftrelay\n", "")
