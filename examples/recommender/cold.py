"""Ways to rank artists that nobody in training plays: by chance, by fame, and by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve

from examples.recommender.collaborative import Factors, als_factors, binary, log_plays
from examples.recommender.knowledge import Knowledge
from examples.recommender.likeness import Likeness
from examples.recommender.splits import ColdFold

# A method gives every listener of a fold a score for every candidate: float32 (listeners, candidates).
Method: TypeAlias = Callable[[ColdFold], NDArray[np.float32]]

# All chosen on the first of five folds, by recall@50; around each the result is flat.
NEAREST = 10  # 1, 3, 5 and 10 tried: the more the better; all is `mean_likeness`
RIDGE = 10.0  # 1, 3, 10 and 30 tried: 10 for few candidates and many, 30 is better for many
SHARPNESS = 2.0  # 1, 2 and 4 tried
SMOOTHING = 10.0  # 1, 3, 10 and 30 tried
FAME = 0.3  # 0, 0.1, 0.3 and 0.5 tried (1 in `by_factors`)


def at_random(fold: ColdFold) -> NDArray[np.float32]:
    """Every order is as likely as another."""
    return np.random.default_rng(fold.seed).random(fold.wanted.shape, dtype=np.float32)


def oracle_popularity(fold: ColdFold) -> NDArray[np.float32]:
    """By how many listeners will play the artist: what nobody can know of an artist nobody has played."""
    return _for_everybody(fold, fold.wanted.sum(axis=0))


def by_amount(amounts: NDArray[np.float64]) -> Method:
    """By a number of each artist, such as how much is written about it: what can be known of its fame."""
    return lambda fold: _for_everybody(fold, amounts[fold.candidates])


def mean_likeness(alike: Likeness) -> Method:
    """By the mean likeness to what the listener plays, weighted by ln(1 + plays).

    For vectors it is the product with the mean vector of the listener's artists.
    """

    def rank(fold: ColdFold) -> NDArray[np.float32]:
        part = alike.part(fold)
        return np.asarray(log_plays(fold.plays)[:, part.trained] @ part.towards)

    return rank


def nearest_played(alike: Likeness, count: int = NEAREST) -> Method:
    """By the mean likeness to the nearest of the artists that the listener plays."""

    def rank(fold: ColdFold) -> NDArray[np.float32]:
        part = alike.part(fold)
        plays = fold.plays[:, part.trained].tocsr()
        rows = (part.towards[plays.indices[s:e]] for s, e in pairwise(plays.indptr))
        return np.stack([_highest(row, count) for row in rows])

    return rank


def by_factors(rows: NDArray[np.float32]) -> Method:
    """By the place in the space of collaborative filtering that `place` tells from the row of the artist."""

    def rank(fold: ColdFold) -> NDArray[np.float32]:
        factors = als_factors(fold.plays, fold.seed)
        places = place(rows, factors, fold.plays.getnnz(axis=0) > 0)
        return np.asarray(factors.listeners @ places[fold.candidates].T)

    return rank


def place(
    rows: NDArray[np.float32], factors: Factors, played: NDArray[np.bool_], ridge: float = RIDGE
) -> NDArray[np.float32]:
    """Where among the factors the artists belong by their rows, such as vectors: float32 (artists, factors).

    A ridge regression from rows to factors learns it from artists that have a row and are `played`, as van
    den Oord et al. (2013) do with audio. Artists without a row stay at 0.
    """
    both = played & rows.any(axis=1)
    known = rows[both]
    gram = known.T @ known + ridge * np.eye(rows.shape[1], dtype=np.float32)
    to_factors = solve(gram, known.T @ factors.artists[both], assume_a="pos")
    return np.asarray(rows @ to_factors)


def with_fame(knowledge: Knowledge) -> NDArray[np.float32]:
    """The vectors with FAME times the columns of `fame_of` beside them."""
    return np.concatenate([knowledge.vectors, FAME * fame_of(knowledge)], axis=1)


def by_kernel(*kinds: Likeness, fame: NDArray[np.float32] | None = None) -> Method:
    """By kernel ridge regression: whoever plays artists like this one, and not just everybody, plays it too.

    For each listener it is a regression of plays (1 or 0) over all played artists on what they are like. The
    kernel is the sum over `kinds`, which know the same artists, of exp(SHARPNESS (likeness - 1)) and, with
    `fame` (see `fame_of`), of the products of its rows.
    """

    def rank(fold: ColdFold) -> NDArray[np.float32]:
        parts = [kind.part(fold) for kind in kinds]
        trained = parts[0].trained
        among = sum_of_kernels([part.among for part in parts], fame, trained, trained)
        towards = sum_of_kernels([part.towards for part in parts], fame, trained, fold.candidates)
        return regression(among, binary(fold.plays)[:, trained].toarray()) @ towards

    return rank


def sum_of_kernels(
    likenesses: Sequence[NDArray[np.float32]],
    fame: NDArray[np.float32] | None,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> NDArray[np.float32]:
    """The kernel of `by_kernel` between the artists of `rows` and of `columns`."""
    total = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for alike in likenesses:
        total += np.exp(SHARPNESS * (alike - 1))
    return total if fame is None else total + FAME**2 * (fame[rows] @ fame[columns].T)


def regression(kernel: NDArray[np.float32], plays: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights (listeners, artists) of kernel ridge regression; `plays` is (listeners, artists)."""
    smoothed = kernel + SMOOTHING * np.eye(len(kernel), dtype=np.float32)
    return np.asarray(solve(smoothed, plays.T, assume_a="pos", overwrite_a=True, check_finite=False).T)


def fame_of(knowledge: Knowledge) -> NDArray[np.float32]:
    """Rows (1, familiarity, ln(1 + words)), the last two standardised; zeros for who is not described."""
    described = knowledge.described
    columns = [knowledge.familiarity, np.log1p(knowledge.words)]
    scaled = [_standardised(column, described) for column in columns]
    return np.stack([described, *scaled], axis=1).astype(np.float32)


def _standardised(values: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    spread = values[among].std() or 1.0
    return np.where(among, (values - values[among].mean()) / spread, 0.0)


def _for_everybody(fold: ColdFold, scores: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.tile(scores.astype(np.float32), (len(fold.wanted), 1))


def _highest(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The mean of the `count` largest values of each column; 0 without rows."""
    if not len(rows):
        return np.zeros(rows.shape[1], dtype=np.float32)
    kept = min(count, len(rows))
    return np.asarray(np.partition(rows, len(rows) - kept, axis=0)[len(rows) - kept :].mean(axis=0))
