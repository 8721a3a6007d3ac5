"""Forgetting on request: pages, texts and quotes of a URL or host, at once and for good.

What was computed from many texts together (weights, vectors, neighbours) keeps its share of a forgotten text
until the next `linernotes mine`, which no longer reads it. Text and quotes are gone when the caller's
transaction is committed. Copies of a forgotten text at other addresses stay: they are other people's pages.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select
from sqlalchemy.orm import DeclarativeBase

from store.artist_removal import ForgottenArtist, forget_artist
from store.batches import batches
from store.documents import lock_documents, remove_documents
from store.domains import domain_of, drop_empty_domains
from store.forgotten import host_names
from store.models import (
    DocumentRow,
    ForgottenRow,
    HostRow,
    MentionRow,
    MinedDocumentRow,
    PageBodyRow,
    PageRow,
    ReleaseEvidenceRow,
    SourceRow,
)
from store.source_removal import remove_source
from store.upserts import insert_or

__all__ = ["Forgotten", "ForgottenArtist", "forget_artist", "forget_host", "forget_url"]

_PORT = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting a URL or host removed, in rows.

    `blocked` are the URLs or the host that will not be fetched or imported again. `remine` says that
    descriptors, vectors and neighbours still rest on a removed text, until the next `linernotes mine`.
    """

    pages: int = 0
    bodies: int = 0
    documents: int = 0
    mined_documents: int = 0
    mentions: int = 0
    evidence: int = 0
    sources: int = 0
    blocked: tuple[str, ...] = ()

    @property
    def remine(self) -> bool:
        """Whether mining had read what is now removed."""
        return self.mined_documents > 0


def forget_url(connection: Connection, url: str) -> Forgotten:
    """Remove the page and the texts of a canonical URL, and let none of it come back.

    With it go pages that redirect to it or name it canonical and have no text of their own. A URL of one
    text among several of a page (a post in a thread) takes the whole page with it, since the raw page
    holds it. A URL never met is blocked all the same.
    """
    lock_documents(connection)
    pages = _pages_of(connection, url)
    documents = _documents_of(connection, pages, DocumentRow.url == url)
    urls = {url} | _urls(connection, PageRow, pages) | _urls(connection, DocumentRow, documents)
    domains = {domain_of(host_names(known)[0]) for known in urls}
    removed = _remove(connection, pages, documents)
    sources = _remove_sources(connection, SourceRow.url.in_(urls))
    drop_empty_domains(connection, domains)
    _block(connection, "url", urls)
    return replace(removed, sources=sources, blocked=tuple(sorted(urls)))


def forget_host(connection: Connection, host: str) -> Forgotten:
    """Remove all pages and texts of a host, and let none of it come back.

    `host` is a name ("example.org": every port, not its subdomains), a name with a port, or
    "https://example.org". Documents that were imported with the host as their source go as well.
    """
    lock_documents(connection)
    name = host.strip().rstrip("/").lower()
    pages = _numbers(connection, PageRow, _at_host(PageRow.url, name))
    documents = _documents_of(
        connection, pages, or_(_at_host(DocumentRow.url, name), DocumentRow.source.in_([host, name]))
    )
    hosts = connection.scalars(select(HostRow.host).where(_at_host(HostRow.host, name)))
    domains = {domain_of(f"http://{name.rpartition('://')[2]}"), *map(domain_of, hosts)}
    removed = _remove(connection, pages, documents)
    sources = _remove_sources(connection, _at_host(SourceRow.url, name))
    drop_empty_domains(connection, domains)
    connection.execute(delete(HostRow).where(_at_host(HostRow.host, name)))
    _block(connection, "host", {name})
    return replace(removed, sources=sources, blocked=(name,))


def _pages_of(connection: Connection, url: str) -> list[int]:
    """The page at a URL, the page its text came from, and pages that are only other ways to it."""
    holder = select(DocumentRow.page_id).where(DocumentRow.url == url, DocumentRow.page_id.is_not(None))
    itself = _numbers(connection, PageRow, or_(PageRow.url == url, PageRow.id.in_(holder)))
    own = exists().where(DocumentRow.page_id == PageRow.id, DocumentRow.url != url)
    leads = or_(PageRow.redirected_to == url, PageRow.canonical_url == url)
    return sorted({*itself, *_numbers(connection, PageRow, leads & ~own)})


def _documents_of(connection: Connection, pages: Sequence[int], condition: ColumnElement[bool]) -> list[int]:
    """The documents extracted from `pages`, and those for which `condition` holds."""
    found = set(_numbers(connection, DocumentRow, condition))
    for batch in batches(pages):
        found.update(_numbers(connection, DocumentRow, DocumentRow.page_id.in_(batch)))
    return sorted(found)


def _at_host(column: Any, host: str) -> ColumnElement[bool]:  # noqa: ANN401 - a column of any table
    """What is true of URLs, or origins, of a host given as name, name:port or scheme://name:port."""
    origins = [host] if "://" in host else [f"{scheme}://{host}" for scheme in ("http", "https")]
    any_port = "://" not in host and not _PORT.search(host)
    ends = "/?#:" if any_port else "/?#"
    begins = [column.startswith(origin + end, autoescape=True) for origin in origins for end in ends]
    return or_(column.in_(origins), *begins)


def _remove(connection: Connection, pages: Sequence[int], documents: Sequence[int]) -> Forgotten:
    """Remove pages and documents with everything that refers to them; count before the cascades do it."""
    if connection.dialect.name == "sqlite":
        # Overwrites what is deleted; else the text would stay readable in the free pages of the file.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    evidence = _delete(connection, ReleaseEvidenceRow, "document_id", documents)
    mentions = _delete(connection, MentionRow, "document_id", documents)
    mined = _delete(connection, MinedDocumentRow, "document_id", documents)
    removed = remove_documents(connection, documents)
    bodies = _delete(connection, PageBodyRow, "page_id", pages)
    return Forgotten(
        pages=_delete(connection, PageRow, "id", pages),
        bodies=bodies,
        documents=removed,
        mined_documents=mined,
        mentions=mentions,
        evidence=evidence,
    )


def _delete(connection: Connection, row: type[DeclarativeBase], column: str, numbers: Sequence[int]) -> int:
    statements = [delete(row).where(getattr(row, column).in_(batch)) for batch in batches(numbers)]
    return sum(connection.execute(statement).rowcount for statement in statements)


def _remove_sources(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Take sources off the list, which would fetch their own address again; other texts stay."""
    urls = list(connection.scalars(select(SourceRow.url).where(condition)))
    return sum(remove_source(connection, url) for url in urls)


def _numbers(
    connection: Connection, row: type[PageRow] | type[DocumentRow], condition: ColumnElement[bool]
) -> list[int]:
    return list(connection.scalars(select(row.id).where(condition)))


def _urls(connection: Connection, row: type[PageRow] | type[DocumentRow], numbers: Sequence[int]) -> set[str]:
    urls: set[str] = set()
    for batch in batches(numbers):
        urls.update(connection.scalars(select(row.url).where(row.id.in_(batch))))
    return urls


def _block(connection: Connection, kind: Literal["url", "host"], values: Collection[str]) -> None:
    rows = [{"kind": kind, "value": value, "forgotten_at": datetime.now(UTC)} for value in sorted(values)]
    for batch in batches(rows):
        connection.execute(insert_or(connection, ForgottenRow).on_conflict_do_nothing(), list(batch))
