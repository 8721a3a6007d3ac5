"""The records of a WARC or WET file (ISO 28500), up to where it is damaged."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any, TypeVar

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.imports.errors import BrokenFile

T = TypeVar("T")

# Line ends behind the last record: two by the standard, a few more by careless writers.
_LARGEST_END = 64


def whole_records(stream: BufferedIOBase, path: Path, read: Callable[[Any], T]) -> Iterator[tuple[int, T]]:
    """Yield what `read` makes of each record, with the record's number from 1.

    A record counts only when all of it is there; behind the last such one BrokenFile is raised.
    """
    number = 0
    try:
        for result in _results(_Watched(stream), read):
            number += 1
            yield number, result
    # warcio lets through whatever its reading of a damaged header stumbles over.
    except (_DamagedError, ArchiveLoadFailed, AttributeError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise BrokenFile(f"{path} is damaged after record {number} ({reason}); fetch it again.") from error


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


def _results(stream: _Watched, read: Callable[[Any], T]) -> Iterator[T]:
    """What is read of each record; _DamagedError where one is not whole."""
    archive = ArchiveIterator(stream)
    end = 0
    for record in archive:
        if archive.err_count:
            raise _DamagedError("a record is longer than it says")
        if not (record.rec_headers.get_header("Content-Length") or "").isdigit():
            raise _DamagedError("a record does not say its length")
        result = read(record)
        while record.raw_stream.read(65_536):
            pass
        if getattr(record.raw_stream, "limit", 0) > 0:
            raise _DamagedError("a record is shorter than it says")
        end = stream.tell() - archive.reader.rem_length()
        yield result
    if not stream.ends_at(end):
        raise _DamagedError("the header of a record is incomplete")
