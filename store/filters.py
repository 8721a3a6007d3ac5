"""What look-ups filter artists by: how much is written about them, descriptors of a facet, the registry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, or_, select

from store.batches import batches
from store.lookup_records import ArtistSummary
from store.models import (
    ArtistRow,
    ReleaseArtistRow,
    ReleaseDescriptorRow,
    ReleaseTermRow,
    ReleaseVectorRow,
)


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """How much a release knows of its artists: parallel arrays, by number of artist."""

    ids: NDArray[np.int64]
    words: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    familiarity: NDArray[np.float64]
    buzz: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FacetTable:
    """The descriptors of one facet, by artist: its number, the place of the term in `terms`, the weight."""

    terms: tuple[str, ...]
    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What the registry says of an artist of the release: where from, and from when to when (ISO 8601)."""

    artist_id: int
    country: str | None
    begin: str | None
    end: str | None


_SUMMARY = select(
    ReleaseArtistRow.artist_id,
    ReleaseArtistRow.words,
    ReleaseArtistRow.documents,
    ReleaseArtistRow.sources,
    ReleaseArtistRow.familiarity,
    ReleaseArtistRow.buzz,
)


def summary_of(connection: Connection, release_id: int, artist_id: int) -> ArtistSummary | None:
    """Return how much a release knows of an artist; None when it keeps nothing of it."""
    found = _SUMMARY.where(ReleaseArtistRow.release_id == release_id, ReleaseArtistRow.artist_id == artist_id)
    row = connection.execute(found).first()
    return None if row is None else ArtistSummary(*row)


def summaries(connection: Connection, release_id: int) -> SummaryTable:
    """Return how much a release knows of each artist; empty for a release that did not keep it."""
    found = _SUMMARY.where(ReleaseArtistRow.release_id == release_id).order_by(ReleaseArtistRow.artist_id)
    rows = connection.execute(found).all()
    ids, words, documents, sources, familiarity, buzz = list(zip(*rows, strict=True)) or [()] * 6
    return SummaryTable(
        np.array(ids, dtype=np.int64),
        np.array(words, dtype=np.int64),
        np.array(documents, dtype=np.int64),
        np.array(sources, dtype=np.int64),
        np.array(familiarity, dtype=np.float64),
        np.array(buzz, dtype=np.float64),
    )


def facet_uses(connection: Connection, release_id: int, facet: str) -> FacetTable:
    """Return all descriptors of a facet, those that were only inferred left out."""
    term, use = ReleaseTermRow, ReleaseDescriptorRow
    named = select(term.term_id, term.term).where(term.release_id == release_id, term.facet == facet)
    terms = connection.execute(named.order_by(term.term_id)).all()
    numbers = [row.term_id for row in terms]
    rows: list[tuple[int, int, float]] = []
    for batch in batches(numbers):  # by the index of terms; a join would go through all descriptors
        found = select(use.artist_id, use.term_id, use.weight).where(
            use.release_id == release_id, use.term_id.in_(batch), use.inferred.is_(False)
        )
        rows += ((artist, number, weight) for artist, number, weight in connection.execute(found))
    rows.sort()
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    place = np.searchsorted(np.array(numbers, dtype=np.int64), table[:, 1].astype(np.int64))
    return FacetTable(tuple(row.term for row in terms), table[:, 0].astype(np.int64), place, table[:, 2])


def registry_facts(connection: Connection, release_id: int) -> list[RegistryFacts]:
    """Return what the registry says of the artists of a release that it places anywhere in space or time."""
    found = (
        select(ArtistRow.id, ArtistRow.country, ArtistRow.begin, ArtistRow.end)
        .join(ReleaseVectorRow, ReleaseVectorRow.artist_id == ArtistRow.id)
        .where(
            ReleaseVectorRow.release_id == release_id,
            or_(ArtistRow.country.is_not(None), ArtistRow.begin.is_not(None)),
        )
        .order_by(ArtistRow.id)
    )
    return [RegistryFacts(*row) for row in connection.execute(found)]
