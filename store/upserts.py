"""INSERT … ON CONFLICT, which both databases know but SQLAlchemy spells for each of them."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase


def insert_or(connection: Connection, row: type[DeclarativeBase]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT into the table of `row` that has `on_conflict_do_nothing` and `…_do_update`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(row)
    return sqlite.insert(row)
