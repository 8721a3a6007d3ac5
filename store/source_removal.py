"""Taking a source off the list: it is crawled no more, but what was read of it stays."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from store.models import DocumentRow, PageRow, SourceRow


def remove_source(connection: Connection, url: str) -> bool:
    """Remove the source with this canonical URL and its frontier; return whether there was one.

    Its documents stay, without their raw pages; `forget` removes documents.
    """
    source_id = connection.scalar(select(SourceRow.id).where(SourceRow.url == url))
    if source_id is None:
        return False
    pages = select(PageRow.id).where(PageRow.source_id == source_id)
    connection.execute(update(DocumentRow).where(DocumentRow.page_id.in_(pages)).values(page_id=None))
    connection.execute(delete(SourceRow).where(SourceRow.id == source_id))
    return True
