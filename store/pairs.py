"""What a release knows of artists beside each other: their terms, and sentences that compare them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from store.lookup_records import Comparison, TermOfPair
from store.models import ArtistRow, DocumentRow, ReleaseComparisonRow, ReleaseDescriptorRow, ReleaseTermRow

_TERMS = (
    select(
        ReleaseTermRow.term_id,
        ReleaseTermRow.term,
        ReleaseTermRow.kind,
        ReleaseTermRow.facet,
        ReleaseTermRow.idf,
        ReleaseDescriptorRow.weight,
        ReleaseDescriptorRow.inferred,
    )
    .join(
        ReleaseTermRow,
        and_(
            ReleaseTermRow.release_id == ReleaseDescriptorRow.release_id,
            ReleaseTermRow.term_id == ReleaseDescriptorRow.term_id,
        ),
    )
    .where(
        ReleaseDescriptorRow.release_id == bindparam("release"),
        ReleaseDescriptorRow.artist_id == bindparam("artist"),
    )
)


def terms_of_pair(connection: Connection, release_id: int, a: int, b: int) -> list[TermOfPair]:
    """Return the terms that describe a or b, by number."""
    of_a, of_b = (
        {row.term_id: row for row in connection.execute(_TERMS, {"release": release_id, "artist": artist})}
        for artist in (a, b)
    )
    return [_of_pair(of_a.get(number), of_b.get(number)) for number in sorted(of_a.keys() | of_b.keys())]


def _of_pair(a: Row[*tuple[Any, ...]] | None, b: Row[*tuple[Any, ...]] | None) -> TermOfPair:
    what = a if a is not None else b
    assert what is not None, "one of the two is described with it"
    return TermOfPair(
        what.term_id,
        what.term,
        what.kind,
        what.facet,
        what.idf,
        weight_a=a.weight if a is not None else 0.0,
        weight_b=b.weight if b is not None else 0.0,
        inferred_a=a is not None and a.inferred,
        inferred_b=b is not None and b.inferred,
    )


def comparisons(connection: Connection, release_id: int, a: int, b: int) -> list[Comparison]:
    """Return the sentences that compare a with b, or b with a, newest text first."""
    row = ReleaseComparisonRow
    either = or_(and_(row.artist_id == a, row.other_id == b), and_(row.artist_id == b, row.other_id == a))
    return _compared(connection, release_id, either)


def comparisons_of(connection: Connection, release_id: int, artist_id: int, limit: int) -> list[Comparison]:
    """Return sentences that compare an artist with any other, in texts about either; newest text first."""
    row = ReleaseComparisonRow
    return _compared(
        connection, release_id, or_(row.artist_id == artist_id, row.other_id == artist_id), limit
    )


def _compared(
    connection: Connection, release_id: int, which: ColumnElement[bool], limit: int | None = None
) -> list[Comparison]:
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
        .where(row.release_id == release_id, which)
        .order_by(DocumentRow.published.desc().nulls_last(), row.document_id, row.artist_id, row.other_id)
        .limit(limit)
    )
    return [Comparison(*each) for each in connection.execute(found)]
