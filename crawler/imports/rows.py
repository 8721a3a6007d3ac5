"""What every kind of file becomes: a table of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from store.records import Document


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line` counts from 1; `charset` is the declared one of a row's HTML, when known."""

    line: int
    values: Mapping[str, object]
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file. `rows` streams and raises BrokenFile where the file is damaged.

    `share` tells how much of the file has been read, 0 to 1.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row | BadRow]
    share: Callable[[], float]


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """An opened archive: like a Table, but its rows are documents already and need no mapping."""

    columns: tuple[str, ...]
    rows: Iterator[Document | BadRow]
    share: Callable[[], float]
