"""The methods side by side: the same folds, the same candidates, the same listeners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from examples.recommender import cold, warm
from examples.recommender.knowledge import Knowledge
from examples.recommender.likeness import Likeness, Rows, filled, likeness, played_with_row
from examples.recommender.listens import Listens
from examples.recommender.measures import DEPTH, SHALLOW, Scores, judge, over_folds
from examples.recommender.splits import FOLDS, SEED, ColdFold, WarmFold, cold_folds, warm_folds

FAMILIARITY, VECTORS = "familiarity", "vectors"
TFIDF, PAIRS, TAGS = "TF-IDF", "TF-IDF, words and pairs", "crowd tags"
ORACLE = "popularity, known beforehand"
# Artists with so few listeners count as the long tail: there, fame tells little.
TAIL_LISTENERS = 10

Fold = TypeVar("Fold")


@dataclass(frozen=True, slots=True)
class Setup:
    """What a comparison needs: `rows` are unit rows of artists by kind of knowledge, besides the vectors."""

    listens: Listens
    knowledge: Knowledge
    rows: Mapping[str, Rows]
    folds: int = FOLDS
    seed: int = SEED
    depth: int = DEPTH
    shallow: int = SHALLOW


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores by method on one set of candidates: `candidates` is how many there are in a fold on average."""

    title: str
    candidates: float
    scores: Mapping[str, Scores]


def cold_methods(setup: Setup) -> dict[str, cold.Method]:
    """Every way to rank artists that nobody in training plays, by name."""
    plays, knowledge = setup.listens.plays, setup.knowledge
    rows: dict[str, Rows] = {**setup.rows, VECTORS: knowledge.vectors}
    alike = {kind: likeness(each, played_with_row(each, plays)) for kind, each in rows.items()}
    methods = _same_for_everybody(knowledge)
    methods |= {f"{kind}: mean": cold.mean_likeness(each) for kind, each in alike.items()}
    methods |= {f"{kind}: regression": cold.by_kernel(each) for kind, each in alike.items()}
    methods |= _more_of_vectors(knowledge, alike[VECTORS])
    if TAGS in rows:
        fame, tags = cold.fame_of(knowledge), likeness(rows[TAGS], alike[VECTORS].known)
        methods["vectors, familiarity and tags: regression"] = cold.by_kernel(alike[VECTORS], tags, fame=fame)
    return methods


def _same_for_everybody(knowledge: Knowledge) -> dict[str, cold.Method]:
    return {
        "random": cold.at_random,
        "amount of text": cold.by_amount(knowledge.words),
        FAMILIARITY: cold.by_amount(knowledge.familiarity),
        ORACLE: cold.oracle_popularity,
    }


def _more_of_vectors(knowledge: Knowledge, alike: Likeness) -> dict[str, cold.Method]:
    return {
        "vectors: nearest played": cold.nearest_played(alike),
        "vectors: place among ALS factors": cold.by_factors(knowledge.vectors),
        "vectors and familiarity: regression": cold.by_kernel(alike, fame=cold.fame_of(knowledge)),
        "vectors and familiarity: place among ALS factors": cold.by_factors(cold.with_fame(knowledge)),
    }


def warm_methods(setup: Setup) -> dict[str, warm.WarmMethod]:
    """Every way to rank artists that others play, by name."""
    vectors = setup.knowledge.vectors
    alike = likeness(vectors, played_with_row(vectors, setup.listens.plays))
    return {
        "popularity": warm.most_played,
        "item kNN": warm.neighbours,
        "BPR": warm.bpr,
        "vectors alone": warm.by_vectors(alike),
        "ALS": warm.als,
        "ALS and vectors": warm.als_and_vectors(alike),
    }


def compare_cold(setup: Setup, told: Callable[[str], None] = lambda _: None) -> list[Comparison]:
    """Judge all methods on several sets of candidates.

    Of several folds the first is left out: the parameters of the methods were chosen on it.
    """
    folds = _reported(cold_folds(setup.listens, setup.knowledge.described, setup.folds, setup.seed))
    sets = candidate_sets(setup)
    kept = {title: [allowed[fold.candidates] for fold in folds] for title, allowed in sets.items()}
    found: dict[str, dict[str, Scores]] = {title: {} for title in kept}
    for name, method in cold_methods(setup).items():
        told(name)
        scores = [method(fold) for fold in folds]
        for title, masks in kept.items():
            found[title][name] = over_folds([*_judged(setup, folds, scores, masks)])
    return [
        Comparison(title, float(np.mean([mask.sum() for mask in masks])), found[title])
        for title, masks in kept.items()
    ]


def compare_warm(setup: Setup, told: Callable[[str], None] = lambda _: None) -> Comparison:
    """Judge all methods on single plays that are held back, among all artists of the file."""
    folds = _reported(warm_folds(setup.listens, setup.folds, setup.seed))
    scores = {}
    for name, method in warm_methods(setup).items():
        told(name)
        scores[name] = over_folds([_judged_warm(setup, fold, method(fold)) for fold in folds])
    return Comparison("Plays held back", float(setup.listens.plays.shape[1]), scores)


def candidate_sets(setup: Setup) -> dict[str, NDArray[np.bool_]]:
    """Which artists may be candidates, by title of the set; one bool for each column."""
    listeners = setup.listens.plays.getnnz(axis=0)
    sets = {
        "Artists held back": listeners > 0,
        f"Artists held back, at most {TAIL_LISTENERS} listeners": (listeners > 0)
        & (listeners <= TAIL_LISTENERS),
        "All described artists without plays": np.ones(len(listeners), dtype=bool),
    }
    if TAGS in setup.rows:
        sets["Artists held back, with crowd tags"] = (listeners > 0) & filled(setup.rows[TAGS])
    return {title: allowed for title, allowed in sets.items() if (allowed & (listeners > 0)).any()}


def _judged(
    setup: Setup,
    folds: Iterable[ColdFold],
    scores: Iterable[NDArray[np.float32]],
    masks: Iterable[NDArray[np.bool_]],
) -> Iterator[Scores]:
    for fold, given, mask in zip(folds, scores, masks, strict=True):
        yield judge(given[:, mask], fold.wanted[:, mask], setup.depth, setup.shallow)


def _judged_warm(setup: Setup, fold: WarmFold, scores: NDArray[np.float32]) -> Scores:
    """Judge scores of all artists, those that the listener plays in training left out."""
    scores = scores.copy()
    scores[fold.plays.nonzero()] = -np.inf
    return judge(scores, fold.wanted.toarray() > 0, setup.depth, setup.shallow)


def _reported(folds: Iterable[Fold]) -> list[Fold]:
    every = list(folds)
    return every[1:] if len(every) > 1 else every
