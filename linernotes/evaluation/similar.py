"""How good similar artists are, measured against pairs that somebody else drew up.

The rules are those of the project's reference scoring: names are compared by `store.names.name_key`; ranked
are all artists with at least 100 words of text about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from linernotes.evaluation.artists import KnownArtist
from linernotes.evaluation.groups import by_familiarity, by_words
from linernotes.evaluation.measuring import Judged
from linernotes.evaluation.records import RELEASE, Measurement
from linernotes.ground_truth import GroundTruthUnusable
from nlp.metrics import DEEPEST, PerQuery, measure_rankings, ranking_hubness
from nlp.neighbours import nearest
from store.lookups import neighbour_lists
from store.vectors import artist_vectors

RANKED_WORDS = 100

Rankings = Mapping[str, list[str]]
"""For each artist, by the key of the name, up to 200 others, most similar first."""
SimilarTruth = Mapping[str, Set[str]]


def rank_by_similarity(
    connection: Connection, release_id: int, artists: Mapping[str, KnownArtist]
) -> Rankings:
    """Rank for each of the artists the others: the stored neighbours, then on by the vectors."""
    keys = {artist.artist_id: key for key, artist in artists.items()}
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
    return neighbours


def judge_rankings(
    rankings: Rankings,
    truth: SimilarTruth,
    artists: Mapping[str, KnownArtist],
    *,
    file: Path,
    times: int,
    baselines: Callable[[], Mapping[str, Rankings]],
) -> Iterator[Measurement]:
    """Judge the rankings of the release, and others beside them, which are only made when needed.

    Raises GroundTruthUnusable when no pair of the truth is among the artists.
    """
    universe = artists.keys()
    found = measure_rankings(rankings, truth, universe)
    if not found.queries:
        raise GroundTruthUnusable(
            f"{file} has no pair of artists that both have {RANKED_WORDS} words of text here."
        )
    groups = {**by_words(found.queries, artists), **by_familiarity(found.queries, artists)}
    judged = Judged("similarity", file.name, groups, times)
    yield judged.count("artists_ranked", len(artists))
    yield judged.count("queries", len(found.queries))
    others: dict[str, PerQuery[str]] = {}
    for method, lists in {RELEASE: rankings, **baselines()}.items():
        measured = found if method == RELEASE else measure_rankings(lists, truth, universe)
        others |= {method: measured} if method != RELEASE else {}
        hubs = ranking_hubness(lists, universe)
        yield from judged.means(method, measured)
        yield judged.count("max_hub", hubs.max_hub, method)
        yield judged.count("anti_hub", hubs.anti_hub, method)
    yield from judged.differences(found, others)
