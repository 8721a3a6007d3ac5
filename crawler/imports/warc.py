"""WARC and WET archives as documents: of each page the latest capture, of pages with one text one.

An archive is read twice. The survey finds the latest capture of each page, over all files of one import, and
which pages belong together; then the latest ones become documents, by the same decisions as in a crawl
(`captures`, `families`). So the archive of a crawl gives the crawl's documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BufferedIOBase
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from crawler.imports.captures import Verdict, capture_of
from crawler.imports.errors import BrokenFile
from crawler.imports.families import Families, Kin, ReadPage, kin_of
from crawler.imports.files import opened
from crawler.imports.identity import url_hash
from crawler.imports.rows import BadRow, DocumentTable
from crawler.imports.warc_records import whole_records
from crawler.imports.wet import document_of_conversion
from store.records import Document

T = TypeVar("T")
# The file and the number of the record in it.
Place: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Latest:
    """The latest capture of a page so far; `kin` is None when it is no page to keep."""

    at: datetime
    place: Place
    kin: Kin | None


class Archives:
    """The archives of one import. Keeps some 400 bytes for each page, and pages that wait for others."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._numbers = {path: number for number, path in enumerate(paths)}
        self._latest: dict[int, _Latest] | None = None
        self._families = Families(())

    @contextmanager
    def open(self, path: Path) -> Iterator[DocumentTable]:
        """The pages and texts of one of the archives, as a table of documents.

        A truncated or damaged archive is read up to the last whole record (BrokenFile); of one that is still
        called `.open`, since its crawl was killed, the incomplete record is told as a row.
        """
        if self._latest is None:
            self._latest = self._surveyed()
            self._families = Families(page.kin for page in self._latest.values() if page.kin is not None)
        with opened(path) as (stream, share):
            yield DocumentTable(("url", "html", "text"), self._rows(stream, path, self._latest), share)

    def _surveyed(self) -> dict[int, _Latest]:
        latest: dict[int, _Latest] = {}
        for path, file in self._numbers.items():
            with opened(path) as (stream, _):
                for number, found in _until_damage(whole_records(stream, path, _survey_record)):
                    if found is not None:
                        url, at, kin = found
                        new = _Latest(at, (file, number), kin)
                        if url not in latest or (new.at, new.place) > (latest[url].at, latest[url].place):
                            latest[url] = new
        return latest

    def _rows(
        self, stream: BufferedIOBase, path: Path, latest: dict[int, _Latest]
    ) -> Iterator[BadRow | Document]:
        file, number = self._numbers[path], 0

        def current(record: Any) -> Verdict | Document | BadRow | None:  # noqa: ANN401
            if record.rec_type == "conversion":
                return document_of_conversion(record)
            capture = capture_of(record)
            if capture is None:
                return None
            known = latest.get(url_hash(capture.url))  # None for a record that was written meanwhile
            return capture.judged() if known is not None and known.place == (file, number + 1) else None

        try:
            for number, found in whole_records(stream, path, current):
                if isinstance(found, Verdict):
                    yield from self._settled(found, number)
                elif found is not None:
                    yield replace(found, line=number) if isinstance(found, BadRow) else found
        except BrokenFile:
            if path.suffix != ".open":
                raise
            yield BadRow(number + 1, "the record is incomplete: its crawl was killed, or is under way")

    def _settled(self, verdict: Verdict, number: int) -> Iterator[BadRow | Document]:
        """The documents of a page and of those that waited for it."""
        if verdict.kept:
            page = ReadPage(verdict.capture.url, verdict.group, verdict.extracted(), number)
            yield from self._families.settle(page)
        elif verdict.reason is not None:
            yield BadRow(number, verdict.reason)


def _survey_record(record: Any) -> tuple[int, datetime, Kin | None] | None:  # noqa: ANN401
    """The page of a record, when it was captured, and its kin; None for a record that is no capture."""
    capture = capture_of(record)
    if capture is None:
        return None
    verdict = capture.judged()
    return url_hash(capture.url), capture.at, kin_of(verdict.group) if verdict.kept else None


def _until_damage(records: Iterator[tuple[int, T]]) -> Iterator[tuple[int, T]]:
    """The records before the damage, which is told when the file is read for its documents."""
    try:
        yield from records
    except BrokenFile:
        return
