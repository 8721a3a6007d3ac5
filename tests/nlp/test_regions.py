"""The regions of the map, and their names."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from nlp.facets import Facet
from nlp.layout import Points
from nlp.region_names import alike, name_regions
from nlp.regions import MOST, Region, densest, divide, levels


def islands(count: int, *, each: int = 60) -> Points:
    """Points around `count` places on a circle."""
    random = np.random.default_rng(1)
    angles = np.repeat(np.arange(count) * 2 * np.pi / count, each)
    middles = np.column_stack([np.cos(angles), np.sin(angles)])
    return middles + random.normal(scale=0.06, size=middles.shape)


@given(st.integers(min_value=0, max_value=200_000))
def test_levels_grow_with_the_artists_and_each_divides_the_one_before(artists: int) -> None:
    counts = levels(artists)
    assert len(counts) <= len(MOST)
    assert all(count <= most for count, most in zip(counts, MOST, strict=False))
    assert all(later > earlier for earlier, later in pairwise(counts))
    assert not counts or counts[-1] * 12 <= artists


def test_a_large_map_has_three_levels_and_a_handful_of_artists_none() -> None:
    assert levels(12_000) == MOST
    assert levels(23) == ()
    assert divide(islands(2, each=5)) == []


def test_islands_become_regions() -> None:
    regions = divide(islands(5, each=12))
    assert [region.artists.tolist() for region in regions] == [
        list(range(n, n + 12)) for n in range(0, 60, 12)
    ]


def test_every_artist_is_in_one_region_of_each_level_within_one_of_the_level_before() -> None:
    plane = islands(7, each=200)
    regions = divide(plane)
    for level, count in enumerate(levels(len(plane))):
        inside = [region for region in regions if region.level == level]
        assert len(inside) == count
        assert sorted(np.concatenate([region.artists for region in inside])) == list(range(len(plane)))
    for region in regions:
        if region.parent is not None:
            assert regions[region.parent].level == region.level - 1
            assert set(region.artists) <= set(regions[region.parent].artists)


def test_points_in_a_line_or_in_one_place_have_no_regions() -> None:
    line = np.column_stack([np.linspace(-1, 1, 60), np.zeros(60)])
    assert divide(line) == []
    assert divide(np.zeros((60, 2))) == []


def test_artists_in_the_same_place_are_in_the_same_region() -> None:
    plane = islands(4, each=30)
    plane[1] = plane[0]
    regions = divide(plane)
    assert all((0 in region.artists) == (1 in region.artists) for region in regions)


def test_the_middle_of_a_crowd_is_where_it_is_densest() -> None:
    random = np.random.default_rng(2)
    crowd = np.concatenate([random.normal(scale=0.01, size=(20, 2)) + 0.5, random.uniform(-1, 1, (40, 2))])
    assert densest(crowd) == pytest.approx((0.5, 0.5), abs=0.05)
    assert densest(crowd[:1]) == pytest.approx(tuple(crowd[0]))


TERMS: dict[str, Facet] = {
    "music": "other",
    "guitar": "instrument",
    "shoegaze": "genre",
    "shoegazing": "genre",
    "dreamy": "mood",
    "techno": "genre",
    "minimal techno": "genre",
    "cold": "mood",
    "berlin": "place",
}


def weights(rows: list[dict[str, float]]) -> sp.csr_matrix:
    return sp.csr_matrix([[row.get(term, 0.0) for term in TERMS] for row in rows])


def names(regions: list[Region], rows: list[dict[str, float]]) -> list[str]:
    plane = np.random.default_rng(3).normal(size=(len(rows), 2))
    named = name_regions(plane, regions, weights(rows), list(TERMS), list(TERMS.values()))
    return [name.label for name in named]


DREAM = {"music": 0.9, "guitar": 0.5, "shoegaze": 0.6, "shoegazing": 0.5, "dreamy": 0.5}
CLUB = {"music": 0.9, "guitar": 0.1, "techno": 0.6, "minimal techno": 0.5, "cold": 0.3, "berlin": 0.3}


def test_a_region_is_named_by_what_tells_it_apart_led_by_a_genre() -> None:
    regions = [Region(0, None, np.arange(5)), Region(0, None, np.arange(5, 10))]
    assert names(regions, [DREAM] * 5 + [CLUB] * 5) == ["shoegaze, guitar", "techno, berlin"]


def test_regions_of_a_level_have_different_names() -> None:
    regions = [
        Region(0, None, np.arange(5)),
        Region(0, None, np.arange(5, 10)),
        Region(0, None, np.arange(10, 12)),
    ]
    labels = names(regions, [DREAM] * 10 + [CLUB] * 2)
    assert len(set(labels)) == 3
    assert labels[0].split(", ")[0] == labels[1].split(", ")[0] == "shoegaze"


def test_a_region_that_nothing_tells_apart_is_named_by_its_size() -> None:
    assert names([Region(0, None, np.arange(4))], [DREAM] * 4) == ["4 artists"]


def test_within_a_region_smaller_ones_are_named_by_what_is_unusual_there() -> None:
    cold = CLUB | {"cold": 0.9, "berlin": 0.0}
    regions = [
        Region(0, None, np.arange(4)),
        Region(0, None, np.arange(4, 12)),
        Region(1, 1, np.arange(4, 8)),
        Region(1, 1, np.arange(8, 12)),
    ]
    labels = names(regions, [DREAM] * 4 + [cold] * 4 + [CLUB] * 4)
    assert "cold" in labels[2]
    assert "berlin" in labels[3]


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("shoegaze", "shoegazing", True),
        ("metal", "black metal", True),
        ("rap", "rapper", True),
        ("iceland", "icelandic", True),
        ("death metal", "black metal", False),
        ("soul", "funk", False),
        ("rock", "folk", False),
    ],
)
def test_spellings_and_kinds_of_one_term_are_alike(one: str, other: str, are: bool) -> None:
    assert alike(one, other) is are
    assert alike(other, one) is are
