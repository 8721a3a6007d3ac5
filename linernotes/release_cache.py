"""What a catalog keeps in memory of the published release, and when it throws that away."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection

from linernotes.vectors import VectorTable, WordTable, word_table
from store.lookup_records import ReleaseKey
from store.term_index import one_word_terms, word_vectors
from store.vectors import artist_vectors


class ReleaseCache:
    """Vectors of artists and words, read when first needed and again when another release is published.

    Several threads may ask; one reads, the others wait for it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._vectors: tuple[ReleaseKey, VectorTable] | None = None
        self._words: tuple[ReleaseKey, WordTable] | None = None

    def vectors(self, connection: Connection, release: ReleaseKey) -> VectorTable:
        """Return the vectors of the artists of `release`; the arrays are read-only."""
        with self._lock:
            if self._vectors is None or self._vectors[0] != release:
                ids, matrix = artist_vectors(connection, release.release_id)
                ids.flags.writeable = matrix.flags.writeable = False
                self._vectors = release, VectorTable(ids, matrix)
            return self._vectors[1]

    def words(self, connection: Connection, release: ReleaseKey) -> WordTable:
        """Return the words of `release` and which of them are terms."""
        with self._lock:
            if self._words is None or self._words[0] != release:
                words, matrix = word_vectors(connection, release.release_id)
                terms = one_word_terms(connection, release.release_id)
                self._words = release, word_table(words, matrix, terms)
            return self._words[1]
