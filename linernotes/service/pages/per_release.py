"""What pages keep of a release, so that it is worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast

from store.lookup_records import ReleaseKey

T = TypeVar("T")

KEPT = 256
"""Answers that are kept: mostly terms' company and use over time, each a few kilobytes."""


class PerRelease:
    """Answers about one release by name, the latest asked ones; thrown away with the next release.

    Two threads that ask for the same at once may both work it out; neither waits for the other.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._release: ReleaseKey | None = None
        self._kept: OrderedDict[str, object] = OrderedDict()

    def get(self, release: ReleaseKey, name: str, read: Callable[[], T]) -> T:
        """Return what is kept under `name`, or what `read` returns."""
        with self._lock:
            if self._release == release and name in self._kept:
                self._kept.move_to_end(name)
                # What stands under a name is what the one caller that uses the name has read.
                return cast("T", self._kept[name])
        value = read()
        with self._lock:
            if self._release != release:
                self._kept.clear()
                self._release = release
            self._kept[name] = value
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return value
