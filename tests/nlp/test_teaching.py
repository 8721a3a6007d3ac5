"""Vectors taught by a truth of the user's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nlp.company import Pairs
from nlp.contrastive import MapSettings
from nlp.teaching import PARTNERS, TeachingSettings, co_listening, teach
from tests.nlp.test_contrastive import groups, pairs_of

QUICK = TeachingSettings(replace(MapSettings(), steps=150, batch=64, rate=1e-2))


def test_a_lesson_that_helps_with_artists_kept_from_it_is_used() -> None:
    rows = groups()
    taught, teaching = teach(rows, pairs_of(range(len(rows))), QUICK)
    assert teaching.used
    assert teaching.after > teaching.before
    assert teaching.gain.low is not None
    assert teaching.gain.low > 0
    assert 0 < teaching.held_out < len(rows) / 2
    assert not np.array_equal(taught, rows)


def test_a_lesson_that_does_not_help_is_told_and_not_used() -> None:
    rows = groups()
    random = np.random.default_rng(8)
    chance = Pairs(random.integers(0, 240, 4000), random.integers(0, 240, 4000), np.ones(4000))
    taught, teaching = teach(rows, chance, QUICK)
    assert not teaching.used
    assert np.array_equal(taught, rows)


def test_a_lesson_of_one_pair_is_not_used() -> None:
    rows = groups()
    one = Pairs(np.array([0]), np.array([1]), np.ones(1))
    taught, teaching = teach(rows, one, QUICK)
    assert (teaching.used, teaching.pairs) == (False, 1)
    assert np.array_equal(taught, rows)


def listened(*rows: tuple[int, int, float]) -> Pairs:
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return co_listening(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], count=6)


def test_artists_played_by_the_same_people_are_pairs() -> None:
    pairs = listened((0, 1, 5.0), (0, 2, 5.0), (1, 1, 3.0), (1, 2, 4.0), (2, 3, 9.0))
    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == [(1, 2), (2, 1)]


def test_many_common_listeners_are_surer_than_one() -> None:
    many = [(listener, artist, 4.0) for listener in range(9) for artist in (0, 1)]
    pairs = listened(*many, (20, 2, 4.0), (20, 3, 4.0))
    weight = dict(zip(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True), pairs.weight, strict=True))
    assert weight[0, 1] > 2 * weight[2, 3]


def test_each_artist_has_a_bounded_number_of_partners() -> None:
    plays = [(0, artist, 1.0 + artist) for artist in range(PARTNERS + 10)]
    table = np.array(plays)
    pairs = co_listening(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], count=PARTNERS + 10)
    assert np.bincount(pairs.left).max() == PARTNERS


def test_nobody_listening_gives_no_pair() -> None:
    assert len(listened().left) == 0
