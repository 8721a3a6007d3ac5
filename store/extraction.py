"""Queries of the stage between fetched pages and documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from store.models import DocumentRow, PageBodyRow, PageRow

# Parameters of one statement; SQLite takes 32,766.
_MANY = 5_000


@dataclass(frozen=True, slots=True)
class PageState:
    """What extraction needs to know of a page; `digest` is that of its body, None when there is none.

    The body itself may have been thrown away after it was read (`has_body`), as pages with `noarchive` ask.
    """

    id: int
    url: str
    host: str
    canonical_url: str | None
    digest: str | None
    extracted_digest: str | None
    noarchive: bool
    has_body: bool


@dataclass(frozen=True, slots=True)
class PageDocument:
    """A document that was extracted from a page; one page may have several."""

    id: int
    page_id: int
    url: str


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


def documents_of_pages(connection: Connection, page_ids: Iterable[int]) -> list[PageDocument]:
    """Return the documents that were extracted from these pages."""
    columns = (DocumentRow.id, DocumentRow.page_id, DocumentRow.url)
    rows = _select_pages(connection, select(*columns), DocumentRow.page_id, page_ids)
    return [PageDocument(*row) for row in rows]


def texts_of_pages(connection: Connection, page_ids: Iterable[int]) -> dict[int, str]:
    """Return for pages, by number, the text of the documents that were extracted from them."""
    statement = select(DocumentRow.page_id, DocumentRow.text).order_by(DocumentRow.id)
    texts: dict[int, str] = {}
    for page_id, text in _select_pages(connection, statement, DocumentRow.page_id, page_ids):
        texts[page_id] = f"{texts[page_id]}\n{text}" if page_id in texts else text
    return texts


def lock_pages(connection: Connection, page_ids: Iterable[int]) -> dict[int, str | None]:
    """Let nobody else change these pages within the transaction; return the digests of their bodies now.

    A page that is gone from the database is left out.
    """
    digest = case((_has_body(), PageRow.content_digest))
    statement = select(PageRow.id, digest).order_by(PageRow.id).with_for_update()
    rows = _select_pages(connection, statement, PageRow.id, page_ids)
    return {row[0]: row[1] for row in rows}


def discard_bodies(connection: Connection, page_ids: Iterable[int]) -> None:
    """Throw away the raw bodies of these pages; that the bodies were read stays noted."""
    values = sorted(set(page_ids))
    for start in range(0, len(values), _MANY):
        batch = values[start : start + _MANY]
        connection.execute(delete(PageBodyRow).where(PageBodyRow.page_id.in_(batch)))


def mark_extracted(connection: Connection, digests: Mapping[int, str | None]) -> None:
    """Note for pages, by number, which body was extracted; None when there was none."""
    if digests:
        statement = update(PageRow).where(PageRow.id == bindparam("row_id"))
        rows = [{"row_id": key, "digest": digests[key]} for key in sorted(digests)]
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
        .where(PageRow.host.in_(sorted(set(hosts))), _has_body(), _is_archived())
        .where(PageRow.extracted_digest == PageRow.content_digest, PageRow.canonical_url != PageRow.url)
        .where(~held.where(holder.canonical_url == PageRow.canonical_url).exists())
        .where(~held.where(holder.url.in_([PageRow.url, PageRow.canonical_url])).exists())
        .values(extracted_digest=None)
    )
    return connection.execute(statement).rowcount


def _is_pending() -> ColumnElement[bool]:
    """Pages with an unread body, in whatever state; and those without one that left something behind."""
    unread = or_(PageRow.extracted_digest.is_(None), PageRow.extracted_digest != PageRow.content_digest)
    # Not any column of the documents but these: a role that only looks up may not read all.
    documents = exists(select(DocumentRow.id).where(DocumentRow.page_id == PageRow.id))
    traces = or_(PageRow.extracted_digest.is_not(None), documents)
    return or_(_has_body() & unread, ~_has_body() & traces)


def _has_body() -> ColumnElement[bool]:
    return (PageRow.role == "page") & PageRow.content_digest.is_not(None)


def _is_archived() -> ColumnElement[bool]:
    return exists().where(PageBodyRow.page_id == PageRow.id)


def _states() -> Select[Any]:
    digest = case((_has_body(), PageRow.content_digest))
    noarchive = func.coalesce(PageRow.restrictions, "").contains("noarchive")
    columns = (PageRow.id, PageRow.url, PageRow.host, PageRow.canonical_url, digest, PageRow.extracted_digest)
    return select(*columns, noarchive, _is_archived())


def _select_pages(
    connection: Connection,
    statement: Any,  # noqa: ANN401 - a selection of any columns
    column: Any,  # noqa: ANN401 - a column of any table
    page_ids: Iterable[int],
) -> Iterator[Any]:
    values = sorted(set(page_ids))
    for start in range(0, len(values), _MANY):
        yield from connection.execute(statement.where(column.in_(values[start : start + _MANY])))
