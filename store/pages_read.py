"""Pages as they were read: their documents put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import Connection, Select, func, select

from store.batches import batches
from store.models import ArtistRow, DocumentRow, MentionRow

Columns = TypeVarTuple("Columns")

# A post, passage or comment belongs to the page at `thread`.
_PAGE = func.coalesce(DocumentRow.thread, DocumentRow.url)


@dataclass(frozen=True, slots=True)
class PageRead:
    """What was read at an address: the texts of its documents, joined, and the facts of the first of them.

    `artist` is its surest subject.
    """

    url: str
    title: str | None
    published: date | None
    text: str
    artist: str | None


def addresses_of_pages(connection: Connection) -> list[str]:
    """The addresses of all pages that gave a document of their own, in order."""
    return list(connection.scalars(_counted(select(_PAGE)).distinct().order_by(_PAGE)))


def pages_at(connection: Connection, urls: Sequence[str]) -> dict[str, PageRead]:
    """What was read at these addresses; readers' comments and copies left out."""
    columns = (DocumentRow.id, _PAGE, DocumentRow.title, DocumentRow.published, DocumentRow.text)
    found: dict[str, PageRead] = {}
    first: dict[int, str] = {}
    for batch in batches(sorted(set(urls))):
        documents = _counted(select(*columns).where(_PAGE.in_(batch))).order_by(DocumentRow.id)
        for number, url, title, published, text in connection.execute(documents):
            page = found.get(url)
            joined = text if page is None else f"{page.text}\n{text}"
            if page is None:
                first[number] = url
            found[url] = PageRead(
                url, page.title if page else title, page.published if page else published, joined, None
            )
    subjects = _surest_subjects(connection, sorted(first))
    return {
        url: PageRead(url, page.title, page.published, page.text, subjects.get(number))
        for number, url in first.items()
        for page in (found[url],)
    }


def _surest_subjects(connection: Connection, documents: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for batch in batches(documents):
        subjects = (
            select(MentionRow.document_id, ArtistRow.name)
            .join(ArtistRow, ArtistRow.id == MentionRow.artist_id)
            .where(MentionRow.role == "subject", MentionRow.document_id.in_(batch))
            .order_by(MentionRow.document_id, MentionRow.confidence.desc(), MentionRow.artist_id)
        )
        for number, name in connection.execute(subjects):
            found.setdefault(number, name)
    return found


def _counted(query: Select[*Columns]) -> Select[*Columns]:
    """The documents that count: originals, and no comments of readers."""
    return query.where(DocumentRow.duplicate_of.is_(None), DocumentRow.kind != "comments")
