"""How names are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.spelling import fold, is_common, is_function_word, spellings

any_text = st.text(st.characters(codec=None, exclude_categories=())) | st.text(
    "The Of and ÉØÄß\n", max_size=60
)


@given(any_text)
def test_folding_keeps_every_character_at_its_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    for before, after in zip(text, folded, strict=True):
        assert before.isspace() == after.isspace()
        assert not before.isascii() or after in (before, before.lower())


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Sigur Rós", "Sigur Ros"),
        ("Motörhead’s “Ace of Spades”", 'Motorhead\'s "Ace of Spades"'),
        ("Mø and Łona", "Mo and Lona"),
        ("Jay‑Z – live", "Jay-Z - live"),
        ("Belle And Sebastian", "Belle and Sebastian"),
        ("The The", "The The"),
        ("Straße", "Straße"),
    ],
)
def test_folding_plains_accents_quotes_dashes_and_small_words(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Belle and Sebastian", "Belle & Sebastian"),
        ("The Jesus Lizard", "the Jesus Lizard"),
        ("The Jesus Lizard", "Jesus Lizard"),
        ("Godspeed You! Black Emperor", "Godspeed You! Black Emperor"),
        ("Wham!", "Wham"),
        ("Slowdive", "SLOWDIVE"),
        ("Sigur Rós", "SIGUR ROS"),
    ],
)
def test_a_name_is_looked_for_in_its_usual_spellings(name: str, spelling: str) -> None:
    assert spelling in set(spellings(name))


@pytest.mark.parametrize(
    ("name", "spelling"), [("The Band", "Band"), ("Low", "LOW"), ("Air", "AIR"), ("!!!", "")]
)
def test_a_spelling_that_is_a_word_of_everyday_is_not_looked_for(name: str, spelling: str) -> None:
    assert spelling not in set(spellings(name))


@given(st.text(st.sampled_from("The &and Low!ÉX"), max_size=20))
def test_spellings_are_distinct_and_at_least_two_characters(name: str) -> None:
    found = list(spellings(name))
    assert len(found) == len(set(found))
    assert all(len(spelling) >= 2 for spelling in found)


@pytest.mark.parametrize("name", ["Low", "Can", "Wire", "Air", "The Band", "A", "All the Time", "The Who"])
def test_names_that_people_say_anyway_are_common(name: str) -> None:
    assert is_common(name)


@pytest.mark.parametrize("name", ["Slowdive", "Dead Can Dance", "Sigur Rós", "The Jesus Lizard", "Autechre"])
def test_names_that_mean_only_the_artist_are_not_common(name: str) -> None:
    assert not is_common(name)


def test_function_words_are_the_most_usual_ones() -> None:
    assert is_function_word("When")
    assert not is_function_word("Skeleton")
