"""Working on one domain: page by page at its pace, host by host under its rules."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Protocol

from crawler.archive.warc_writer import WarcArchive
from crawler.fetching.http import HostClient, shared_tls
from crawler.fetching.origin import Origin
from crawler.fetching.pace import HOLD_SECONDS, Pace
from crawler.fetching.settings import CrawlSettings
from crawler.fetching.traps import TrapMemories
from crawler.fetching.visiting import Visitor
from crawler.fetching.writer import Visit, Writer
from store.domains import Claim, release_domain
from store.frontier import Page, next_due, next_pages
from store.hosts import load_host
from store.records import Source
from store.sources import source_of

# Pages of one domain in memory, and when to ask for more: the database then answers while others are fetched.
_WINDOW = 128
_LOW = 48
# After so many pages a domain makes room when others wait for a place.
_SLICE = 200
# One client is quick up to about this many requests at once (372 req/s with 64 of them, 1,300 with 4 in each
# of sixteen clients).
_REQUESTS_PER_CLIENT = 4
# How soon to look again for what requests under way may bring.
_GLANCE_SECONDS = 0.01


class Crawl(Protocol):
    """What a worker needs of the crawl it belongs to."""

    settings: CrawlSettings
    writer: Writer
    archive: WarcArchive | None
    holder: str
    sources: dict[int, Source]
    hops: dict[str, int]
    traps: TrapMemories

    @property
    def stopping(self) -> bool:
        """Whether no further request is to be started."""

    @property
    def others_wait(self) -> bool:
        """Whether other domains wait for a place."""

    def take_ticket(self) -> bool:
        """Count one more visit; False when `max_pages` is reached."""

    async def sleep(self, seconds: float) -> bool:
        """Sleep; return False, early, when the crawl stops."""

    def slot(self) -> asyncio.Semaphore:
        """The bound on all requests under way."""


class DomainWorker:
    """Visits the queued pages of a leased domain, until none is due, its turn is over or the crawl stops."""

    def __init__(self, crawl: Crawl, claim: Claim) -> None:
        self._crawl = crawl
        self._settings = crawl.settings
        self._domain = claim.domain
        self._pace = Pace(self._settings.delay_seconds, claim.not_before)
        self._origins: dict[str, Origin] = {}
        self._waiting: deque[Page] = deque()
        self._taken: set[int] = set()
        self._busy = 0
        self._served = 0
        self._paused = False
        self._news = True
        self._refilling: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Work until there is nothing to do, then give the domain back."""
        await self._refill()
        if self._waiting:
            traps = self._crawl.traps.of(self._domain)
            async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
                client: HostClient | None = None
                for number in range(self._settings.host_concurrency):
                    if client is None or number % _REQUESTS_PER_CLIENT == 0:
                        client = await stack.enter_async_context(self._open_client())
                    visitor = Visitor(self._crawl, client, self._pace, traps)
                    group.create_task(self._visit_all(visitor))
        await self._give_back()

    def stored(self, page_id: int) -> None:
        """Take note that the visit of a page is in the database."""
        self._taken.discard(page_id)
        self._news = True

    def _open_client(self) -> HostClient:
        # Without a delay nobody needs to know when exactly a request leaves, and the tracing costs time.
        paced = self._pace.started if self._settings.delay_seconds > 0 else None
        return HostClient(self._settings, shared_tls(), paced)

    async def _give_back(self) -> None:
        if self._refilling is not None:
            await self._refilling
        await self._crawl.writer.flush()
        now, not_before = datetime.now(UTC), self._pace.next_moment()
        holder, domain = self._crawl.holder, self._domain
        await self._crawl.writer.ask(
            lambda c: release_domain(c, holder, domain, now=now, not_before=not_before)
        )

    async def _visit_all(self, visitor: Visitor) -> None:
        while (page := await self._next_page()) is not None:
            self._busy += 1
            try:
                visit = await self._visit(visitor, page)
                if visit is None:
                    self._paused = True
                    return
                await self._crawl.writer.store(visit)
            finally:
                self._busy -= 1

    async def _visit(self, visitor: Visitor, page: Page) -> Visit | None:
        origin = await self._origin_of(page, visitor.client)
        if origin is None or not await self._source_known(page):
            return None
        return await visitor.visit(page, origin)

    async def _origin_of(self, page: Page, client: HostClient) -> Origin | None:
        """The host of a page with its rules; None when it wants a longer pause."""
        origin = self._origins.get(page.host)
        if origin is None:
            known = await self._crawl.writer.ask(lambda c: load_host(c, page.host))
            origin = self._origins.setdefault(page.host, Origin(known))
        async with origin.learning:
            if not origin.learnt and not await origin.learn(
                client, self._pace, self._settings, self._crawl.sleep
            ):
                return None
        return origin

    async def _source_known(self, page: Page) -> bool:
        """Make sure the source of a page is at hand; False when it was removed meanwhile."""
        if page.source_id not in self._crawl.sources:
            found = await self._crawl.writer.ask(lambda c: source_of(c, page.source_id))
            if found is None:
                return False
            self._crawl.sources[page.source_id] = found
        return True

    async def _next_page(self) -> Page | None:
        """The next page to visit; waits for pages that others may find or that are due soon."""
        while not (self._crawl.stopping or self._paused):
            if self._served >= _SLICE and self._crawl.others_wait:
                return None
            if self._refilling is None and len(self._waiting) <= _LOW and (self._news or not self._busy):
                self._refilling = asyncio.create_task(self._refill())
            if self._waiting:
                if not self._crawl.take_ticket():
                    return None
                self._served += 1
                return self._waiting.popleft()
            if self._refilling is not None:
                await asyncio.shield(self._refilling)
            if not self._waiting and not await self._wait_for_more():
                return None
        return None

    async def _refill(self) -> None:
        self._news = False
        try:
            if not self._busy:  # nothing else will make more known: all of it has to be stored first
                await self._crawl.writer.flush()
            now, taken, domain = datetime.now(UTC), tuple(self._taken), self._domain
            pages = await self._crawl.writer.ask(
                lambda c: next_pages(c, domain, now, limit=_WINDOW, taken=taken)
            )
            self._waiting.extend(pages)
            self._taken.update(page.id for page in pages)
        finally:
            self._refilling = None

    async def _wait_for_more(self) -> bool:
        if self._busy:  # what is being fetched may lead to more
            return await self._crawl.sleep(_GLANCE_SECONDS)
        domain = self._domain
        due = await self._crawl.writer.ask(lambda c: next_due(c, domain))
        if due is None:
            return False
        wait = (due - datetime.now(UTC)).total_seconds()
        return wait <= HOLD_SECONDS and await self._crawl.sleep(max(wait, _GLANCE_SECONDS))
