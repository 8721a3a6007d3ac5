"""How good the published release is, measured against ground truth.

The rules are those of the project's reference scoring: names are compared by `store.names.name_key`; ranked
are all artists with at least 100 words of text about them; descriptors are judged for artists with at least
300. Rankings and judging are separate, so that other rankings can be judged beside the release's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine

from linernotes.errors import NoRelease
from linernotes.ground_truth import GroundTruthUnusable, read_similar, read_tags, tag_key
from nlp.metrics import DEEPEST, DescriptorScores, SimilarityScores, score_descriptors, score_similarity
from nlp.neighbours import nearest
from store.described import artists_of, subject_words
from store.lookups import neighbour_lists, published_key, strongest_terms
from store.names import name_key
from store.snapshot import snapshot
from store.vectors import artist_vectors

RANKED_WORDS = 100
DESCRIBED_WORDS = 300
STRONGEST_TERMS = 50


@dataclass(frozen=True, slots=True)
class SimilarEvaluation:
    """How good the similar artists of a release are; `artists` is how many were ranked."""

    release_id: int
    artists: int
    scores: SimilarityScores


@dataclass(frozen=True, slots=True)
class DescriptorEvaluation:
    """How good the descriptors of a release are; `artists` is how many have enough text."""

    release_id: int
    artists: int
    scores: DescriptorScores


@dataclass(frozen=True, slots=True)
class Rankings:
    """Names (as keys) that may be ranked, and for each of them up to 200 others, most similar first."""

    release_id: int
    universe: frozenset[str]
    neighbours: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class TermLists:
    """For each name (as key) with enough text its strongest terms, strongest first."""

    release_id: int
    terms: Mapping[str, list[str]]


def evaluate_similar(engine: Engine, truth_tsv: Path) -> SimilarEvaluation:
    """Judge the similar artists of the published release against a file with columns artist and similar.

    Raises GroundTruthUnusable when the file is of another shape or has no artist in common with the release,
    NoRelease when nothing is published.
    """
    truth = read_similar(truth_tsv)
    rankings = rank_by_similarity(engine)
    try:
        scores = score_similarity(rankings.neighbours, truth, rankings.universe)
    except ValueError:
        raise GroundTruthUnusable(
            f"{truth_tsv} has no pair of artists that both have {RANKED_WORDS} words of text here."
        ) from None
    return SimilarEvaluation(rankings.release_id, len(rankings.universe), scores)


def evaluate_descriptors(engine: Engine, tags_tsv: Path) -> DescriptorEvaluation:
    """Judge the descriptors of the published release against a file with columns artist and tag.

    Columns source and count are used when there. Raises like `evaluate_similar`.
    """
    truth = read_tags(tags_tsv)
    lists = list_strongest_terms(engine)
    terms = {key: [tag_key(term) for term in each] for key, each in lists.terms.items()}
    try:
        scores = score_descriptors(terms, truth.tags, truth.vocabulary)
    except ValueError:
        raise GroundTruthUnusable(
            f"{tags_tsv} has no artist with four usable tags that has {DESCRIBED_WORDS} words of text here."
        ) from None
    return DescriptorEvaluation(lists.release_id, len(terms), scores)


def rank_by_similarity(engine: Engine) -> Rankings:
    """Rank for every artist with enough text the others: the stored neighbours, then on by the vectors."""
    with snapshot(engine) as connection:
        release_id = _release(connection)
        keys = _artists_with_text(connection, RANKED_WORDS)
        ids, matrix = artist_vectors(connection, release_id)
        stored: dict[int, list[int]] = {}
        for artist_id, neighbour_id in neighbour_lists(connection, release_id):
            if artist_id in keys and neighbour_id in keys:
                stored.setdefault(artist_id, []).append(neighbour_id)
    rows = np.flatnonzero(np.isin(ids, list(keys)))
    ranked = ids[rows][nearest(matrix[rows], DEEPEST)[0]]
    neighbours: dict[str, list[str]] = {}
    for artist_id, others in zip(ids[rows].tolist(), ranked.tolist(), strict=True):
        both = dict.fromkeys([*stored.get(artist_id, []), *others])
        neighbours[keys[artist_id]] = [keys[other] for other in both][:DEEPEST]
    return Rankings(release_id, frozenset(keys.values()), neighbours)


def list_strongest_terms(engine: Engine) -> TermLists:
    """List the strongest terms of every artist with enough text; an artist without any has an empty list."""
    with snapshot(engine) as connection:
        release_id = _release(connection)
        keys = _artists_with_text(connection, DESCRIBED_WORDS)
        terms = strongest_terms(connection, release_id, sorted(keys), STRONGEST_TERMS)
    lists: dict[str, list[str]] = {key: [] for key in keys.values()}
    for artist_id, each in terms.items():
        lists[keys[artist_id]] = each
    return TermLists(release_id, lists)


def _release(connection: Connection) -> int:
    release = published_key(connection)
    if release is None:
        raise NoRelease
    return release.release_id


def _artists_with_text(connection: Connection, least: int) -> dict[int, str]:
    """The artists of names with at least so many words: by number, the key of the name.

    Of several artists of one name, which the truth cannot tell apart, the one with the most text stands for
    all, and their words count together.
    """
    words = subject_words(connection)
    names = artists_of(connection, sorted(words))
    totals: dict[str, int] = {}
    chosen: dict[str, int] = {}
    for artist_id in sorted(words, key=lambda each: (-words[each], each)):
        key = name_key(names[artist_id].artist)
        if key:
            totals[key] = totals.get(key, 0) + words[artist_id]
            chosen.setdefault(key, artist_id)
    return {chosen[key]: key for key, total in totals.items() if total >= least}
