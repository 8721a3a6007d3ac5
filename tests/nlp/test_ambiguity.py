"""Names that are also words, judged by their context. All texts are written for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.ambiguity import judge
from nlp.ambiguity.context import context, is_enclosed
from nlp.gazetteer import DOUBTFUL, Gazetteer
from nlp.records import RegisteredName
from nlp.spelling import fold

NAMES = ["Low", "Women", "Boston", "Hole", "Slowdive", "Autechre", "Stereolab", "Labradford", "Seefeel"]
GAZETTEER = Gazetteer(RegisteredName(number, name) for number, name in enumerate(NAMES))


def believed(text: str) -> list[str]:
    """The names that are believed to mean an artist, as written."""
    hits = judge(text, GAZETTEER.candidates(text))
    return [text[hit.start : hit.end] for hit in hits if hit.confidence >= DOUBTFUL]


@pytest.mark.parametrize(
    "text",
    [
        "The tour took in Autechre, Low and Seefeel. Later Low released their second album and toured.",
        "On stage with Slowdive, Low played their debut. The band Low were quiet, and Low were slow.",
    ],
)
def test_a_common_word_among_artists_means_the_artist(text: str) -> None:
    assert "Low" in believed(text)


@pytest.mark.parametrize(
    "text",
    [
        "She was born in Boston and moved to a farm near the sea.",
        "The single “Women of the Harbour” came out in spring.",
        "We read the Boston Globe on the ferry.",
        "They covered Hole in the Wall, a sea shanty.",
        "The album *Low* was made in a barn.",
        "It ended. Women can't be fooled.",
    ],
)
def test_a_place_a_title_and_a_part_of_a_longer_name_mean_no_artist(text: str) -> None:
    assert believed(text) == []


def test_names_that_mean_only_an_artist_are_left_as_they_are() -> None:
    text = "We heard Slowdive and Autechre play."
    candidates = GAZETTEER.candidates(text)
    assert judge(text, candidates) == candidates


def test_what_stands_around_a_name_is_told_in_words_and_marks() -> None:
    text = "the band “Low” (2001)"
    found = set(context(text, fold(text), 10, 13, {"band", "the"}))
    assert {"p1=“", "p2=band", "n1=”", "l=the", "l=band", "in short quote", "dated"} <= found


@pytest.mark.parametrize(
    ("text", "enclosed"),
    [
        ("we heard Low play", False),
        ("we heard *Low* play", True),
        ("we heard _Low_ play", True),
        ("we heard ''Low'' play", True),
        ("we heard “Low” play", True),
        ('we heard "Low" play', True),
        ("*Drums* and Low", False),
    ],
)
def test_italics_and_short_quotations_enclose(text: str, enclosed: bool) -> None:
    start = text.index("Low")
    assert is_enclosed(text, start, start + 3) is enclosed


pieces = st.sampled_from(
    [*NAMES, " and ", ". ", " ", "“", "”", "*", "(", ")", "\n", "the band ", "in ", ", ", "'s"]
)


@given(st.lists(pieces, max_size=20).map("".join))
def test_a_judgement_keeps_place_and_artist_and_is_a_probability(text: str) -> None:
    candidates = GAZETTEER.candidates(text)
    judged = judge(text, candidates, "Low")
    assert [(h.start, h.end, h.artist_ids) for h in judged] == [
        (h.start, h.end, h.artist_ids) for h in candidates
    ]
    assert all(0 < hit.confidence <= 1 for hit in judged)
