"""WARC and WET archives as tables of rows (ISO 28500)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.fetching.charsets import charset_of
from crawler.imports.errors import BrokenFile
from crawler.imports.files import opened
from crawler.imports.rows import Row, Table

# As large as a page that is crawled may be; what is behind is read over.
MAX_PAGE_BYTES = 10 * 1024 * 1024
# Line ends behind the last record: two by the standard, a few more by careless writers.
_LARGEST_END = 64
_HTML = ("text/html", "application/xhtml+xml")


@contextmanager
def open_warc(path: Path) -> Iterator[Table]:
    """The pages of a WARC (HTTP responses of status 200 with HTML) or the texts of a WET file, as a table.

    Records of other types are no documents and are passed over silently. A truncated or damaged archive is
    read up to the last whole record (BrokenFile); `line` is the number of the record.
    """
    with opened(path) as (stream, share):
        yield Table(("url", "html", "text"), _rows(_Watched(stream), path), share)


class _Watched:
    """An unzipped archive as warcio reads it. Damage gets through: warcio would take it for the end."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._tail = b""

    def read(self, size: int) -> bytes:
        try:
            # One piece at a time: what comes before a break is then not lost with it.
            block = self._stream.read1(size)
        except (EOFError, OSError, zlib.error) as error:
            raise _DamagedError(str(error)) from error
        self._tail = (self._tail + block)[-_LARGEST_END:]
        return block

    def tell(self) -> int:
        return self._stream.tell()

    def ends_at(self, position: int) -> bool:
        """Whether nothing but line ends follows `position`."""
        rest = self.tell() - position
        return rest <= len(self._tail) and not self._tail[len(self._tail) - rest :].strip(b"\r\n")


class _DamagedError(Exception):
    """The archive cannot be read on, or contradicts itself; the text says why."""


def _rows(stream: _Watched, path: Path) -> Iterator[Row]:
    number = 0
    try:
        for row in _records(stream):
            number += 1
            if row is not None:
                yield replace(row, line=number)
    # warcio lets through whatever its reading of a damaged header stumbles over.
    except (_DamagedError, ArchiveLoadFailed, AttributeError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise BrokenFile(f"{path} is damaged after record {number} ({reason}); fetch it again.") from error


def _records(stream: _Watched) -> Iterator[Row | None]:
    """What each record is, None for one that is no document; _DamagedError where one is not whole."""
    archive = ArchiveIterator(stream)
    end = 0
    for record in archive:
        if archive.err_count:
            raise _DamagedError("a record is longer than it says")
        if not (record.rec_headers.get_header("Content-Length") or "").isdigit():
            raise _DamagedError("a record does not say its length")
        row = _row(record)
        while record.raw_stream.read(65_536):
            pass
        if getattr(record.raw_stream, "limit", 0) > 0:
            raise _DamagedError("a record is shorter than it says")
        end = stream.tell() - archive.reader.rem_length()
        yield row
    if not stream.ends_at(end):
        raise _DamagedError("the header of a record is incomplete")


def _row(record: Any) -> Row | None:  # noqa: ANN401 - warcio has no annotations
    url = record.rec_headers.get_header("WARC-Target-URI")
    if record.rec_type == "conversion":
        text = record.content_stream().read(MAX_PAGE_BYTES).decode("utf-8", "replace")
        return Row(0, {"url": url, "text": text})
    if record.rec_type != "response" or record.http_headers is None:
        return None
    content_type = record.http_headers.get_header("Content-Type") or ""
    if record.http_headers.get_statuscode() != "200" or not content_type.lower().startswith(_HTML):
        return None
    html = record.content_stream().read(MAX_PAGE_BYTES)
    return Row(0, {"url": url, "html": html}, charset=charset_of(content_type))
