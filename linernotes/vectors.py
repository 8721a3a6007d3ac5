"""The vectors of a release in memory, for what is not stored as neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

CANCELLED = 1e-4
"""Length, as a share of the weights, below which a weighted sum of vectors is nothing but rounding."""

SPARE = 20
"""Rows asked of the index beyond those wanted: half precision misplaces some at the edge."""

MOST_ROWS = 1_000
"""Rows asked of the index at most: at 60,000 × 256 it takes 2 ms for 1,000, the product of all 4 ms."""


class NearRows(Protocol):
    """An index of the rows of a matrix; see `nlp.near_index`."""

    def nearest(self, vector: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """Return about the `count` rows with the largest product with `vector`, largest first."""


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Artists and their vectors: `ids` ascending, `matrix` float32 of shape (artists, dimensions).

    A large release has an `index`, by which the nearest are found without looking at all rows.
    """

    ids: NDArray[np.int64]
    matrix: NDArray[np.float32]
    index: NearRows | None = None

    def rows_of(self, artist_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the rows of those of the artists that have a vector."""
        rows, known = rows_in(self.ids, artist_ids)
        return rows[known]

    def direction(self, seeds: Mapping[int, float]) -> NDArray[np.float32] | None:
        """Return where artists lie together, by weight; away from those with a weight below 0.

        Of one artist that is its vector. Of several it is the weighted sum of theirs, brought to the weighted
        mean of their lengths. None when none of them has a vector, or when they cancel each other out.
        """
        rows = self.rows_of(list(seeds))
        if len(seeds) == len(rows) == 1 and min(seeds.values()) > 0:
            itself: NDArray[np.float32] = self.matrix[rows[0]]
            return itself
        weights = np.array([seeds[int(number)] for number in self.ids[rows]], dtype=np.float32)
        total: NDArray[np.float32] = weights @ self.matrix[rows]
        length = float(np.linalg.norm(total))
        if length < CANCELLED * float(np.abs(weights).sum() or 1):
            return None
        mean = float(np.average(np.linalg.norm(self.matrix[rows], axis=1), weights=np.abs(weights)))
        return total * np.float32(mean / length)

    def nearest(
        self,
        direction: NDArray[np.float32],
        limit: int,
        *,
        out: Sequence[int] = (),
        among: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Return up to `limit` artists by the product of `direction` and their vector, the largest first.

        Those of `out` are left out, as are those not `among` (ascending). With an index, it is asked for so
        many that enough should remain; when they do not, all are looked at.
        """
        wanted = self._rows_to_ask(limit, len(out), among)
        if self.index is not None and wanted <= min(MOST_ROWS, len(self.ids)):
            rows = self.index.nearest(direction, wanted)
            found = self._best(rows, direction, limit, out, among)
            if len(found) == limit:
                return found
        return self.exactly(direction, limit, out=out, among=among)

    def _rows_to_ask(self, limit: int, out: int, among: NDArray[np.int64] | None) -> int:
        wanted = limit + out + SPARE
        if among is None:
            return wanted
        # Half as many again as an even spread needs: who is alike is often of one era or place.
        return len(self.ids) * wanted * 3 // (2 * max(1, len(among)))

    def exactly(
        self,
        direction: NDArray[np.float32],
        limit: int,
        *,
        out: Sequence[int] = (),
        among: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Return the same as `nearest` without the help of an index."""
        if among is not None and 2 * len(among) < len(self.ids):
            return self._best(self.rows_of(among), direction, limit, out, None)
        return self.ranked(self.matrix @ direction, limit, out=out, among=among)

    def _best(
        self,
        rows: NDArray[np.intp],
        direction: NDArray[np.float32],
        limit: int,
        out: Sequence[int],
        among: NDArray[np.int64] | None,
    ) -> list[tuple[int, float]]:
        """The best of some rows, by their exact products; equal ones in order of number."""
        rows = np.sort(rows)
        ids = self.ids[rows]
        kept = ~is_among(ids, np.sort(np.asarray(out, dtype=np.int64)))
        if among is not None:
            kept &= is_among(ids, among)
        rows = rows[kept]
        products = self.matrix[rows] @ direction
        best = _largest(products, min(limit, len(rows)))
        return list(zip(self.ids[rows[best]].tolist(), products[best].tolist(), strict=True))

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


def rows_in(
    ids: NDArray[np.int64], wanted: Sequence[int] | NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where each of `wanted` stands in `ids`, which are ascending, and whether it stands there."""
    numbers = np.asarray(wanted, dtype=np.int64)
    rows = np.searchsorted(ids, numbers)
    known = rows < len(ids)
    known[known] = ids[rows[known]] == numbers[known]
    return rows, known


def is_among(ids: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of a few ids is among many, which are ascending."""
    return rows_in(among, ids)[1]


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
