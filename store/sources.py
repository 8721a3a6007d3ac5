"""Sources and their rounds: a round visits every known page of a source once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select, update

from store.domains import domain_of, wake_domains
from store.errors import LinernotesError
from store.forgotten import forgotten_among, host_names
from store.models import PageRow, SourceRow
from store.records import Source, SourceKind
from store.revisits import SLOWEST_SOURCE, adapted
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

    An unfinished round is continued: what it has visited stays visited. A new one queues the source and
    the pages known of it, with `due_only` those whose time has come, but none gone for good (HTTP 410).
    """
    # Locked, so that two processes that begin at once do not both open a round.
    wanted = select(SourceRow.__table__).order_by(SourceRow.id).with_for_update()
    if due_only:
        wanted = wanted.where(or_(SourceRow.due_at <= now, round_open()))
    rows = connection.execute(wanted).all()
    for row in rows:
        if row.round_started_at is None or row.round_finished_at is not None:
            _begin_round(connection, _source(row), now, due_only=due_only)
    return [_source(row) for row in rows]


def finish_rounds(connection: Connection, now: datetime) -> list[int]:
    """Close each open round that has no page queued any more, set when the next is due; return the ids.

    A round that brought no new or changed page puts the next one off (`store.revisits`).
    """
    queued = exists().where(PageRow.source_id == SourceRow.id, PageRow.state == "queued")
    news = exists().where(
        PageRow.source_id == SourceRow.id,
        PageRow.state.in_(("fetched", "failed")),
        PageRow.role == "page",
        PageRow.changed_at >= SourceRow.round_started_at,
    )
    columns = (SourceRow.id, SourceRow.interval_seconds, SourceRow.revisit_seconds)
    done = connection.execute(select(*columns, news.label("news")).where(round_open(), ~queued)).all()
    for row in done:
        low = row.interval_seconds
        seconds = adapted(row.revisit_seconds, changed=row.news, low=low, high=low * SLOWEST_SOURCE)
        values = {"round_finished_at": now, "due_at": now + timedelta(seconds=seconds)}
        ended = update(SourceRow).where(SourceRow.id == row.id)
        connection.execute(ended.values(**values, revisit_seconds=seconds))
    return [row.id for row in done]


def source_of(connection: Connection, source_id: int) -> Source | None:
    """Return one source, or None when it was removed."""
    row = connection.execute(select(SourceRow.__table__).where(SourceRow.id == source_id)).first()
    return None if row is None else _source(row)


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


def queued_again(now: datetime, *, due_only: bool) -> ColumnElement[bool]:
    """Return which known pages of a source its new round queues."""
    known = and_(
        PageRow.state.in_(("fetched", "failed", "refused", "gone")),
        or_(PageRow.http_status.is_(None), PageRow.http_status != 410),
    )
    return and_(known, PageRow.due_at <= now) if due_only else known


def priority_again() -> ColumnElement[int]:
    """Return the priority with which a round queues a known page."""
    announces = PageRow.role.in_(("feed", "sitemap"))
    return case((announces, SEED_PRIORITY + 1), else_=REVISIT_PRIORITY + PageRow.depth)


def _begin_round(connection: Connection, source: Source, now: datetime, *, due_only: bool) -> None:
    again = and_(PageRow.source_id == source.id, queued_again(now, due_only=due_only))
    requeued = {"state": "queued", "due_at": now, "attempts": 0}
    connection.execute(update(PageRow).where(again).values(**requeued, priority=priority_again()))
    _queue_seed(connection, source, now)
    _wake_domains_of(connection, source, now)
    connection.execute(
        update(SourceRow)
        .where(SourceRow.id == source.id)
        .values(round_started_at=now, round_finished_at=None, error=None)
    )


def _wake_domains_of(connection: Connection, source: Source, now: datetime) -> None:
    queued = (
        select(PageRow.domain)
        .where(PageRow.source_id == source.id, PageRow.state == "queued", PageRow.due_at <= now)
        .distinct()
    )
    wake_domains(connection, dict.fromkeys(connection.scalars(queued), 0), now)


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
    origin = host_names(source.url)[0]
    fixed = {"url": source.url, "host": origin, "domain": domain_of(origin), "misses": 0, "found_at": now}
    if connection.scalar(select(PageRow.id).where(PageRow.url == source.url)) is None:
        wake_domains(connection, {domain_of(origin): 1}, now)
    statement = insert_or(connection, PageRow).values(**fixed, **seed)
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=seed))


def _refuse_forgotten(connection: Connection, url: str) -> None:
    blocked = forgotten_among(connection, [url]).get(url)
    if blocked is not None:
        raise SourceForgotten(f"{url} cannot be a source: {blocked} was forgotten on request.")


def round_open() -> ColumnElement[bool]:
    """Return whether a round of the source is under way, or was left unfinished."""
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
