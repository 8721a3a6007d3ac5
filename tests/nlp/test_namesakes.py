"""Two artists of one name, told apart by the text."""

from __future__ import annotations

import pytest

from nlp.namesakes import ArtistFacts, Namesakes

FACTS = [
    ArtistFacts(1, "US grunge band", "US", "1987", "1994"),
    ArtistFacts(2, "UK psychedelic band", "GB", "1965", None, ("Hollow Bell Society",)),
    ArtistFacts(3, None, "Sweden", "2004", None),
]
NAMESAKES = Namesakes(FACTS)


def chosen(text: str, artists: tuple[int, ...] = (1, 2, 3)) -> int:
    return NAMESAKES.in_text(text)(artists)


@pytest.mark.parametrize(
    ("text", "artist"),
    [
        ("Seven minutes of grunge and feedback.", 1),
        ("Their psychedelic pop was made on a shoestring.", 2),
        ("A British group with a harpsichord.", 2),
        ("A quiet debut from Sweden.", 3),
        ("They began as the Hollow Bell Society, in a grunge town.", 2),
        ("Formed in 1965, they never toured.", 2),
        ("Formed in 2004, they never toured.", 3),
    ],
)
def test_a_fact_of_the_registry_in_the_text_tells_which_is_meant(text: str, artist: int) -> None:
    assert chosen(text) == artist


def test_the_first_is_meant_where_nothing_tells_them_apart() -> None:
    assert chosen("A fine record.") == 1
    assert chosen("A fine record.", (3, 2)) == 3


def test_a_text_of_years_before_an_artist_began_means_another() -> None:
    assert chosen("In 1968 nobody listened.", (3, 2)) == 2


def test_the_title_counts_as_well() -> None:
    assert NAMESAKES.in_text("A fine record.", "The Swedish scene, or: letters from Sweden")((1, 3)) == 3


def test_artists_the_registry_knows_nothing_of_are_taken_in_order() -> None:
    assert Namesakes().in_text("A grunge band.")((7, 8)) == 7
    assert chosen("Anything", (5,)) == 5
