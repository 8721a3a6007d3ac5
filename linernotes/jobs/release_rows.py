"""The last stage of mining: from what was learnt to the rows of a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from linernotes.jobs.comparing import comparison_rows
from linernotes.jobs.describing import EPOCH, Described, used_terms
from linernotes.jobs.learning import Learned
from linernotes.jobs.material import Material
from linernotes.jobs.mining import MiningSettings
from nlp.activity import weekly_activity
from nlp.evidence import Evidence
from nlp.neighbours import nearest
from nlp.weights import Weighted
from store.releases import ReleaseRows


def release_rows(
    material: Material, learned: Learned, described: Described, settings: MiningSettings
) -> ReleaseRows:
    """The rows of a release; generators, so that they are made while they are written."""
    return ReleaseRows(
        terms=_term_rows(described),
        descriptors=_descriptor_rows(material, described.weighted),
        evidence=_evidence_rows(material, described.evidence),
        neighbours=_neighbour_rows(material, learned, settings.neighbours),
        vectors=(
            (int(material.artists[row]), len(vector), vector)
            for row, vector in zip(learned.rows.tolist(), learned.vectors, strict=True)
        ),
        activity=_activity_rows(material),
        words=(
            (word, vector.astype("<f4").tobytes())
            for word, vector in list(learned.word_vectors.items())[: settings.search_words]
        ),
        comparisons=comparison_rows(material),
    )


def _term_rows(described: Described) -> Iterator[Sequence[Any]]:
    counts = described.counts
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
            None,
        )


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
    for row, (first, last) in zip(zip(*(c.tolist() for c in columns), strict=True), days, strict=True):
        yield *row, _day(first), _day(last), False


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


def _neighbour_rows(material: Material, learned: Learned, k: int) -> Iterator[Sequence[Any]]:
    numbers, similarities = nearest(learned.vectors, k)
    ids = material.artists[learned.rows]
    for row, artist in enumerate(ids.tolist()):
        for rank, (number, similarity) in enumerate(
            zip(numbers[row].tolist(), similarities[row].tolist(), strict=True), start=1
        ):
            yield artist, rank, int(ids[number]), round(similarity, 6)


def _activity_rows(material: Material) -> Iterator[Sequence[Any]]:
    spans = material.spans
    about = zip(spans.artist[spans.subject].tolist(), spans.document[spans.subject].tolist(), strict=True)
    texts = (
        (artist, material.documents[document].source, published)
        for artist, document in about
        if (published := material.documents[document].published) is not None
    )
    for each in weekly_activity(texts):
        artist = int(material.artists[each.artist])
        yield artist, each.week, each.documents, each.sources, round(each.familiarity, 6), round(each.buzz, 6)
