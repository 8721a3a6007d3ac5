"""How good descriptors are, measured against what people tag the artists with.

Judged are artists with at least 300 words of text and four tags, by their 50 strongest terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from linernotes.evaluation.artists import KnownArtist
from linernotes.evaluation.groups import by_words
from linernotes.evaluation.measuring import Judged
from linernotes.evaluation.records import RELEASE, Measurement
from linernotes.ground_truth import GroundTruthUnusable, TagTruth, tag_key
from nlp.metrics import FEWEST_TAGS, PerQuery, measure_descriptors
from store.described import inferred_terms
from store.lookups import strongest_terms

DESCRIBED_WORDS = 300
STRONGEST_TERMS = 50

TermLists = Mapping[str, Sequence[str]]
"""For each artist, by the key of the name, its strongest terms, strongest first."""


def list_strongest_terms(
    connection: Connection, release_id: int, artists: Mapping[str, KnownArtist]
) -> TermLists:
    """List the strongest terms of each of the artists; one without any has an empty list."""
    ids = [artist.artist_id for artist in artists.values()]
    terms = strongest_terms(connection, release_id, sorted(ids), STRONGEST_TERMS)
    return {key: terms.get(artist.artist_id, []) for key, artist in artists.items()}


def inferred_shares(
    connection: Connection, release_id: int, artists: Mapping[str, KnownArtist], lists: TermLists
) -> dict[str, float]:
    """What share of an artist's listed terms only texts about its neighbours use, where any is such."""
    inferred = inferred_terms(connection, release_id, sorted(a.artist_id for a in artists.values()))
    return {
        key: len(inferred[artist.artist_id].intersection(lists[key])) / len(lists[key])
        for key, artist in artists.items()
        if artist.artist_id in inferred and lists[key]
    }


def judge_descriptors(
    lists: TermLists,
    truth: TagTruth,
    artists: Mapping[str, KnownArtist],
    *,
    file: Path,
    times: int,
    baselines: Callable[[], Mapping[str, TermLists]],
    inferred: Mapping[str, float],
) -> Iterator[Measurement]:
    """Judge the descriptors of the release, and others beside them, which are only made when needed.

    `inferred` is what `inferred_shares` returned.
    Raises GroundTruthUnusable when there is nobody to judge.
    """
    found = _measured(lists, truth)
    if not found.queries:
        raise GroundTruthUnusable(
            f"{file} has no artist with {FEWEST_TAGS} usable tags that has {DESCRIBED_WORDS} words of "
            "text here."
        )
    judged = Judged("descriptors", file.name, by_words(found.queries, artists), times)
    yield judged.count("artists_described", len(lists))
    yield judged.count("artists", len(found.queries))
    yield from judged.means(RELEASE, found)
    if inferred:
        shares = np.array([inferred.get(query, 0.0) for query in found.queries])
        yield from judged.means(RELEASE, PerQuery(found.queries, {"inferred_at_50": shares}))
    others = {method: _measured(theirs, truth) for method, theirs in baselines().items()}
    for method, measured in others.items():
        yield from judged.means(method, measured)
    yield from judged.differences(found, others)


def _measured(lists: TermLists, truth: TagTruth) -> PerQuery[str]:
    """The measures of each artist with enough tags, terms spelt like tags."""
    spelt = {key: [tag_key(term) for term in terms] for key, terms in lists.items()}
    return measure_descriptors(spelt, truth.tags, truth.vocabulary)
