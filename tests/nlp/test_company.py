"""Who is named with whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.company import LONGEST_LIST, Pairs, company_matrix, named_in_texts, named_side_by_side
from nlp.corpus import Corpus, Spans, build_spans
from nlp.records import Mention
from tests.nlp.small_corpora import corpus_of

TEXTS = ("One. Two names here. Three.", "Another text. And more.")


def subject(document: int, artist: int) -> tuple[int, int, Mention]:
    return document, artist, Mention(artist, -1, -1, "subject", 0, 9, 1.0)


def named(document: int, artist: int, sentence: int) -> tuple[int, int, Mention]:
    return document, artist, Mention(artist, 0, 1, "passage", sentence, sentence, 1.0)


def spans(*mentions: tuple[int, int, Mention]) -> tuple[Corpus, Spans]:
    corpus = corpus_of(TEXTS)
    return corpus, build_spans(corpus, mentions)


def as_set(pairs: Pairs) -> set[tuple[int, int, float]]:
    return set(zip(pairs.left.tolist(), pairs.right.tolist(), pairs.weight.tolist(), strict=True))


def test_a_text_pairs_its_subject_once_with_each_other_artist_that_it_names() -> None:
    _, found = spans(subject(0, 5), named(0, 7, 0), named(0, 7, 1), named(0, 8, 2), named(1, 9, 0))
    assert as_set(named_in_texts(found)) == {(5, 7, 1.0), (5, 8, 1.0)}


def test_two_subjects_of_one_text_are_paired_both_ways() -> None:
    _, found = spans(subject(0, 5), subject(0, 6))
    assert as_set(named_in_texts(found)) == {(5, 6, 1.0), (6, 5, 1.0)}


def test_the_same_pair_counts_in_each_text() -> None:
    _, found = spans(subject(0, 5), subject(1, 5), named(0, 7, 0), named(1, 7, 0))
    assert named_in_texts(found).left.tolist() == [5, 5]


def test_artists_of_one_sentence_are_paired_and_the_more_there_are_the_less_each_pair_counts() -> None:
    corpus, found = spans(named(0, 1, 0), named(0, 2, 0), named(0, 3, 1), named(0, 4, 1), named(0, 5, 1))
    assert as_set(named_side_by_side(corpus, found)) == {
        (1, 2, 1.0),
        (3, 4, 0.5),
        (3, 5, 0.5),
        (4, 5, 0.5),
    }


def test_the_subject_of_a_text_stands_beside_nobody_in_its_sentences() -> None:
    corpus, found = spans(subject(0, 5), named(0, 7, 0))
    assert as_set(named_side_by_side(corpus, found)) == set()


def test_a_comparison_counts_in_the_sentence_in_which_it_stands() -> None:
    clause = Mention(1, 0, 1, "compared", 1, 1, 1.0, first_token=3, last_token=4)
    corpus, found = spans((0, 1, clause), named(0, 2, 1), named(0, 3, 0))
    assert as_set(named_side_by_side(corpus, found)) == {(1, 2, 1.0)}


def test_a_listing_of_names_pairs_nobody() -> None:
    corpus, found = spans(*(named(0, artist, 0) for artist in range(LONGEST_LIST + 1)))
    assert len(named_side_by_side(corpus, found).left) == 0


def nobody() -> Pairs:
    return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def pairs(*rows: tuple[int, int]) -> Pairs:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1], np.ones(len(rows)))


def matrix(in_texts: Pairs, side_by_side: Pairs, artists: int = 7) -> np.ndarray:
    return company_matrix(in_texts, side_by_side, artists=artists, beside_share=2.0, idf_power=1.5).toarray()


def test_those_in_each_others_company_or_in_the_same_company_are_alike() -> None:
    rows = matrix(pairs((0, 2), (1, 2), (3, 5), (4, 5)), nobody())
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1] * 6 + [0], abs=1e-5)
    assert rows[0] @ rows[1] > 0
    assert rows[0] @ rows[2] > 0
    assert rows[0] @ rows[3] == 0


def test_company_of_one_who_is_named_with_everybody_tells_less() -> None:
    rows = matrix(pairs((0, 6), (1, 6), (2, 6), (3, 6), (0, 5), (4, 5)), nobody())
    assert rows[0] @ rows[4] > rows[0] @ rows[1]


def test_nobody_in_company_gives_empty_rows() -> None:
    assert not matrix(nobody(), nobody()).any()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] != p[1]), max_size=20))
def test_rows_have_length_one_or_nothing_and_nothing_is_negative(given_pairs: list[tuple[int, int]]) -> None:
    rows = matrix(pairs(*given_pairs), pairs(*(p for p in given_pairs if p[0] < p[1])))
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    assert rows.min(initial=0) >= 0
