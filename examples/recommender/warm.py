"""Ways to rank artists that others play already: collaborative filtering, alone and with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from examples.recommender.cold import regression, sum_of_kernels
from examples.recommender.collaborative import als_factors, binary, bpr_factors, item_neighbours
from examples.recommender.likeness import Likeness
from examples.recommender.splits import WarmFold

# A method gives every listener a score for every artist: float32 (listeners, artists).
WarmMethod: TypeAlias = Callable[[WarmFold], NDArray[np.float32]]

# How much the vectors' scores count beside those of ALS, both standardised; chosen on the first of five
# folds, where 0.2, 0.4 and 0.8 were tried.
SHARE = 0.4


def most_played(fold: WarmFold) -> NDArray[np.float32]:
    """By how many listeners play the artist."""
    listeners, _ = fold.plays.shape
    return np.tile(fold.plays.getnnz(axis=0).astype(np.float32), (listeners, 1))


def neighbours(fold: WarmFold) -> NDArray[np.float32]:
    """By artists that the same people play."""
    return item_neighbours(fold.plays)


def bpr(fold: WarmFold) -> NDArray[np.float32]:
    """By factors of Bayesian personalised ranking."""
    return bpr_factors(fold.plays, fold.seed).scores()


def als(fold: WarmFold) -> NDArray[np.float32]:
    """By factors of alternating least squares."""
    return als_factors(fold.plays, fold.seed).scores()


def by_vectors(alike: Likeness) -> WarmMethod:
    """By kernel ridge regression on the vectors alone; see `cold.by_kernel`."""

    def rank(fold: WarmFold) -> NDArray[np.float32]:
        trained, size = alike.known, fold.plays.shape[1]
        among = sum_of_kernels([alike.products[:, trained]], None, trained, trained)
        weights = regression(among, binary(fold.plays)[:, trained].toarray())
        scores = np.zeros(fold.plays.shape, dtype=np.float32)
        described = np.arange(size)[alike.products.any(axis=0)]
        towards = sum_of_kernels([alike.products[:, described]], None, trained, described)
        scores[:, described] = weights @ towards
        return scores

    return rank


def als_and_vectors(alike: Likeness, share: float = SHARE) -> WarmMethod:
    """By the sum of the scores of ALS and of the vectors, each standardised for each listener."""
    vectors = by_vectors(alike)
    return lambda fold: _standardised(als(fold)) + share * _standardised(vectors(fold))


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1))
