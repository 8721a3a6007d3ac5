"""Look-ups on the command line: what is printed, and what a person is told."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from store.engine import connect
from store.migrate import upgrade
from tests.linernotes.conftest import Call
from tests.small_release import add_artist, add_document, publish

NOW = date(2020, 6, 1)
SAID = "Fog Choir sounds like Low Tide."


@pytest.fixture
def ready(call: Call, home: Path) -> Call:
    """A release of four artists, and one artist with three words of text."""
    engine = connect("sqlite:///linernotes.db")
    upgrade(engine)
    with engine.begin() as connection:
        names = ("Fog Choir", "Low Tide", "Iron Saw", "Sun Parade")
        fog, low, iron, sun = (add_artist(connection, name) for name in names)
        quiet = add_artist(connection, "Quiet Name")
        add_document(connection, "https://a.example/q", "Three words here.", about=[quiet])
        said = add_document(connection, "https://a.example/1", SAID, about=[fog])
        publish(
            connection,
            {
                fog: {"drone": 0.6, "slow": 0.4},
                low: {"drone": 0.5, "hushed": 0.3},
                iron: {"metal": 0.8},
                sun: {"pop": 0.7},
            },
            {fog: [1.0, 0.1, 0.0], low: [0.8, 0.4, 0.1], iron: [-0.5, 1.0, 0.1], sun: [0.3, 0.0, 1.0]},
            facets={"drone": "genre", "metal": "genre"},
            directions={"drone": [1.0, 0.2, 0.0], "slow": [0.2, 0.0, 0.1], "hushed": [0.1, 0.3, 0.2]},
            evidence=[(fog, "drone", said, SAID)],
            comparisons=[(fog, low, said, SAID)],
            summaries=[
                (number, 200, place, place, 0.2 * place, 0.0)
                for place, number in enumerate((fog, low, iron, sun), start=1)
            ],
            activity=[(fog, NOW - timedelta(weeks=back), 5, 2, 0.5, 0.1) for back in range(100)],
            term_weeks=[
                *((fog, "drone", NOW - timedelta(weeks=back), 1, 1) for back in (90, 60, 30)),
                (fog, "drone", NOW, 6, 3),
            ],
        )
    engine.dispose()
    return call


def test_the_parts_that_explain_prints_add_up_to_the_similarity(ready: Call) -> None:
    (near,) = ready("similar", "Fog Choir", "--limit", "1", "--json").rows
    for arguments in (
        ("explain", "Fog Choir", "Low Tide"),
        ("explain", "Fog Choir", "Low Tide", "--limit", "1"),
    ):
        rows = ready(*arguments, "--json").rows
        total = sum(row["contribution"] for row in rows if row["part"] != "comparison")
        assert total == pytest.approx(near["similarity"], abs=1e-5)
    told = ready("explain", "Fog Choir", "Low Tide")
    assert told.error.startswith("Fog Choir (a) and Low Tide (b): similarity 0.")


def test_explain_tells_parts_quotes_and_comparisons(ready: Call) -> None:
    rows = ready("explain", "Low Tide", "Fog Choir", "--json").rows
    assert [(row["part"], row["term"]) for row in rows] == [
        ("shared", "drone"),
        *sorted((("only_b", "slow"), ("only_a", "hushed")), key=lambda each: each[0], reverse=True),
        ("rest", None),
        ("comparison", None),
    ]
    assert (rows[0]["quote_a"], rows[0]["quote_b"], rows[0]["url_b"]) == (None, SAID, "https://a.example/1")
    assert (rows[-1]["quote_a"], rows[-1]["quote_b"]) == (None, SAID)
    listed = list(csv.DictReader(io.StringIO(ready("explain", "Low Tide", "Fog Choir", "--csv").out)))
    assert [row["part"] for row in listed] == [row["part"] for row in rows]


def test_explaining_who_has_too_little_text_says_so(ready: Call) -> None:
    told = ready("explain", "Quiet Name", "Fog Choir")
    assert told.code == 4
    assert "There are 3 words of text about Quiet Name; at least 100 are needed" in told.err


def test_seeds_have_weights_and_others_can_be_left_out(ready: Call) -> None:
    heavy = ready("similar", "Fog Choir^1", "Sun Parade^9", "--json").rows
    assert heavy == ready("similar", "Fog Choir", "Sun Parade^9", "--json").rows
    assert ready("similar", "Iron Saw^-1", "--json").rows[0]["artist"] == "Fog Choir"
    left = ready("similar", "Fog Choir", "--exclude", "Low Tide", "--json").rows
    assert "Low Tide" not in {row["artist"] for row in left}


def test_filters_and_the_dissimilar(ready: Call) -> None:
    found = ready("similar", "Fog Choir", "--min-sources", "3", "--json").rows
    assert [row["artist"] for row in found] == ["Sun Parade"]
    least = ready("similar", "Fog Choir", "--dissimilar", "--limit", "1", "--json").rows
    assert (least[0]["artist"], least[0]["similarity"]) == ("Iron Saw", 0)
    assert least[0]["product"] < 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("similar", "Quiet Name"), "There are 3 words of text about Quiet Name; at least 100 are needed"),
        (("similar", "Fog Choir", "--min-words", "900"), "Nobody similar passes the filters."),
        (("search", "drome"), "did you mean drone?"),
        (("search", "zither"), "try other words"),
        (("trends", "Sun Parade"), "No term of Sun Parade is written about more than usual lately."),
        (("trends", "--term", "pop"), "No artist of pop is written about more than usual lately."),
    ],
)
def test_an_empty_answer_has_a_reason(ready: Call, arguments: tuple[str, ...], told: str) -> None:
    answer = ready(*arguments)
    assert answer.code == 4
    assert told in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("similar", "Fog Choir", "--era", "long ago"), 'Error: "long ago" names no years'),
        (("similar", "Fog Choir^0"), "Error: The weight of Fog Choir is 0.0"),
        (("similar", "Fog Choir", "--min-buzz", "2"), "2.0 is not in the range 0<=x<=1"),
        (("trends",), "Give an artist, or --term TERM"),
        (("trends", "Fog Choir", "--term", "drone"), "Give an artist, or --term TERM"),
    ],
)
def test_a_wrong_question_is_refused_in_words(ready: Call, arguments: tuple[str, ...], told: str) -> None:
    answer = ready(*arguments)
    assert answer.code == 2
    assert told in answer.err


def test_trends_tell_terms_of_an_artist_and_artists_of_a_term(ready: Call) -> None:
    (term,) = ready("trends", "Fog Choir", "--json").rows
    (artist,) = ready("trends", "--term", "drone", "--json").rows
    assert (term["term"], artist["artist"]) == ("drone", "Fog Choir")
    assert term["rising"] == artist["rising"] > 0.5
    assert term["weeks"][-1] == {"week": "2020-06-01", "documents": 6, "sources": 3}


def test_a_word_passed_over_is_told_with_what_it_may_have_meant(ready: Call) -> None:
    answer = ready("search", "drone metl", "--json")
    assert answer.error == "Nobody is described with metl, which is passed over; did you mean metal?"
    assert [row["artist"] for row in answer.rows] == ["Fog Choir", "Low Tide"]
