"""Specification of the facets of descriptors."""

import string
import time
from collections import Counter
from importlib.resources import files
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.facets import DESCRIPTIVE_FACETS, SHARED_TERMS, Facet, facet_of, lexicon, normal_form

FACETS: tuple[Facet, ...] = get_args(Facet)
LISTED: tuple[Facet, ...] = ("genre", "mood", "instrument", "place", "theme", "other")
AT_LEAST: dict[Facet, int] = {"genre": 500, "mood": 400, "instrument": 200, "place": 400, "theme": 200}

listed_words = st.sampled_from(
    sorted({word for facet in LISTED for term in lexicon(facet) for word in term.split()})
)
latin_words = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=9)
phrases = st.lists(listed_words | latin_words, min_size=1, max_size=4).map(" ".join)


def lines_of(name: str) -> list[str]:
    """Return the terms of a list file in the order of the file."""
    text = files("nlp").joinpath("lexicon", f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("facet", "terms"),
    [
        (
            "genre",
            ["shoegaze", "dream pop", "krautrock", "uk garage", "mpb", "grindcore", "singer-songwriter"],
        ),
        ("mood", ["melancholy", "dreamy", "eerie", "joyful", "brooding", "hypnotic", "ethereal", "raw"]),
        ("instrument", ["pedal steel", "theremin", "drum machine", "falsetto", "808", "fuzz", "drummer"]),
        ("place", ["british", "detroit", "brooklyn", "manchester", "jamaican", "west african", "houston"]),
        ("theme", ["love", "heartbreak", "politics", "religion", "nostalgia", "war", "city life", "protest"]),
    ],
)
def test_a_listed_term_has_the_facet_of_its_list(facet: Facet, terms: list[str]) -> None:
    assert {term: facet_of(term) for term in terms} == dict.fromkeys(terms, facet)


@pytest.mark.parametrize(
    "term",
    [
        *("1990s", "90s", "'90s", "90's", "’90s", "nineties", "mid-nineties", "early 80s", "the sixties"),
        *("mid to late 1980s", "60s and 70s", "1975-1980", "1977", "20th century", "twentieth century"),
        *("decade", "disco era", "romantic period", "golden age", "post-war", "contemporary", "victorian"),
    ],
)
def test_an_expression_of_time_is_an_era(term: str) -> None:
    assert facet_of(term) == "era"


@pytest.mark.parametrize("term", ["0977", "3000", "90", "1977th", "303", "909", "old age", "new age"])
def test_not_every_number_or_age_is_an_era(term: str) -> None:
    assert facet_of(term) != "era"


@pytest.mark.parametrize(
    "term", ["lush psychedelic rock", "tidal jazz", "80s pop", "sad indie folk", "lunar dub"]
)
def test_a_genre_head_makes_the_phrase_a_genre(term: str) -> None:
    assert facet_of(term) == "genre"


@pytest.mark.parametrize("term", ["turkish psych", "detroit techno", "japanese jazz", "icelandic post-rock"])
def test_a_place_before_a_genre_head_makes_a_genre(term: str) -> None:
    assert facet_of(term) == "genre"


@pytest.mark.parametrize(
    "term", ["distorted guitars", "lush strings", "70s synths", "dreamy vocals", "jazz pianist"]
)
def test_an_instrument_head_makes_the_phrase_an_instrument(term: str) -> None:
    assert facet_of(term) == "instrument"


@pytest.mark.parametrize(
    ("term", "facet"),
    [
        ("hauntingly beautiful", "mood"),
        ("rural jamaica", "place"),
        ("doomed love", "theme"),
        ("swinging 60s", "era"),
    ],
)
def test_the_head_decides_for_the_other_facets_too(term: str, facet: Facet) -> None:
    assert facet_of(term) == facet


@pytest.mark.parametrize(
    ("term", "facet"),
    [
        ("opera house", "other"),  # house is a genre
        ("city life", "theme"),
        ("bubblegum pop", "genre"),
        ("wall of sound", "instrument"),
        ("new wave", "genre"),
        ("heat wave", "other"),
        ("space age pop", "genre"),
    ],
)
def test_the_whole_term_goes_before_its_head(term: str, facet: Facet) -> None:
    assert facet_of(term) == facet


@pytest.mark.parametrize("term", ["first time", "whitney houston", "michael jordan", "grand opening night"])
def test_a_common_word_or_a_surname_is_no_head(term: str) -> None:
    assert facet_of(term) == "other"


@pytest.mark.parametrize(
    "term", ["blankcore", "frostwave", "moongaze", "wubstep", "cliphop", "glitchtronica"]
)
def test_an_unlisted_word_with_a_genre_ending_is_a_genre(term: str) -> None:
    assert facet_of(term) == "genre"


@pytest.mark.parametrize(
    "term", ["score", "encore", "footstep", "footsteps", "brainwave", "workshop", "gaze", "wave"]
)
def test_ordinary_words_with_a_genre_ending_are_exceptions(term: str) -> None:
    assert facet_of(term) == "other"


@pytest.mark.parametrize(
    ("term", "facet"),
    [
        ("jazz band", "genre"),
        ("jazz-tinged", "genre"),
        ("guitar-driven", "instrument"),
        ("reverb-drenched", "instrument"),
        ("brooklyn-based", "place"),
        ("haunting melodies", "mood"),
        ("political lyrics", "theme"),
        ("90s sound", "era"),
    ],
)
def test_a_last_word_that_adds_little_leaves_the_facet_to_the_rest(term: str, facet: Facet) -> None:
    assert facet_of(term) == facet


def test_a_leading_function_word_makes_no_difference() -> None:
    assert [facet_of(term) for term in ("from london", "about war", "the bronx", "very raw")] == [
        "place",
        "theme",
        "place",
        "mood",
    ]


@pytest.mark.parametrize(
    ("spelling", "usual"),
    [
        ("hip-hop", "hip hop"),
        ("Hip Hop", "hip hop"),
        ("shoe-gaze", "shoegaze"),
        ("R&B", "r&b"),
        ("R & B", "r&b"),
        ("drum & bass", "drum and bass"),
        ("rock 'n' roll", "rock and roll"),
        ("drum'n'bass", "drum and bass"),
        ("norteño", "norteno"),
        ("forró", "forro"),
        ("choirs", "choir"),
        ("melodies of loss", "loss"),
    ],
)
def test_spellings_of_a_term_have_the_same_facet(spelling: str, usual: str) -> None:
    assert facet_of(spelling) == facet_of(usual) != "other"


@pytest.mark.parametrize(
    "term", ["", " ", "-", "'", "the", "grammy winner", "record label", "music", "sound"]
)
def test_what_describes_nothing_is_other(term: str) -> None:
    assert facet_of(term) == "other"


def test_a_clause_is_no_descriptor() -> None:
    assert facet_of("they went into the studio and recorded some jazz") == "other"


def test_a_shared_term_takes_the_first_facet_in_precedence() -> None:
    assert {term: facet_of(term) for term in ("psychedelic", "drone", "dance", "party")} == {
        "psychedelic": "genre",
        "drone": "genre",
        "dance": "genre",
        "party": "mood",
    }


@given(st.text())
def test_any_text_has_a_facet(text: str) -> None:
    assert facet_of(text) in FACETS


@given(st.text())
def test_the_normal_form_of_a_text_is_stable_and_keeps_the_facet(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)
    assert facet_of(normal_form(text)) == facet_of(text)


@given(phrases)
def test_case_and_hyphens_make_no_difference(phrase: str) -> None:
    variants = [phrase.upper(), phrase.title(), phrase.replace(" ", "-"), f"  {phrase.replace(' ', '  ')} "]
    assert {facet_of(variant) for variant in variants} == {facet_of(phrase)}


@given(phrases)
def test_a_genre_head_makes_any_unlisted_phrase_a_genre(phrase: str) -> None:
    assert facet_of(f"zzyzx {phrase[:8]}q krautrock") == "genre"


def test_descriptive_facets_are_all_but_other() -> None:
    assert set(DESCRIPTIVE_FACETS) == set(FACETS) - {"other"}


@pytest.mark.parametrize("facet", LISTED)
def test_every_term_of_a_list_has_its_facet_unless_shared(facet: Facet) -> None:
    assert {term for term in lexicon(facet) if facet_of(term) != facet} <= SHARED_TERMS


def test_the_era_has_no_list() -> None:
    assert lexicon("era") == frozenset()


@pytest.mark.parametrize(("facet", "size"), AT_LEAST.items())
def test_the_lists_are_thorough(facet: Facet, size: int) -> None:
    assert len(lexicon(facet)) >= size


@pytest.mark.parametrize("name", [*LISTED, "tail", "weak"])
def test_a_list_is_sorted_without_duplicates_and_in_normal_form(name: str) -> None:
    terms = lines_of(name)
    assert terms == sorted(set(terms))
    assert [term for term in terms if term != normal_form(term)] == []


def test_only_the_shared_terms_are_in_two_lists() -> None:
    count = Counter(term for facet in LISTED for term in lexicon(facet))
    assert {term for term, lists in count.items() if lists > 1} == SHARED_TERMS


def test_words_that_are_no_heads_are_listed_terms() -> None:
    assert set(lines_of("weak")) <= {term for facet in LISTED for term in lexicon(facet)}


def test_classifying_is_fast() -> None:
    facet_of("warm up")
    terms = [f"unheard {term}" for facet in LISTED for term in lexicon(facet)] * 4
    start = time.process_time()
    for term in terms:
        facet_of(term)
    assert (time.process_time() - start) / len(terms) < 5e-5  # ten times the usual
