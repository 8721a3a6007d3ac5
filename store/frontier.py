"""The frontier: which pages wait, which comes next, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from store.batches import batches
from store.domains import domain_of, wake_domains
from store.forgotten import forgotten_among
from store.models import PageBodyRow, PageRow
from store.upserts import insert_or

PageState = Literal["queued", "fetched", "failed", "refused", "gone"]
Role = Literal["feed", "sitemap", "page"]


@dataclass(frozen=True, slots=True)
class Page:
    """One URL of the frontier and what became of it; the fields are the columns of `pages`."""

    id: int
    url: str
    host: str
    source_id: int
    role: Role
    depth: int
    priority: int
    state: PageState
    reason: str | None
    due_at: datetime
    attempts: int
    http_status: int | None
    content_type: str | None
    etag: str | None
    last_modified: str | None
    redirected_to: str | None
    canonical_url: str | None
    content_digest: str | None
    fetched_at: datetime | None
    changed_at: datetime | None
    extracted_digest: str | None
    domain: str = ""
    revisit_seconds: int | None = None
    misses: int = 0
    missing_since: datetime | None = None
    restrictions: str | None = None


@dataclass(frozen=True, slots=True)
class NewPage:
    """A URL that was found and is to be queued unless it is known."""

    url: str
    host: str
    source_id: int
    role: Role
    depth: int
    priority: int


@dataclass(frozen=True, slots=True)
class Body:
    """The raw body of a page: zlib-compressed, with the charset its Content-Type header named."""

    compressed: bytes
    charset: str | None


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page as it is after a visit.

    `body` is the new body, or None to leave the stored one alone; a page without a digest has none.
    """

    page: Page
    body: Body | None = None
    found: tuple[NewPage, ...] = ()


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many pages are in a state for a reason, on one host or on all."""

    host: str | None
    state: PageState
    reason: str | None
    pages: int


def enqueue(connection: Connection, pages: Iterable[NewPage], now: datetime) -> Counter[str]:
    """Queue the URLs that are neither known nor forgotten; return how many these were, by domain."""
    fresh = {page.url: page for page in pages}
    # Asking first is cheaper than inserting in vain: most links of a page are known.
    for known in (known_urls(connection, list(fresh)), forgotten_among(connection, fresh)):
        for url in known:
            fresh.pop(url, None)
    rows = [_new_values(page, now) for page in fresh.values()]
    if not rows:
        return Counter()
    statement = insert_or(connection, PageRow).on_conflict_do_nothing(index_elements=["url"])
    connection.execute(statement, rows)
    added = Counter(str(row["domain"]) for row in rows)
    wake_domains(connection, added, now)
    return added


def known_urls(connection: Connection, urls: Sequence[str]) -> set[str]:
    """Return those of the canonical URLs that the frontier has met."""
    known: set[str] = set()
    for batch in batches(urls):
        known.update(connection.scalars(select(PageRow.url).where(PageRow.url.in_(batch))))
    return known


def next_pages(
    connection: Connection, domain: str, now: datetime, *, limit: int, taken: Collection[int] = ()
) -> list[Page]:
    """Return the next pages of a domain that are due, by priority, without those already `taken`."""
    statement = (
        select(*(getattr(PageRow, name) for name in Page.__dataclass_fields__))
        .where(PageRow.state == "queued", PageRow.domain == domain, PageRow.due_at <= now)
        .order_by(PageRow.priority, PageRow.id)
        .limit(limit)
    )
    if taken:
        statement = statement.where(PageRow.id.not_in(taken))
    return [Page(*row) for row in connection.execute(statement)]


def next_due(connection: Connection, domain: str) -> datetime | None:
    """Return when the first postponed page of a domain is due; None when nothing waits."""
    statement = select(func.min(PageRow.due_at)).where(PageRow.state == "queued", PageRow.domain == domain)
    return connection.scalar(statement)


def record_changes(connection: Connection, changes: Sequence[PageChange]) -> list[PageChange]:
    """Store the pages as they are after their visits, with their bodies; at most one change a page.

    Returns the changes that were stored: a page that was forgotten in the meantime stays away.
    """
    if not changes:
        return []
    # Updating first locks the rows: what exists afterwards exists until the transaction ends.
    connection.execute(_UPDATE_PAGE, [_page_values(change.page) for change in changes])
    ids = [change.page.id for change in changes]
    existing = set(connection.scalars(select(PageRow.id).where(PageRow.id.in_(ids))))
    stored = [change for change in changes if change.page.id in existing]
    _store_bodies(connection, stored)
    return stored


def _store_bodies(connection: Connection, changes: Sequence[PageChange]) -> None:
    bare = [change.page.id for change in changes if change.page.content_digest is None]
    if bare:
        connection.execute(delete(PageBodyRow).where(PageBodyRow.page_id.in_(bare)))
    bodies = [
        {"page_id": change.page.id, "body": change.body.compressed, "charset": change.body.charset}
        for change in changes
        if change.body is not None
    ]
    if bodies:
        statement = insert_or(connection, PageBodyRow)
        renewed = {"body": statement.excluded.body, "charset": statement.excluded.charset}
        connection.execute(statement.on_conflict_do_update(index_elements=["page_id"], set_=renewed), bodies)


def redirect_chain(connection: Connection, url: str, limit: int) -> list[str]:
    """Return the URLs that `url` is known to redirect to, one after the other, at most `limit`."""
    chain: list[str] = []
    following: str | None = url
    while len(chain) < limit:
        following = connection.scalar(select(PageRow.redirected_to).where(PageRow.url == following))
        if following is None or following in chain:
            break
        chain.append(following)
    return chain


def fail_pages(connection: Connection, urls: Collection[str], reason: str) -> None:
    """Mark pages as failed for a reason that was only seen later, such as a circle of redirects."""
    connection.execute(update(PageRow).where(PageRow.url.in_(urls)).values(state="failed", reason=reason))


def count_queued(connection: Connection, sources: Collection[int]) -> dict[int, int]:
    """Return how many pages each of the sources has queued."""
    return _count_by_source(connection, sources, only_queued=True)


def count_pages(connection: Connection, sources: Collection[int]) -> dict[int, int]:
    """Return how many pages each of the sources has, whatever their state."""
    return _count_by_source(connection, sources, only_queued=False)


def count_states(connection: Connection, *, by_host: bool = False) -> list[StateCount]:
    """Return how many pages are in which state and why, the most frequent first."""
    # A reason left from an earlier visit says nothing about a page that waits or was fetched.
    shown = case((PageRow.state == "queued", None), else_=PageRow.reason).label("shown_reason")
    counted = func.count().label("pages")
    columns = [PageRow.state, shown, counted] + ([PageRow.host] if by_host else [])
    groups = [column for column in columns if column is not counted]
    rows = connection.execute(select(*columns).group_by(*groups).order_by(counted.desc(), PageRow.state))
    return [StateCount(row.host if by_host else None, row.state, row.shown_reason, row.pages) for row in rows]


def _count_by_source(
    connection: Connection, sources: Collection[int], *, only_queued: bool
) -> dict[int, int]:
    statement = (
        select(PageRow.source_id, func.count())
        .where(PageRow.source_id.in_(sources))
        .group_by(PageRow.source_id)
    )
    if only_queued:
        statement = statement.where(PageRow.state == "queued")
    return {row[0]: row[1] for row in connection.execute(statement)}


def _new_values(page: NewPage, now: datetime) -> dict[str, Any]:
    # Not dataclasses.asdict: it copies deeply, and this runs for every link of the web.
    known = {name: getattr(page, name) for name in NewPage.__dataclass_fields__}
    state = {"state": "queued", "due_at": now, "attempts": 0, "misses": 0, "found_at": now}
    return known | {"domain": domain_of(page.host)} | state


def _page_values(page: Page) -> dict[str, Any]:
    return {f"new_{name}": getattr(page, name) for name in _CHANGING} | {"page_id": page.id}


_CHANGING = tuple(
    name
    for name in Page.__dataclass_fields__
    if name not in {"id", "url", "host", "domain", "source_id", "depth"}
)
_UPDATE_PAGE = (
    update(PageRow.__table__)  # type: ignore[arg-type]  # Core updates many rows by bound parameters
    .where(PageRow.id == bindparam("page_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
