"""Turning fetched pages into documents: resumable, in a pool of processes, batch by batch.

Each batch is one transaction, and what it does depends only on the bodies of its pages and of those that
share a canonical address or an article with them. So a run that was killed anywhere ends, resumed, with the
documents of an undisturbed one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from crawler.documents.deposit import Deposit, deposit, withdraw
from crawler.extraction.groups import Batch, Results, bodies_in, next_batch, with_series
from crawler.extraction.page_readers import Reader, open_reader
from crawler.extraction.records import ExtractedPage, NoText
from crawler.extraction.series import numbered
from crawler.extraction.settling import documents_of, kept_pages
from store.documents import lock_documents
from store.engine import may_recover
from store.extraction import (
    count_pending,
    discard_bodies,
    documents_of_pages,
    lock_pages,
    mark_extracted,
    reopen_stranded,
    texts_of_pages,
)

# Pages of one transaction, unless a group is larger: about two seconds of work for one process.
_BATCH = 64
# Below this, starting processes (about two seconds each, mostly imports) costs more than they save.
_WORTH_A_POOL = 128
# A database that restarts is back within seconds: these pauses double from one to the next.
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0


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


Progress = Callable[[PageExtracted], None]


def extract_pending(engine: Engine, *, workers: int = 2, on_event: Progress | None = None) -> Extraction:
    """Turn every page whose body changed since it was last read into documents; return what was done.

    A page that lost its body or its text loses its documents, and a thread that lost a post that post. Pages
    are read by `workers` processes; with fewer than two, or for few pages, in this one. Several processes may
    do this at once: what both have read is then stored by the first, and found stored by the other.
    """
    with engine.connect() as connection:
        pending = count_pending(connection)
    total = Extraction()
    with open_reader(workers if pending >= _WORTH_A_POOL else 1) as read:
        while (loaded := _load(engine, read)) is not None:
            batch, results = loaded
            settled, done = _stored(engine, batch, results)
            total += done
            _tell(on_event, settled, results, total.pages, max(pending, total.pages))
    return total


def _load(engine: Engine, read: Reader) -> tuple[Batch, Results] | None:
    """Read the next pending pages with all that belong to them; None when nothing is pending."""
    with engine.connect() as connection:
        batch = next_batch(connection, _BATCH)
        bodies = bodies_in(connection, batch) if batch else []
    if batch is None:
        return None
    results = read(bodies)
    with engine.connect() as connection:
        more = with_series(connection, batch, results)
        bodies = bodies_in(connection, more)
    return Batch((*batch.groups, *more.groups), batch.vanished), {
        **results,
        **(read(bodies) if bodies else {}),
    }


def _stored(engine: Engine, batch: Batch, results: Results) -> tuple[Batch, Extraction]:
    """Store a batch, once more when the database was away or another writer in the way."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            with engine.begin() as connection:
                settled = _unchanged(connection, batch, results)
                return settled, _settle(connection, settled, results)
        except DBAPIError as error:
            if not may_recover(error) or pause > _LONGEST_PAUSE_SECONDS:
                raise
        time.sleep(pause)
        pause *= 2


def _unchanged(connection: Connection, batch: Batch, results: Results) -> Batch:
    """The batch without pages that were fetched, forgotten or read by others meanwhile; locks the rest.

    What is left out is still pending, or needs nothing any more.
    """
    lock_documents(connection)
    now = lock_pages(connection, (page.id for page in [*batch.pages, *batch.vanished]))
    unread = {page.id for page in batch.pages if page.has_body and page.id not in results}
    return batch.without(lambda page: page.id in unread or now.get(page.id, "") != page.digest)


def _settle(connection: Connection, batch: Batch, results: Results) -> Extraction:
    """Write what was read: documents, removals, and which bodies they rest on."""
    pages = batch.pages
    touched = [*pages, *batch.vanished]
    unread = {page.id for page in pages if not page.has_body}
    texts = texts_of_pages(connection, unread)
    kept = {key: group for group in batch.groups for key in kept_pages(group, results, texts)}
    documents = documents_of(pages, kept, results)
    stored = documents_of_pages(connection, (page.id for page in touched))
    staying = {document.url for document in documents}
    fixed = unread & kept.keys()
    gone = [item.id for item in stored if item.url not in staying and item.page_id not in fixed]
    removed = withdraw(connection, gone)
    done = deposit(connection, documents)
    mark_extracted(connection, {page.id: page.digest for page in touched})
    discard_bodies(connection, _not_to_be_kept(batch, results))
    holders = {item.page_id for item in stored}
    reopen_stranded(connection, (page.host for page in touched if page.id in holders))
    without = sum(1 for page in pages if isinstance(results.get(page.id), NoText))
    return Extraction(len(pages), without, removed, done)


def _not_to_be_kept(batch: Batch, results: Results) -> list[int]:
    """Pages that ask for no copy to be kept and whose body nothing else will need: no twin, no next page."""
    sizes = Counter(group.series for group in batch.groups)
    alone = [group for group in batch.groups if len(group.pages) == 1 and sizes[group.series] == 1]
    return [
        page.id
        for group in alone
        for page in group.pages
        if page.noarchive and numbered(group.address).number == 1 and not _goes_on(results.get(page.id))
    ]


def _goes_on(result: ExtractedPage | NoText | None) -> bool:
    return isinstance(result, ExtractedPage) and result.next_url is not None


def _tell(on_event: Progress | None, batch: Batch, results: Results, done: int, pending: int) -> None:
    if on_event is None:
        return
    first = done - len(batch.pages)
    for number, page in enumerate(batch.pages, start=1):
        found = results.get(page.id)
        reason = found.reason if isinstance(found, NoText) else None
        on_event(PageExtracted(page.url, reason, first + number, pending))
