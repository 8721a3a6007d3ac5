"""The one way by which documents enter the database, from a crawl and from files alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from crawler.documents.duplicates import (
    Candidate,
    Fingerprint,
    Shingles,
    are_copies,
    choose_originals,
    fingerprints,
    shingles_of,
    words_of,
)
from crawler.extraction.dates import believable
from store import documents as stored
from store.documents import CopyFacts, NewDocument, StoredDocument
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
    digests = stored.digests_of_copies(connection, leaving)
    removed = stored.remove_documents(connection, leaving)
    _settle_copies(connection, digests)
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
    _settle_copies(connection, _write(connection, new, changed, existing))
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
) -> set[str]:
    """Write documents and bands; return the digests whose originals are to be chosen anew."""
    old = {key: existing[entry.url].digest for key, entry in changed.items()}
    touched = set(old.values()) | stored.digests_of_copies(connection, changed)
    stored.release_bands(connection, [key for key, digest in old.items() if changed[key].digest != digest])
    stored.update_documents(connection, {key: entry.row() for key, entry in changed.items()})
    ids = stored.insert_documents(connection, [entry.row() for entry in new], at=datetime.now(UTC))
    written = {**changed, **dict(zip(ids, new, strict=True))}
    digests = {entry.digest for entry in written.values()}
    borne = stored.digests_with_bands(connection, digests)
    bearers = {entry.digest: key for key, entry in written.items() if entry.digest not in borne}
    stored.insert_bands(connection, {key: written[key].found.bands for key in bearers.values()})
    return touched | digests


def _settle_copies(connection: Connection, digests: Iterable[str]) -> None:
    """Choose originals among the documents of these digests and everything alike."""
    alike = _near_copies(connection, digests)
    facts = stored.facts_of_digests(connection, alike)
    several = _having_rivals(facts, alike)
    named = stored.named_canonical(connection, (item.url for item in several))
    candidates = [
        Candidate(item.id, item.url, item.digest, item.published, item.url in named) for item in several
    ]
    chosen: dict[int, int | None] = dict.fromkeys((item.id for item in facts), None)
    chosen |= choose_originals(candidates, alike)
    before = {item.id: item.duplicate_of for item in facts}
    stored.set_originals(connection, {key: value for key, value in chosen.items() if before[key] != value})


def _having_rivals(facts: Sequence[CopyFacts], alike: Mapping[str, frozenset[str]]) -> list[CopyFacts]:
    sizes = Counter(item.digest for item in facts)
    return [item for item in facts if sizes[item.digest] > 1 or alike[item.digest]]


def _near_copies(connection: Connection, digests: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return for these digests, and for all that are linked to them by near copies, their near copies."""
    alike: dict[str, set[str]] = {}
    texts: dict[str, tuple[str, Shingles]] = {}
    waiting = set(digests)
    while waiting:
        alike |= {digest: set() for digest in waiting}
        pairs = stored.similar_digests(connection, waiting)
        unread = {digest for pair in pairs for digest in pair} - texts.keys()
        for digest, (label, text) in stored.texts_of_digests(connection, unread).items():
            texts[digest] = (" ".join(words_of(label or "")), shingles_of(words_of(text)))
        found = [(one, other) for one, other in pairs if _alike(texts[one], texts[other])]
        for one, other in found:
            alike[one].add(other)
        waiting = {other for _, other in found} - alike.keys()
    return {digest: frozenset(others) for digest, others in alike.items()}


def _alike(one: tuple[str, Shingles], other: tuple[str, Shingles]) -> bool:
    """Whether two texts, each with its folded label, are copies of each other.

    Texts labelled with different artists are not; a text without a label may well be a copy of one with.
    """
    agree = one[0] == other[0] or not one[0] or not other[0]
    return agree and are_copies(one[1], other[1])
