"""CSV, TSV and JSONL files as tables of rows."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from crawler.imports.errors import BrokenFile, ImportFailed
from crawler.imports.files import MAX_LINE_BYTES, decoded, lines_of, opened
from crawler.imports.rows import BadRow, Row, Table

DELIMITERS = ",;\t|"
# JSONL has no header: the columns are those that occur in so many rows from the beginning.
ROWS_PEEKED = 1000


@contextmanager
def open_csv(path: Path) -> Iterator[Table]:
    """A CSV or TSV file with a header, UTF-8 with or without byte order mark, as a table.

    Quoting follows RFC 4180. The delimiter is a tab for .tsv, else the one of `,;|` and tab that the header
    uses most: the header is free of prose, which misleads guesses from the rows.
    """
    csv.field_size_limit(MAX_LINE_BYTES)
    with opened(path) as (stream, share):
        lines = decoded(lines_of(stream, path), path)
        first = next(lines, "")
        tabbed = path.name.lower().removesuffix(".gz").endswith(".tsv")
        reader = _Records(chain([first], lines), "\t" if tabbed else _delimiter(first), path)
        columns = _header(reader, path)
        yield Table(columns, _csv_rows(reader, columns), share)


class _Records:
    """The records of a CSV file with the line each begins in; a quote that is never closed is an error."""

    def __init__(self, lines: Iterator[str], delimiter: str, path: Path) -> None:
        self._path = path
        self._exhausted = False
        self._reader = csv.reader(self._watched(lines), delimiter=delimiter)

    def _watched(self, lines: Iterator[str]) -> Iterator[str]:
        yield from lines
        self._exhausted = True

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._reader.line_num + 1
            try:
                record = next(self._reader, None)
            except csv.Error as error:
                raise BrokenFile(
                    f"{self._path} is not CSV in line {line}: {error}; export it again."
                ) from error
            if record is None:
                return
            if self._exhausted:  # the reader asks for one more line only within quotes
                raise BrokenFile(
                    f"{self._path} ends within the quoted field that begins in line {line}: it is truncated, "
                    "or a quote is not doubled; correct that line or export it again."
                )
            if record:
                yield line, record


def _delimiter(header: str) -> str:
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _header(records: _Records, path: Path) -> tuple[str, ...]:
    _, names = next(iter(records), (0, []))
    columns = tuple(name.strip() for name in names)
    if not any(columns):
        raise ImportFailed(f"{path} has no header; its first line must name the columns.")
    twice = [name for name, count in Counter(columns).items() if name and count > 1]
    if twice:
        raise ImportFailed(f"{path} names the column {twice[0]!r} twice; rename one of them.")
    return columns


def _csv_rows(records: _Records, columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
    for line, record in records:
        if len(record) > len(columns):
            yield BadRow(line, f"{len(record)} fields where the header has {len(columns)}: quote the text")
        else:
            yield Row(line, dict(zip(columns, record, strict=False)))


@contextmanager
def open_jsonl(path: Path) -> Iterator[Table]:
    """A file of one JSON object per line, as a table."""
    with opened(path) as (stream, share):
        columns, rows = _peeked(json_rows(lines_of(stream, path)))
        if not columns:
            raise ImportFailed(f"{path} holds no JSON object in its first {ROWS_PEEKED} lines.")
        yield Table(columns, rows, share)


def json_rows(lines: Iterator[bytes]) -> Iterator[Row | BadRow]:
    """The objects of JSON lines; a line that is none is told and passed over, an empty one passed over."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> Row | BadRow:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadRow(number, f"not UTF-8: byte 0x{line[error.start]:02X} at place {error.start} of the line")
    except json.JSONDecodeError as error:
        return BadRow(number, f"not JSON: {error.msg} at place {error.pos} of the line")
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits; endless nesting
        return BadRow(number, f"not JSON that can be read: {error}")
    return Row(number, value) if isinstance(value, dict) else BadRow(number, "not a JSON object")


def _peeked(rows: Iterator[Row | BadRow]) -> tuple[tuple[str, ...], Iterator[Row | BadRow]]:
    """The columns of the first rows, and all rows again."""
    head: list[Row | BadRow] = []
    try:
        head.extend(islice(rows, ROWS_PEEKED))
    except BrokenFile as error:
        rows = _raising(error)
    columns = dict.fromkeys(name for row in head if isinstance(row, Row) for name in row.values)
    return tuple(columns), chain(head, rows)


def _raising(error: BrokenFile) -> Iterator[Row | BadRow]:
    raise error
    yield  # makes this a generator: the error comes where the file breaks, after the rows before it
