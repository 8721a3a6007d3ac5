"""What a catalog keeps in memory of the published release, and when it throws that away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import TypeVar, cast

from sqlalchemy import Connection

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
from store.term_index import KnownTerm, all_terms, one_word_terms, word_vectors
from store.trends import documents_by_week
from store.vectors import artist_vectors

T = TypeVar("T")


class ReleaseCache:
    """Tables of a release, each read when first needed and again when another release is published.

    Several threads may ask; one reads, the others wait for it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[ReleaseKey, object]] = {}

    def vectors(self, connection: Connection, release: ReleaseKey) -> VectorTable:
        """Return the vectors of the artists of `release`; the arrays are read-only."""
        return self._get("vectors", release, lambda: _vectors(connection, release))

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
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or kept[0] != release:
                kept = self._kept[name] = release, read()
            # What stands under a name is what the one method that uses the name has read.
            return cast("T", kept[1])


def _vectors(connection: Connection, release: ReleaseKey) -> VectorTable:
    ids, matrix = artist_vectors(connection, release.release_id)
    ids.flags.writeable = matrix.flags.writeable = False
    return VectorTable(ids, matrix)


def _words(connection: Connection, release: ReleaseKey) -> WordTable:
    words, matrix = word_vectors(connection, release.release_id)
    return word_table(words, matrix, one_word_terms(connection, release.release_id))
