"""Confidence intervals by resampling: how far a measure would move with other queries of the same kind.

The percentile bootstrap (Efron & Tibshirani 1993, chapter 13). All intervals over equally many values use the
same resamples, so that the difference of two methods on the same queries is judged in pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
SEED = 17
# Places drawn at a time, so that memory does not depend on how many values there are: 32 MB of numbers.
_DRAWN = 4_000_000

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From values of shape (resamples, values, columns) to one number for each resample."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A measure, and between what it would lie in 95 of 100 samples like this one.

    `low` and `high` are None where nothing was resampled.
    """

    value: float
    low: float | None = None
    high: float | None = None


def mean_interval(values: NDArray[np.float64], *, times: int, seed: int = SEED) -> Interval:
    """The mean of `values`, at least one, and its interval from `times` resamples (0 for none)."""
    return _interval(values[:, None], _means, times, seed)


def median_interval(values: NDArray[np.float64], *, times: int, seed: int = SEED) -> Interval:
    """The median of `values`, at least one, and its interval."""
    return _interval(values[:, None], _medians, times, seed)


def ratio_interval(
    parts: NDArray[np.float64], wholes: NDArray[np.float64], *, times: int, seed: int = SEED
) -> Interval:
    """The sum of `parts` over that of `wholes`, parallel, and its interval; 0 where wholes are nothing."""
    return _interval(np.stack([parts, wholes], axis=1), _ratios, times, seed)


def _means(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(drawn[..., 0].mean(axis=-1))


def _medians(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.median(drawn[..., 0], axis=-1))


def _ratios(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    part, whole = drawn[..., 0].sum(axis=-1), drawn[..., 1].sum(axis=-1)
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _interval(table: NDArray[np.float64], statistic: Statistic, times: int, seed: int) -> Interval:
    value = float(statistic(table[None])[0])
    if times < 1:
        return Interval(value)
    drawn = np.concatenate([statistic(table[places]) for places in _places(len(table), times, seed)])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail))
    # With few values and few resamples the value itself may lie outside by a rounding error.
    return Interval(value, min(float(low), value), max(float(high), value))


def _places(values: int, times: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """`times` draws of `values` places with replacement, in blocks of shape (draws, values)."""
    generator = np.random.default_rng(seed)
    at_once = max(1, _DRAWN // max(1, values))
    for start in range(0, times, at_once):
        yield generator.integers(values, size=(min(at_once, times - start), values))
