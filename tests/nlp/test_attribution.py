"""Similarity taken apart into terms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.attribution import attribute, share_out


def problem(seed: int, terms: int, dimensions: int) -> tuple[np.ndarray, ...]:
    """Vectors, weights with many zeros, and directions that fit or do not."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(2, dimensions)).astype(np.float32)
    weights = random.random((2, terms)) * (random.random((2, terms)) < 0.6)
    directions = random.normal(size=(terms, dimensions)).astype(np.float32)
    return (*vectors, *weights, directions)


SIZES = (st.integers(0, 2**32 - 1), st.integers(0, 30), st.integers(1, 20))


@given(*SIZES)
def test_the_parts_add_up_to_the_dot_product_whatever_the_directions(
    seed: int, terms: int, dimensions: int
) -> None:
    a, b, *others = problem(seed, terms, dimensions)
    parts = attribute(a, b, *others)
    assert parts.product == pytest.approx(float(a.astype(float) @ b.astype(float)), abs=1e-9)
    assert parts.terms.sum() + parts.rest == pytest.approx(parts.product, abs=1e-9)


@given(*SIZES)
def test_it_does_not_matter_who_is_named_first(seed: int, terms: int, dimensions: int) -> None:
    a, b, of_a, of_b, directions = problem(seed, terms, dimensions)
    one, other = attribute(a, b, of_a, of_b, directions), attribute(b, a, of_b, of_a, directions)
    assert one.terms == pytest.approx(other.terms, abs=1e-12)
    assert one.rest == pytest.approx(other.rest, abs=1e-12)


def test_vectors_that_are_their_terms_leave_no_rest() -> None:
    directions = np.array([[1.0, 0.0], [0.6, 0.8]])
    of_a, of_b = np.array([0.5, 0.2]), np.array([0.0, 0.9])
    parts = attribute(of_a @ directions, of_b @ directions, of_a, of_b, directions)
    assert parts.rest == pytest.approx(0)
    assert parts.terms.sum() == pytest.approx(parts.product)


def test_a_term_that_neither_is_described_with_adds_nothing() -> None:
    a, b, of_a, of_b, directions = problem(1, 4, 3)
    of_a[2] = of_b[2] = 0
    assert attribute(a, b, of_a, of_b, directions).terms[2] == 0


@given(st.lists(st.floats(0, 5), max_size=9), st.floats(0, 1))
def test_without_directions_the_product_is_shared_out_by_strength(
    strengths: list[float], product: float
) -> None:
    parts = share_out(product, np.array(strengths))
    assert parts.terms.sum() + parts.rest == pytest.approx(product, abs=1e-9)
    assert all(parts.terms >= 0)
