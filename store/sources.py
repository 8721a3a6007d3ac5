"""Sources and their rounds: a round visits every known page of a source once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select, update

from store.errors import LinernotesError
from store.forgotten import forgotten_among, host_names
from store.models import PageRow, SourceRow
from store.records import Source, SourceKind
from store.upserts import insert_or

# Lower is fetched first: what announces pages, then pages never seen, then those seen before.
SEED_PRIORITY = 0
FRESH_PRIORITY = 1_000
REVISIT_PRIORITY = 10_000


class SourceForgotten(LinernotesError):
    """The URL or its host was forgotten on request and is not to come back."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source with what is known of its latest round."""

    source: Source
    added_at: datetime
    round_started_at: datetime | None
    round_finished_at: datetime | None
    due_at: datetime
    error: str | None
    pages: int
    queued: int


def add_source(connection: Connection, source: Source, now: datetime) -> Source:
    """Store a source, or change kind, scope and interval of the one with its URL; due at once.

    Returns it with its id. Raises SourceForgotten for what `forget` has blocked.
    """
    values = {"kind": source.kind, "scope": source.scope, "interval_seconds": source.interval_seconds}
    _refuse_forgotten(connection, source.url)
    statement = insert_or(connection, SourceRow).values(url=source.url, added_at=now, due_at=now, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))
    row = connection.execute(select(SourceRow.__table__).where(SourceRow.url == source.url)).one()
    return _source(row)


def list_sources(connection: Connection) -> list[SourceStatus]:
    """Return all sources in the order they were added, with their page counts."""
    counts = (
        select(
            PageRow.source_id,
            func.count().label("pages"),
            func.sum(case((PageRow.state == "queued", 1), else_=0)).label("queued"),
        )
        .group_by(PageRow.source_id)
        .subquery()
    )
    rows = connection.execute(
        select(SourceRow.__table__, counts.c.pages, counts.c.queued)
        .outerjoin(counts, counts.c.source_id == SourceRow.id)
        .order_by(SourceRow.id)
    )
    return [_status(row) for row in rows]


def begin_rounds(connection: Connection, now: datetime, *, due_only: bool) -> list[Source]:
    """Open a round for each source, or for each that is due, and return these sources.

    An unfinished round is continued: what it has visited stays visited. A new one queues all known pages
    again, except those gone for good (HTTP 410).
    """
    wanted = select(SourceRow.__table__).order_by(SourceRow.id)
    if due_only:
        wanted = wanted.where(or_(SourceRow.due_at <= now, _round_open()))
    rows = connection.execute(wanted).all()
    for row in rows:
        if row.round_started_at is None or row.round_finished_at is not None:
            _begin_round(connection, _source(row), now)
    return [_source(row) for row in rows]


def finish_rounds(connection: Connection, now: datetime) -> list[int]:
    """Close each open round that has no page queued any more, set when the next is due; return the ids."""
    queued = exists().where(PageRow.source_id == SourceRow.id, PageRow.state == "queued")
    done = connection.execute(
        select(SourceRow.id, SourceRow.interval_seconds).where(_round_open(), ~queued)
    ).all()
    for row in done:
        due = now + timedelta(seconds=row.interval_seconds)
        connection.execute(
            update(SourceRow).where(SourceRow.id == row.id).values(round_finished_at=now, due_at=due)
        )
    return [row.id for row in done]


def correct_source(
    connection: Connection, source_id: int, *, kind: SourceKind | None = None, scope: str | None = None
) -> None:
    """Store what the first answer taught: the real kind, or the scope after a move to another host."""
    values = {name: value for name, value in (("kind", kind), ("scope", scope)) if value is not None}
    if values:
        connection.execute(update(SourceRow).where(SourceRow.id == source_id).values(**values))


def set_source_error(connection: Connection, source_id: int, error: str | None) -> None:
    """Record why the source could not be read in this round, or that it could (None)."""
    connection.execute(update(SourceRow).where(SourceRow.id == source_id).values(error=error))


def _begin_round(connection: Connection, source: Source, now: datetime) -> None:
    again = and_(
        PageRow.source_id == source.id,
        PageRow.state != "queued",
        or_(PageRow.http_status.is_(None), PageRow.http_status != 410),
    )
    requeued = {"state": "queued", "due_at": now, "attempts": 0}
    connection.execute(
        update(PageRow).where(again).values(**requeued, priority=REVISIT_PRIORITY + PageRow.depth)
    )
    _queue_seed(connection, source, now)
    connection.execute(
        update(SourceRow)
        .where(SourceRow.id == source.id)
        .values(round_started_at=now, round_finished_at=None, error=None)
    )


def _queue_seed(connection: Connection, source: Source, now: datetime) -> None:
    """Queue the source's own URL, also when it was found before as a page of another source."""
    seed = {
        "source_id": source.id,
        "role": "page" if source.kind == "site" else source.kind,
        "depth": 0,
        "priority": SEED_PRIORITY,
        "state": "queued",
        "due_at": now,
        "attempts": 0,
    }
    statement = insert_or(connection, PageRow).values(url=source.url, host=host_names(source.url)[0], **seed)
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=seed))


def _refuse_forgotten(connection: Connection, url: str) -> None:
    blocked = forgotten_among(connection, [url]).get(url)
    if blocked is not None:
        raise SourceForgotten(f"{url} cannot be a source: {blocked} was forgotten on request.")


def _round_open() -> ColumnElement[bool]:
    return and_(SourceRow.round_started_at.is_not(None), SourceRow.round_finished_at.is_(None))


def _source(row: Row[Any]) -> Source:
    return Source(
        url=row.url,
        kind=cast(SourceKind, row.kind),
        interval_seconds=row.interval_seconds,
        scope=row.scope,
        id=row.id,
    )


def _status(row: Row[Any]) -> SourceStatus:
    return SourceStatus(
        source=_source(row),
        added_at=row.added_at,
        round_started_at=row.round_started_at,
        round_finished_at=row.round_finished_at,
        due_at=row.due_at,
        error=row.error,
        pages=row.pages or 0,
        queued=row.queued or 0,
    )
