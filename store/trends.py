"""How often descriptors were used about artists, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from store.lookup_records import ArtistEntry, WeekCount
from store.models import ArtistRow, ReleaseActivityRow, ReleaseTermRow, ReleaseTermWeekRow

_WEEKS = (
    ReleaseTermWeekRow.week,
    ReleaseTermWeekRow.documents,
    ReleaseTermWeekRow.sources,
)


def documents_by_week(connection: Connection, release_id: int) -> list[tuple[date, int]]:
    """Return how many documents about artists each week has, earliest first; empty weeks are left out."""
    row = ReleaseActivityRow
    found = select(row.week, func.sum(row.documents)).where(row.release_id == release_id)
    return [
        (week, int(total)) for week, total in connection.execute(found.group_by(row.week).order_by(row.week))
    ]


def has_term_weeks(connection: Connection, release_id: int) -> bool:
    """Whether a release keeps the use of descriptors by week; those made earlier do not."""
    row = ReleaseTermWeekRow
    found = select(row.artist_id).where(row.release_id == release_id).limit(1)
    return connection.execute(found).first() is not None


def weeks_of_artist(
    connection: Connection, release_id: int, artist_id: int, since: date
) -> dict[tuple[str, str], list[WeekCount]]:
    """Return the use of an artist's terms, as (term, facet), week by week.

    Only of those that were used in the week of `since` or later: of others nothing rises.
    """
    row = ReleaseTermWeekRow
    lately = select(row.term_id).where(
        row.release_id == release_id, row.artist_id == artist_id, row.week >= since
    )
    found = (
        select(ReleaseTermRow.term, ReleaseTermRow.facet, *_WEEKS)
        .join(
            ReleaseTermRow,
            (ReleaseTermRow.release_id == row.release_id) & (ReleaseTermRow.term_id == row.term_id),
        )
        .where(row.release_id == release_id, row.artist_id == artist_id, row.term_id.in_(lately))
        .order_by(ReleaseTermRow.term, row.week)
    )
    weeks: dict[tuple[str, str], list[WeekCount]] = {}
    for term, facet, week, documents, sources in connection.execute(found):
        weeks.setdefault((term, facet), []).append(WeekCount(week, documents, sources))
    return weeks


def weeks_of_term(
    connection: Connection, release_id: int, term_ids: Sequence[int], since: date
) -> dict[ArtistEntry, list[WeekCount]]:
    """Return the use of a term (of several kinds: one after the other) about artists, week by week.

    Only about those about whom it was used in the week of `since` or later.
    """
    row = ReleaseTermWeekRow
    lately = select(row.artist_id).where(
        row.release_id == release_id, row.term_id.in_(term_ids), row.week >= since
    )
    found = (
        select(ArtistRow.id, ArtistRow.name, ArtistRow.mbid, *_WEEKS)
        .join(ArtistRow, ArtistRow.id == row.artist_id)
        .where(row.release_id == release_id, row.term_id.in_(term_ids), row.artist_id.in_(lately))
        .order_by(ArtistRow.id, row.week)
    )
    weeks: dict[ArtistEntry, list[WeekCount]] = {}
    for number, name, mbid, week, documents, sources in connection.execute(found):
        weeks.setdefault(ArtistEntry(number, name, mbid), []).append(WeekCount(week, documents, sources))
    return weeks


def documents_of_terms(
    connection: Connection, release_id: int, term_ids: Sequence[int]
) -> list[tuple[date, int]]:
    """Return how often documents use terms of artists, week by week, earliest first.

    A document that uses it of two artists counts twice.
    """
    row = ReleaseTermWeekRow
    found = (
        select(row.week, func.sum(row.documents))
        .where(row.release_id == release_id, row.term_id.in_(term_ids))
        .group_by(row.week)
        .order_by(row.week)
    )
    return [(week, int(total)) for week, total in connection.execute(found)]
