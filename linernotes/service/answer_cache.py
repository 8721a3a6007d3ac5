"""Answers of the current release, kept in memory as bytes; the least lately used make room."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from store.lookup_records import ReleaseKey

if TYPE_CHECKING:
    from linernotes.service.answering import Body

OVERHEAD = 500
"""Bytes that an entry takes beside its content: key, headers and bookkeeping."""


class AnswerCache:
    """Bodies by what was asked for, all of one release; several threads may use it."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = Lock()
        self._release: ReleaseKey | None = None
        self._kept: OrderedDict[str, tuple[Body, int]] = OrderedDict()
        self._bytes = 0

    def get(self, release: ReleaseKey, asked: str) -> Body | None:
        """Return what was answered before in this release; None when nothing was, or it made room."""
        with self._lock:
            entry = self._kept.get(asked) if release == self._release else None
            if entry is None:
                return None
            self._kept.move_to_end(asked)
            return entry[0]

    def put(self, release: ReleaseKey, asked: str, body: Body, size: int) -> None:
        """Keep an answer; one of another release than the last throws the others away."""
        size += len(asked) + OVERHEAD
        with self._lock:
            if release != self._release:
                self._release = release
                self._kept.clear()
                self._bytes = 0
            if size > self._most // 10 or asked in self._kept:
                return
            self._kept[asked] = body, size
            self._bytes += size
            while self._bytes > self._most:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
