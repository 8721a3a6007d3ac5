"""The layout of the map of artists."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.layout import NEIGHBOURS, Points, fitted, in_frame, lay_out, neighbours_kept
from nlp.neighbours import nearest


def scenes(count: int, *, each: int = 40, seed: int = 1) -> NDArray[np.float32]:
    """Artists of `count` scenes, whose vectors lie around one direction each."""
    random = np.random.default_rng(seed)
    middles = random.normal(size=(count, 30))
    rows = np.repeat(middles, each, axis=0) + random.normal(scale=0.5, size=(count * each, 30))
    return normalize(rows).astype(np.float32)


def drawn(vectors: NDArray[np.float32], before: Points | None = None) -> Points:
    return lay_out(vectors, *nearest(vectors, NEIGHBOURS), before)


def test_artists_of_one_scene_stand_together() -> None:
    plane = drawn(scenes(6))
    scene = np.repeat(np.arange(6), 40)
    own = np.array([np.linalg.norm(plane - middle, axis=1).argsort()[:20] for middle in plane])
    assert (scene[own] == scene[:, None]).mean() > 0.97


def test_neighbours_stay_neighbours_much_more_than_by_chance() -> None:
    vectors = scenes(6)
    assert neighbours_kept(drawn(vectors), nearest(vectors, 10)[0]) > 0.3  # by chance .04


def test_the_map_is_centred_and_reaches_to_one() -> None:
    plane = drawn(scenes(3))
    assert np.abs(plane).max() == pytest.approx(1)
    assert plane.max(axis=0) + plane.min(axis=0) == pytest.approx([0, 0])


@pytest.mark.parametrize("artists", [0, 1, 2, 3, 5, 7, 8, 9, 12, 30])
def test_a_handful_of_artists_gets_a_map(artists: int) -> None:
    vectors = scenes(3, each=10)[:artists]
    plane = drawn(vectors)
    assert plane.shape == (artists, 2)
    assert np.isfinite(plane).all()
    assert len({tuple(point) for point in plane.tolist()}) == artists


def test_artists_that_are_written_about_in_the_same_words_are_no_obstacle() -> None:
    vectors = np.tile(scenes(1, each=1), (40, 1))
    assert np.isfinite(drawn(vectors)).all()
    mixed = np.concatenate([vectors, scenes(2)])
    assert np.isfinite(drawn(mixed)).all()


_PROGRAM = """
import hashlib
from tests.nlp.test_layout import drawn, scenes
print(hashlib.sha256(drawn(scenes(4)).tobytes()).hexdigest())
"""


def test_the_same_vectors_give_the_same_bits_whatever_the_number_of_threads() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(digests) == 1


def test_the_next_map_looks_like_the_last_one() -> None:
    vectors = scenes(8)
    before = drawn(vectors)
    random = np.random.default_rng(2)
    changed = normalize(vectors + random.normal(scale=0.02, size=vectors.shape)).astype(np.float32)
    after = drawn(changed, before)
    assert np.median(np.linalg.norm(after - before, axis=1)) < 0.05
    assert neighbours_kept(after, nearest(changed, 10)[0]) > 0.3


def test_newcomers_are_put_into_their_scene_and_others_stay() -> None:
    vectors = scenes(8)
    before = drawn(vectors)
    new = np.arange(len(vectors)) % 10 == 0
    known = np.where(new[:, None], np.nan, before)
    after = drawn(vectors, known)
    assert np.median(np.linalg.norm(after - before, axis=1)[~new]) < 0.06
    scene = np.repeat(np.arange(8), 40)
    near = [np.linalg.norm(after - after[n], axis=1).argsort()[1:6] for n in np.flatnonzero(new)]
    assert np.mean([scene[five] == scene[n] for five, n in zip(near, np.flatnonzero(new), strict=True)]) > 0.9


def test_a_last_map_that_fits_no_more_is_not_drawn_on_from() -> None:
    vectors = scenes(6)
    nonsense = in_frame(np.random.default_rng(3).normal(size=(len(vectors), 2)))
    kept = neighbours_kept(drawn(vectors, nonsense), nearest(vectors, 10)[0])
    assert kept == pytest.approx(neighbours_kept(drawn(vectors), nearest(vectors, 10)[0]))


def test_a_turned_and_mirrored_map_is_turned_back() -> None:
    before = in_frame(np.random.default_rng(4).normal(size=(50, 2)))
    turned = before[:, ::-1] @ np.array([[0.6, -0.8], [0.8, 0.6]])
    some = np.where((np.arange(50) < 40)[:, None], before, np.nan)
    # Framed anew after each turn, so that scale and middle differ a little.
    assert np.abs(fitted(turned, some) - before).max() < 0.25
    assert np.corrcoef(fitted(turned, some)[:, 0], before[:, 0])[0, 1] > 0.999
    assert np.corrcoef(fitted(turned, some)[:, 1], before[:, 1])[0, 1] > 0.999
