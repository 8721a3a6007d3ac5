"""Counts over the whole database, for `linernotes status` and `linernotes doctor`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, exists, func, not_, select, text

from store.extraction import count_pending
from store.frontier import StateCount
from store.models import (
    ArtistRow,
    DocumentRow,
    DomainRow,
    ForgottenRow,
    MentionRow,
    MinedDocumentRow,
    PageRow,
    ReleaseRow,
    SourceRow,
)


@dataclass(frozen=True, slots=True)
class DatabaseCounts:
    """How much of everything there is.

    `unextracted` pages were fetched but not turned into documents yet; `unmined` documents are no copies
    and wait for the next `mine`; `written_about` artists are those that some document is about.
    """

    sources: int
    sources_due: int
    sources_failing: int
    unextracted: int
    documents: int
    copies: int
    words: int
    artists: int
    written_about: int
    mined: int
    unmined: int
    releases: int
    forgotten: int


def count_everything(connection: Connection, now: datetime) -> DatabaseCounts:
    """Count everything; a few seconds at a million documents."""
    original = DocumentRow.duplicate_of.is_(None)
    mined = exists(select(MinedDocumentRow.document_id).where(MinedDocumentRow.document_id == DocumentRow.id))
    failing = SourceRow.error.is_not(None)

    def number(row: type, *conditions: object) -> int:
        statement = select(func.count()).select_from(row).where(*conditions)  # type: ignore[arg-type]
        return connection.scalar(statement) or 0

    return DatabaseCounts(
        sources=number(SourceRow),
        sources_due=number(SourceRow, SourceRow.due_at <= now),
        sources_failing=number(SourceRow, failing),
        unextracted=count_pending(connection),
        documents=number(DocumentRow, original),
        copies=number(DocumentRow, ~original),
        words=connection.scalar(select(func.coalesce(func.sum(DocumentRow.words), 0)).where(original)) or 0,
        artists=number(ArtistRow),
        written_about=connection.scalar(select(func.count(MentionRow.artist_id.distinct()))) or 0,
        mined=number(DocumentRow, original, mined),
        unmined=number(DocumentRow, original, ~mined),
        releases=number(ReleaseRow, ReleaseRow.state == "ready"),
        forgotten=number(ForgottenRow),
    )


@dataclass(frozen=True, slots=True)
class DomainCounts:
    """Registered domains: being crawled, waiting with work for their turn, and without work.

    `holders` are the crawl processes (`host:process:random`) with the domains that each has leased.
    `longest_wait` is how many seconds ago the domain that nobody has taken for longest had something due.
    """

    working: int
    waiting: int
    idle: int
    holders: Mapping[str, int]
    longest_wait: float = 0.0


def count_domains(connection: Connection, now: datetime) -> DomainCounts:
    """Count the domains by what they are doing."""
    leased = and_(DomainRow.lease_holder.is_not(None), DomainRow.lease_until >= now)
    holder = case((leased, DomainRow.lease_holder)).label("holder")
    some_work = DomainRow.ready_at.is_not(None).label("some_work")
    number = func.count().label("domains")
    rows = connection.execute(select(holder, some_work, number).group_by(holder, some_work)).all()
    holders: Counter[str] = Counter()
    for row in rows:
        holders.update({row.holder: row.domains} if row.holder is not None else {})
    free = {bool(row.some_work): row.domains for row in rows if row.holder is None}
    paused = case((DomainRow.not_before > DomainRow.ready_at, DomainRow.not_before), else_=DomainRow.ready_at)
    since = connection.scalar(select(func.min(paused)).where(DomainRow.ready_at.is_not(None), not_(leased)))
    wait = max(0.0, (now - since).total_seconds()) if since is not None else 0.0
    return DomainCounts(holders.total(), free.get(True, 0), free.get(False, 0), holders, wait)


def count_page_states(connection: Connection) -> dict[str, int]:
    """Return how many pages are in each state, from the index alone: cheaper than `count_states`."""
    rows = connection.execute(select(PageRow.state, func.count()).group_by(PageRow.state))
    return {row[0]: row[1] for row in rows}


def count_kept_away(
    connection: Connection, *, by_host: bool = False, limit: int | None = None
) -> list[StateCount]:
    """Return why pages were refused, failed or are gone, the most frequent reasons first.

    With `by_host`, for each host, in the order of hosts. `limit` is on reasons.
    """
    number = func.count().label("pages")
    columns: list[ColumnElement[Any]] = [PageRow.state.expression, PageRow.reason.expression]
    order: list[ColumnElement[Any]] = [number.desc(), *columns]
    host: list[ColumnElement[Any]] = [PageRow.host.expression] if by_host else []
    statement = (
        select(*columns, number, *host)
        .where(PageRow.state.in_(("refused", "failed", "gone")))
        .group_by(*columns, *host)
        .order_by(*host, *order)
        .limit(limit)
    )
    rows = connection.execute(statement)
    return [StateCount(row.host if by_host else None, row.state, row.reason, row.pages) for row in rows]


def database_bytes(engine: Engine) -> int:
    """Return how much disk the database takes; of SQLite with its write-ahead log."""
    if engine.dialect.name == "sqlite":
        names = (f"{engine.url.database}{ending}" for ending in ("", "-wal", "-shm"))
        return sum(file.stat().st_size for file in map(Path, names) if file.is_file())
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def has_pgvector(connection: Connection) -> bool:
    """Whether a PostgreSQL database has the extension `vector`."""
    return bool(connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'vector'")))


def check_writable(engine: Engine) -> None:
    """Write something and take it back; raises the driver's error when that is not possible."""
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            ForgottenRow.__table__.insert(),  # type: ignore[attr-defined]
            {"kind": "url", "value": "doctor", "forgotten_at": datetime.now().astimezone()},
        )
        transaction.rollback()
