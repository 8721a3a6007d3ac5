"""The map that pairs teach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.company import Pairs
from nlp.contrastive import MapSettings, apply_map, learn_map

SIZE, GROUPS, OF_A_GROUP = 12, 30, 8
QUICK = replace(MapSettings(), steps=150, batch=64, rate=1e-2)


def groups(seed: int = 1) -> NDArray[np.float32]:
    """Artists of a group share half of their directions; the other half, which is louder, is chance."""
    random = np.random.default_rng(seed)
    told = np.repeat(random.normal(size=(GROUPS, SIZE // 2)), OF_A_GROUP, axis=0)
    chance = 2 * random.normal(size=(GROUPS * OF_A_GROUP, SIZE // 2))
    return normalize(np.hstack([told, chance])).astype(np.float32)


def pairs_of(artists: range) -> Pairs:
    """All pairs of a group among `artists`, often enough for a hundred steps."""
    found = [(a, b) for a in artists for b in artists if a < b and a // OF_A_GROUP == b // OF_A_GROUP]
    table = np.array(found * 20, dtype=np.int64)
    return Pairs(table[:, 0], table[:, 1], np.ones(len(table)))


def share_of_own_group(rows: NDArray[np.float32], artists: range) -> float:
    """How many of the seven nearest are of the same group."""
    near = np.argsort(-(rows @ rows.T), axis=1)[:, 1:OF_A_GROUP]
    return float(np.mean([near[a] // OF_A_GROUP == a // OF_A_GROUP for a in artists]))


def learnt(settings: MapSettings = QUICK) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = groups()
    half = range(len(rows) // 2)
    return rows, learn_map(rows, pairs_of(half), np.arange(len(rows)), settings)


def test_artists_that_no_pair_names_are_better_told_apart_as_well() -> None:
    rows, matrix = learnt()
    unseen = range(len(rows) // 2, len(rows))
    before = share_of_own_group(rows, unseen)
    assert share_of_own_group(apply_map(rows, matrix), unseen) > before + 0.2


def test_the_same_pairs_teach_the_same_map_bit_for_bit() -> None:
    assert np.array_equal(learnt()[1], learnt()[1])


def test_a_strong_pull_keeps_the_map_near_the_identity() -> None:
    _, matrix = learnt(replace(QUICK, pull=1e4))
    assert np.abs(matrix - np.eye(SIZE)).max() < np.abs(learnt()[1] - np.eye(SIZE)).max() / 2


def test_few_pairs_teach_nothing() -> None:
    rows = groups()
    few = pairs_of(range(OF_A_GROUP)).only(np.arange(560) < 40)
    assert np.array_equal(learn_map(rows, few, np.arange(len(rows)), MapSettings()), np.eye(SIZE))


def test_no_pair_and_no_artist_teach_nothing() -> None:
    nobody = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    rows = np.zeros((0, SIZE), dtype=np.float32)
    assert np.array_equal(learn_map(rows, nobody, np.zeros(0, np.int64), QUICK), np.eye(SIZE))


def test_mapped_rows_have_length_one_and_empty_ones_stay_empty() -> None:
    rows, matrix = learnt()
    rows[3] = 0
    lengths = np.linalg.norm(apply_map(rows, matrix), axis=1)
    assert lengths[3] == 0
    assert np.delete(lengths, 3) == pytest.approx(1, abs=1e-5)


def test_rows_without_dimensions_stay_as_they_are() -> None:
    assert apply_map(np.zeros((4, 0), np.float32), np.zeros((0, 0), np.float32)).shape == (4, 0)
