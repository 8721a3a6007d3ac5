"""What the texts about similar artists suggest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.facets import Facet
from nlp.inference import FEWEST_ARTISTS, Neighbours, look_nearby
from nlp.support import Support
from nlp.weights import WeightSettings, weigh

FACETS: tuple[Facet, ...] = ("genre", "mood", "place", "genre")
GENRE, MOOD, PLACE, RARE = range(4)
ARTISTS = 8


def support_of(pairs: list[tuple[int, int]]) -> Support:
    rows = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    one, none = np.ones(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    return Support(rows[:, 0], rows[:, 1], one * 0.5, one, one, one, one, one, none, none)


def neighbours_of(similarity: dict[int, dict[int, float]], k: int = 5) -> Neighbours:
    """The neighbours of those artists that have a vector; similarity 0 to all that are not named."""
    rows = np.array(sorted(similarity), dtype=np.int64)
    number = {artist: n for n, artist in enumerate(rows.tolist())}
    numbers, similarities = [], []
    for artist in rows.tolist():
        others = sorted((-similarity[artist].get(other, 0.0), other) for other in number if other != artist)
        numbers.append([number[other] for _, other in others[:k]])
        similarities.append([-value for value, _ in others[:k]])
    return Neighbours(rows, np.array(numbers), np.array(similarities, dtype=np.float32))


def shares(
    pairs: list[tuple[int, int]],
    neighbours: Neighbours,
    barred: frozenset[tuple[int, int]] = frozenset(),
) -> dict[tuple[int, int], float]:
    found = look_nearby(
        support_of(pairs), np.full(ARTISTS, 0.5), np.full(4, 0.05), FACETS, neighbours, barred=barred
    )
    assert np.all(np.diff(found.artist * 4 + found.term) > 0)
    return dict(zip(zip(found.artist.tolist(), found.term.tolist(), strict=True), found.share, strict=True))


NEAR = {artist: {other: 0.8 for other in range(4) if other != artist} for artist in range(4)} | {
    artist: {} for artist in range(4, 8)
}
USED = [
    (1, GENRE),
    (2, GENRE),
    (3, GENRE),
    (1, MOOD),
    (2, MOOD),
    (3, MOOD),
    (1, PLACE),
    (2, PLACE),
    (3, PLACE),
]


def test_what_similar_artists_are_called_is_suggested() -> None:
    found = shares(USED, neighbours_of(NEAR))
    assert found[0, GENRE] == found[0, MOOD] > 0.1


def test_a_place_is_not_inferred() -> None:
    assert (0, PLACE) not in shares(USED, neighbours_of(NEAR))


def test_what_few_artists_are_called_is_not_inferred() -> None:
    assert FEWEST_ARTISTS == 3
    assert (0, RARE) not in shares([*USED, (1, RARE), (2, RARE)], neighbours_of(NEAR))


def test_nothing_is_inferred_for_an_artist_without_a_vector() -> None:
    without = {artist: near for artist, near in NEAR.items() if artist != 0}
    assert not any(artist == 0 for artist, _ in shares(USED, neighbours_of(without)))


def test_what_is_barred_is_not_inferred() -> None:
    assert (0, GENRE) not in shares(USED, neighbours_of(NEAR), frozenset({(0, GENRE)}))


def test_distant_neighbours_say_little_beyond_what_is_usual() -> None:
    def level(similarity: float) -> float:
        near = {a: {b: similarity for b in range(4) if b != a} for a in range(4)}
        return shares([*USED, (0, GENRE)], neighbours_of(near | {a: {} for a in range(4, 8)}))[0, GENRE]

    assert 0.05 < level(0.1) < level(0.4) < level(0.9)
    assert level(0.0) == pytest.approx(0.05)


def test_own_terms_of_an_artist_without_a_vector_have_the_usual_share() -> None:
    nobody = Neighbours(np.zeros(0, np.int64), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.float32))
    assert shares(USED, nobody) == {pair: pytest.approx(0.05) for pair in USED}


def test_an_inferred_term_has_no_counts_and_follows_own_ones() -> None:
    pairs = [*USED, (0, RARE), (1, RARE), (2, RARE), (3, RARE)]
    support, exposed, usual = support_of(pairs), np.full(ARTISTS, 0.5), np.full(4, 0.05)
    nearby = look_nearby(support, exposed, usual, FACETS, neighbours_of(NEAR))
    found = weigh(support, nearby, WeightSettings(), exposure=exposed, usual=usual, worth=np.zeros(4))
    first = found.artist == 0
    assert found.term[first].tolist() == [RARE, GENRE, MOOD]
    assert found.inferred[first].tolist() == [False, True, True]
    assert not (found.frequency + found.documents + found.sources)[found.inferred].any()


def test_no_more_terms_are_inferred_than_asked_for() -> None:
    support, exposed, usual = support_of(USED), np.full(ARTISTS, 0.5), np.full(4, 0.05)
    nearby = look_nearby(support, exposed, usual, FACETS, neighbours_of(NEAR))
    found = weigh(
        support, nearby, WeightSettings(inferred=1), exposure=exposed, usual=usual, worth=np.zeros(4)
    )
    assert found.inferred[found.artist == 0].tolist() == [True]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, ARTISTS - 1), st.integers(0, 3)), max_size=25),
    st.dictionaries(
        st.integers(0, ARTISTS - 1),
        st.dictionaries(st.integers(0, ARTISTS - 1), st.floats(0, 1, width=32), max_size=ARTISTS),
        min_size=2,
    ),
)
def test_all_own_terms_are_there_and_every_share_lies_between_0_and_1(
    pairs: list[tuple[int, int]], similarity: dict[int, dict[int, float]]
) -> None:
    found = shares(pairs, neighbours_of(similarity))
    assert set(pairs) <= set(found)
    assert all(0 <= share <= 1 for share in found.values())
    assert all(artist in similarity for artist, _ in set(found) - set(pairs))
