"""Reading one release at a time from a database, by several threads, until it is closed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from linernotes.errors import NoRelease
from linernotes.release_cache import ReleaseCache
from linernotes.release_files.place import folder_of_database
from store import lookups
from store.engine import reason_of
from store.errors import DatabaseUnusable
from store.lookup_records import ReleaseKey
from store.snapshot import for_snapshots


class Reader:
    """What a catalog stands on: the engine, what is kept in memory of a release, and closing."""

    def __init__(self, engine: Engine, cache: str | Path | None = None) -> None:
        """Read the database of `engine`; `cache` is where files of releases lie, see `release_files`."""
        self._engine = engine
        self._snapshots = for_snapshots(engine)
        self._files = cache
        self._cache = ReleaseCache(folder_of_database(engine.url, cache))
        self._pinned: tuple[Connection, ReleaseKey] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections; a later call would open new ones."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """The database, for what is no look-up, such as its state."""
        return self._engine

    @contextmanager
    def one_release(self) -> Iterator[tuple[ReleaseKey, Self]]:
        """Yield the release that is published now, and a catalog all of whose look-ups read that one.

        For several look-ups that belong together, and for who has to name the release an answer is from. The
        catalog that is yielded holds one connection: it belongs to one thread, and ends with the context.
        """
        with self._reading() as pinned:
            of_release = copy.copy(self)
            of_release._pinned = pinned
            yield pinned[1], of_release

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, ReleaseKey]]:
        """A transaction on the release that is published now, or on the one this catalog keeps to."""
        if self._pinned is not None:
            yield self._pinned
            return
        with self._connected() as connection:
            release = lookups.published_key(connection)
            if release is None:
                raise NoRelease
            yield connection, release

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if self._pinned is not None:
            yield self._pinned[0]
            return
        try:
            with self._snapshots.connect() as connection:
                yield connection
        except DBAPIError as error:
            name = self._engine.url.render_as_string(hide_password=True)
            raise DatabaseUnusable(f"{name} cannot be read: {reason_of(error)}.") from error
