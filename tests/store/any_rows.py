"""Rows for every table of a database, whatever its migration, by what the database says of its columns.

A new migration is thereby tested with data without anybody having to write any.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pgvector.sqlalchemy
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, String

from store.migrate import VERSION_TABLE

# Columns of which migrations or views expect more than their type says.
_MEANT: dict[str, Any] = {
    "url": "https://site{n}.band.co.uk/page",
    "host": "https://site{n}.band.co.uk",
    "domain": "site{n}.co.uk",
    "text": "Dreamy songs number {n}.",
    "week": date(2024, 1, 1),
    "state": "ready",
    "dimensions": 2,
    "start": 0,
    "end": 6,
    "band": 7,
}
_ROWS = (1, 2)
Row = dict[str, Any]


def reflect(connection: Connection) -> MetaData:
    """Return the tables as the database has them, without that of the migrations."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != VERSION_TABLE)
    return metadata


def fill(connection: Connection) -> None:
    """Add two rows to every table: one with all that it can have, one with no more than it must."""
    for table in reflect(connection).sorted_tables:
        allowed = _allowed(connection, table)
        for number in _ROWS[: 1 if allowed.get("id") == ["1"] else 2]:
            connection.execute(insert(table).values(_row(table, number, allowed)))


def rows(connection: Connection) -> dict[str, list[Row]]:
    """Return all rows of every table, in the order of their keys."""
    return {
        table.name: [
            {name: _plain(value) for name, value in row.items()}
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in reflect(connection).sorted_tables
    }


def _plain(value: object) -> object:
    return value.tolist() if hasattr(value, "tolist") else value


def _allowed(connection: Connection, table: Table) -> dict[str, list[str]]:
    """The values that check constraints allow, by column."""
    found = {}
    for constraint in inspect(connection).get_check_constraints(table.name):
        column = re.search(r"\w+", constraint["sqltext"])
        values = re.findall(r"'([^']*)'", constraint["sqltext"]) or re.findall(
            r"= (\d+)", constraint["sqltext"]
        )
        if column and values:
            found[column[0]] = values
    return found


def _row(table: Table, number: int, allowed: dict[str, list[str]]) -> Row:
    return {
        column.name: _value(column, number, allowed)
        for column in table.columns
        if not column.nullable or column.foreign_keys or number == _ROWS[0]
    }


def _value(column: Column[Any], number: int, allowed: dict[str, list[str]]) -> object:
    for key in column.foreign_keys:
        if key.column.table is column.table:  # the second row refers to the first
            return None if number == _ROWS[0] else _ROWS[0]
        return _value(key.column, number if key.column.table.name != "releases" else _ROWS[0], {})
    if column.name in allowed:
        return _typed(column, allowed[column.name][0])
    if column.name in _MEANT:
        meant = _MEANT[column.name]
        return _typed(column, meant.format(n=number) if isinstance(meant, str) else meant)
    return _of_type(column, number)


def _typed(column: Column[Any], value: object) -> object:
    return int(str(value)) if isinstance(column.type, Integer) else value


def _of_type(column: Column[Any], number: int) -> object:
    length = getattr(column.type, "length", None) or 1000
    values: dict[type[Any], object] = {
        Boolean: True,
        Integer: number,
        Float: number,
        DateTime: datetime(2024, 1, number),
        Date: date(2024, 1, number),
        JSON: {"number": number},
        LargeBinary: b"\x00\x00\x80\x3f\x00\x00\x00\x00",  # on SQLite also the vector (1, 0)
        String: f"{column.name} {number}"[-length:],
        pgvector.sqlalchemy.Vector: [1.0, 0.0],
    }
    known = [value for kind, value in values.items() if isinstance(column.type, kind)]
    assert known, f"{column} is of a type this module does not know: {column.type!r}"
    return known[0]
