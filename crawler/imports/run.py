"""Importing documents from files: read, map, deposit, batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine

from crawler.documents.deposit import deposit
from crawler.imports.errors import BrokenFile, ImportFailed
from crawler.imports.files import Format, check_readable, format_of
from crawler.imports.identity import Addresses
from crawler.imports.mapping import Plan, documents_of, plan_columns
from crawler.imports.parquet import open_parquet
from crawler.imports.report import ImportProgress, ImportReport, SkipLog, Skipped
from crawler.imports.rows import BadRow, DocumentTable, Row, Table
from crawler.imports.tables import open_csv, open_jsonl
from crawler.imports.warc import Archives
from store.records import Document

# Large enough that the transaction does not matter, small enough to lose little and to lock others out
# for well under a second.
BATCH = 500

Progress = Callable[[ImportProgress], None]

Opener = Callable[[Path], AbstractContextManager[Table | DocumentTable]]

_OPENERS: dict[Format, Opener] = {
    "csv": open_csv,
    "jsonl": open_jsonl,
    "parquet": open_parquet,
}


def import_documents(
    engine: Engine,
    paths: Iterable[Path | str],
    *,
    mapping: Mapping[str, str] | None = None,
    source: str | None = None,
    on_event: Progress | None = None,
) -> ImportReport:
    """Import the documents of files, in batches of one transaction each, and report what became of the rows.

    `mapping` says which column holds a field (`{"text": "review_body"}`); `source` names the collection of
    rows that name none. Columns are `text` or `html`, and `url`, `title`, `published`, `author`, `source`,
    `artist`. Texts are identified by their URL: an interrupted import is completed by repeating it.

    Raises ImportFailed before anything is written when a file is missing, unreadable or of an unknown format.
    A file without the needed columns, or damaged, is told after all files: of a damaged one what comes before
    the damage is imported, and the error carries the report.
    """
    files = [Path(path) for path in paths]
    for path in files:
        format_of(path)
        check_readable(path)
    tally = _Tally()
    archives = Archives([path for path in files if format_of(path) == "warc"])
    openers: dict[Format, Opener] = {**_OPENERS, "warc": archives.open}
    failures = []
    for path in files:
        opener = openers[format_of(path)]
        try:
            _import_file(engine, path, opener, tally, mapping=mapping, source=source, on_event=on_event)
        except ImportFailed as error:
            failures.append(str(error))
    if failures:
        raise ImportFailed(" ".join(failures), tally.report())
    return tally.report()


@dataclass(slots=True)
class _Tally:
    read: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    skipped: SkipLog = field(default_factory=SkipLog)

    def report(self) -> ImportReport:
        return ImportReport(
            read=self.read,
            added=self.counts["added"],
            changed=self.counts["changed"],
            unchanged=self.counts["unchanged"],
            copies=self.counts["copies"],
            forgotten=self.counts["forgotten"],
            skipped=tuple(self.skipped.first),
            skipped_total=self.skipped.total,
        )


def _import_file(
    engine: Engine,
    path: Path,
    opener: Opener,
    tally: _Tally,
    *,
    mapping: Mapping[str, str] | None,
    source: str | None,
    on_event: Progress | None,
) -> None:
    before = tally.read
    with opener(path) as table:
        plan = plan_columns(table.columns, mapping, path=path, source=source)
        batch: list[Document] = []
        try:
            for document in _documents(table.rows, plan, path, tally):
                batch.append(document)
                if len(batch) == BATCH:
                    _store(engine, batch, tally)
                    _tell(on_event, path, table, tally)
                    batch = []
        except BrokenFile as error:
            _store(engine, batch, tally)
            raise BrokenFile(f"{error} The {tally.read - before} rows before that are imported.") from error
        _store(engine, batch, tally)
        _tell(on_event, path, table, tally)


def _documents(
    rows: Iterator[Row | BadRow | Document], plan: Plan, path: Path, tally: _Tally
) -> Iterator[Document]:
    """The documents of a file, each with a URL of its own; what is none is told."""
    addresses = Addresses()
    for row in rows:
        tally.read += 1
        documents = _documents_of(row, plan)
        if isinstance(documents, BadRow):
            tally.skipped.add(Skipped(path, documents.line, documents.reason))
            continue
        for document in documents:
            if (distinct := addresses.tell_apart(document)) is None:
                tally.counts["unchanged"] += 1
            else:
                yield distinct


def _documents_of(row: Row | BadRow | Document, plan: Plan) -> list[Document] | BadRow:
    if isinstance(row, Row):
        return documents_of(row, plan)
    if isinstance(row, Document):
        return [row if plan.source is None else replace(row, source=plan.source)]
    return row


def _store(engine: Engine, batch: list[Document], tally: _Tally) -> None:
    if not batch:
        return
    with engine.begin() as connection:
        done = deposit(connection, batch)
    # URLs are distinct and texts have words here: what is refused was forgotten on request.
    tally.counts.update(
        added=done.added,
        changed=done.changed,
        unchanged=done.unchanged,
        copies=done.copies,
        forgotten=done.refused,
    )


def _tell(on_event: Progress | None, path: Path, table: Table | DocumentTable, tally: _Tally) -> None:
    if on_event is not None:
        on_event(ImportProgress(path, table.share(), tally.read))
