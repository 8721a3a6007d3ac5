"""How alike artists are by one kind of knowledge: products of their rows, whatever the rows are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from examples.recommender.splits import ColdFold

# A column with entries in a larger share of the rows is multiplied densely: as in `nlp.baselines`.
FREQUENT = 0.05
# Rows multiplied at a time: 500 × 12,000 products are 24 MB.
BLOCK = 500

Rows: TypeAlias = NDArray[np.float32] | sp.csr_matrix


@dataclass(frozen=True, slots=True)
class Likeness:
    """Products of the rows of artists that are played and known with those of all artists.

    `known` are columns of `Listens`, ascending; `products` is float32 (known, artists). An artist without a
    row is like nobody: its column is zero.
    """

    known: NDArray[np.int64]
    products: NDArray[np.float32]

    def part(self, fold: ColdFold) -> Part:
        """The products that a fold may see: of artists with plays left in it."""
        left = fold.plays.getnnz(axis=0)[self.known] > 0
        trained = self.known[left]
        rows = self.products[left]
        return Part(trained, rows[:, trained], rows[:, fold.candidates])


@dataclass(frozen=True, slots=True)
class Part:
    """`trained` are columns of artists; `among` is (trained, trained), `towards` (trained, candidates)."""

    trained: NDArray[np.int64]
    among: NDArray[np.float32]
    towards: NDArray[np.float32]


def likeness(rows: Rows, known: NDArray[np.int64]) -> Likeness:
    """Multiply the rows (artists, whatever), dense or sparse, of the `known` columns with all."""
    if isinstance(rows, np.ndarray):
        return Likeness(known, np.asarray(rows[known] @ rows.T))
    # Words that many use make most of the work, and a sparse product of them is slower than a dense one.
    frequent = rows.getnnz(axis=0) > FREQUENT * rows.shape[0]
    dense = rows[:, frequent].toarray()
    products = dense[known] @ dense.T
    rare = rows[:, ~frequent].tocsr()
    for start in range(0, len(known), BLOCK):
        products[start : start + BLOCK] += (rare[known[start : start + BLOCK]] @ rare.T).toarray()
    return Likeness(known, products)


def played_with_row(rows: Rows, plays: sp.csr_matrix) -> NDArray[np.int64]:
    """The columns of artists that somebody plays and that have a row which is not empty."""
    return np.flatnonzero(filled(rows) & (plays.getnnz(axis=0) > 0))


def filled(rows: Rows) -> NDArray[np.bool_]:
    """Which artists have a row that is not empty."""
    return np.asarray(rows.any(axis=1) if isinstance(rows, np.ndarray) else rows.getnnz(axis=1) > 0)
