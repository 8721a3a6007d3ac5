"""Nearest neighbours by exact search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nlp import neighbours
from nlp.neighbours import nearest

# Unit vectors whose dot products are exact in float32, so that equal similarities are frequent and equal.
UNIT = [
    *np.eye(4).tolist(),
    *(-np.eye(4)).tolist(),
    *[[a, b, c, d] for a in (0.5, -0.5) for b in (0.5, -0.5) for c in (0.5, -0.5) for d in (0.5, -0.5)],
]
unit_rows = st.lists(st.sampled_from(UNIT), max_size=30).map(
    lambda rows: np.array(rows, dtype=np.float32).reshape(-1, 4)
)


def brute_force(rows: NDArray[np.float32], k: int) -> list[list[tuple[int, float]]]:
    return [
        sorted(
            ((other, float(rows[row] @ rows[other])) for other in range(len(rows)) if other != row),
            key=lambda pair: (-pair[1], pair[0]),
        )[:k]
        for row in range(len(rows))
    ]


@given(unit_rows, st.integers(0, 12), st.integers(1, 7))
def test_the_nearest_are_those_of_an_exhaustive_search_and_ties_go_by_row(
    rows: NDArray[np.float32], k: int, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "BLOCK", block)
        numbers, similarities = nearest(rows, k)
    for row, expected in enumerate(brute_force(rows, k)):
        assert numbers[row].tolist() == [other for other, _ in expected]
        assert similarities[row].tolist() == [max(0.0, value) for _, value in expected]


@given(st.integers(0, 2**32 - 1))
def test_on_any_vectors_nobody_else_is_nearer(seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(25, 6)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    numbers, similarities = nearest(rows, 5)
    exact = np.clip(rows @ rows.T, 0, 1)
    for row in range(len(rows)):
        assert similarities[row] == pytest.approx(exact[row, numbers[row]], abs=1e-6)
        others = np.setdiff1d(np.arange(len(rows)), [row, *numbers[row]])
        assert exact[row, others].max() <= similarities[row, -1] + 1e-6


@pytest.mark.parametrize(
    ("rows", "k", "shape"), [(0, 5, (0, 0)), (1, 5, (1, 0)), (3, 5, (3, 2)), (3, 0, (3, 0))]
)
def test_there_are_no_more_neighbours_than_others(rows: int, k: int, shape: tuple[int, int]) -> None:
    numbers, similarities = nearest(np.eye(max(rows, 1), dtype=np.float32)[:rows], k)
    assert numbers.shape == similarities.shape == shape
