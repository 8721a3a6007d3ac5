"""Descriptions: how they are read, what their words come to mean, and whom they find."""

from __future__ import annotations

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
    parse_description,
    possible_terms,
    read_wishes,
)
from linernotes.search import LEAST_LIKENESS, NEGATED_WEIGHT, Meaning, rank_artists
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
    numbers = {term: [place] for place, term in enumerate("abcd", start=1)}
    found = rank_artists(wishes, numbers, [TermUse(*use) for use in uses], 10)
    return [(each.artist_id, pytest.approx(each.score)) for each in found]


def test_the_score_is_the_mean_weight_by_boost() -> None:
    assert ranked([("a", 3, False), ("b", 1, False)], [(7, 1, 0.8), (7, 2, 0.4), (8, 2, 0.9)]) == [
        (7, 0.7),
        (8, 0.225),
    ]


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
    assert all(0 < score <= 1 for score in scores)
    barred = {"abcd".index(term) + 1 for term, _, negated in meanings if negated}
    out = {artist for artist, term, weight in uses if term in barred and weight >= NEGATED_WEIGHT}
    assert out.isdisjoint(artist for artist, _ in found)


def test_of_several_seeds_the_nearest_to_their_mean_comes_first() -> None:
    rows = np.array([[1, 0], [0, 1], [0.8, 0.6], [-1, 0]], dtype=np.float32)
    table = VectorTable(np.array([3, 5, 8, 9]), rows)
    assert [number for number, _ in table.nearest([3, 5], 5)] == [8, 9]
    assert table.nearest([3, 5], 5, exclude=[8]) == [(9, 0.0)]
    assert table.nearest([4, 77], 5) == []
    assert [number for number, _ in table.nearest([3, 4, 1000], 1)] == [8]


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_nearest_agrees_with_sorting_everything(artists: int, limit: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    # Few distinct values, so that there are ties.
    rows = random.integers(-1, 2, size=(artists, 3)).astype(np.float32)
    table = VectorTable(np.arange(artists) * 2, rows)
    similarity = rows @ (rows[0] / (np.linalg.norm(rows[0]) or 1))
    expected = sorted(range(1, artists), key=lambda row: (-similarity[row], row))[:limit]
    assert [number for number, _ in table.nearest([0], limit)] == [row * 2 for row in expected]


def test_a_word_that_is_no_term_leads_to_terms_used_like_it() -> None:
    vectors = np.array([[1, 0, 0], [0.9, 0.436, 0], [0, 1, 0], [0.6, 0, 0.8]], dtype=np.float32)
    table = word_table(
        ["glistening", "shimmering", "metal", "quiet"], vectors, {"shimmering", "metal", "quiet"}
    )
    assert table.nearest_terms("glistening", 3, LEAST_LIKENESS)[0][0] == "shimmering"
    assert table.nearest_terms("glistening", 3, 0.95) == []
    assert table.nearest_terms("unheard", 3, 0) == []


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
    assert [(each.rank, each.artist, each.score) for each in found] == [
        (1, "Slowdive", pytest.approx(0.85)),
        (2, "Alcest", pytest.approx(0.65)),
        (3, "Burial", pytest.approx(0.05)),
    ]
    assert [match.term for match in found[0].matched] == ["shoegaze", "dreamy"]
    assert [each.artist for each in catalog.search("dreamy shoegaze -metal", limit=1)] == ["Slowdive"]
    assert "Alcest" not in [each.artist for each in catalog.search("dreamy shoegaze -metal")]


def test_an_unknown_word_is_matched_by_its_vector_and_that_is_said(catalog: Catalog) -> None:
    (found,) = catalog.search("nighttime")
    (match,) = found.matched
    assert (found.artist, match.asked, match.term) == ("Burial", "nighttime", "nocturnal")
    assert found.score == pytest.approx(0.9 * match.likeness) and 0.9 < match.likeness < 1


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
