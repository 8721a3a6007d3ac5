"""Spellings that are one term."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.facets import facet_of
from nlp.terms import TermCounts
from nlp.variants import merge_variants, short_decades, variant_key


def merged(*uses: str) -> dict[str, int]:
    """The terms that are shown for these uses, and how often each is used."""
    terms = sorted(set(uses))
    number = np.array([terms.index(use) for use in uses], dtype=np.int64)
    counts = TermCounts(
        tuple(terms), ("n1",) * len(terms), number, np.arange(len(uses)), np.arange(len(uses))
    )
    found, facets = merge_variants(counts, [facet_of(term) for term in terms])
    assert len(found.terms) == len(found.kinds) == len(facets)
    return {term: int((found.term == n).sum()) for n, term in enumerate(found.terms)}


@pytest.mark.parametrize(
    "spellings",
    [
        ("hip hop", "hiphop"),
        ("rock and roll", "rock n roll", "rock'n'roll", "rock roll"),
        ("r&b", "rnb", "r'n'b"),
        ("synth pop", "synthpop"),
        ("60s", "1960s", "sixties"),
        ("00s", "2000s", "noughties"),
    ],
)
def test_the_spellings_of_a_term_share_a_key(spellings: tuple[str, ...]) -> None:
    assert len({variant_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("20s", "1920s"), ("1910s", "2010s"), ("dub", "dubstep")])
def test_different_terms_have_different_keys(one: str, other: str) -> None:
    assert variant_key(one) != variant_key(other)


def test_the_form_most_used_is_shown_and_counts_for_all() -> None:
    assert merged("hiphop", "hip hop", "hip hop") == {"hip hop": 3}
    assert merged("hiphop", "hiphop", "hip hop") == {"hiphop": 3}
    assert merged("guitars", "guitars", "guitar") == {"guitars": 3}


def test_of_forms_equally_used_the_first_in_the_alphabet_is_shown() -> None:
    assert merged("synthpop", "synth pop") == {"synth pop": 2}


def test_a_decade_is_shown_short_whatever_writers_prefer() -> None:
    assert merged("1980s", "1980s", "eighties") == {"80s": 3}
    assert short_decades("early 1990s") == "early 90s"


def test_a_plural_joins_a_singular_of_its_facet_alone() -> None:
    assert merged("blues", "blue") == {"blues": 1, "blue": 1}
    assert merged("bass", "bas") == {"bass": 1, "bas": 1}


def test_terms_without_a_facet_stay_as_they_are() -> None:
    assert merged("thing and stuff", "thing stuff", "things") == {
        "thing and stuff": 1,
        "thing stuff": 1,
        "things": 1,
    }
