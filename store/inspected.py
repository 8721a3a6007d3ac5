"""What is stored of one page, for looking at it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from store.frontier import Body, Page
from store.models import ArtistRow, DocumentRow, PageBodyRow, PageRow


def known_page(connection: Connection, url: str) -> Page | None:
    """Return the page at a canonical URL, or None when the crawl has not met it."""
    columns = (getattr(PageRow, name) for name in Page.__dataclass_fields__)
    row = connection.execute(select(*columns).where(PageRow.url == url)).first()
    return None if row is None else Page(*row)


def stored_body(connection: Connection, page_id: int) -> Body | None:
    """Return the body of a page as it was last fetched; None when none is kept."""
    row = connection.execute(
        select(PageBodyRow.body, PageBodyRow.charset).where(PageBodyRow.page_id == page_id)
    ).first()
    return None if row is None else Body(row.body, row.charset)


def original_of(connection: Connection, url: str, digest: str) -> str | None:
    """Return the URL of the document, other than that at `url`, that counts for the text of a digest."""
    same = (DocumentRow.digest == digest, DocumentRow.url != url, DocumentRow.duplicate_of.is_(None))
    return connection.scalar(select(DocumentRow.url).where(*same).order_by(DocumentRow.id).limit(1))


def artist_names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Return the names of these artists, by number."""
    rows = connection.execute(select(ArtistRow.id, ArtistRow.name).where(ArtistRow.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}
