"""Storing what was fetched: one thread, one transaction for all visits that ended since the last one.

A page's new state, its body and the pages it made known are committed together, so that a crawl killed at
any moment has either seen a page or not.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine

from crawler.fetching.policy import Decision
from store.frontier import NewPage, count_pages, enqueue, fail_pages, record_changes, redirect_chain
from store.hosts import Host, save_host
from store.records import SourceKind
from store.sources import correct_source, set_source_error

T = TypeVar("T")

# Results that wait while a transaction runs; more would only be lost by a kill.
_MAX_WAITING = 256
# Visits that end within this time share a transaction: at 300 pages/s that saves a third of the time.
_GATHER_SECONDS = 0.05
# So many are stored at once without waiting for more: a kill then costs few pages a second visit.
_ENOUGH = 16
# Frequent links (menus) are recognised without asking the database; 100,000 URLs take about 20 MB.
_SEEN_URLS = 100_000


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to be stored: the decision on the page, and what was learnt about host and source."""

    decision: Decision
    host: Host | None = None
    source_kind: SourceKind | None = None
    source_scope: str | None = None
    source_error: str | None = None


@dataclass(slots=True)
class Stored:
    """What a transaction did, for counting: visits stored, pages queued, hosts that got some."""

    visits: list[Visit] = field(default_factory=list)
    added: int = 0
    hosts: set[str] = field(default_factory=set)


class Writer:
    """Owns the database for the time of a crawl; everything else asks it."""

    def __init__(self, engine: Engine, *, max_pages_per_source: int, told: Callable[[Stored], None]) -> None:
        self._engine = engine
        self._told = told
        self._max_pages = max_pages_per_source
        self._pages: Counter[int] = Counter()
        self._seen: dict[str, None] = {}
        self._queue: asyncio.Queue[Visit | asyncio.Future[None]] = asyncio.Queue(_MAX_WAITING)
        self._urgent = asyncio.Event()
        # One thread: SQLite has one writer anyway, and later reads then see earlier writes.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="frontier")

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Run a function in a transaction of its own, after all that run already."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_transaction, question)

    async def budget(self, sources: Iterable[int]) -> None:
        """Count the pages of the sources, so that none grows beyond its limit."""
        wanted = list(sources)
        self._pages.update(await self.ask(lambda connection: count_pages(connection, wanted)))

    async def store(self, visit: Visit) -> None:
        """Hand over a visit; waits while too many are not stored yet."""
        await self._queue.put(visit)
        if self._queue.qsize() >= _ENOUGH:
            self._urgent.set()

    async def flush(self) -> None:
        """Return when everything handed over so far is stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._queue.put(stored)
        self._urgent.set()
        await stored

    async def run(self) -> None:
        """Store visits until cancelled."""
        while True:
            waiting = [await self._queue.get()]
            await self._gather()
            while not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            visits = [item for item in waiting if isinstance(item, Visit)]
            flushes = [item for item in waiting if not isinstance(item, Visit)]
            try:
                if visits:
                    self._told(await self.ask(partial(self._commit, visits=visits)))
            except BaseException as error:
                for flush in flushes:
                    if not flush.done():
                        flush.set_exception(error)
                raise
            for flush in flushes:
                if not flush.done():
                    flush.set_result(None)

    async def _gather(self) -> None:
        """Let more visits come in, unless somebody waits for these to be stored."""
        try:
            async with asyncio.timeout(_GATHER_SECONDS):
                await self._urgent.wait()
        except TimeoutError:
            pass
        self._urgent.clear()

    def close(self) -> None:
        """End the thread after what it is doing."""
        self._thread.shutdown(wait=True)

    def _in_transaction(self, question: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return question(connection)

    def _commit(self, connection: Connection, visits: list[Visit]) -> Stored:
        now = datetime.now(UTC)
        stored = Stored(visits)
        changes = record_changes(connection, [visit.decision.change for visit in visits])
        for change in changes:
            self._store_found(connection, change.found, now, stored)
        for visit in visits:
            self._store_learnt(connection, visit)
        return stored

    def _store_found(
        self, connection: Connection, found: tuple[NewPage, ...], now: datetime, stored: Stored
    ) -> None:
        fresh = [page for page in found if page.url not in self._seen]
        if not fresh:
            return
        source_id = fresh[0].source_id
        room = self._max_pages - self._pages[source_id]
        if room <= 0:
            set_source_error(connection, source_id, f"it has {self._max_pages:,} pages, the most allowed")
            return
        # Some may be known already: the limit is then reached a few pages early, never exceeded.
        added = enqueue(connection, fresh[:room], now)
        self._pages[source_id] += added
        stored.added += added
        stored.hosts.update(page.host for page in fresh)
        self._remember(page.url for page in fresh[:room])

    def _remember(self, urls: Iterable[str]) -> None:
        for url in urls:
            self._seen[url] = None
        while len(self._seen) > _SEEN_URLS:
            del self._seen[next(iter(self._seen))]

    def _store_learnt(self, connection: Connection, visit: Visit) -> None:
        page = visit.decision.change.page
        if visit.host is not None:
            save_host(connection, visit.host)
        correct_source(connection, page.source_id, kind=visit.source_kind, scope=visit.source_scope)
        if visit.source_error is not None:
            set_source_error(connection, page.source_id, visit.source_error)
        if visit.decision.outcome == "redirected":
            _fail_circle(connection, page.url, page.source_id, is_source=page.depth == 0)


def _fail_circle(connection: Connection, url: str, source_id: int, *, is_source: bool) -> None:
    """Mark the pages of a circle of redirects as failed: none of them leads anywhere."""
    # The longest chain that is followed is 10 (CrawlSettings.max_redirects), and often there is no circle.
    chain = redirect_chain(connection, url, 20)
    if url not in chain:
        return
    circle = chain[: chain.index(url) + 1]
    reason = "its redirects lead in a circle"
    fail_pages(connection, circle, reason)
    if is_source:
        set_source_error(connection, source_id, f"{url}: {reason}")
