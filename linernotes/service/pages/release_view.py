"""What every page reads from: a connection, the release it looks at, and what is in memory of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from linernotes.reader import Reader
from linernotes.release_cache import ReleaseCache
from linernotes.service.pages.per_release import PerRelease
from store.lookup_records import ReleaseKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One release, as one page sees it: whatever is published meanwhile, the page is of this one."""

    connection: Connection
    release: ReleaseKey
    cache: ReleaseCache
    memory: PerRelease

    @property
    def release_id(self) -> int:
        """The number of the release."""
        return self.release.release_id

    def kept(self, name: str, read: Callable[[], T]) -> T:
        """Return what is kept of this release under `name`, or what `read` returns."""
        return self.memory.get(self.release, name, read)


@contextmanager
def release_view(catalog: Reader, memory: PerRelease) -> Iterator[ReleaseView]:
    """The release that a catalog reads, with the tables that the catalog keeps in memory."""
    with catalog._reading() as (connection, release):
        yield ReleaseView(connection, release, catalog._cache, memory)
