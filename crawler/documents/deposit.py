"""The one way by which documents enter the database, from a crawl and from files alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from crawler.documents.duplicates import Fingerprint, fingerprints
from crawler.documents.originals import settle_copies
from store import documents as stored
from store.dates import believable
from store.documents import NewDocument, StoredDocument
from store.records import Document

# Documents handled at once: a few MB of text and of shingles.
_BATCH = 1_000
# PostgreSQL stores no NUL, and neither database half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# The column holds codes; anything longer is no language code.
_LANGUAGE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Deposit:
    """What became of deposited documents.

    `added`, `changed` and `unchanged` count documents; `copies` those among them that are copies of others
    now. `refused` ones have no word of text or were forgotten on request.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    copies: int = 0
    refused: int = 0

    def __add__(self, other: Deposit) -> Deposit:
        """Add up two deposits."""
        return Deposit(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.copies + other.copies,
            self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document about to be written, with what it is compared by."""

    document: Document
    found: Fingerprint

    @property
    def url(self) -> str:
        return self.document.url

    @property
    def digest(self) -> str:
        return self.found.digest

    def row(self) -> NewDocument:
        # White-space words, as ground truth counts them; the fingerprint's words split hyphens and Japanese.
        return NewDocument(self.document, self.found.digest, len(self.document.text.split()))


def deposit(connection: Connection, documents: Sequence[Document]) -> Deposit:
    """Store documents within the caller's transaction; a document is replaced by another of its URL.

    Of several with one URL the last one counts, and the ones before it count as refused. Dates that are not
    believable are left out. Copies are found among all stored documents.
    """
    stored.lock_documents(connection)
    total = Deposit()
    for start in range(0, len(documents), _BATCH):
        total += _deposit_batch(connection, documents[start : start + _BATCH])
    return total


def withdraw(connection: Connection, ids: Iterable[int]) -> int:
    """Remove documents and everything derived from them; return how many there were.

    What was a copy of a removed document is compared anew and becomes an original or a copy of another.
    """
    leaving = set(ids)
    stored.lock_documents(connection)
    orphans = stored.copies_of(connection, leaving)
    removed = stored.remove_documents(connection, leaving)
    settle_copies(connection, set(orphans.values()), orphans)
    return removed


def _deposit_batch(connection: Connection, documents: Sequence[Document]) -> Deposit:
    forgotten = stored.forgotten_among(connection, (document.url for document in documents))
    wanted = {document.url: _storable(document) for document in documents if document.url not in forgotten}
    existing = stored.documents_at(connection, wanted)
    fresh = [
        document for document in map(partial(_with_page, existing), wanted.values()) if document is not None
    ]
    prints = fingerprints((document.label, document.text) for document in fresh)
    usable = [_Entry(document, found) for document, found in zip(fresh, prints, strict=True) if found.words]
    changed = {existing[entry.url].id: entry for entry in usable if entry.url in existing}
    new = [entry for entry in usable if entry.url not in existing]
    _write(connection, new, changed, existing)
    unchanged = len(wanted) - len(fresh)
    refused = len(documents) - unchanged - len(usable)
    return Deposit(len(new), len(changed), unchanged, stored.count_copies(connection, wanted), refused)


def _with_page(existing: dict[str, StoredDocument], document: Document) -> Document | None:
    """The document as it is to be stored, or None when it is stored so already."""
    old = existing.get(document.url)
    if old is None:
        return document
    if document.page_id is None:  # what a file says of a crawled page does not cut it off from the page
        document = replace(document, page_id=old.document.page_id)
    return None if document == old.document else document


def _storable(document: Document) -> Document:
    """The document as the columns can hold it: no unstorable characters, no date or code out of bounds."""
    language = document.language if len(document.language or "") <= _LANGUAGE_LENGTH else None
    return replace(
        document,
        text=_UNSTORABLE.sub("", document.text),
        title=_storable_line(document.title),
        author=_storable_line(document.author),
        label=_storable_line(document.label),
        reviewed_work=_storable_line(document.reviewed_work),
        published=believable(document.published),
        language=language,
    )


def _storable_line(text: str | None) -> str | None:
    return _UNSTORABLE.sub("", text) or None if text else None


def _write(
    connection: Connection,
    new: Sequence[_Entry],
    changed: Mapping[int, _Entry],
    existing: Mapping[str, StoredDocument],
) -> None:
    """Write documents and decide about copies among them and everything alike."""
    old = {key: existing[entry.url].digest for key, entry in changed.items()}
    now = datetime.now(UTC)
    orphans = stored.copies_of(connection, changed)
    stored.release_bands(connection, [key for key, digest in old.items() if changed[key].digest != digest])
    stored.update_documents(connection, {key: entry.row() for key, entry in changed.items()}, at=now)
    ids = stored.insert_documents(connection, [entry.row() for entry in new], at=now)
    written = {**changed, **dict(zip(ids, new, strict=True))}
    digests = {entry.digest for entry in written.values()} | set(old.values()) | set(orphans.values())
    digests |= stored.digests_named_canonical(connection, written)
    known = {entry.digest: entry.found for entry in written.values()}
    settle_copies(connection, digests, {*written, *orphans}, known)
