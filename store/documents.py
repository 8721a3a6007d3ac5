"""Queries on documents and the bands their copies are found by.

A document's bands are kept once for each digest, by one *bearer* among the documents of that digest: ten
thousand identical notices are then one entry among the candidates instead of fifty million pairs. Those of
copies are kept apart from those of originals, for which near copies are looked up (`_kept_as`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, text, update
from sqlalchemy.orm import aliased

from store.models import (
    DocumentBandRow,
    DocumentRow,
    ForgottenRow,
    MinedDocumentRow,
    PageRow,
    ReleaseEvidenceRow,
)
from store.records import Document

T = TypeVar("T")

# Parameters of one statement; SQLite takes 32,766 and PostgreSQL 65,535.
_MANY = 5_000
# Any number that no other program uses for an advisory lock of the same database.
_DEPOSIT_LOCK = 0x6C6E6F74

_FIELDS = (
    "url", "text", "source", "title", "author", "published", "language", "label", "reviewed_work", "rating",
    "page_id", "kind", "thread",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with its number and the digest of its label and words."""

    id: int
    digest: str
    document: Document


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document about to be written, with what was computed from its text."""

    document: Document
    digest: str
    words: int


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What decides which of several copies is the original, and what is decided now."""

    id: int
    url: str
    digest: str
    published: date | None
    duplicate_of: int | None


def lock_documents(connection: Connection) -> None:
    """Let only one transaction at a time decide about copies; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DEPOSIT_LOCK})


def documents_at(connection: Connection, urls: Iterable[str]) -> dict[str, StoredDocument]:
    """Return the stored documents of these URLs."""
    columns = [getattr(DocumentRow, name) for name in _FIELDS]
    statement = select(DocumentRow.id, DocumentRow.digest, *columns)
    return {row.url: _stored(row) for row in _select_in(connection, statement, DocumentRow.url, urls)}


def insert_documents(connection: Connection, documents: Sequence[NewDocument], *, at: datetime) -> list[int]:
    """Store new documents and return their numbers in the same order."""
    ids: list[int] = []
    statement = insert(DocumentRow).returning(DocumentRow.id, sort_by_parameter_order=True)
    for batch in _batches(documents, _MANY):
        ids += connection.scalars(statement, [_row(new) | {"added_at": at} for new in batch])
    return ids


def update_documents(connection: Connection, documents: Mapping[int, NewDocument], *, at: datetime) -> None:
    """Replace documents, by number; what was mined and quoted from other texts of theirs goes."""
    texts = _select_in(connection, select(DocumentRow.id, DocumentRow.text), DocumentRow.id, documents)
    rewritten = [row.id for row in texts if row.text != documents[row.id].document.text]
    for batch in _batches(rewritten, _MANY):
        connection.execute(delete(MinedDocumentRow).where(MinedDocumentRow.document_id.in_(batch)))
        connection.execute(delete(ReleaseEvidenceRow).where(ReleaseEvidenceRow.document_id.in_(batch)))
    if documents:
        statement = update(DocumentRow).where(DocumentRow.id == bindparam("row_id"))
        connection.execute(
            statement, [_row(new) | {"row_id": key, "added_at": at} for key, new in documents.items()]
        )


def insert_bands(
    connection: Connection, bands: Mapping[int, Sequence[int]], *, of_copies: bool = False
) -> None:
    """Store the bands of originals, or of copies, by number; a band that comes twice is stored once."""
    rows = [
        {"band": _kept_as(band, of_copies), "document_id": key}
        for key, values in bands.items()
        for band in dict.fromkeys(values)
    ]
    rows.sort(key=itemgetter("band"))  # in the order of the key, which databases write faster
    for batch in _batches(rows, 100_000):
        connection.execute(insert(DocumentBandRow), batch)


def _kept_as(band: int, of_copies: bool) -> int:
    """The number under which a band is kept; those of copies are complements, out of the way of a search."""
    return ~band if of_copies else band


def delete_bands(connection: Connection, ids: Collection[int]) -> None:
    """Take the bands from documents."""
    for batch in _batches(ids, _MANY):
        connection.execute(delete(DocumentBandRow).where(DocumentBandRow.document_id.in_(batch)))


def _turn_bands(connection: Connection, digests: Iterable[str]) -> None:
    """Keep the bands of copies as those of originals and the reverse."""
    for batch in _batches(sorted(digests), _MANY):
        ids = select(DocumentRow.id).where(DocumentRow.digest.in_(batch))
        statement = update(DocumentBandRow).where(DocumentBandRow.document_id.in_(ids))
        connection.execute(statement.values(band=-1 - DocumentBandRow.band))


def release_bands(connection: Connection, ids: Collection[int]) -> None:
    """Take the bands from documents that lose their text, and hand them to others of the same digest."""
    bearing = exists().where(DocumentBandRow.document_id == DocumentRow.id)
    rows = _select_in(
        connection, select(DocumentRow.id, DocumentRow.digest).where(bearing), DocumentRow.id, ids
    )
    bearers = {row.digest: row.id for row in rows}
    heirs = _heirs(connection, bearers, set(ids))
    moves = [{"heir": heir, "bearer": bearers[digest]} for digest, heir in heirs.items()]
    if moves:
        statement = update(DocumentBandRow).where(DocumentBandRow.document_id == bindparam("bearer"))
        connection.execute(statement.values(document_id=bindparam("heir")), moves)
    delete_bands(connection, ids)


def digests_of_bands(
    connection: Connection, bands: Iterable[int], *, of_copies: bool = False
) -> list[tuple[int, str]]:
    """Return (band, digest) of every original, or every copy, that bears one of these bands."""
    statement = select(DocumentBandRow.band, DocumentRow.digest).join(
        DocumentRow, DocumentRow.id == DocumentBandRow.document_id
    )
    kept = {_kept_as(band, of_copies): band for band in bands}
    rows = _select_in(connection, statement, DocumentBandRow.band, kept)
    return [(kept[row[0]], row[1]) for row in rows]


def texts_of_documents(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str | None, str]]:
    """Return label and text of documents."""
    statement = select(DocumentRow.id, DocumentRow.label, DocumentRow.text)
    return {row[0]: (row[1], row[2]) for row in _select_in(connection, statement, DocumentRow.id, ids)}


def facts_of_digests(connection: Connection, digests: Iterable[str]) -> list[CopyFacts]:
    """Return all documents of these digests."""
    statement = select(
        DocumentRow.id, DocumentRow.url, DocumentRow.digest, DocumentRow.published, DocumentRow.duplicate_of
    )
    return [CopyFacts(*row) for row in _select_in(connection, statement, DocumentRow.digest, digests)]


def copies_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the documents that are marked as copies of these, with their digests."""
    statement = select(DocumentRow.id, DocumentRow.digest)
    return {row[0]: row[1] for row in _select_in(connection, statement, DocumentRow.duplicate_of, ids)}


def digests_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the digests of documents."""
    statement = select(DocumentRow.id, DocumentRow.digest)
    return {row[0]: row[1] for row in _select_in(connection, statement, DocumentRow.id, ids)}


def digests_named_canonical(connection: Connection, ids: Iterable[int]) -> set[str]:
    """Return the digests of the documents whose URL the pages of these documents name canonical."""
    owner, named = aliased(DocumentRow), aliased(DocumentRow)
    statement = (
        select(named.digest)
        .join(PageRow, (PageRow.canonical_url == named.url) & (PageRow.canonical_url != PageRow.url))
        .join(owner, owner.page_id == PageRow.id)
    )
    return {row[0] for row in _select_in(connection, statement, owner.id, ids)}


def count_copies(connection: Connection, urls: Iterable[str]) -> int:
    """Return how many of the documents of these URLs are copies of others."""
    statement = select(DocumentRow.id).where(DocumentRow.duplicate_of.is_not(None))
    return sum(1 for _ in _select_in(connection, statement, DocumentRow.url, urls))


def named_canonical(connection: Connection, urls: Iterable[str]) -> set[str]:
    """Return those of the URLs that another page names canonical."""
    statement = select(PageRow.canonical_url).where(PageRow.canonical_url != PageRow.url).distinct()
    return {row[0] for row in _select_in(connection, statement, PageRow.canonical_url, urls)}


def set_originals(connection: Connection, originals: Mapping[int, int | None]) -> None:
    """Mark documents as copies of others, or as originals (None)."""
    if originals:
        statement = update(DocumentRow).where(DocumentRow.id == bindparam("row_id"))
        rows = [{"row_id": key, "original": value} for key, value in originals.items()]
        connection.execute(statement.values(duplicate_of=bindparam("original")), rows)


def forgotten_among(connection: Connection, urls: Iterable[str]) -> set[str]:
    """Return those of the URLs that were forgotten on request, by themselves or with their host.

    A forgotten host may be written as a name (all ports), as name and port, or as scheme://name:port.
    """
    owners = {url: _names_of(url) for url in urls}
    values = {value for names in owners.values() for value in names}
    rows = list(
        _select_in(connection, select(ForgottenRow.kind, ForgottenRow.value), ForgottenRow.value, values)
    )
    hosts = {row.value for row in rows if row.kind == "host"}
    addresses = {row.value for row in rows if row.kind == "url"}
    return {url for url, names in owners.items() if url in addresses or not hosts.isdisjoint(names)}


def remove_documents(connection: Connection, ids: Iterable[int]) -> int:
    """Remove documents with everything derived from them and return how many there were.

    Copies of a removed original stay: the best of them (earliest, then shortest URL) becomes the original of
    the others. `crawler.documents.deposit.withdraw` does the same and compares the remaining texts anew.
    """
    leaving = set(ids)
    release_bands(connection, leaving)
    before = digests_of(connection, leaving)
    turned: set[str] = set()
    statement = select(
        DocumentRow.id, DocumentRow.url, DocumentRow.published, DocumentRow.duplicate_of, DocumentRow.digest
    )
    orphans: dict[int, list[Any]] = {}
    for row in _select_in(connection, statement, DocumentRow.duplicate_of, leaving):
        if row.id not in leaving:
            orphans.setdefault(row.duplicate_of, []).append(row)
    for original, copies in orphans.items():
        copies.sort(key=lambda row: (row.published is None, row.published or date.max, len(row.url), row.url))
        set_originals(connection, {row.id: copies[0].id if row is not copies[0] else None for row in copies})
        turned |= {before[original], copies[0].digest} if before[original] != copies[0].digest else set()
    _turn_bands(connection, turned)
    batches = list(_batches(leaving, _MANY))
    return sum(connection.execute(delete(DocumentRow).where(DocumentRow.id.in_(b))).rowcount for b in batches)


def _heirs(connection: Connection, digests: Iterable[str], leaving: set[int]) -> dict[str, int]:
    rows = _select_in(connection, select(DocumentRow.digest, DocumentRow.id), DocumentRow.digest, digests)
    return {row.digest: row.id for row in rows if row.id not in leaving}


def _stored(row: Any) -> StoredDocument:  # noqa: ANN401 - a row of the columns named in _FIELDS
    fields = {name: getattr(row, name) for name in _FIELDS}
    return StoredDocument(row.id, row.digest, Document(**fields))


def _names_of(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    return (url, parts.netloc, parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def _row(new: NewDocument) -> dict[str, Any]:
    # Not dataclasses.asdict: it copies deeply, which took a tenth of the time of an import.
    values = {name: getattr(new.document, name) for name in _FIELDS}
    return values | {"digest": new.digest, "words": new.words}


def _select_in(connection: Connection, statement: Any, column: Any, values: Iterable[Any]) -> Iterator[Any]:  # noqa: ANN401 - rows of any statement
    """Yield the rows of a statement for which a column has one of any number of values."""
    for batch in _batches(sorted(set(values)), _MANY):
        yield from connection.execute(statement.where(column.in_(batch)))


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch
