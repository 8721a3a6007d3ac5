"""What each term adds to the vectors."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from nlp.directions import term_directions


def sample() -> tuple[sp.csr_matrix, np.ndarray]:
    """Vectors that are exactly the sum of what their terms add."""
    random = np.random.default_rng(2)
    weights = sp.random(60, 12, density=0.4, random_state=3, format="csr", dtype=np.float32)
    return weights, (weights @ random.normal(size=(12, 5))).astype(np.float32)


def test_vectors_made_of_terms_are_taken_apart_again() -> None:
    weights, vectors = sample()
    found = term_directions(weights, vectors, ridge=1e-6, rounds=100)
    assert np.abs(weights @ found - vectors).max() < 1e-2


def test_it_is_ridge_regression() -> None:
    weights, vectors = sample()
    dense = weights.toarray()
    wanted = np.linalg.solve(dense.T @ dense + 2 * np.eye(12), dense.T @ vectors)
    assert term_directions(weights, vectors, ridge=2.0, rounds=60) == pytest.approx(wanted, abs=1e-2)


def test_a_term_that_nobody_has_adds_nothing() -> None:
    weights, vectors = sample()
    wider = sp.hstack([weights, sp.csr_matrix((60, 1), dtype=np.float32)]).tocsr()
    assert not term_directions(wider, vectors)[-1].any()


def test_no_artist_and_no_term_give_no_direction() -> None:
    assert term_directions(sp.csr_matrix((0, 3), dtype=np.float32), np.zeros((0, 4), np.float32)).shape == (
        3,
        4,
    )
    assert term_directions(sp.csr_matrix((3, 0), dtype=np.float32), np.ones((3, 4), np.float32)).shape == (
        0,
        4,
    )
