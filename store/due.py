"""What there is to do next: the questions that `linernotes schedule` asks between two jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from store.domains import outlook
from store.jobs import database_now, last_runs, runs_since
from store.models import DocumentRow, MinedDocumentRow, SourceRow
from store.sources import round_open

# Counts of an extraction that make a new release worth its time.
_NEWS = ("added", "changed", "removed")


@dataclass(frozen=True, slots=True)
class Due:
    """When there is something to crawl, or None; when mining last ended well; and the moment of asking."""

    crawl_at: datetime | None
    mined_at: datetime | None
    now: datetime


def what_is_due(connection: Connection) -> Due:
    """Return what there is to do, and when."""
    now = database_now(connection)
    mined = last_runs(connection, "done").get("mine")
    return Due(next_crawl(connection, now), mined.started_at if mined else None, now)


def next_crawl(connection: Connection, now: datetime) -> datetime | None:
    """Return when a crawl of what is due finds work, in the past when it does now; None when never.

    An open round waits for the first of its domains that is free and unpaused; one with nothing queued any
    more is only to be closed.
    """
    due = connection.scalar(select(func.min(SourceRow.due_at)).where(~round_open()))
    moments = [] if due is None else [due]
    if connection.scalar(select(SourceRow.id).where(round_open()).limit(1)) is not None:
        ahead = outlook(connection, now)
        if ahead.next_at is not None or not ahead.leased:
            moments.append(ahead.next_at or now)
    return min(moments, default=None)


def is_worth_mining(connection: Connection, mined_at: datetime | None) -> bool:
    """Whether documents came, changed or went since mining last ended well, or wait to be read."""
    if mined_at is not None:
        for run in runs_since(connection, "extract", mined_at):
            if any(run.report.get(measure) for measure in _NEWS):
                return True
    mined = exists().where(MinedDocumentRow.document_id == DocumentRow.id)
    unread = select(DocumentRow.id).where(DocumentRow.duplicate_of.is_(None), ~mined).limit(1)
    return connection.scalar(unread) is not None
