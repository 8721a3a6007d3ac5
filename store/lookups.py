"""The queries behind look-ups. All read one release, named by its number, so that no answer mixes two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from store.batches import BATCH, batches
from store.lookup_records import (
    Activity,
    Descriptor,
    Evidence,
    ReleaseKey,
    StoredNeighbour,
)
from store.models import (
    ArtistRow,
    DocumentRow,
    PublishedReleaseRow,
    ReleaseActivityRow,
    ReleaseDescriptorRow,
    ReleaseEvidenceRow,
    ReleaseNeighbourRow,
    ReleaseRow,
    ReleaseTermRow,
    ReleaseVectorRow,
)
from store.prepared import Prepared

# Statements of the look-ups that are asked most are built and compiled once: that takes SQLAlchemy several
# times as long as SQLite takes to answer.
_PUBLISHED = Prepared(
    select(ReleaseRow.id, ReleaseRow.created, ReleaseRow.artists).join(
        PublishedReleaseRow, PublishedReleaseRow.release_id == ReleaseRow.id
    )
)
_NEIGHBOURS = Prepared(
    select(
        ArtistRow.id,
        ArtistRow.name,
        ArtistRow.mbid,
        ReleaseNeighbourRow.rank,
        ReleaseNeighbourRow.similarity,
    )
    .join(ArtistRow, ArtistRow.id == ReleaseNeighbourRow.neighbour_id)
    .where(
        ReleaseNeighbourRow.release_id == bindparam("release"),
        ReleaseNeighbourRow.artist_id == bindparam("artist"),
    )
    .order_by(ReleaseNeighbourRow.rank)
    .limit(bindparam("limit"))
)


def published_key(connection: Connection) -> ReleaseKey | None:
    """Return what identifies the published release; None before the first one."""
    rows = _PUBLISHED.rows(connection)
    return ReleaseKey(*rows[0]) if rows else None


def stored_neighbours(
    connection: Connection, release_id: int, artist_id: int, limit: int
) -> list[StoredNeighbour]:
    """Return the stored neighbours of an artist, nearest first."""
    asked = {"release": release_id, "artist": artist_id, "limit": limit}
    return [StoredNeighbour(*row) for row in _NEIGHBOURS.rows(connection, asked)]


def neighbour_lists(connection: Connection, release_id: int) -> Iterator[tuple[int, int]]:
    """Every stored pair as (artist id, neighbour id): by artist, nearest first."""
    pairs = (
        select(ReleaseNeighbourRow.artist_id, ReleaseNeighbourRow.neighbour_id)
        .where(ReleaseNeighbourRow.release_id == release_id)
        .order_by(ReleaseNeighbourRow.artist_id, ReleaseNeighbourRow.rank)
    )
    for row in connection.execution_options(yield_per=BATCH).execute(pairs):
        yield row[0], row[1]


def stored_rank(
    connection: Connection, release_id: int, artist_id: int, other_id: int
) -> tuple[int, float] | None:
    """Return (rank, similarity) of `other_id` among the stored neighbours of `artist_id`, or None."""
    wanted = select(ReleaseNeighbourRow.rank, ReleaseNeighbourRow.similarity).where(
        ReleaseNeighbourRow.release_id == release_id,
        ReleaseNeighbourRow.artist_id == artist_id,
        ReleaseNeighbourRow.neighbour_id == other_id,
    )
    row = connection.execute(wanted).first()
    return None if row is None else (row[0], row[1])


_ONE, _OTHER = aliased(ReleaseDescriptorRow), aliased(ReleaseDescriptorRow)
_BOTH = and_(_OTHER.release_id == _ONE.release_id, _OTHER.term_id == _ONE.term_id)
_TERM_OF_ONE = and_(ReleaseTermRow.release_id == _ONE.release_id, ReleaseTermRow.term_id == _ONE.term_id)
# Inferred terms come from the neighbours, so they cannot explain them.
_WRITTEN = (_ONE.inferred.is_(False), _OTHER.inferred.is_(False))
_SHARED_TERMS = (
    select(_OTHER.artist_id, ReleaseTermRow.term, func.sum(_ONE.weight * _OTHER.weight * ReleaseTermRow.idf))
    .select_from(_ONE)
    .join(_OTHER, _BOTH)
    .join(ReleaseTermRow, _TERM_OF_ONE)
    .where(
        _ONE.release_id == bindparam("release"),
        _OTHER.release_id == bindparam("release"),
        *_WRITTEN,
        _ONE.artist_id.in_(bindparam("seeds", expanding=True)),
        _OTHER.artist_id.in_(bindparam("candidates", expanding=True)),
    )
    .group_by(_OTHER.artist_id, ReleaseTermRow.term)
)


def shared_terms(
    connection: Connection, release_id: int, seeds: Sequence[int], candidates: Sequence[int]
) -> dict[int, list[tuple[str, float]]]:
    """For each candidate the terms it shares with the seeds, each with its joint strength.

    That is the product of the two weights and the term's inverse document frequency (without which "band"
    and "album" would always lead), summed over the seeds. Strongest first; equal ones alphabetically.
    Candidates that share nothing are left out.
    """
    shared: dict[int, list[tuple[str, float]]] = {}
    for batch in batches(candidates):
        asked = {"release": release_id, "seeds": list(seeds), "candidates": list(batch)}
        for artist_id, term, product in connection.execute(_SHARED_TERMS, asked):
            shared.setdefault(artist_id, []).append((term, product))
    for terms in shared.values():
        terms.sort(key=lambda term: (-term[1], term[0]))
    return shared


def descriptors(
    connection: Connection,
    release_id: int,
    artist_id: int,
    *,
    facet: str | None = None,
    kind: str | None = None,
    limit: int,
) -> list[Descriptor]:
    """Return what an artist is described with, strongest first, of one facet or kind when given."""
    row = ReleaseDescriptorRow
    found = (
        select(
            ReleaseTermRow.term,
            ReleaseTermRow.kind,
            ReleaseTermRow.facet,
            row.weight,
            row.frequency,
            row.documents,
            row.sources,
            row.first_seen,
            row.last_seen,
            row.inferred,
        )
        .join(ReleaseTermRow, _term_of(row))
        .where(row.release_id == release_id, row.artist_id == artist_id)
        .order_by(row.weight.desc(), row.inferred, ReleaseTermRow.term)
        .limit(limit)
    )
    if facet is not None:
        found = found.where(ReleaseTermRow.facet == facet)
    if kind is not None:
        found = found.where(ReleaseTermRow.kind == kind)
    return [Descriptor(**each) for each in connection.execute(found).mappings()]


def strongest_terms(
    connection: Connection, release_id: int, artist_ids: Sequence[int], limit: int
) -> dict[int, list[str]]:
    """Return up to `limit` terms of each of the artists, strongest first; artists without are left out."""
    row = ReleaseDescriptorRow
    place = func.row_number().over(
        partition_by=row.artist_id, order_by=(row.weight.desc(), ReleaseTermRow.term)
    )
    found: dict[int, list[str]] = {}
    for batch in batches(artist_ids):
        ranked = (
            select(row.artist_id, ReleaseTermRow.term, place.label("place"))
            .join(ReleaseTermRow, _term_of(row))
            .where(row.release_id == release_id, row.artist_id.in_(batch))
            .subquery()
        )
        strongest = select(ranked.c.artist_id, ranked.c.term).where(ranked.c.place <= limit)
        for artist_id, term in connection.execute(strongest.order_by(ranked.c.artist_id, ranked.c.place)):
            found.setdefault(artist_id, []).append(term)
    return found


def evidence(
    connection: Connection, release_id: int, artist_id: int, terms: Sequence[str]
) -> dict[str, list[Evidence]]:
    """Return the sentences in which an artist is described with each of `terms`, newest text first.

    Terms without a sentence are left out.
    """
    row = ReleaseEvidenceRow
    quote = func.substr(DocumentRow.text, row.start + 1, row.end - row.start)
    origin = (DocumentRow.url, DocumentRow.title, DocumentRow.source, DocumentRow.published)
    found = (
        select(ReleaseTermRow.term, quote, *origin)
        .join_from(row, ReleaseTermRow, _term_of(row))
        .join(DocumentRow, DocumentRow.id == row.document_id)
        .where(row.release_id == release_id, row.artist_id == artist_id, ReleaseTermRow.term.in_(terms))
        .order_by(DocumentRow.published.desc().nulls_last(), row.document_id, row.start)
    )
    quotes: dict[str, list[Evidence]] = {}
    for term, *each in connection.execute(found):
        quotes.setdefault(term, []).append(Evidence(*each))
    return quotes


def vector_dimensions(connection: Connection, release_id: int) -> int:
    """Return the length of the vectors of a release; 1 when it has none."""
    row = ReleaseVectorRow
    found = select(row.dimensions).where(row.release_id == release_id).order_by(row.artist_id).limit(1)
    return connection.scalar(found) or 1


def activity(connection: Connection, release_id: int, artist_id: int) -> list[Activity]:
    """Return how much was written about an artist, earliest week first; weeks without any are left out."""
    row = ReleaseActivityRow
    found = (
        select(row.week, row.documents, row.sources, row.familiarity, row.buzz)
        .where(row.release_id == release_id, row.artist_id == artist_id)
        .order_by(row.week)
    )
    return [Activity(*each) for each in connection.execute(found)]


def _term_of(row: type[ReleaseDescriptorRow] | type[ReleaseEvidenceRow]) -> ColumnElement[bool]:
    return and_(ReleaseTermRow.release_id == row.release_id, ReleaseTermRow.term_id == row.term_id)
