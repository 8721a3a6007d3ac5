"""Listings: a table on a terminal, tab-separated lines elsewhere, JSON or CSV when asked.

The columns of a listing are its contract: they are the keys of the JSON objects, the header of the CSV and
of the tab-separated lines. Remarks to a person go to stderr, so that stdout holds data alone.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from linernotes.moments import iso

F = TypeVar("F", bound=Callable[..., Any])
Form = Literal["json", "csv"]
Row = Mapping[str, object]

# Columns of a terminal from which on two quotes beside six narrow columns have some 20 each; below, they
# become towers of syllables.
ROOM_FOR_SENTENCES = 120
# What a crawled text must not do to a terminal: C0 and C1 controls, escape sequences among them, and the
# marks that reverse the reading direction.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


def format_options(function: F) -> F:
    """Add --json and --csv to a listing; its `form` argument is one of them or None."""
    as_json = click.option("--json", "form", flag_value="json", default=None, help="A JSON array of objects.")
    as_csv = click.option("--csv", "form", flag_value="csv", default=None, help="CSV with a header line.")
    return as_json(as_csv(function))


def print_rows(
    columns: Sequence[str], rows: Iterable[Row], form: Form | None, *, shown: Sequence[str] | None = None
) -> int:
    """Print a listing in the form that was asked for or fits where it goes; return how many rows it has.

    `shown` are the columns for which a terminal has room, by default all.
    """
    listed = [{column: row.get(column) for column in columns} for row in rows]
    if form == "json":
        click.echo(json.dumps([_jsonable(row) for row in listed], indent=2, ensure_ascii=False))
    elif form == "csv":
        _print_csv(columns, listed)
    elif sys.stdout.isatty():
        if listed:
            Console().print(table_of(shown or columns, listed))
    else:
        _print_tabbed(columns, listed)
    return len(listed)


def is_wide() -> bool:
    """Whether the terminal has room for sentences beside the columns of a table."""
    return Console().width >= ROOM_FOR_SENTENCES


def table_of(columns: Sequence[str], rows: Iterable[Row], title: str | None = None) -> Table:
    """Return the rows as a table for a terminal."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    rows = list(rows)
    for column in columns:
        values = [row[column] for row in rows if row.get(column) is not None]
        number = bool(values) and all(isinstance(value, int | float) for value in values)
        table.add_column(
            column.replace("_", " "), justify="right" if number else "left", overflow="fold", no_wrap=number
        )
    for row in rows:
        table.add_row(*(Text(_shown(row.get(column))) for column in columns))
    return table


def remark(text: str) -> None:
    """Tell a person something that is not data."""
    click.echo(clean(text), err=True)


def clean(text: str) -> str:
    """Return a text without anything that controls a terminal, on one line."""
    return _CONTROL.sub(" ", text)


def _print_csv(columns: Sequence[str], rows: Sequence[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(row[column]) for column in columns] for row in rows)


def _print_tabbed(columns: Sequence[str], rows: Sequence[Row]) -> None:
    click.echo("\t".join(columns))
    for row in rows:
        click.echo("\t".join(clean(_plain(row[column])) for column in columns))


def _jsonable(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, datetime | date):
        return iso(value)
    # Six decimals are more than float32 similarities hold; the rest would be noise in a diff.
    return round(value, 6) if isinstance(value, float) else value


def _plain(value: object) -> str:
    """One cell of CSV: empty for nothing, lists joined by "; "."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return json.dumps(_jsonable(value), ensure_ascii=False)
    return str(_jsonable(value))


def _shown(value: object) -> str:
    """One cell for a person: rounded, thousands separated."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3f}"
    return clean(_plain(value))
