"""The terms of a release, and the artists that each describes, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from store.artists import HIGHEST_CHARACTER
from store.models import ArtistRow, ReleaseDescriptorRow, ReleaseTermRow


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term of a release: its number there, kind and facet, and how many artists it describes."""

    term_id: int
    term: str
    kind: str
    facet: str
    artists: int


@dataclass(frozen=True, slots=True)
class TermArtist:
    """An artist that a term describes, as strongly as `weight` (0 to 1); see Descriptor for the counts."""

    artist_id: int
    artist: str
    mbid: str | None
    weight: float
    documents: int
    sources: int
    inferred: bool


_ENTRY = select(
    ReleaseTermRow.term_id,
    ReleaseTermRow.term,
    ReleaseTermRow.kind,
    ReleaseTermRow.facet,
    ReleaseTermRow.artists,
)


def terms_by_use(
    connection: Connection,
    release_id: int,
    prefix: str | None = None,
    *,
    facet: str | None = None,
    kind: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[TermEntry]:
    """Return terms, those that describe most artists first; of a prefix, facet or kind when given."""
    row = ReleaseTermRow
    found = _ENTRY.where(row.release_id == release_id)
    if prefix:
        begins = prefix.lower()
        found = found.where(row.term.between(begins, begins + HIGHEST_CHARACTER))
    if facet is not None:
        found = found.where(row.facet == facet)
    if kind is not None:
        found = found.where(row.kind == kind)
    found = found.order_by(row.artists.desc(), row.term, row.term_id).limit(limit).offset(offset)
    return [TermEntry(*each) for each in connection.execute(found)]


def entries_of_term(connection: Connection, release_id: int, term: str) -> list[TermEntry]:
    """Return what a release knows of a term: an entry for each of its kinds and facets."""
    found = _ENTRY.where(ReleaseTermRow.release_id == release_id, ReleaseTermRow.term == term)
    entries = [TermEntry(*each) for each in connection.execute(found)]
    return sorted(entries, key=lambda each: (-each.artists, each.term_id))


def artists_of_term(
    connection: Connection, release_id: int, term_ids: Sequence[int], limit: int, offset: int = 0
) -> list[TermArtist]:
    """Return the artists described with one of the terms, the strongest descriptor of each first."""
    row = ReleaseDescriptorRow
    place = func.row_number().over(partition_by=row.artist_id, order_by=(row.weight.desc(), row.term_id))
    of_terms = (
        select(row.artist_id, row.weight, row.documents, row.sources, row.inferred, place.label("place"))
        .where(row.release_id == release_id, row.term_id.in_(term_ids))
        .subquery()
    )
    each = of_terms.c
    found = (
        select(
            ArtistRow.id,
            ArtistRow.name,
            ArtistRow.mbid,
            each.weight,
            each.documents,
            each.sources,
            each.inferred,
        )
        .join(of_terms, and_(ArtistRow.id == each.artist_id, each.place == 1))
        .order_by(each.weight.desc(), ArtistRow.key, ArtistRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [TermArtist(*one) for one in connection.execute(found)]
