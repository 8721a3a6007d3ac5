"""What a page about an artist shows beside descriptors and neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from store.batches import batches
from store.lookup_records import Comparison
from store.models import (
    ArtistAliasRow,
    ArtistRow,
    DocumentRow,
    ReleaseComparisonRow,
    ReleaseEvidenceRow,
    ReleaseTermRow,
)


@dataclass(frozen=True, slots=True)
class ArtistFacts:
    """What the registry says of an artist; `begin` and `end` are ISO 8601, to the day, month or year."""

    artist_id: int
    artist: str
    mbid: str | None
    disambiguation: str | None
    country: str | None
    begin: str | None
    end: str | None
    aliases: tuple[str, ...] = ()


def facts_of(connection: Connection, artist_id: int, aliases: int = 5) -> ArtistFacts | None:
    """Return what the registry says of an artist, with up to `aliases` aliases; None for no such number."""
    row = ArtistRow
    wanted = select(row.id, row.name, row.mbid, row.disambiguation, row.country, row.begin, row.end)
    found = connection.execute(wanted.where(row.id == artist_id)).first()
    if found is None:
        return None
    also = select(ArtistAliasRow.alias).where(ArtistAliasRow.artist_id == artist_id)
    names = connection.scalars(also.order_by(ArtistAliasRow.alias).limit(aliases))
    return ArtistFacts(*found, aliases=tuple(names))


def disambiguations(connection: Connection, artist_ids: Iterable[int]) -> dict[int, str]:
    """Return what tells artists from others of their name, for those that have it."""
    found: dict[int, str] = {}
    for batch in batches(sorted(set(artist_ids))):
        row = ArtistRow
        wanted = select(row.id, row.disambiguation).where(row.id.in_(batch), row.disambiguation.is_not(None))
        found |= {number: text for number, text in connection.execute(wanted) if text}
    return found


def evidence_counts(connection: Connection, release_id: int, artist_id: int) -> dict[str, int]:
    """Return how many sentences are kept for each term of an artist; terms without are left out."""
    row, term = ReleaseEvidenceRow, ReleaseTermRow
    found = (
        select(term.term, func.count())
        .join_from(row, term, and_(term.release_id == row.release_id, term.term_id == row.term_id))
        .where(row.release_id == release_id, row.artist_id == artist_id)
        .group_by(term.term)
    )
    return dict(connection.execute(found).all())


def comparisons_of(connection: Connection, release_id: int, artist_id: int, limit: int) -> list[Comparison]:
    """Return sentences that compare an artist with any other, in texts about either; newest text first."""
    row, one, other = ReleaseComparisonRow, aliased(ArtistRow), aliased(ArtistRow)
    found = (
        select(
            one.id,
            one.name,
            other.id,
            other.name,
            func.substr(DocumentRow.text, row.start + 1, row.end - row.start),
            DocumentRow.url,
            DocumentRow.title,
            DocumentRow.source,
            DocumentRow.published,
        )
        .join_from(row, one, one.id == row.artist_id)
        .join(other, other.id == row.other_id)
        .join(DocumentRow, DocumentRow.id == row.document_id)
        .where(row.release_id == release_id, or_(row.artist_id == artist_id, row.other_id == artist_id))
        .order_by(DocumentRow.published.desc().nulls_last(), row.document_id, row.artist_id, row.other_id)
        .limit(limit)
    )
    return [Comparison(*each) for each in connection.execute(found)]
