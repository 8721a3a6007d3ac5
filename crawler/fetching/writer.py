"""Storing what was fetched: one thread, one transaction for all visits that ended since the last one.

A page's new state, its body and the pages it made known are committed together, so that a crawl killed at
any moment has either seen a page or not.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from crawler.fetching.policy import Decision
from crawler.fetching.settings import CrawlSettings
from store.domains import domain_of, pages_of_domains
from store.engine import may_recover
from store.frontier import NewPage, count_pages, enqueue, fail_pages, record_changes, redirect_chain
from store.hosts import Host, save_host
from store.records import SourceKind
from store.sources import correct_source, set_source_error

T = TypeVar("T")

# Results that wait while a transaction runs; more would only be lost by a kill.
_MAX_WAITING = 256
# Visits that end within this time share a transaction: at 300 pages/s that saves a third of the time.
_GATHER_SECONDS = 0.05
# A database that restarts is back within seconds; one that stays away is asked this often.
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
# So many are stored at once without waiting for more: a kill then costs few pages a second visit.
_ENOUGH = 16
# Frequent links (menus) are recognised without asking the database; 100,000 URLs take about 20 MB.
_SEEN_URLS = 100_000
# As many counts of pages are kept; a link blog leads to more domains than are worth remembering.
_COUNTED_DOMAINS = 100_000


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
    """What a transaction did: visits stored, and pages queued by domain, by source and by URL."""

    visits: list[Visit] = field(default_factory=list)
    added: Counter[str] = field(default_factory=Counter)
    added_by_source: Counter[int] = field(default_factory=Counter)
    known: list[str] = field(default_factory=list)


class Writer:
    """Owns the database for the time of a crawl; everything else asks it."""

    def __init__(self, engine: Engine, settings: CrawlSettings, told: Callable[[Stored], None]) -> None:
        self._engine = engine
        self._settings = settings
        self._told = told
        self._pages: Counter[int] = Counter()
        self._pages_of_domain: dict[str, int] = {}
        self._given_up = threading.Event()
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
                    stored = await self.ask(partial(self._commit, visits=visits))
                    self._remember(stored)
                    self._told(stored)
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

    def give_up(self) -> None:
        """Wait for a database that went away no longer: the crawl is to end."""
        self._given_up.set()

    def _in_transaction(self, question: Callable[[Connection], T]) -> T:
        """Run a transaction, again when the database was restarted under it or another process was first.

        Repeating is safe: what a question writes, it writes the same way again.
        """
        patience = time.monotonic() + self._settings.database_patience_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                with self._engine.begin() as connection:
                    return question(connection)
            except DBAPIError as error:
                if not may_recover(error) or time.monotonic() + pause > patience:
                    raise
                if self._given_up.wait(pause):
                    raise
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

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
        known = self._pages[source_id] + stored.added_by_source[source_id]
        room = self._settings.max_pages_per_source - known
        if room <= 0:
            most = self._settings.max_pages_per_source
            set_source_error(connection, source_id, f"it has {most:,} pages, the most allowed")
            return
        # Some may be known already: the limit is then reached a few pages early, never exceeded.
        wanted = self._within_budget(connection, fresh[:room], source_id, stored.added)
        added = enqueue(connection, wanted, now)
        stored.added += added
        stored.added_by_source[source_id] += added.total()
        stored.known += [page.url for page in wanted]

    def _within_budget(
        self, connection: Connection, pages: Sequence[NewPage], source_id: int, added: Counter[str]
    ) -> list[NewPage]:
        """Leave out what would make a domain larger than allowed, and say so at the source."""
        domains = {page.host: domain_of(page.host) for page in pages}
        unknown = set(domains.values()) - self._pages_of_domain.keys()
        if unknown:
            if len(self._pages_of_domain) > _COUNTED_DOMAINS:
                self._pages_of_domain = {}
                unknown = set(domains.values())
            counted = pages_of_domains(connection, unknown)
            self._pages_of_domain |= {domain: counted.get(domain, 0) for domain in unknown}
        most = self._settings.max_pages_per_domain
        within: list[NewPage] = []
        planned: Counter[str] = Counter()
        for page in pages:
            domain = domains[page.host]
            planned[domain] += 1
            if self._pages_of_domain[domain] + added[domain] + planned[domain] <= most:
                within.append(page)
        full = [d for d, n in planned.items() if self._pages_of_domain[d] + added[d] + n > most]
        if full:
            reason = f"{full[0]} has {most:,} pages, the most allowed for a domain"
            set_source_error(connection, source_id, reason)
        return within

    def _remember(self, stored: Stored) -> None:
        """Take note of what is in the database now; not before the commit, which may have to be repeated."""
        self._pages += stored.added_by_source
        for domain, pages in stored.added.items():
            if domain in self._pages_of_domain:
                self._pages_of_domain[domain] += pages
        for url in stored.known:
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
