"""A linear map of vectors, taught by pairs of artists that belong together.

InfoNCE (van den Oord et al. 2018) with in-batch and random negatives, by Adam (Kingma & Ba 2015), in NumPy:
the map is one matrix, for which a deep-learning framework would be a large dependency.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.company import Pairs


@dataclass(frozen=True, slots=True)
class MapSettings:
    """Parameters of the training, measured on 9,542 artists (see docs/measurements.md for the table).

    `temperature`: .07, .12, .2, .3 and .5 tried: for texts alone .07 learns pairs by heart (nDCG@10 .217),
    the others are alike (.226 to .228); for the fused vectors .12 gives .252, .2 .257, .3 .256. `pull` draws
    the map towards the identity; .005 is too little (.249). `batch` pairs a step beside as many random
    artists; twice as many brought nothing for four times the time.
    """

    steps: int = 500
    batch: int = 512
    temperature: float = 0.2
    rate: float = 2e-3
    pull: float = 0.02
    seed: int = 20

    def for_pairs(self, count: int) -> MapSettings:
        """The parameters for `count` pairs: few of them teach little, and are soon learnt by heart."""
        return replace(self, steps=min(self.steps, count // PAIRS_A_STEP))


# Of 165,000 pairs all 500 steps are taken, of a hundred pairs none worth mentioning.
PAIRS_A_STEP = 50
_WARM_UP = 100
_LAST_RATE = 0.05
_MEAN_DECAY, _SQUARE_DECAY = 0.9, 0.999


def learn_map(
    rows: NDArray[np.float32], pairs: Pairs, pool: NDArray[np.int64], settings: MapSettings
) -> NDArray[np.float32]:
    """The map under which the two of each pair are nearer to each other than to others.

    `rows` are unit rows of shape (artists, d); pairs are drawn in proportion to their weight, random others
    from `pool` (rows of artists). Returns a matrix of shape (d, d) to multiply rows with. Artists that make a
    pair of their own with the first are no counter-examples.
    """
    chosen = settings.for_pairs(len(pairs.left))
    size = rows.shape[1]
    identity = np.eye(size, dtype=np.float32)
    matrix = identity
    if not chosen.steps or not len(pool):
        return matrix
    random = np.random.default_rng(chosen.seed)
    belong = _belong(pairs, len(rows))
    upto = np.cumsum(pairs.weight / pairs.weight.sum())
    optimiser = _Adam(matrix, chosen)
    for step in range(1, chosen.steps + 1):
        drawn = np.minimum(np.searchsorted(upto, random.random(chosen.batch)), len(upto) - 1)
        one, other = pairs.left[drawn], pairs.right[drawn]
        if random.random() < 0.5:
            one, other = other, one
        others = np.concatenate([other, random.choice(pool, chosen.batch)])
        counted = ~_is_known(belong, one, others)
        gradient = _gradient(rows[one], rows[others], matrix, counted, chosen.temperature)
        matrix = optimiser.step(step, matrix, gradient + chosen.pull * (matrix - identity))
    return matrix


def apply_map(rows: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows under the map, at unit length; zero rows stay."""
    mapped: NDArray[np.float32] = normalize(rows @ matrix).astype(np.float32) if rows.size else rows
    return mapped


def _belong(pairs: Pairs, artists: int) -> sp.csr_matrix:
    """Which artists make a pair, in both directions, and each with itself."""
    ones = np.ones(len(pairs.left), dtype=np.float32)
    one_way = sp.csr_matrix((ones, (pairs.left, pairs.right)), shape=(artists, artists))
    return (one_way + one_way.T + sp.identity(artists, dtype=np.float32)).tocsr()


def _is_known(belong: sp.csr_matrix, one: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of `others` belong to each of `one`, except its own partner in the same place."""
    known = belong[one][:, others].toarray() > 0
    known[np.arange(len(one)), np.arange(len(one))] = False
    return np.asarray(known)


def _gradient(
    one: NDArray[np.float32],
    others: NDArray[np.float32],
    matrix: NDArray[np.float32],
    counted: NDArray[np.bool_],
    temperature: float,
) -> NDArray[np.float32]:
    """The gradient of the mean InfoNCE loss with respect to the map."""
    left, left_length = _unit(one @ matrix)
    right, right_length = _unit(others @ matrix)
    logits = np.where(counted, left @ right.T / temperature, -np.inf)
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    place = np.arange(len(one))
    share[place, place] -= 1
    share /= len(one) * temperature
    towards_left = _through_unit(share @ right, left, left_length)
    towards_right = _through_unit(share.T @ left, right, right_length)
    return np.asarray(one.T @ towards_left + others.T @ towards_right, dtype=np.float32)


def _unit(rows: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    length = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9).astype(np.float32)
    return rows / length, length


def _through_unit(
    gradient: NDArray[np.float32], unit: NDArray[np.float32], length: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The gradient before the rows were brought to unit length."""
    return np.asarray((gradient - unit * (unit * gradient).sum(axis=1, keepdims=True)) / length)


class _Adam:
    """Adam with a warm-up and a rate that falls along half a cosine."""

    def __init__(self, matrix: NDArray[np.float32], settings: MapSettings) -> None:
        self._mean = np.zeros_like(matrix)
        self._square = np.zeros_like(matrix)
        self._settings = settings

    def step(
        self, number: int, matrix: NDArray[np.float32], gradient: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        self._mean = _MEAN_DECAY * self._mean + (1 - _MEAN_DECAY) * gradient
        self._square = _SQUARE_DECAY * self._square + (1 - _SQUARE_DECAY) * gradient**2
        mean = self._mean / (1 - _MEAN_DECAY**number)
        square = self._square / (1 - _SQUARE_DECAY**number)
        return np.asarray(matrix - self._rate(number) * mean / (np.sqrt(square) + 1e-8), dtype=np.float32)

    def _rate(self, number: int) -> float:
        falling = 0.5 * (1 + np.cos(np.pi * number / self._settings.steps))
        warming = min(1.0, number / _WARM_UP)
        return float(self._settings.rate * warming * (_LAST_RATE + (1 - _LAST_RATE) * falling))
