"""The plain methods, held to scikit-learn and to hand-made cases."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp import baselines
from tests.nlp.small_corpora import About, read

TEXTS = (
    "slow sad songs with the slow guitar",
    "slow sad songs and the piano",
    "loud fast metal riffs and the drums",
    "loud fast metal with the blast beats",
)


def counted() -> tuple[baselines.Counts, list[list[str]]]:
    corpus, spans = read([About(row, text) for row, text in enumerate(TEXTS)])
    counts = baselines.count_words(corpus, spans, len(TEXTS))
    weights = baselines.tfidf(counts.matrix)
    return counts, baselines.strongest(corpus, counts, weights, 3)


def test_words_weigh_what_the_defaults_of_scikit_learn_give_them() -> None:
    counts, _ = counted()
    ours = baselines.tfidf(counts.matrix)
    theirs = TfidfVectorizer().fit_transform(TEXTS)
    assert (ours @ ours.T).toarray() == pytest.approx((theirs @ theirs.T).toarray(), abs=1e-5)


def test_the_strongest_words_are_those_of_the_largest_weight_then_by_alphabet() -> None:
    _, lists = counted()
    assert lists[0][0] == "slow"
    assert lists[2] == ["drums", "riffs", "and"]


def test_pairs_are_counted_when_two_artists_share_them() -> None:
    corpus, spans = read([About(row, text) for row, text in enumerate(TEXTS)])
    counts = baselines.count_words_and_pairs(corpus, spans, len(TEXTS))
    terms = {
        term for row in baselines.strongest(corpus, counts, counts.matrix, 99) for term in row if " " in term
    }
    assert terms == {"slow sad", "sad songs", "loud fast", "fast metal"}


def test_stop_words_can_be_left_out() -> None:
    corpus, spans = read([About(row, text) for row, text in enumerate(TEXTS)])
    counts = baselines.without_stop_words(corpus, baselines.count_words(corpus, spans, len(TEXTS)))
    assert baselines.strongest(corpus, counts, counts.matrix, 9)[1] == ["piano", "sad", "slow", "songs"]


def test_the_nearest_by_words_write_alike() -> None:
    counts, _ = counted()
    weights = baselines.tfidf(counts.matrix)
    assert baselines.rank_sparse(weights, 1)[:, 0].tolist() == [1, 0, 3, 2]
    assert baselines.rank_dense(baselines.lsa(weights), 1)[:, 0].tolist() == [1, 0, 3, 2]


@settings(deadline=None)  # a busy machine says nothing about the code
@given(st.integers(0, 9), st.integers(2, 30), st.integers(1, 40))
def test_sparse_and_dense_ranking_agree_with_a_full_sort(seed: int, count: int, depth: int) -> None:
    generator = np.random.default_rng(seed)
    rows = generator.random((count, 12)) * (generator.random((count, 12)) < 0.4)
    rows = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    expected = rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(expected, -np.inf)
    best = -np.sort(-expected, axis=1)[:, : min(depth, count - 1)]
    for ranked in (baselines.rank_dense(rows, depth), baselines.rank_sparse(sp.csr_matrix(rows), depth)):
        assert np.take_along_axis(expected, ranked, axis=1) == pytest.approx(best, abs=1e-5)


def test_blocks_of_rows_are_ranked_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(1).random((23, 5)).astype(np.float32)
    whole = baselines.rank_dense(rows, 7)
    monkeypatch.setattr(baselines, "BLOCK", 4)
    assert baselines.rank_dense(rows, 7).tolist() == whole.tolist()
    assert baselines.rank_sparse(sp.csr_matrix(rows), 7).tolist() == whole.tolist()


def test_the_most_written_about_are_the_same_for_all_but_themselves() -> None:
    ranked = baselines.rank_by_amount(np.array([1.0, 9.0, 5.0, 5.0]), 2)
    assert ranked.tolist() == [[1, 2], [2, 3], [1, 3], [1, 2]]


@settings(deadline=None)  # a busy machine says nothing about the code
@given(st.integers(1, 20), st.integers(1, 30))
def test_random_lists_hold_others_once(count: int, depth: int) -> None:
    ranked = baselines.rank_at_random(count, depth)
    assert ranked.shape == (count, min(depth, count - 1))
    for row, others in enumerate(ranked.tolist()):
        assert row not in others
        assert len(set(others)) == len(others)
    assert ranked.tolist() == baselines.rank_at_random(count, depth).tolist()


def test_one_artist_has_nobody_beside_it() -> None:
    corpus, spans = read([About(0, TEXTS[0])])
    weights = baselines.tfidf(baselines.count_words(corpus, spans, 1).matrix)
    assert baselines.rank_sparse(weights, 5).shape == (1, 0)
    assert baselines.lsa(weights).shape[0] == 1
    assert baselines.rank_by_amount(np.ones(1), 5).shape == (1, 0)


def test_artists_without_a_shared_word_have_empty_rows_and_are_ranked_all_the_same() -> None:
    corpus, spans = read([About(0, "one word"), About(1, "quite another thing")])
    weights = baselines.tfidf(baselines.count_words_and_pairs(corpus, spans, 2).matrix, sublinear=True)
    assert baselines.rank_sparse(weights, 5).tolist() == [[1], [0]]
    assert baselines.lsa(weights).shape[0] == 2
