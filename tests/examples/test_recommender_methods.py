"""Splits, measures and methods on a world of two scenes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.recommender.cold import fame_of
from examples.recommender.collaborative import als_factors
from examples.recommender.comparison import ORACLE, Setup, cold_methods, compare_cold, compare_warm
from examples.recommender.knowledge import Knowledge
from examples.recommender.likeness import FREQUENT, likeness, played_with_row
from examples.recommender.listens import Listens
from examples.recommender.measures import Scores, interval, judge, over_folds, ratio
from examples.recommender.splits import cold_folds, warm_folds
from examples.recommender.tables import as_markdown
from nlp.metrics import ndcg_at
from tests.examples.conftest import IN_EACH, LISTENERS


def test_every_described_artist_that_is_played_is_held_back_once(
    listens: Listens, knowledge: Knowledge
) -> None:
    played = listens.plays.getnnz(axis=0) > 0
    folds = list(cold_folds(listens, knowledge.described))
    held = [column for fold in folds for column in fold.candidates if played[column]]
    assert sorted(held) == np.flatnonzero(knowledge.described & played).tolist()


def test_nobody_in_training_plays_a_candidate_and_all_else_stays(
    listens: Listens, knowledge: Knowledge
) -> None:
    for fold in cold_folds(listens, knowledge.described):
        assert not fold.plays[:, fold.candidates].nnz
        together = fold.plays.toarray()
        together[:, fold.candidates] += listens.plays.toarray()[:, fold.candidates]
        assert np.array_equal(together, listens.plays.toarray())
        assert np.array_equal(fold.wanted, listens.plays.toarray()[:, fold.candidates] > 0)


def test_candidates_are_also_described_artists_that_nobody_plays(
    listens: Listens, knowledge: Knowledge
) -> None:
    for fold in cold_folds(listens, knowledge.described):
        assert {11, 23} <= set(fold.candidates.tolist())


def test_single_plays_are_held_back_once_and_not_trained_on(listens: Listens) -> None:
    folds = list(warm_folds(listens))
    assert np.array_equal(sum(fold.wanted.toarray() for fold in folds), listens.plays.toarray())
    for fold in folds:
        assert np.array_equal((fold.plays + fold.wanted).toarray(), listens.plays.toarray())
        assert not fold.plays.multiply(fold.wanted).nnz


def test_recall_is_the_share_of_all_that_was_held_back() -> None:
    scores = np.array([[4, 3, 2, 1], [4, 3, 2, 1], [4, 3, 2, 1]], dtype=np.float32)
    wanted = np.array([[1, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]], dtype=bool)
    found = judge(scores, wanted, depth=2, shallow=1)
    assert found.recall[:2].tolist() == [0.5, 0.5]
    assert found.top[:2].tolist() == [0.5, 0.25]
    assert np.isnan([found.recall[2], found.top[2], found.ndcg[2]]).all()


@settings(deadline=None)  # the first example imports
@given(st.integers(0, 10_000), st.integers(1, 9))
def test_ndcg_is_that_of_the_evaluation(seed: int, depth: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.permutation(6).astype(np.float32)[None]
    wanted = random.random((1, 6)) < 0.5
    wanted[0, 0] = True
    hits = wanted[0, np.argsort(-scores[0])]
    expected = ndcg_at(hits, int(wanted.sum()), min(depth, 6))
    assert judge(scores, wanted, depth).ndcg[0] == pytest.approx(expected)


def test_a_listener_counts_in_the_folds_where_something_was_held_back() -> None:
    nothing, half, whole = (np.array([value]) for value in (np.nan, 0.5, 1.0))
    folds = [Scores(each, each, each) for each in (nothing, half, whole)]
    assert over_folds(folds).recall.tolist() == [0.75]
    assert np.isnan(over_folds(folds[:1]).recall).all()


def test_a_method_has_once_the_recall_of_itself() -> None:
    values = np.array([0.2, np.nan, 0.4])
    assert ratio(values, values).value == pytest.approx(1)
    assert interval(values).value == pytest.approx(0.3)
    assert interval(np.array([np.nan])).value == 0


def test_only_the_oracle_looks_at_what_was_held_back(setup: Setup) -> None:
    fold = next(cold_folds(setup.listens, setup.knowledge.described))
    other = replace(fold, wanted=~fold.wanted)
    for name, method in cold_methods(setup).items():
        assert np.array_equal(method(fold), method(other)) == (name != ORACLE), name


def test_methods_that_know_vectors_begin_with_the_scene_of_the_listener(setup: Setup) -> None:
    fold = next(cold_folds(setup.listens, setup.knowledge.described))
    for name, method in cold_methods(setup).items():
        first = fold.candidates[method(fold).argmax(axis=1)] // IN_EACH
        right = (first == np.arange(LISTENERS) % 2).mean()
        assert right > 0.95 if name.startswith("vectors") else right < 0.95 or "tags" in name, name


def test_candidates_without_a_listener_make_it_no_easier(setup: Setup) -> None:
    results = {each.title: each for each in compare_cold(setup)}
    few, many = results["Artists held back"], results["All described artists without plays"]
    assert many.candidates > few.candidates
    assert (
        interval(many.scores["vectors: mean"].recall).value
        <= interval(few.scores["vectors: mean"].recall).value
    )


def test_sets_without_anybody_to_find_are_left_out(setup: Setup) -> None:
    titles = [each.title for each in compare_cold(replace(setup, rows={}))]
    assert "Artists held back, with crowd tags" not in titles


def test_a_listener_without_a_trained_artist_gets_equal_scores(setup: Setup) -> None:
    fold = next(cold_folds(setup.listens, setup.knowledge.described))
    plays = fold.plays.tolil()
    plays[0] = 0
    fold = replace(fold, plays=plays.tocsr())
    for name, method in cold_methods(setup).items():
        if name.startswith("vectors: "):
            assert not method(fold)[0].any(), name


def test_collaborative_filtering_cannot_place_who_is_not_played(setup: Setup) -> None:
    fold = next(cold_folds(setup.listens, setup.knowledge.described))
    factors = als_factors(fold.plays, seed=1)
    assert np.abs(factors.artists[fold.candidates]).max() < 1e-3


def test_warm_methods_never_rank_what_is_played_already(setup: Setup) -> None:
    found = compare_warm(setup)
    assert set(found.scores) == {
        "popularity",
        "item kNN",
        "BPR",
        "vectors alone",
        "ALS",
        "ALS and vectors",
    }
    for scores in found.scores.values():
        assert 0 <= interval(scores.recall).value <= 1


def test_sparse_and_dense_rows_have_the_same_products(setup: Setup) -> None:
    random = np.random.default_rng(2)
    dense = (random.random((24, 40)) * (random.random((24, 40)) < 2 * FREQUENT)).astype(np.float32)
    plays = setup.listens.plays
    known = played_with_row(dense, plays)
    assert known.tolist() == played_with_row(sp.csr_matrix(dense), plays).tolist()
    one, two = likeness(dense, known), likeness(sp.csr_matrix(dense), known)
    assert np.allclose(one.products, two.products, atol=1e-6)


def test_artists_nobody_describes_have_no_fame(knowledge: Knowledge) -> None:
    assert fame_of(knowledge)[2].tolist() == [0, 0, 0]


def test_a_table_has_a_row_for_each_method_with_bounds(setup: Setup) -> None:
    table = as_markdown(compare_warm(setup), setup.depth, setup.shallow, beside="ALS")
    header, *rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert header == "| method | recall@3 | nDCG@3 | recall@1 | folds | times ALS |"
    assert len(rows) == 6
    assert "| 1.00 (1.00–1.00) |" in next(row for row in rows if row.startswith("| ALS |"))
