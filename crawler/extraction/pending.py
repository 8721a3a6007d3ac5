"""Turning fetched pages into documents: resumable, in a pool of processes, batch by batch.

Each batch is one transaction, and what it does depends only on the bodies of its pages and of those that
share a canonical address with them. So a run that was killed anywhere ends, resumed, with the documents of
an undisturbed one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from crawler.documents.deposit import Deposit, deposit, withdraw
from crawler.extraction.extract import ExtractedPage, NoText, to_document
from crawler.extraction.page_readers import open_reader
from crawler.extraction.twins import MAX_GROUP, Member, group_of, keepers
from store.documents import document_ids_of_pages
from store.extraction import (
    PageBody,
    PageState,
    bodies_of,
    count_pending,
    mark_extracted,
    pages_sharing,
    pending_pages,
    reopen_stranded,
)

# Pages of one transaction, unless a group is larger: about two seconds of work for one process.
_BATCH = 64
# Below this, starting processes (about two seconds each, mostly imports) costs more than they save.
_WORTH_A_POOL = 128

Results: TypeAlias = Mapping[int, ExtractedPage | NoText]


@dataclass(frozen=True, slots=True)
class PageExtracted:
    """Progress: a page was read. `reason` says in words why it has no text of its own, else it is None."""

    url: str
    reason: str | None
    done: int
    pending: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a run did: pages read, those of them without a text, documents removed, what was deposited."""

    pages: int = 0
    without_text: int = 0
    removed: int = 0
    deposit: Deposit = field(default_factory=Deposit)

    def __add__(self, other: Extraction) -> Extraction:
        """Add up two runs."""
        return Extraction(
            self.pages + other.pages,
            self.without_text + other.without_text,
            self.removed + other.removed,
            self.deposit + other.deposit,
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """Pages that share a canonical address and are to be read. In a crowded group each stands for itself."""

    address: str
    pages: tuple[PageState, ...]
    crowded: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    groups: tuple[_Group, ...]
    vanished: tuple[PageState, ...]
    bodies: tuple[PageBody, ...]


Progress = Callable[[PageExtracted], None]


def extract_pending(engine: Engine, *, workers: int = 2, on_event: Progress | None = None) -> Extraction:
    """Turn every page whose body changed since it was last read into a document; return what was done.

    A page that lost its body or its text loses its document. Pages are read by `workers` processes; with
    fewer than two, or for few pages, in this one.
    """
    with engine.connect() as connection:
        pending = count_pending(connection)
    total = Extraction()
    with open_reader(workers if pending >= _WORTH_A_POOL else 1) as read:
        while (batch := _load(engine)) is not None:
            results = read(batch.bodies)
            with engine.begin() as connection:
                total += _settle(connection, batch, results)
            _tell(on_event, batch, results, total.pages, max(pending, total.pages))
    return total


def _load(engine: Engine) -> _Batch | None:
    """Read the next pending pages with their groups, or return None when nothing is pending."""
    with engine.connect() as connection:
        pending = pending_pages(connection, limit=_BATCH)
        if not pending:
            return None
        addresses = [group_of(page.url, page.canonical_url) for page in pending]
        groups = _choose(pending, pages_sharing(connection, addresses))
        vanished = tuple(page for page in pending if page.digest is None)
        bodies = bodies_of(connection, (page.id for group in groups for page in group.pages))
        return _Batch(groups, vanished, tuple(bodies))


def _choose(pending: Sequence[PageState], sharing: Sequence[PageState]) -> tuple[_Group, ...]:
    """Return the groups of the first pending pages, as many as make a batch."""
    members: dict[str, list[PageState]] = {}
    for page in {page.id: page for page in [*sharing, *pending]}.values():
        if page.digest is not None:
            members.setdefault(group_of(page.url, page.canonical_url), []).append(page)
    waiting = {page.id for page in pending}
    groups: list[_Group] = []
    for address in dict.fromkeys(group_of(page.url, page.canonical_url) for page in pending):
        if address in members and sum(len(group.pages) for group in groups) < _BATCH:
            groups.append(_group(address, members[address], waiting))
    return tuple(groups)


def _group(address: str, members: Sequence[PageState], waiting: set[int]) -> _Group:
    crowded = len(members) > MAX_GROUP
    # Twins of a group that has just become crowded have no document yet, so all of it is read once more.
    read_before = sum(1 for page in members if page.extracted_digest is not None)
    if crowded and read_before > MAX_GROUP:
        members = [page for page in members if page.id in waiting or page.extracted_digest is None]
    return _Group(address, tuple(members), crowded)


def _settle(connection: Connection, batch: _Batch, results: Results) -> Extraction:
    """Write what was read: documents, removals, and which bodies they rest on."""
    pages = [page for group in batch.groups for page in group.pages]
    kept = {key for group in batch.groups for key in _keepers(group, results)}
    documents = [
        to_document(result, url=page.url, page_id=page.id)
        for page in sorted(pages, key=lambda page: page.id)
        if page.id in kept and isinstance(result := results.get(page.id), ExtractedPage)
    ]
    stored = document_ids_of_pages(connection, (page.id for page in [*pages, *batch.vanished]))
    removed = withdraw(connection, [key for key, page_id in stored.items() if page_id not in kept])
    done = deposit(connection, documents)
    mark_extracted(connection, {page.id: page.digest for page in [*pages, *batch.vanished]})
    holders = set(stored.values())
    reopen_stranded(connection, (page.host for page in [*pages, *batch.vanished] if page.id in holders))
    without = sum(1 for page in pages if not isinstance(results.get(page.id), ExtractedPage))
    return Extraction(len(pages), without, removed, done)


def _keepers(group: _Group, results: Results) -> list[int]:
    read = ((page, results.get(page.id)) for page in group.pages)
    members = [
        Member(page.id, page.url, found.text if isinstance(found, ExtractedPage) else None)
        for page, found in read
    ]
    return keepers(group.address, members, crowded=group.crowded)


def _tell(on_event: Progress | None, batch: _Batch, results: Results, done: int, pending: int) -> None:
    if on_event is None:
        return
    first = done - len(batch.bodies)
    for number, body in enumerate(batch.bodies, start=1):
        found = results[body.page_id]
        reason = found.reason if isinstance(found, NoText) else None
        on_event(PageExtracted(body.url, reason, first + number, pending))
