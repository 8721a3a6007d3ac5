"""The vectors of a release in memory, for what is not stored as neighbours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Artists and their unit vectors: `ids` ascending, `matrix` float32 of shape (artists, dimensions)."""

    ids: NDArray[np.int64]
    matrix: NDArray[np.float32]

    def rows_of(self, artist_ids: Sequence[int]) -> NDArray[np.intp]:
        """Return the rows of those of the artists that have a vector."""
        wanted = np.asarray(artist_ids, dtype=np.int64)
        places = np.searchsorted(self.ids, wanted)
        inside = places < len(self.ids)
        inside[inside] = self.ids[places[inside]] == wanted[inside]
        return places[inside]

    def nearest(
        self, seeds: Sequence[int], limit: int, exclude: Collection[int] = ()
    ) -> list[tuple[int, float]]:
        """Return up to `limit` artists nearest to the mean of the seeds' vectors, with their similarity.

        Similarity is the cosine, cut to 0–1. Seeds and `exclude` are left out; equal similarities come in
        the order of numbers. Empty when no seed has a vector.
        """
        rows = self.rows_of(seeds)
        if not len(rows):
            return []
        similarity = self.matrix @ _direction(self.matrix[rows])
        out = np.concatenate([rows, self.rows_of(list(exclude))])
        similarity[out] = -np.inf
        best = _largest(similarity, min(limit, len(self.ids) - len(np.unique(out))))
        return [(int(self.ids[row]), float(np.clip(similarity[row], 0, 1))) for row in best]


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words and their unit vectors, and which of the words are terms of the release."""

    rows: dict[str, int]
    matrix: NDArray[np.float32]
    terms: tuple[str, ...]
    term_rows: NDArray[np.intp]

    def nearest_terms(self, word: str, limit: int, least: float) -> list[tuple[str, float]]:
        """Return up to `limit` terms whose cosine with `word` is `least` or more, nearest first.

        Empty when the word has no vector.
        """
        if word not in self.rows or not self.terms:
            return []
        cosines = self.matrix[self.term_rows] @ self.matrix[self.rows[word]]
        best = _largest(cosines, min(limit, len(cosines)))
        return [(self.terms[row], min(1.0, float(cosines[row]))) for row in best if cosines[row] >= least]


def word_table(words: Sequence[str], matrix: NDArray[np.float32], terms: Collection[str]) -> WordTable:
    """Join the words of a release with its terms."""
    rows = {word: row for row, word in enumerate(words)}
    both = [word for word in words if word in terms]
    return WordTable(rows, matrix, tuple(both), np.array([rows[word] for word in both], dtype=np.intp))


def _direction(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean if length == 0 else mean / np.float32(length)


def _largest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The positions of the `count` largest values, largest first; equal ones in order of position."""
    if count <= 0:
        return np.zeros(0, dtype=np.intp)
    if count < len(values):
        # The boundary may cut through equal values: take them all, then the first ones in order.
        bound = np.partition(values, len(values) - count)[len(values) - count]
        chosen = np.flatnonzero(values >= bound)
    else:
        chosen = np.arange(len(values))
    return chosen[np.argsort(-values[chosen], kind="stable")][:count]
