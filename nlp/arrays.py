"""Small operations on sorted arrays that NumPy lacks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rank(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each entry within its run of equal values."""
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The different numbers in order: `np.unique` by sorting, which is several times as fast on millions."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
