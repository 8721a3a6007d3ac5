"""The vectors of a release in memory, for what is not stored as neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CANCELLED = 1e-4
"""Length, as a share of the weights, below which a weighted sum of vectors is nothing but rounding."""


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Artists and their vectors: `ids` ascending, `matrix` float32 of shape (artists, dimensions)."""

    ids: NDArray[np.int64]
    matrix: NDArray[np.float32]

    def rows_of(self, artist_ids: Sequence[int]) -> NDArray[np.intp]:
        """Return the rows of those of the artists that have a vector."""
        wanted = np.asarray(artist_ids, dtype=np.int64)
        places = np.searchsorted(self.ids, wanted)
        inside = places < len(self.ids)
        inside[inside] = self.ids[places[inside]] == wanted[inside]
        return places[inside]

    def direction(self, seeds: Mapping[int, float]) -> NDArray[np.float32] | None:
        """Return where artists lie together, by weight; away from those with a weight below 0.

        Of one artist that is its vector. Of several it is the weighted sum of theirs, brought to the weighted
        mean of their lengths. None when none of them has a vector, or when they cancel each other out.
        """
        rows = self.rows_of(list(seeds))
        weights = np.array([seeds[int(number)] for number in self.ids[rows]], dtype=np.float32)
        total: NDArray[np.float32] = weights @ self.matrix[rows]
        length = float(np.linalg.norm(total))
        if length < CANCELLED * float(np.abs(weights).sum() or 1):
            return None
        mean = float(np.average(np.linalg.norm(self.matrix[rows], axis=1), weights=np.abs(weights)))
        return total * np.float32(mean / length)

    def ranked(
        self,
        products: NDArray[np.float32],
        limit: int,
        *,
        out: Sequence[int] = (),
        among: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Return up to `limit` artists by their number in `products`, the largest first, with it.

        `products` has one number for each artist, such as the products of a direction and all vectors; equal
        ones come in the order of numbers of artists. Those of `out` are left out, as are those not `among`.
        """
        kept = np.ones(len(self.ids), dtype=np.bool_) if among is None else np.isin(self.ids, among)
        kept[self.rows_of(out)] = False
        rows = np.flatnonzero(kept)
        best = rows[_largest(products[rows], min(limit, len(rows)))]
        return [(int(self.ids[row]), float(products[row])) for row in best]


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words and their unit vectors, and which of the words are terms of the release."""

    rows: dict[str, int]
    matrix: NDArray[np.float32]
    terms: tuple[str, ...]
    term_rows: NDArray[np.intp]

    def nearest_terms(self, words: Sequence[str], limit: int, least: float) -> list[tuple[str, float]]:
        """Return up to `limit` terms whose cosine with the words' mean is `least` or more, nearest first.

        Empty when one of the words has no vector.
        """
        if not words or not self.terms or any(word not in self.rows for word in words):
            return []
        mean = self.matrix[[self.rows[word] for word in words]].sum(axis=0)
        length = np.linalg.norm(mean)
        if length == 0:
            return []
        cosines = self.matrix[self.term_rows] @ (mean / length)
        best = _largest(cosines, min(limit, len(cosines)))
        return [(self.terms[row], min(1.0, float(cosines[row]))) for row in best if cosines[row] >= least]


def word_table(words: Sequence[str], matrix: NDArray[np.float32], terms: Collection[str]) -> WordTable:
    """Join the words of a release with its terms."""
    rows = {word: row for row, word in enumerate(words)}
    both = [word for word in words if word in terms]
    return WordTable(rows, matrix, tuple(both), np.array([rows[word] for word in both], dtype=np.intp))


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
