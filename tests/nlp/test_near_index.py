from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.near_index import LEAF, NearIndex, build_index, neighbourly_order


def groups(count: int, size: int) -> np.ndarray:
    """`count` tight groups of `size` rows, the rows of a group far apart in the array."""
    random = np.random.default_rng(2)
    centres = random.normal(size=(count, 16))
    rows = np.tile(centres, (size, 1)) + 0.01 * random.normal(size=(count * size, 16))
    return rows.astype(np.float32)


@settings(max_examples=25)
@given(rows=st.integers(0, 200), kinds=st.integers(1, 3))
def test_the_order_has_every_row_once_even_where_rows_are_equal(rows: int, kinds: int) -> None:
    vectors = np.eye(3, dtype=np.float32)[np.arange(rows) % kinds]
    order = neighbourly_order(vectors)
    assert sorted(order.tolist()) == list(range(rows))
    assert neighbourly_order(vectors).tolist() == order.tolist()


def test_near_rows_stand_together_in_the_order() -> None:
    vectors = groups(count=40, size=LEAF)
    ordered = vectors[neighbourly_order(vectors)]
    steps = np.linalg.norm(np.diff(ordered, axis=0), axis=1)
    assert (steps < 1).mean() > 0.7
    assert (np.linalg.norm(np.diff(vectors, axis=0), axis=1) < 1).mean() < 0.1


def test_the_same_vectors_give_the_same_index(tmp_path: Path) -> None:
    vectors = groups(count=30, size=20)
    for name in ("one", "two"):
        build_index(vectors, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("row", [0, 17, 599])
def test_the_nearest_rows_are_found_whatever_order_they_were_added_in(tmp_path: Path, row: int) -> None:
    vectors = groups(count=30, size=20)
    build_index(vectors, tmp_path / "index")
    found = NearIndex.open(tmp_path / "index").nearest(vectors[row], 20)
    exact = np.argsort(-(vectors @ vectors[row]))[:20]
    assert len(set(found.tolist()) & set(exact.tolist())) >= 19
