"""Nearest neighbours by exact search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Rows compared at a time: 1,000 × 10⁵ float32 similarities are 400 MB.
BLOCK = 1_000


def nearest(rows: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each unit row the k others with the largest dot product, nearest first.

    Returns row numbers and similarities, both of shape (rows, min(k, rows - 1)). Similarity is the dot
    product cut to 0–1. Equal dot products are ordered by row number, so that the result is always the same.
    """
    count = len(rows)
    k = max(0, min(k, count - 1))
    numbers = np.zeros((count, k), dtype=np.int64)
    similarities = np.zeros((count, k), dtype=np.float32)
    if not k:
        return numbers, similarities
    for start in range(0, count, BLOCK):
        block = rows[start : start + BLOCK] @ rows.T
        inside = np.arange(len(block))
        block[inside, start + inside] = -np.inf
        best = _best(block, k)
        values = np.take_along_axis(block, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        numbers[start : start + BLOCK] = np.take_along_axis(best, order, axis=1)
        similarities[start : start + BLOCK] = np.take_along_axis(values, order, axis=1)
    return numbers, np.clip(similarities, 0, 1)


def _best(block: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The columns of the k largest values of each row, ascending; of equal values the first columns."""
    best = np.argpartition(-block, k - 1, axis=1)[:, :k]
    least = np.take_along_axis(block, best, axis=1).min(axis=1, keepdims=True)
    # A partition picks any of several equal values at its edge.
    for row in np.flatnonzero(np.count_nonzero(block >= least, axis=1) > k).tolist():
        best[row] = np.argsort(-block[row], kind="stable")[:k]
    return np.sort(best, axis=1).astype(np.int64)
