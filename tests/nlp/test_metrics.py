"""Measures of quality, on rankings small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.metrics import (
    average_precision_at,
    hubness,
    measure_descriptors,
    measure_rankings,
    ndcg_at,
    recall_at,
    score_descriptors,
    score_similarity,
    token_f1,
    words_of,
)

HITS = np.array([True, False, True, False])


def test_recall_is_capped_by_how_many_fit() -> None:
    assert recall_at(HITS, 3, 10) == pytest.approx(2 / 3)
    assert recall_at(HITS, 50, 2) == pytest.approx(1 / 2)


def test_ndcg_discounts_by_the_logarithm_of_the_place() -> None:
    ideal = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert ndcg_at(HITS, 3, 10) == pytest.approx((1 + 1 / np.log2(4)) / ideal)
    assert ndcg_at(HITS, 1, 1) == 1


def test_average_precision_is_the_mean_precision_at_the_relevant_places() -> None:
    assert average_precision_at(HITS, 4, 100) == pytest.approx((1 + 2 / 3) / 4)


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 10), st.integers(1, 30))
def test_measures_of_a_ranking_are_shares(hits: list[bool], missing: int, k: int) -> None:
    relevant = sum(hits) + missing
    if not relevant:
        return
    array = np.array(hits, dtype=bool)
    for measure in (recall_at, ndcg_at, average_precision_at):
        assert 0 <= measure(array, relevant, k) <= 1 + 1e-12


@given(st.integers(1, 20), st.integers(1, 30))
def test_a_perfect_ranking_has_one_everywhere(relevant: int, k: int) -> None:
    array = np.ones(relevant, dtype=bool)
    for measure in (recall_at, ndcg_at, average_precision_at):
        assert measure(array, relevant, k) == pytest.approx(1)


def test_hubs_stand_in_many_lists_and_anti_hubs_in_none() -> None:
    found = hubness([["b", "c"], ["c"], ["c", "b"], []], {"a", "b", "c", "d"})
    assert (found.max_hub, found.anti_hub) == (3, 0.5)
    assert hubness([["b", "c"], ["c"]], {"b", "c"}, depth=1).max_hub == 1


def test_rankings_are_judged_within_the_universe() -> None:
    scores = score_similarity(
        {"a": ["a", "x", "b", "c"], "b": ["c"], "x": ["a"]},
        {"a": {"b", "x"}, "b": {"a"}, "c": {"x"}, "x": {"a"}},
        {"a", "b", "c"},
    )
    # a finds b first, once x (outside) and a itself are dropped; b misses a; c has no relevant one left.
    assert (scores.queries, scores.hit_at_10, scores.ndcg_at_10) == (2, 0.5, 0.5)
    assert (scores.map_at_100, scores.recall_at_100, scores.ndcg_at_200) == (0.5, 0.5, 0.5)
    assert (scores.max_hub, scores.anti_hub) == (2, pytest.approx(1 / 3))


def test_an_artist_without_a_ranking_scores_nothing() -> None:
    assert score_similarity({"a": ["b"]}, {"a": {"b"}, "b": {"a"}}, {"a", "b"}).hit_at_10 == 0.5


def test_each_query_has_its_own_measures() -> None:
    found = measure_rankings({"a": ["b", "c"], "b": ["c", "a"]}, {"a": {"b"}, "b": {"a"}}, {"a", "b", "c"})
    assert found.queries == ("a", "b")
    assert found.values["ndcg_at_10"].tolist() == pytest.approx([1, 1 / np.log2(3)])
    assert found.values["map_at_100"].tolist() == [1, 0.5]


@given(
    st.dictionaries(
        st.integers(0, 12), st.lists(st.integers(0, 12), unique=True, max_size=12), min_size=1, max_size=12
    ),
    st.dictionaries(st.integers(0, 12), st.frozensets(st.integers(0, 12), max_size=5), max_size=12),
)
def test_every_measure_of_every_query_is_a_share(
    neighbours: dict[int, list[int]], truth: dict[int, frozenset[int]]
) -> None:
    others = {artist: relevant - {artist} for artist, relevant in truth.items()}
    found = measure_rankings(neighbours, others, frozenset(range(10)))
    for values in found.values.values():
        assert len(values) == len(found.queries)
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()


@given(st.dictionaries(st.integers(0, 9), st.frozensets(st.integers(0, 9), min_size=2), min_size=1))
def test_a_ranking_that_begins_with_the_truth_is_perfect(truth: dict[int, frozenset[int]]) -> None:
    others = {artist: relevant - {artist} for artist, relevant in truth.items()}
    universe = frozenset(range(10))
    rankings = {a: [*sorted(wanted), *sorted(universe - wanted - {a})] for a, wanted in others.items()}
    for values in measure_rankings(rankings, others, universe).values.values():
        assert values.tolist() == pytest.approx([1] * len(others))


def test_each_artist_with_enough_tags_has_its_own_measures() -> None:
    vocabulary = {"rock", "pop", "jazz", "slow"}
    found = measure_descriptors({"a": ["rock"], "b": []}, dict.fromkeys("ab", vocabulary), vocabulary)
    assert found.queries == ("a", "b")
    assert found.values["recall_at_50"].tolist() == [1 / 4, 0]
    assert found.values["known_at_20"].tolist() == [1, 0]


def test_truth_and_universe_without_common_artists_are_refused() -> None:
    with pytest.raises(ValueError, match="no artist of the truth"):
        score_similarity({"a": ["b"]}, {"c": {"d"}}, {"a", "b"})


def test_descriptors_are_judged_for_artists_with_four_tags() -> None:
    vocabulary = {"rock", "pop", "jazz", "slow", "loud"}
    tags = {"a": {"rock", "pop", "jazz", "slow", "own"}, "b": {"rock"}, "c": {"rock", "pop", "jazz", "loud"}}
    scores = score_descriptors(
        {"a": ["rock", "band", "pop", "loud"], "b": ["rock"], "c": []}, tags, vocabulary
    )
    assert scores.artists == 2
    assert scores.recall_at_50 == pytest.approx((2 / 4 + 0) / 2)
    assert scores.known_at_20 == pytest.approx((3 / 4 + 0) / 2)


def test_only_the_strongest_descriptors_count() -> None:
    vocabulary = {"rock", "pop", "jazz", "slow"}
    terms = [f"word{place}" for place in range(50)]
    scores = score_descriptors(
        {"a": [*terms, "rock"], "b": ["rock", *terms]}, dict.fromkeys("ab", vocabulary), vocabulary
    )
    assert scores.recall_at_50 == pytest.approx((0 + 1 / 4) / 2)
    assert scores.known_at_20 == pytest.approx((0 + 1 / 20) / 2)


def test_tags_too_few_to_judge_are_refused() -> None:
    with pytest.raises(ValueError, match="4 tags"):
        score_descriptors({"a": ["rock"]}, {"a": {"rock"}}, {"rock"})


def test_token_f1_compares_words_as_often_as_they_stand() -> None:
    assert token_f1(["a", "b", "b", "c"], ["b", "a", "d"]) == pytest.approx(2 * 2 / 7)
    assert token_f1(["a"], []) == 0
    assert token_f1([], []) == 1


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_token_f1_is_symmetric_and_one_only_for_the_same_words(gold: list[str], found: list[str]) -> None:
    score = token_f1(gold, found)
    assert 0 <= score <= 1
    assert score == token_f1(found, gold)
    assert (score == 1) == (sorted(gold) == sorted(found))


def test_a_text_is_compared_by_its_words_without_markup() -> None:
    assert words_of("*Slow* songs, by Élan (2001)") == ["Slow", "songs", "by", "Élan", "2001"]
