"""Terms that say nothing about an artist."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.furniture import is_furniture, said_of_everybody


@pytest.mark.parametrize(
    "term",
    ["opening track", "listened", "debut album", "track", "record label", "march 2007", "tuesday", "songs"],
)
def test_furniture_is_known(term: str) -> None:
    assert is_furniture([term]).tolist() == [True]


@pytest.mark.parametrize(
    "term", ["shoegaze", "march", "album rock", "drum and bass", "dreamy", "dreamy album"]
)
def test_a_description_is_no_furniture(term: str) -> None:
    assert is_furniture([term]).tolist() == [False]


def test_what_is_said_of_every_artist_tells_none_from_another() -> None:
    facets = ("other", "other", "genre")
    assert said_of_everybody(np.array([300, 10, 300]), facets, 1000).tolist() == [True, False, False]


def test_a_few_artists_are_not_everybody() -> None:
    assert not said_of_everybody(np.array([5]), ("other",), 5).any()
