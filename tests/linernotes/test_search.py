"""Descriptions: how they are read, what their words come to mean, and whom they find."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from string import printable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

import linernotes
from linernotes import BadQuestion, Catalog, NothingKnown
from linernotes.description import (
    LARGEST_BOOST,
    Clause,
    Wish,
    parse_description,
    possible_terms,
    read_wishes,
)
from linernotes.meaning import LEAST_LIKENESS, Meaning, spellings
from linernotes.search import NEGATED_WEIGHT, SOFTNESS, rank_artists
from linernotes.vectors import VectorTable, word_table
from store.lookup_records import TermUse
from tests.small_release import add_artist, publish

WORDS = st.sampled_from(["dream", "pop", "metal", "lo-fi", "r&b", "jazz", "80s", "naïve", "drum"])


@st.composite
def clauses_and_text(draw: st.DrawFn) -> tuple[list[tuple[str, bool, float]], str]:
    """A description of quoted phrases and what it says: phrase, negation, boost."""
    said = draw(
        st.lists(
            st.tuples(
                st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
                st.booleans(),
                st.sampled_from([0.25, 0.5, 1.0, 2.0, 10.0]),
            ),
            min_size=1,
            max_size=5,
        )
    )
    return said, " ".join(f'{"-" if negated else ""}"{phrase}"^{boost:g}' for phrase, negated, boost in said)


def meant(text: str, *known: str) -> list[tuple[str, float, bool, bool]]:
    """What a description asks for when the release has these terms: term, boost, negated, known."""
    clauses = parse_description(text)
    return [(wish.term, wish.boost, wish.negated, wish.known) for wish in read_wishes(clauses, set(known))]


def test_words_boosts_and_negations_are_told_apart() -> None:
    assert meant("dreamy shoegaze -metal live^0.5", "dreamy", "shoegaze", "metal", "live") == [
        ("dreamy", 1, False, True),
        ("shoegaze", 1, False, True),
        ("metal", 1, True, True),
        ("live", 0.5, False, True),
    ]


def test_words_in_a_row_are_the_longest_term_there_is() -> None:
    assert [wish[0] for wish in meant("dream pop jazz", "dream", "pop", "dream pop", "pop jazz", "jazz")] == [
        "dream pop",
        "jazz",
    ]


def test_a_term_does_not_reach_across_a_comma_a_boost_or_a_negation() -> None:
    for text in ("dream, pop", "dream^2 pop", "dream -jazz pop", 'dream "jazz" pop'):
        assert "dream pop" not in [wish[0] for wish in meant(text, "dream", "pop", "dream pop", "jazz")]


def test_a_boost_belongs_to_the_term_it_ends() -> None:
    assert meant("jazz dream pop^2", "jazz", "dream pop") == [
        ("jazz", 1, False, True),
        ("dream pop", 2, False, True),
    ]


def test_a_hyphen_is_no_negation_and_a_minus_takes_the_hyphenated_word_whole() -> None:
    assert meant("lo-fi", "lo fi") == [("lo fi", 1, False, True)]
    assert meant("jazz -post-rock rock", "jazz", "post rock", "rock")[1:] == [
        ("post rock", 1, True, True),
        ("rock", 1, False, True),
    ]


def test_a_quoted_phrase_is_one_term_even_when_unknown() -> None:
    assert meant('"dream pop"', "dream", "pop") == [("dream pop", 1, False, False)]
    assert meant("“dream pop”", "dream pop") == [("dream pop", 1, False, True)]


def test_words_around_a_description_are_dropped_unless_a_term_has_them() -> None:
    known = ("drum and bass", "dark")
    assert [wish[0] for wish in meant("something dark, like the drum and bass of", *known)] == [
        "dark",
        "drum and bass",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('dreamy "open', r"mark at character 8 .* not closed"),
        ("dreamy ^2", r"\^ at character 8 .* follows no word"),
        ("dreamy^", "not a boost"),
        ("dreamy^-1", "not a boost"),
        ("dreamy^0", "above 0"),
        ("dreamy^inf", "not a boost"),
        ("dreamy^1e9", "not a boost"),
        ("dreamy^1001", "up to 1000"),
        ("", "needs a word"),
        (" -metal ", "needs a word"),
        ("!!! ...", "needs a word"),
    ],
)
def test_a_malformed_description_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(BadQuestion, match=reason):
        parse_description(text)


@given(clauses_and_text())
def test_what_is_written_is_what_is_read(given: tuple[list[tuple[str, bool, float]], str]) -> None:
    said, text = given
    if all(negated for _, negated, _ in said):
        with pytest.raises(BadQuestion):
            parse_description(text)
        return
    read = parse_description(text)
    assert [(clause.negated, clause.boost, clause.whole) for clause in read] == [
        (negated, boost, True) for _, negated, boost in said
    ]


@given(st.text(st.sampled_from(printable + "éß“”–"), max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        clauses = parse_description(text)
    except BadQuestion as error:
        assert str(error).endswith((".", "0.5"))
        return
    assert all(clause.words and 0 < clause.boost <= LARGEST_BOOST for clause in clauses)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=6).map(tuple), min_size=1, max_size=3),
    st.sets(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), max_size=6),
)
def test_cutting_into_terms_loses_no_word_and_looks_up_every_term(
    runs: list[tuple[str, ...]], known: set[str]
) -> None:
    clauses = [Clause(run) for run in runs]
    wishes = read_wishes(clauses, known)
    assert " ".join(wish.term for wish in wishes).split() == [word for run in runs for word in run]
    assert {wish.term for wish in wishes} <= possible_terms(clauses)


def ranked(
    meanings: list[tuple[str, float, bool]], uses: list[tuple[int, int, float]]
) -> list[tuple[int, float]]:
    """Rank by known terms "a", "b", … with numbers 1, 2, …; each meaning is term, boost, negated."""
    wishes = [
        Meaning(read_wishes([Clause((term,), boost, negated, whole=True)], {term})[0], ((term, 1.0),))
        for term, boost, negated in meanings
    ]
    numbers = {(term, None): [place] for place, term in enumerate("abcd", start=1)}
    found = rank_artists(wishes, numbers, [TermUse(*use) for use in uses], 10)
    return [(each.artist_id, pytest.approx(each.score)) for each in found]


def test_one_wish_alone_scores_what_it_weighs() -> None:
    assert ranked([("a", 3, False)], [(7, 1, 0.8), (8, 1, 0.9)]) == [(8, 0.9), (7, 0.8)]


def test_the_score_is_a_geometric_mean_by_boost() -> None:
    both = (0.8 + SOFTNESS) ** 0.75 * (0.4 + SOFTNESS) ** 0.25 - SOFTNESS
    one = SOFTNESS**0.75 * (0.9 + SOFTNESS) ** 0.25 - SOFTNESS
    assert ranked([("a", 3, False), ("b", 1, False)], [(7, 1, 0.8), (7, 2, 0.4), (8, 2, 0.9)]) == [
        (7, both),
        (8, one),
    ]


def test_who_fits_all_wishes_comes_before_who_fits_one_strongly() -> None:
    uses = [(7, 1, 0.9), (8, 1, 0.2), (8, 2, 0.2)]
    assert [artist for artist, _ in ranked([("a", 1, False), ("b", 1, False)], uses)] == [8, 7]


def test_who_is_near_those_described_so_comes_before_who_is_not() -> None:
    wishes = [Meaning(Wish(term, 1.0, negated=False, known=True), ((term, 1.0),)) for term in "ab"]
    uses = [TermUse(7, 1, 0.5), TermUse(8, 1, 0.5), TermUse(9, 2, 0.6)]
    table = VectorTable(np.array([7, 8, 9]), np.array([[0, 1], [0.8, 0.6], [1, 0]], dtype=np.float32))
    found = rank_artists(wishes, {("a", None): [1], ("b", None): [2]}, uses, 10, table)
    assert [each.artist_id for each in found] == [8, 9, 7]
    assert [match.term for match in found[0].matched] == ["a"]


def test_a_negated_term_keeps_out_whom_it_strongly_describes() -> None:
    uses = [(7, 1, 0.8), (8, 1, 0.9), (7, 2, NEGATED_WEIGHT / 2), (8, 2, NEGATED_WEIGHT)]
    assert ranked([("a", 1, False), ("b", 1, True)], uses) == [(7, 0.8)]


def test_artists_that_only_a_negated_term_describes_are_not_found() -> None:
    assert ranked([("a", 1, False), ("b", 1, True)], [(7, 2, NEGATED_WEIGHT / 2)]) == []


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.01, 9), st.booleans()), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), st.floats(0.001, 1)), max_size=20),
)
def test_scores_are_shares_in_falling_order_and_nobody_kept_out_is_found(
    meanings: list[tuple[str, float, bool]], uses: list[tuple[int, int, float]]
) -> None:
    found = ranked(meanings, uses)
    scores = [score.expected for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    barred = {"abcd".index(term) + 1 for term, _, negated in meanings if negated}
    out = {artist for artist, term, weight in uses if term in barred and weight >= NEGATED_WEIGHT}
    assert out.isdisjoint(artist for artist, _ in found)


def test_a_word_that_is_no_term_leads_to_terms_used_like_it() -> None:
    vectors = np.array([[1, 0, 0], [0.9, 0.436, 0], [0, 1, 0], [0.6, 0, 0.8]], dtype=np.float32)
    table = word_table(
        ["glistening", "shimmering", "metal", "quiet"], vectors, {"shimmering", "metal", "quiet"}
    )
    assert table.nearest_terms(["glistening"], 3, LEAST_LIKENESS)[0][0] == "shimmering"
    assert table.nearest_terms(["glistening"], 3, 0.95) == []
    assert table.nearest_terms(["unheard"], 3, 0) == []
    assert table.nearest_terms(["glistening", "unheard"], 3, 0) == []
    assert [term for term, _ in table.nearest_terms(["glistening", "metal"], 2, 0.7)] == [
        "shimmering",
        "metal",
    ]


@pytest.fixture
def catalog(sqlite_engine: Engine) -> Iterator[Catalog]:
    with sqlite_engine.begin() as connection:
        slowdive, alcest, burial = (add_artist(connection, name) for name in ("Slowdive", "Alcest", "Burial"))
        publish(
            connection,
            {
                slowdive: {"shoegaze": 0.9, "dreamy": 0.8, "dream pop": 0.6},
                alcest: {"shoegaze": 0.8, "metal": 0.7, "dreamy": 0.5},
                burial: {"dreamy": 0.1, "nocturnal": 0.9},
            },
            {slowdive: [1, 0], alcest: [0.8, 0.2], burial: [0, 1]},
            words={"nocturnal": [1, 0, 0.1], "nighttime": [1, 0.1, 0], "dreamy": [0, 1, 0], "the": [1, 0, 0]},
        )
    with linernotes.open(str(sqlite_engine.url)) as opened:
        yield opened


def test_a_search_finds_the_best_fit_first_and_says_by_what(catalog: Catalog) -> None:
    found = catalog.search("dreamy shoegaze")
    assert [(each.rank, each.artist) for each in found] == [(1, "Slowdive"), (2, "Alcest"), (3, "Burial")]
    assert found[0].score > found[1].score > found[2].score > 0
    assert [match.term for match in found[0].matched] == ["shoegaze", "dreamy"]
    assert [each.artist for each in catalog.search("dreamy shoegaze -metal", limit=1)] == ["Slowdive"]
    assert "Alcest" not in [each.artist for each in catalog.search("dreamy shoegaze -metal")]


def test_an_unknown_word_is_matched_by_its_vector_and_that_is_said(catalog: Catalog) -> None:
    (found,) = catalog.search("nighttime")
    (match,) = found.matched
    assert (found.artist, match.asked, match.term) == ("Burial", "nighttime", "nocturnal")
    assert found.score == pytest.approx((0.9 * match.likeness + 1) / 2) and 0.9 < match.likeness < 1


def test_words_that_nobody_uses_are_passed_over_and_told(catalog: Catalog) -> None:
    assert catalog.search("shoegaze zydeco")[0].artist == "Slowdive"
    understood = catalog.interpret('shoegaze zydeco^2 -metal "dream pop" "nocturnal dreamy"')
    assert [match.term for match in understood.wanted] == ["shoegaze", "dream pop"]
    assert [match.term for match in understood.excluded] == ["metal"]
    assert understood.unknown == ("zydeco", "nocturnal dreamy")


def test_when_nothing_is_known_the_words_are_named(catalog: Catalog) -> None:
    with pytest.raises(NothingKnown, match='No artist is described with "zydeco", "polka"') as caught:
        catalog.search("zydeco polka -metal")
    assert caught.value.unknown == ("zydeco", "polka")


def test_a_description_of_nothing_but_filling_is_refused(catalog: Catalog) -> None:
    with pytest.raises(BadQuestion, match="nothing to look for"):
        catalog.search("something like that")


def test_a_facet_asks_for_descriptors_of_that_facet(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        a, b, c = (add_artist(connection, name) for name in "ABC")
        publish(
            connection,
            {a: {"ambient": 0.9, "icelandic": 0.3}, b: {"1994": 0.4}, c: {"90s": 0.4, "swedish band": 0.5}},
            {a: [1, 0], b: [0, 1], c: [1, 1]},
            facets={
                **{"ambient": "genre", "1994": "era", "90s": "era"},
                **{"icelandic": "place", "swedish band": "place"},
            },
        )
    with linernotes.open(str(sqlite_engine.url)) as catalog:

        def found(description: str) -> list[str]:
            return [each.artist for each in catalog.search(description)]

        assert found("genre:ambient") == ["A"]
        assert found("place:iceland") == ["A"]
        assert found('place:"Sweden"') == ["C"]
        assert found("era:1990s") == ["C", "B"]
        assert found("ERA:1994") == ["B"]
        assert found("era:90s -place:sweden") == ["B"]
        with pytest.raises(NothingKnown):
            catalog.search("mood:ambient")
        assert [match.term for match in catalog.interpret("era:1990s").wanted] == ["90s", "1994"]


def test_other_spellings_and_names_of_a_term_are_known(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        artist = add_artist(connection, "A")
        terms = ("post rock", "shoegaze", "guitar", "1990s", "icelandic", "melodies")
        publish(connection, {artist: dict.fromkeys(terms, 0.5)}, {artist: [1, 0]})
    with linernotes.open(str(sqlite_engine.url)) as catalog:
        for asked, term in (
            ("postrock", "post rock"),
            ("post-rock", "post rock"),
            ("shoe gaze", "shoegaze"),
            ("shoe-gaze", "shoegaze"),
            ('"shoe gaze"', "shoegaze"),
            ("guitars", "guitar"),
            ("melody", "melodies"),
            ("90s", "1990s"),
            ("nineties", "1990s"),
        ):
            understood = catalog.interpret(asked)
            assert [(match.term, match.likeness) for match in understood.wanted] == [(term, 1.0)], asked
            assert catalog.search(asked)


def test_a_phrase_that_is_no_term_is_matched_by_the_mean_of_its_words(catalog: Catalog) -> None:
    understood = catalog.interpret('"the nighttime nocturnal"')
    assert [match.term for match in understood.wanted] == ["nocturnal"]
    assert catalog.interpret('"nighttime zydeco"').unknown == ("nighttime zydeco",)


def test_for_a_misspelt_word_a_term_is_suggested_and_not_taken(catalog: Catalog) -> None:
    understood = catalog.interpret("dreamy shogaze")
    assert understood.unknown == ("shogaze",)
    assert understood.suggestions == {"shogaze": ("shoegaze",)}
    with pytest.raises(NothingKnown, match=r"used like that; did you mean shoegaze\?") as caught:
        catalog.search("shogaze")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.unknown, again.suggestions) == (("shogaze",), {"shogaze": ("shoegaze",)})


@given(st.lists(WORDS, min_size=1, max_size=3).map(" ".join))
def test_a_spelling_is_never_the_term_itself_and_never_empty(term: str) -> None:
    found = spellings(term)
    assert term not in found and all(found) and len(set(found)) == len(found)
