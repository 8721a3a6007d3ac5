"""How good rankings of candidates are, listener by listener, and within which bounds the mean lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.bootstrap import Interval, mean_interval, ratio_interval

DEPTH = 50
SHALLOW = 10
TIMES = 1000


@dataclass(frozen=True, slots=True)
class Scores:
    """What was measured for each listener: arrays of length listeners, NaN where nothing was held back.

    `recall` is the share of the listener's held-back artists in the first DEPTH places (not capped),
    `top` the same of the first SHALLOW places, `ndcg` the binary nDCG of the first DEPTH places. `by_fold` is
    the mean recall over listeners in each of the folds that these are the means of.
    """

    recall: NDArray[np.float64]
    top: NDArray[np.float64]
    ndcg: NDArray[np.float64]
    by_fold: tuple[float, ...] = ()


def judge(
    scores: NDArray[np.float32],
    wanted: NDArray[np.bool_],
    depth: int = DEPTH,
    shallow: int = SHALLOW,
) -> Scores:
    """Judge the ranking of candidates by score: both arrays are (listeners, candidates)."""
    depth, shallow = min(depth, scores.shape[1]), min(shallow, scores.shape[1])
    hits = np.take_along_axis(wanted, best_columns(scores, depth), axis=1)
    count = wanted.sum(axis=1).astype(np.float64)
    count[count == 0] = np.nan
    return Scores(hits.sum(axis=1) / count, hits[:, :shallow].sum(axis=1) / count, _ndcg(hits, count))


def best_columns(scores: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """For each row the columns of the `depth` largest scores, the largest first; of equal ones some."""
    if depth >= scores.shape[1]:
        return np.argsort(-scores, axis=1, kind="stable")
    best = np.sort(np.argpartition(-scores, depth - 1, axis=1)[:, :depth], axis=1)
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def over_folds(folds: Sequence[Scores]) -> Scores:
    """The mean of each listener over the folds in which something of its was held back."""
    recall, top, ndcg = (_mean([getattr(each, name) for each in folds]) for name in ("recall", "top", "ndcg"))
    return Scores(recall, top, ndcg, tuple(interval(each.recall, times=0).value for each in folds))


def interval(values: NDArray[np.float64], times: int = TIMES) -> Interval:
    """The mean over listeners, with its 95 % interval when other listeners of the kind were asked."""
    measured = values[np.isfinite(values)]
    return mean_interval(measured, times=times) if len(measured) else Interval(0.0)


def ratio(values: NDArray[np.float64], of: NDArray[np.float64], times: int = TIMES) -> Interval:
    """How many times the mean `of` another method the mean of this one is, on the same listeners."""
    both = np.isfinite(values) & np.isfinite(of)
    return ratio_interval(values[both], of[both], times=times)


def _mean(columns: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    table = np.stack(columns)
    measured = np.isfinite(table)
    count = measured.sum(axis=0)
    total = np.where(measured, table, 0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(table.shape[1], np.nan), where=count > 0))


def _ndcg(hits: NDArray[np.bool_], count: NDArray[np.float64]) -> NDArray[np.float64]:
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.concatenate([[np.nan], np.cumsum(discount)])
    reachable = np.minimum(np.nan_to_num(count).astype(np.int64), hits.shape[1])
    return np.asarray((hits * discount).sum(axis=1) / ideal[reachable])
