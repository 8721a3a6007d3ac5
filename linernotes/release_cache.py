"""What a catalog keeps in memory of the published release, and when it throws that away."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.filters import SimilarFilters
from linernotes.release_files.opened import ReleaseFiles, open_files
from linernotes.vectors import VectorTable, WordTable, word_table
from store.filters import (
    FacetTable,
    RegistryFacts,
    SummaryTable,
    facet_uses,
    registry_facts,
    summaries,
)
from store.lookup_records import ReleaseKey
from store.overrides import forbidden_pairs
from store.term_index import KnownTerm, all_terms, one_word_terms, word_vectors
from store.trends import documents_by_week
from store.vectors import artist_vectors

T = TypeVar("T")


LOOK_SECONDS = 10.0
"""Time between two looks for files of a release that had none: they are made after it or elsewhere."""

MOST_FILTERS = 16
"""Filters whose artists are remembered: at a million artists each takes up to 8 MB."""


class ReleaseCache:
    """Tables of a release, each read when first needed and again when another release is published.

    Several threads may ask; one reads a table, the others that need it wait. `home` is where the files of
    releases lie. Names of artists are not kept: the registry may change while a release stays.
    """

    def __init__(self, home: Path | None = None) -> None:
        self._home = home
        self._lock = Lock()
        self._next_look = monotonic() + LOOK_SECONDS
        self._reading: dict[str, Lock] = {}
        self._kept: dict[str, tuple[ReleaseKey, object]] = {}
        self._passing: OrderedDict[Hashable, NDArray[np.int64]] = OrderedDict()

    def files(self, connection: Connection, release: ReleaseKey) -> ReleaseFiles | None:
        """Return the mapped files of `release`; None when there are none, or were none a while ago."""
        files = self._get("files", release, lambda: open_files(connection, release, self._home))
        if files is None and self._home is not None and monotonic() > self._next_look:
            self.look_again()  # they may have been made meanwhile
            files = self._get("files", release, lambda: open_files(connection, release, self._home))
        return files

    def vectors(self, connection: Connection, release: ReleaseKey) -> VectorTable:
        """Return the vectors of the artists of `release`, mapped or read; the arrays are read-only."""
        files = self.files(connection, release)
        if files is not None:
            self._kept.pop("vectors", None)  # what was read before there were files
            return files.vectors
        return self._get("vectors", release, lambda: _vectors(connection, release))

    def has_vectors(self, release: ReleaseKey) -> bool:
        """Whether `vectors` would answer at once."""
        return any(
            kept is not None and kept[0] == release and kept[1] is not None
            for kept in (self._kept.get("files"), self._kept.get("vectors"))
        )

    def look_again(self) -> None:
        """Look for files at the next question, though there were none before."""
        with self._lock:
            self._next_look = monotonic() + LOOK_SECONDS
            self._kept.pop("files", None)

    def forbidden(self, connection: Connection, release: ReleaseKey) -> dict[int, list[int]]:
        """Return for each artist, as far as there are any, those that editors forbade beside it."""
        return self._get("forbidden", release, lambda: _forbidden(connection, release))

    def passing(
        self, release: ReleaseKey, filters: SimilarFilters, find: Callable[[], NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        """Return the artists of `release` that pass the filters, as found before or by `find`."""
        key = release, filters
        with self._lock:
            known = self._passing.get(key)
            if known is not None:
                self._passing.move_to_end(key)
                return known
        found = find()
        with self._lock:
            self._passing[key] = found
            while len(self._passing) > MOST_FILTERS:
                self._passing.popitem(last=False)
        return found

    def words(self, connection: Connection, release: ReleaseKey) -> WordTable:
        """Return the words of `release` and which of them are terms."""
        return self._get("words", release, lambda: _words(connection, release))

    def terms(self, connection: Connection, release: ReleaseKey, facet: str | None = None) -> list[KnownTerm]:
        """Return the terms of `release`, of one facet when given."""
        return self._get(f"terms {facet}", release, lambda: all_terms(connection, release.release_id, facet))

    def summaries(self, connection: Connection, release: ReleaseKey) -> SummaryTable:
        """Return how much `release` knows of each artist."""
        return self._get("summaries", release, lambda: summaries(connection, release.release_id))

    def facet(self, connection: Connection, release: ReleaseKey, facet: str) -> FacetTable:
        """Return the descriptors of a facet."""
        return self._get(f"facet {facet}", release, lambda: facet_uses(connection, release.release_id, facet))

    def documents_by_week(self, connection: Connection, release: ReleaseKey) -> list[tuple[date, int]]:
        """Return how many documents about artists each week has."""
        return self._get("weeks", release, lambda: documents_by_week(connection, release.release_id))

    def registry(self, connection: Connection, release: ReleaseKey) -> list[RegistryFacts]:
        """Return where and when the registry places the artists of `release`."""
        return self._get("registry", release, lambda: registry_facts(connection, release.release_id))

    def _get(self, name: str, release: ReleaseKey, read: Callable[[], T]) -> T:
        # What stands under a name is what the one method that uses the name has read.
        kept = self._kept.get(name)
        if kept is not None and kept[0] == release:
            return cast("T", kept[1])
        with self._lock:
            reading = self._reading.setdefault(name, Lock())
        with reading:
            kept = self._kept.get(name)
            if kept is None or kept[0] != release:
                kept = self._kept[name] = release, read()
            return cast("T", kept[1])


def _forbidden(connection: Connection, release: ReleaseKey) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one, other in sorted(forbidden_pairs(connection, release.release_id)):
        found.setdefault(one, []).append(other)
    return found


def _vectors(connection: Connection, release: ReleaseKey) -> VectorTable:
    ids, matrix = artist_vectors(connection, release.release_id)
    ids.flags.writeable = matrix.flags.writeable = False
    return VectorTable(ids, matrix)


def _words(connection: Connection, release: ReleaseKey) -> WordTable:
    words, matrix = word_vectors(connection, release.release_id)
    return word_table(words, matrix, one_word_terms(connection, release.release_id))
