"""Queries of the stage between fetched pages and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from store.models import DocumentRow, PageBodyRow, PageRow

# Parameters of one statement; SQLite takes 32,766.
_MANY = 5_000


@dataclass(frozen=True, slots=True)
class PageState:
    """What extraction needs to know of a page; `digest` is that of its body, None when there is none."""

    id: int
    url: str
    host: str
    canonical_url: str | None
    digest: str | None
    extracted_digest: str | None


@dataclass(frozen=True, slots=True)
class PageBody:
    """The raw body of a page, compressed with zlib, and the charset the server named."""

    page_id: int
    url: str
    body: bytes
    charset: str | None


def count_pending(connection: Connection) -> int:
    """Return how many pages wait for extraction."""
    return connection.scalar(select(func.count()).select_from(PageRow).where(_is_pending())) or 0


def pending_pages(connection: Connection, *, limit: int) -> list[PageState]:
    """Return the first pages, by number, whose body changed since extraction, appeared or went."""
    statement = _states().where(_is_pending()).order_by(PageRow.id).limit(limit)
    return [PageState(*row) for row in connection.execute(statement)]


def pages_sharing(connection: Connection, urls: Iterable[str]) -> list[PageState]:
    """Return the pages at these URLs and those that name them canonical, by number."""
    values = sorted(set(urls))
    found: dict[int, PageState] = {}
    for start in range(0, len(values), _MANY):
        batch = values[start : start + _MANY]
        statement = _states().where(or_(PageRow.url.in_(batch), PageRow.canonical_url.in_(batch)))
        found |= {row.id: PageState(*row) for row in connection.execute(statement)}
    return [found[key] for key in sorted(found)]


def bodies_of(connection: Connection, page_ids: Iterable[int]) -> list[PageBody]:
    """Return the bodies of these pages, by number; pages without a body are left out."""
    statement = (
        select(PageRow.id, PageRow.url, PageBodyRow.body, PageBodyRow.charset)
        .join(PageBodyRow, PageBodyRow.page_id == PageRow.id)
        .where(PageRow.id.in_(sorted(page_ids)))
        .order_by(PageRow.id)
    )
    return [PageBody(*row) for row in connection.execute(statement)]


def mark_extracted(connection: Connection, digests: Mapping[int, str | None]) -> None:
    """Note for pages, by number, which body was extracted; None when there was none."""
    if digests:
        statement = update(PageRow).where(PageRow.id == bindparam("row_id"))
        rows = [{"row_id": key, "digest": digest} for key, digest in digests.items()]
        connection.execute(statement.values(extracted_digest=bindparam("digest")), rows)


def reopen_stranded(connection: Connection, hosts: Iterable[str]) -> int:
    """Let pages be extracted again whose twin held their text and does so no longer; return how many.

    These are pages of the hosts that name another address canonical while neither they, nor the page there,
    nor any page naming the same address, has a document.
    """
    holder = aliased(PageRow)
    held = select(holder.id).join(DocumentRow, DocumentRow.page_id == holder.id)
    statement = (
        update(PageRow)
        .where(PageRow.host.in_(sorted(set(hosts))), _has_body())
        .where(PageRow.extracted_digest == PageRow.content_digest, PageRow.canonical_url != PageRow.url)
        .where(~held.where(holder.canonical_url == PageRow.canonical_url).exists())
        .where(~held.where(holder.url.in_([PageRow.url, PageRow.canonical_url])).exists())
        .values(extracted_digest=None)
    )
    return connection.execute(statement).rowcount


def _is_pending() -> ColumnElement[bool]:
    """Pages with an unread body, in whatever state; and those without one that left something behind."""
    unread = or_(PageRow.extracted_digest.is_(None), PageRow.extracted_digest != PageRow.content_digest)
    traces = or_(PageRow.extracted_digest.is_not(None), exists().where(DocumentRow.page_id == PageRow.id))
    return or_(_has_body() & unread, ~_has_body() & traces)


def _has_body() -> ColumnElement[bool]:
    return (PageRow.role == "page") & PageRow.content_digest.is_not(None)


def _states() -> Select[Any]:
    digest = case((_has_body(), PageRow.content_digest))
    return select(
        PageRow.id, PageRow.url, PageRow.host, PageRow.canonical_url, digest, PageRow.extracted_digest
    )
