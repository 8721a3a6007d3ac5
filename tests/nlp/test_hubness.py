"""Hubs and those in nobody's list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.hubness import HubSettings, damping
from nlp.neighbours import nearest

SETTINGS = replace(HubSettings(), most=20.0)


def crowd(count: int = 600) -> NDArray[np.float32]:
    """Artists that share a direction more or less, which makes hubs of those that share it most."""
    random = np.random.default_rng(4)
    rows = random.normal(size=(count, 40))
    rows[:, 0] += random.uniform(0, 6, size=count)
    return normalize(rows).astype(np.float32)


def degrees(rows: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.bincount(nearest(rows, 10)[0].ravel(), minlength=len(rows))


def damped(rows: NDArray[np.float32], settings: HubSettings = SETTINGS) -> NDArray[np.float32]:
    return rows * damping(rows, settings)[:, None]


def test_hubs_are_smaller_and_fewer_artists_are_in_nobodys_list() -> None:
    before, after = degrees(crowd()), degrees(damped(crowd()))
    assert after.max() < before.max() / 2
    assert (after == 0).sum() < (before == 0).sum() / 3


def test_hubs_are_shortened_and_those_in_a_usual_number_of_lists_keep_their_length() -> None:
    lengths, before = damping(crowd(), SETTINGS), degrees(crowd())
    assert 0.3 < lengths[before.argmax()] < 0.95
    assert lengths[before == 0].min() > 1
    assert np.median(lengths[(before > 6) & (before < 15)]) == 1


def test_the_same_vectors_are_damped_alike_bit_for_bit() -> None:
    assert np.array_equal(damping(crowd(), SETTINGS), damping(crowd(), SETTINGS))


def test_a_corpus_in_which_everybody_is_in_many_lists_is_left_alone() -> None:
    rows = crowd(30)
    assert np.array_equal(damping(rows, SETTINGS), np.ones(30))
    assert damping(rows[:0], SETTINGS).shape == (0,)


def test_artists_in_few_and_in_many_lists_change_places_only_a_little() -> None:
    rows = crowd()
    both = [
        len(set(a) & set(b)) for a, b in zip(nearest(rows, 10)[0], nearest(damped(rows), 10)[0], strict=True)
    ]
    assert np.mean(both) > 5
