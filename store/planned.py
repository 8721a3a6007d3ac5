"""What a crawl that began now would fetch: queries that change nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    case,
    func,
    literal,
    null,
    select,
    union_all,
)

from store.batches import batches
from store.domains import domain_of
from store.forgotten import host_names
from store.frontier import Role
from store.models import DomainRow, PageRow, SourceRow
from store.sources import SEED_PRIORITY, priority_again, queued_again, round_open
from store.types import UtcTime


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page that is queued, or that the round of its source would queue; `source` is the source's URL.

    `due_at` is the moment before which it is not fetched, `host` is `scheme://host:port`.
    """

    url: str
    host: str
    domain: str
    source: str
    role: Role
    priority: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """How many pages of a source are planned."""

    source: str
    pages: int


def planned_pages(connection: Connection, now: datetime, *, due_only: bool, limit: int) -> list[PlannedPage]:
    """Return the first pages that a crawl would fetch, in the order in which they would come.

    Domains are worked on side by side, each page by page: first come the first pages of all domains.
    """
    plan = _plan(now, due_only=due_only)
    waits = case((plan.c.due_at > now, plan.c.due_at), else_=literal(now, UtcTime))
    order = (waits, plan.c.priority, plan.c.id, plan.c.url)
    # A seed that was never fetched has no row among the pages, and so no domain yet.
    turn = func.row_number().over(partition_by=func.coalesce(plan.c.domain, plan.c.url), order_by=order)
    ranked = select(plan, waits.label("waits"), turn.label("turn")).subquery()
    chosen = (
        select(ranked, SourceRow.url.label("source"), SourceRow.kind)
        .join(SourceRow, SourceRow.id == ranked.c.source_id)
        .order_by(ranked.c.waits, ranked.c.turn, ranked.c.priority, ranked.c.id, ranked.c.url)
        .limit(limit)
    )
    return [_page(row) for row in connection.execute(chosen)]


def planned_sources(connection: Connection, now: datetime, *, due_only: bool) -> list[PlannedSource]:
    """Return how many pages a crawl would have to fetch, source by source, in the order they were added."""
    plan = _plan(now, due_only=due_only)
    counted = (
        select(SourceRow.url, func.count())
        .join(plan, plan.c.source_id == SourceRow.id)
        .group_by(SourceRow.id, SourceRow.url)
        .order_by(SourceRow.id)
    )
    return [PlannedSource(*row) for row in connection.execute(counted)]


def domain_pauses(connection: Connection, domains: Collection[str]) -> dict[str, datetime]:
    """Return until when domains are to be left alone; those that may be asked at once are left out."""
    pauses: dict[str, datetime] = {}
    for batch in batches(sorted(domains)):
        rows = select(DomainRow.domain, DomainRow.not_before).where(DomainRow.domain.in_(batch))
        pauses |= {row.domain: row.not_before for row in connection.execute(rows) if row.not_before}
    return pauses


def _plan(now: datetime, *, due_only: bool) -> Subquery:
    beginning = _beginning(now, due_only=due_only)
    seeds = select(SourceRow.url).where(beginning)
    elsewhere = PageRow.url.not_in(seeds)
    columns = (PageRow.id, PageRow.url, PageRow.host, PageRow.domain, PageRow.source_id, PageRow.role)
    queued = select(*columns, PageRow.priority, PageRow.due_at).where(PageRow.state == "queued", elsewhere)
    at_once = literal(now, UtcTime).label("due_at")
    again = (
        select(*columns, priority_again().label("priority"), at_once)
        .join(SourceRow, SourceRow.id == PageRow.source_id)
        .where(beginning, queued_again(now, due_only=due_only), elsewhere)
    )
    first = (
        select(
            literal(0).label("id"),
            SourceRow.url,
            PageRow.host,
            PageRow.domain,
            SourceRow.id.label("source_id"),
            null().label("role"),
            literal(SEED_PRIORITY).label("priority"),
            at_once,
        )
        .outerjoin(PageRow, PageRow.url == SourceRow.url)
        .where(beginning)
    )
    return union_all(queued, again, first).subquery()


def _beginning(now: datetime, *, due_only: bool) -> ColumnElement[bool]:
    """The sources of which a round would begin; one whose round is open has its pages queued already."""
    closed = ~round_open()
    return and_(closed, SourceRow.due_at <= now) if due_only else closed


def _page(row: Any) -> PlannedPage:  # noqa: ANN401 - a row of the query above
    host = row.host or host_names(row.url)[0]
    role = row.role or ("page" if row.kind == "site" else row.kind)
    domain = row.domain or domain_of(host)
    return PlannedPage(row.url, host, domain, row.source, cast(Role, role), row.priority, row.due_at)
