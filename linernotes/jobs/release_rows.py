"""The last stage of mining: from what was learnt to the rows of a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from linernotes.jobs.comparing import comparison_rows
from linernotes.jobs.describing import EPOCH, Described, used_terms
from linernotes.jobs.learning import Learned
from linernotes.jobs.mapping import DrawnMap
from linernotes.jobs.material import Material
from linernotes.jobs.mining import MiningSettings
from linernotes.jobs.timing import activity_rows, artist_rows, calendar_of, term_week_rows
from linernotes.jobs.unknown_artists import UnknownArtists
from nlp.directions import term_directions
from nlp.evidence import Evidence
from nlp.layout import NEIGHBOURS
from nlp.overrides import Neighbours
from nlp.weights import Weighted
from store.releases import ReleaseRows

Near = tuple[NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Mined:
    """All that a release is made of.

    `near` are the nearest artists of each of `learned.rows`, as many as `neighbours_wanted` says; `drawn` is
    None when there is no map.
    """

    material: Material
    learned: Learned
    described: Described
    unknown: UnknownArtists
    near: Near
    drawn: DrawnMap | None


def release_rows(mined: Mined, settings: MiningSettings) -> ReleaseRows:
    """The rows of a release; generators, so that they are made while they are written."""
    material, learned, described = mined.material, mined.learned, mined.described
    calendar = calendar_of(material)
    return ReleaseRows(
        terms=_term_rows(described, learned),
        descriptors=_descriptor_rows(material, described.weighted),
        evidence=_evidence_rows(material, described.evidence),
        neighbours=_neighbour_rows(material, learned, mined.near, settings.neighbours),
        vectors=(
            (int(material.artists[row]), len(vector), vector)
            for row, vector in zip(learned.rows.tolist(), learned.vectors, strict=True)
        ),
        activity=activity_rows(material, calendar),
        words=(
            (word, vector.astype("<f4").tobytes())
            for word, vector in list(learned.word_vectors.items())[: settings.search_words]
        ),
        artists=artist_rows(material, calendar),
        term_weeks=term_week_rows(material, described, calendar),
        candidates=mined.unknown.candidates,
        candidate_evidence=mined.unknown.evidence,
        overrides=material.editing.rows(),
        comparisons=comparison_rows(material),
        regions=mined.drawn.region_rows() if mined.drawn else (),
        map=mined.drawn.rows() if mined.drawn else (),
    )


def _term_rows(described: Described, learned: Learned) -> Iterator[Sequence[Any]]:
    counts = described.counts
    directions = _directions(described, learned)
    artists = np.bincount(described.weighted.term, minlength=len(counts.terms))
    total = len(np.unique(described.weighted.artist))
    for term in used_terms(described).tolist():
        idf = float(np.log((1 + total) / (1 + artists[term])) + 1)
        yield (
            term,
            counts.terms[term],
            counts.kinds[term],
            described.facets[term],
            int(artists[term]),
            idf,
            directions[term],
        )


def _directions(described: Described, learned: Learned) -> NDArray[np.float32]:
    """What each term adds to a vector, from the descriptors that the artists' own texts gave."""
    weighted = described.weighted
    place = np.searchsorted(learned.rows, weighted.artist)
    place[place == len(learned.rows)] = 0
    known = ~weighted.inferred & np.isin(weighted.artist, learned.rows)
    weights = sp.csr_matrix(
        (weighted.weight[known].astype(np.float32), (place[known], weighted.term[known])),
        shape=(len(learned.rows), len(described.counts.terms)),
    )
    return term_directions(weights, learned.vectors)


def _descriptor_rows(material: Material, weighted: Weighted) -> Iterator[Sequence[Any]]:
    columns = (
        material.artists[weighted.artist],
        weighted.term,
        np.round(weighted.weight, 6),
        weighted.frequency,
        weighted.documents,
        weighted.sources,
    )
    days = zip(weighted.first_day.tolist(), weighted.last_day.tolist(), strict=True)
    rows = zip(
        zip(*(c.tolist() for c in columns), strict=True), days, weighted.inferred.tolist(), strict=True
    )
    for row, (first, last), inferred in rows:
        yield *row, _day(first), _day(last), inferred


def _day(number: int) -> date | None:
    """The day of a day number; None for the marks of an unknown day at either end."""
    return EPOCH + timedelta(days=number) if abs(number) < 10**6 else None


def _evidence_rows(material: Material, evidence: Evidence) -> Iterator[Sequence[Any]]:
    ids = np.array([document.id for document in material.documents], dtype=np.int64)
    columns = (
        material.artists[evidence.artist],
        evidence.term,
        ids[evidence.document],
        evidence.start,
        evidence.end,
    )
    yield from zip(*(column.tolist() for column in columns), strict=True)


def neighbours_wanted(material: Material, settings: MiningSettings) -> int:
    """How many neighbours must be known so that enough are left when editors' have been taken out."""
    return max(settings.neighbours + material.editing.most_forbidden, NEIGHBOURS)


def _neighbour_rows(material: Material, learned: Learned, near: Near, k: int) -> Iterator[Sequence[Any]]:
    editing = material.editing
    numbers, similarities = (each[:, : k + editing.most_forbidden] for each in near)
    ids = material.artists[learned.rows]
    for row, artist in enumerate(ids.tolist()):
        found = list(zip(ids[numbers[row]].tolist(), similarities[row].tolist(), strict=True))
        yield from _ranked(artist, editing.neighbours(artist, found, k))
    for artist in editing.only_pinned(ids.tolist()):
        yield from _ranked(artist, editing.neighbours(artist, [], k))


def _ranked(artist: int, near: Neighbours) -> Iterator[Sequence[Any]]:
    for rank, (number, similarity) in enumerate(near, start=1):
        yield artist, rank, number, round(similarity, 6)
