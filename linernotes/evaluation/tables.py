"""Tables of labelled texts, as `linernotes import` reads them, with the text as it stands in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from crawler.imports.files import Format, check_readable, format_of
from crawler.imports.mapping import Plan, plan_columns
from crawler.imports.parquet import open_parquet
from crawler.imports.rows import BadRow, Row, Table
from crawler.imports.tables import open_csv, open_jsonl
from linernotes.ground_truth import GroundTruthUnusable

_OPENERS: dict[Format, Callable[[Path], AbstractContextManager[Table]]] = {
    "csv": open_csv,
    "jsonl": open_jsonl,
    "parquet": open_parquet,
}


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One row: where it stands, whom its label says it is about, and how much of the file has been read."""

    file: str
    line: int
    source: str
    title: str | None
    text: str
    label: str | None
    share: float


def check_table(path: Path) -> None:
    """Raise ImportFailed or GroundTruthUnusable unless `path` begins as a table with texts and labels."""
    if format_of(path) not in _OPENERS:
        raise GroundTruthUnusable(
            f"{path} is an archive of pages; give a table with columns text and artist."
        )
    check_readable(path)
    with _OPENERS[format_of(path)](path) as table:
        _plan(table, path)


def labelled_texts(path: Path) -> Iterator[LabelledText]:
    """The rows of a table that have a text. Raises GroundTruthUnusable, naming the line of a broken one."""
    with _OPENERS[format_of(path)](path) as table:
        plan = _plan(table, path)
        for row in table.rows:
            if isinstance(row, BadRow):
                raise GroundTruthUnusable(f"{path}, line {row.line}: {row.reason}.")
            text = plan.value(row, "text")
            if isinstance(text, str) and text.strip():
                yield _labelled(path, row, plan, text, table.share())


def _plan(table: Table, path: Path) -> Plan:
    plan = plan_columns(table.columns, None, path=path)
    missing = [field for field in ("text", "artist") if field not in plan.columns]
    if missing:
        raise GroundTruthUnusable(
            f"{path} has no column {' and no column '.join(missing)}; its columns are "
            f"{', '.join(table.columns)}."
        )
    return plan


def _labelled(path: Path, row: Row, plan: Plan, text: str, share: float) -> LabelledText:
    source = plan.line(row, "source") or plan.stem
    return LabelledText(
        path.name, row.line, source, plan.line(row, "title"), text, plan.line(row, "artist"), share
    )
