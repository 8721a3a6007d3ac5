"""Writing a crawl's answers as WARC files, in a thread of their own."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedWriter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warcio.warcwriter import WARCWriter

from crawler.archive.records import WARC_VERSION, Exchange, records_of, warcinfo
from crawler.fetching.http import Answer
from crawler.fetching.settings import PRODUCT, CrawlSettings
from store.errors import LinernotesError

# The Internet Archive's usual size of a file.
MAX_FILE_BYTES = 1_000_000_000
# Bodies that may wait for the disk; beyond, the crawl waits with them.
MAX_WAITING_BYTES = 64_000_000
# What a file is called until it is complete, as heritrix calls it.
OPEN_SUFFIX = ".open"


class ArchiveFailed(LinernotesError):
    """The archive cannot be written; what was written before is whole."""

    exit_code = 1


class WarcArchive:
    """A folder of WARC files that a crawl adds to; several processes may write to one folder.

    A file is called `linernotes-TIME-SERIAL-PROCESS.warc.gz`, with `.open` behind until it is complete. Every
    record is a gzip member of its own and handed to the system when it is written, so that a file left
    `.open` by a killed process can be read up to its last whole record.
    """

    def __init__(
        self, folder: Path, settings: CrawlSettings, *, max_file_bytes: int = MAX_FILE_BYTES
    ) -> None:
        """Open a first file; ArchiveFailed when the folder cannot be written."""
        self._folder = folder
        self._settings = settings
        self._max_file_bytes = max_file_bytes
        self._serial = 0
        self._waiting: deque[Exchange] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._failure: ArchiveFailed | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._open_file()
        except OSError as error:
            raise self._explained(error) from error
        self._thread = threading.Thread(target=self._work, name="warc", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, answer: Answer, *, at: datetime, request_headers: Mapping[str, str]) -> None:
        """Hand over an answer that came at `at` (with its zone) to a request with these headers.

        A 304 becomes a revisit, anything else a response. Returns at once unless 64 MB wait for the disk.
        Raises ArchiveFailed when an earlier answer could not be written.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting_bytes < MAX_WAITING_BYTES or self._failure)
            self._raise_failure()
            self._waiting.append(Exchange(answer, at, dict(request_headers)))
            self._waiting_bytes += len(answer.body)
            self._changed.notify_all()

    def close(self) -> None:
        """Write what waits and complete the file; ArchiveFailed when something could not be written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._raise_failure()

    def _work(self) -> None:
        try:
            while (exchange := self._next()) is not None:
                if self._file.size >= self._max_file_bytes:
                    self._file.complete()
                    self._file = self._open_file()
                self._file.add(exchange)
            self._file.complete()
        except OSError as error:
            self._fail(error)

    def _next(self) -> Exchange | None:
        """The next answer; None when all are written and the archive is to be closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return None
            exchange = self._waiting.popleft()
            self._waiting_bytes -= len(exchange.answer.body)
            self._changed.notify_all()
            return exchange

    def _fail(self, error: OSError) -> None:
        self._file.rescue()
        with self._changed:
            self._failure = self._explained(error)
            self._waiting.clear()
            self._changed.notify_all()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _explained(self, error: OSError) -> ArchiveFailed:
        reason = error.strerror or str(error)
        return ArchiveFailed(
            f"The archive cannot be written to {self._folder}: {reason}; make room or name another folder."
        )

    def _open_file(self) -> _WarcFile:
        """A new file under a name that no other process uses."""
        while True:
            moment = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
            path = self._folder / f"{PRODUCT}-{moment}-{self._serial:05}-{os.getpid()}.warc.gz"
            self._serial += 1
            try:
                if not path.exists():
                    return _WarcFile(path, self._settings)
            except FileExistsError:  # a process of the same number on another machine
                continue


class _WarcFile:
    """One file. `size` is where its last whole record ends."""

    def __init__(self, path: Path, settings: CrawlSettings) -> None:
        self._path = path
        self._open_path = path.with_name(path.name + OPEN_SUFFIX)
        self._stream: BufferedWriter = self._open_path.open("xb")
        self._writer = WARCWriter(self._stream, gzip=True, warc_version=WARC_VERSION)
        self._exchanges = 0
        self.size = 0
        self._put(warcinfo(self._writer, path.name, settings))

    def add(self, exchange: Exchange) -> None:
        """Write the records of a visit."""
        for record in records_of(self._writer, exchange):
            self._put(record)
        self._exchanges += 1

    def complete(self) -> None:
        """Give the file its final name; one without any visit is removed."""
        if not self._exchanges:
            self._stream.close()
            self._open_path.unlink()
            return
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._open_path.rename(self._path)

    def rescue(self) -> None:
        """Complete the file after a failure, without the record that could not be written."""
        with suppress(OSError):
            os.ftruncate(self._stream.fileno(), self.size)
            # Past the buffer, which holds the rest of that record and would write it.
            self._stream.raw.close()
            if self._exchanges:
                self._open_path.rename(self._path)
            else:
                self._open_path.unlink()

    def _put(self, record: Any) -> None:  # noqa: ANN401 - warcio has no annotations
        self._writer.write_record(record)
        self.size = self._stream.tell()
