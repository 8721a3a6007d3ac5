"""Collaborative filtering by the library `implicit` (MIT): what people play together, without any texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import ItemItemRecommender
from numpy.typing import NDArray
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

# Chosen on the first of five warm folds by recall@50 (.391; the worst .264), of 32 and 64 factors, alpha 1 to
# 5 and regularization 5 to 80. 80 is .025 times the root of listeners times artists there; in proportion to
# that it also suits a data set as small as the demo's, of which 80 would leave nothing.
FACTORS, REGULARIZATION, ALPHA = 32, 0.025, 5.0
# As many as that: with the 20 that `implicit` proposes, most artists have no score. 50 and 200 were tried.
NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class Factors:
    """A space in which a listener's product with an artist says how likely the one plays the other.

    `listeners` is float32 (listeners, factors), `artists` float32 (artists, factors); who is played by nobody
    in training stands near 0.
    """

    listeners: NDArray[np.float32]
    artists: NDArray[np.float32]

    def scores(self) -> NDArray[np.float32]:
        """Every listener's product with every artist."""
        return np.asarray(self.listeners @ self.artists.T)


def als_factors(plays: sp.csr_matrix, seed: int) -> Factors:
    """Alternating least squares on ln(1 + plays) as confidence (Hu, Koren & Volinsky 2008)."""
    size = np.sqrt(plays.shape[0] * np.count_nonzero(plays.getnnz(axis=0)))
    with _one_thread():
        model = AlternatingLeastSquares(
            FACTORS, regularization=REGULARIZATION * size, alpha=ALPHA, random_state=seed, num_threads=1
        )
        model.fit(log_plays(plays), show_progress=False)
    return Factors(model.user_factors, model.item_factors)


def bpr_factors(plays: sp.csr_matrix, seed: int) -> Factors:
    """Bayesian personalised ranking on who plays whom at all (Rendle et al. 2009)."""
    with _one_thread():
        model = BayesianPersonalizedRanking(64, random_state=seed, num_threads=1)
        model.fit(binary(plays), show_progress=False)
    return Factors(model.user_factors, model.item_factors)


def item_neighbours(plays: sp.csr_matrix) -> NDArray[np.float32]:
    """Scores by the cosine of artists over listeners (item kNN)."""
    with _one_thread():
        model = ItemItemRecommender(K=NEIGHBOURS, num_threads=1)
        # It wants doubles; with columns of unit length their products are cosines.
        model.fit(normalize(binary(plays).astype(np.float64), axis=0).tocsr(), show_progress=False)
    return np.asarray((binary(plays) @ model.similarity).toarray(), dtype=np.float32)


def log_plays(plays: sp.csr_matrix) -> sp.csr_matrix:
    """The logarithm of 1 + plays: the thousandth play says less than the first."""
    return plays.log1p().astype(np.float32)


def binary(plays: sp.csr_matrix) -> sp.csr_matrix:
    """1 where there is any play."""
    return (plays > 0).astype(np.float32)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep BLAS from starting threads, which `implicit` warns of; one thread makes the same numbers again."""
    with threadpool_limits(1, "blas"):
        yield
