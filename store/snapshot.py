"""Reading several things as they were at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from store.engine import READS_ONLY


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection for reading, in a transaction in which nothing changes, whatever others commit meanwhile.

    SQLite gives that to every transaction; PostgreSQL takes a new snapshot for each statement unless told.
    """
    with for_snapshots(engine).connect() as connection:
        yield connection


def for_snapshots(engine: Engine) -> Engine:
    """Return an engine on the same connections, each of which is a snapshot.

    To be kept by who reads often: making it takes as long as a small query.
    """
    engine = engine.execution_options(**{READS_ONLY: True})
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return engine
