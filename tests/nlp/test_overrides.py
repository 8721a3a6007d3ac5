"""What overrides do to terms and neighbours."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.overrides import (
    Blocked,
    Pinned,
    Renamed,
    as_term,
    edit_neighbours,
    edit_terms,
    pairs_both_ways,
)
from nlp.terms import TermCounts

# Span 0 is about artist 0, spans 1 and 2 about artist 1.
ARTISTS = np.array([0, 1, 1])


def counts() -> TermCounts:
    """Both artists are dreamy; artist 0 plays dream pop, artist 1 dreampop, twice."""
    return TermCounts(
        ("dreamy", "dream pop", "dreampop"),
        ("adj", "np", "n1"),
        np.array([0, 1, 0, 2, 2]),
        np.array([0, 0, 1, 1, 2]),
        np.array([3, 5, 7, 9, 11]),
    )


def said(found: TermCounts) -> list[tuple[str, int]]:
    return [(found.terms[t], int(ARTISTS[s])) for t, s in zip(found.term, found.span, strict=True)]


def test_a_renamed_term_counts_for_the_other() -> None:
    found, applied = edit_terms(counts(), ARTISTS, [Renamed("dreampop", "dream pop")])
    assert said(found) == [("dreamy", 0), ("dream pop", 0), ("dreamy", 1), ("dream pop", 1), ("dream pop", 1)]
    assert applied == [1]


def test_a_term_may_get_a_name_that_was_none() -> None:
    found, _ = edit_terms(counts(), ARTISTS, [Renamed("dream pop", "Reverie")])
    assert ("reverie", 0) in said(found)
    assert found.kinds[found.terms.index("reverie")] == "n1"


def test_a_blocked_term_is_gone_for_all() -> None:
    found, applied = edit_terms(counts(), ARTISTS, [Blocked("Dreamy")])
    assert "dreamy" not in {term for term, _ in said(found)}
    assert applied == [2]
    assert len(found.term) == len(found.span) == len(found.position) == 3


def test_a_term_blocked_for_one_artist_stays_for_others() -> None:
    found, applied = edit_terms(counts(), ARTISTS, [Blocked("dreamy", 0)])
    assert [artist for term, artist in said(found) if term == "dreamy"] == [1]
    assert applied == [1]


def test_renaming_comes_before_blocking() -> None:
    edits = [Blocked("dream pop"), Renamed("dreampop", "dream pop")]
    found, applied = edit_terms(counts(), ARTISTS, edits)
    assert {term for term, _ in said(found)} == {"dreamy"}
    assert applied == [2, 1]


def test_terms_that_nobody_uses_change_nothing() -> None:
    found, applied = edit_terms(counts(), ARTISTS, [Blocked("polka"), Renamed("polka", "dreamy")])
    assert said(found) == said(counts())
    assert applied == [0, 0]


def test_terms_are_compared_as_the_miner_writes_them() -> None:
    assert as_term(" Lo-Fi  ") == "lo fi"


NEAR = [(11, 0.9), (12, 0.8), (13, 0.7)]


def test_a_pinned_neighbour_stands_first() -> None:
    found = edit_neighbours(NEAR, [Pinned(1, 13)], (), 3)
    assert found == [(13, 0.9), (11, 0.9), (12, 0.8)]


def test_a_pinned_neighbour_is_at_least_as_similar_as_given() -> None:
    assert edit_neighbours(NEAR, [Pinned(1, 20, 0.95)], (), 2) == [(20, 0.95), (11, 0.9)]


def test_several_pins_stand_by_similarity_then_by_their_place_in_the_file() -> None:
    pins = [Pinned(1, 20), Pinned(1, 21, 1.0), Pinned(1, 12)]
    assert [number for number, _ in edit_neighbours(NEAR, pins, (), 4)] == [21, 20, 12, 11]


def test_a_forbidden_neighbour_is_left_out_even_when_pinned() -> None:
    assert edit_neighbours(NEAR, [Pinned(1, 11)], {11}, 3) == [(12, 0.8), (13, 0.7)]


def test_a_pin_is_all_that_an_artist_without_neighbours_has() -> None:
    assert edit_neighbours([], [Pinned(1, 20)], (), 3) == [(20, 0.5)]


pairs = st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=8, unique_by=lambda p: p[0])
pins = st.lists(st.builds(Pinned, st.just(99), st.integers(0, 12), st.none() | st.floats(0, 1)), max_size=4)


@settings(max_examples=60)
@given(pairs, pins, st.sets(st.integers(0, 12), max_size=3), st.integers(1, 6))
def test_similarity_falls_with_the_rank_and_nobody_stands_twice(
    near: list[tuple[int, float]], pinned: list[Pinned], forbidden: set[int], limit: int
) -> None:
    near = sorted(near, key=lambda pair: -pair[1])
    found = edit_neighbours(near, pinned, forbidden, limit)
    similarities = [similarity for _, similarity in found]
    assert similarities == sorted(similarities, reverse=True)
    assert len({number for number, _ in found}) == len(found) <= limit
    assert not forbidden & {number for number, _ in found}


def test_a_forbidden_pair_holds_in_both_directions() -> None:
    assert pairs_both_ways([(1, 2), (3, 1)]) == {1: {2, 3}, 2: {1}, 3: {1}}
