"""What editors' overrides need to know of mentions, and what a release keeps of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from store.models import DocumentRow, MentionRow, ReleaseOverrideRow
from store.view_tables import select_view


@dataclass(frozen=True, slots=True)
class WrittenMention:
    """A mention of an artist and where it stands; `written` is the name, or of a subject the whole text."""

    document_id: int
    start: int
    written: str
    url: str
    source: str
    title: str
    label: str


def written_mentions(
    connection: Connection, artist_id: int, *, url: str | None = None, source: str | None = None
) -> Iterator[WrittenMention]:
    """All mentions of an artist, of one page or one source when given, in no particular order.

    A page's posts and passages count as the page.
    """
    length = MentionRow.end - MentionRow.start
    written = case(
        (MentionRow.start < 0, DocumentRow.text),
        else_=func.substr(DocumentRow.text, MentionRow.start + 1, length),
    )
    query = (
        select(
            MentionRow.document_id,
            MentionRow.start,
            written,
            DocumentRow.url,
            DocumentRow.source,
            func.coalesce(DocumentRow.title, ""),
            func.coalesce(DocumentRow.label, ""),
        )
        .join(DocumentRow, DocumentRow.id == MentionRow.document_id)
        .where(MentionRow.artist_id == artist_id)
    )
    if url is not None:
        query = query.where(or_(DocumentRow.url == url, DocumentRow.thread == url))
    if source is not None:
        query = query.where(DocumentRow.source == source)
    for row in connection.execute(query):
        yield WrittenMention(*row)


def forbidden_pairs(connection: Connection, release_id: int) -> frozenset[tuple[int, int]]:
    """The pairs of artists that editors forbade to be neighbours in a release, each in both directions."""
    row = ReleaseOverrideRow
    found = select(row.artist_id, row.other_id).where(
        row.release_id == release_id,
        row.kind == "forbid",
        row.artist_id.is_not(None),
        row.other_id.is_not(None),
    )
    pairs: list[tuple[int, int]] = [(one, other) for one, other in connection.execute(found) if one and other]
    return frozenset([*pairs, *((other, one) for one, other in pairs)])


def override_counts(connection: Connection) -> dict[int, int]:
    """How many overrides each release has; releases without any are left out."""
    row = ReleaseOverrideRow
    query = select(row.release_id, func.count()).group_by(row.release_id)
    return dict(connection.execute(query).all())


def applied_overrides(connection: Connection) -> list[Mapping[str, Any]]:
    """The overrides of the published release, in the order of the file: the rows of the view."""
    return [dict(row) for row in connection.execute(select_view("applied_overrides")).mappings()]
