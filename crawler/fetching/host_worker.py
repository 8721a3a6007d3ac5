"""Fetching from one host: its robots.txt first, then page by page at its pace."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from crawler.errors import AddressRefused, FetchFailed
from crawler.fetching.addresses import is_private_name
from crawler.fetching.discovery import discovered, moved_scope, redirect_target, redirected_page
from crawler.fetching.http import Answer, HostClient
from crawler.fetching.pace import Pace
from crawler.fetching.policy import (
    NOINDEX,
    Decision,
    after_body,
    after_failure,
    after_redirect,
    after_refusal,
    after_status,
    conditions,
    is_redirect,
    screen_for,
)
from crawler.fetching.reading import Reading, read_body
from crawler.fetching.robots import Robots
from crawler.fetching.robots_fetch import RobotsUnreachable, fetch_robots
from crawler.fetching.settings import CrawlSettings
from crawler.fetching.writer import Visit, Writer
from crawler.urls import host_of
from store.frontier import Page, next_due, next_pages
from store.hosts import Host, load_host
from store.records import Source

# Pages of one host in memory at a time: enough to ask the database rarely.
_WINDOW = 64
# After so many pages a host makes room when others wait for a place.
_SLICE = 200
# A host that fails so often in a row is taken for down for the rest of the crawl.
MAX_FAILURES_IN_A_ROW = 12
# Parsing longer bodies than this beside the event loop keeps the other hosts' requests on time.
_INLINE_BYTES = 200_000


class Crawl(Protocol):
    """What a worker needs of the crawl it belongs to."""

    settings: CrawlSettings
    writer: Writer
    sources: dict[int, Source]
    hops: dict[str, int]

    @property
    def stopping(self) -> bool:
        """Whether no further request is to be started."""

    @property
    def hosts_wait(self) -> bool:
        """Whether other hosts wait for a place."""

    def take_ticket(self) -> bool:
        """Count one more visit; False when `max_pages` is reached."""

    def looked_at(self, host: str) -> None:
        """Take note that all pages that were queued for a host so far have been seen."""

    async def sleep(self, seconds: float) -> bool:
        """Sleep; return False, early, when the crawl stops."""

    def slot(self) -> asyncio.Semaphore:
        """The bound on all requests under way."""


@dataclass(slots=True)
class _Local:
    """The pages of the host that are in memory."""

    waiting: deque[Page]
    taken: set[int]
    busy: int = 0
    served: int = 0


class HostWorker:
    """Visits the queued pages of one host until none is due, its slice is used up, or the crawl stops."""

    def __init__(self, crawl: Crawl, host: str, client: Callable[[], HostClient]) -> None:
        self._crawl = crawl
        self._settings = crawl.settings
        self._name = host
        self._open_client = client
        self._local = _Local(deque(), set())
        self._refilling = asyncio.Lock()
        self._host = Host(host)
        self._robots = Robots()
        self._saved = self._host
        self._down: str | None = None
        self.parked = False
        self.yielded = False

    async def run(self) -> None:
        """Work until there is nothing to do.

        Afterwards `parked` tells that the host wants to be left alone for the rest of the crawl, `yielded`
        that it made room for other hosts.
        """
        await self._refill()
        if not self._local.waiting and not await self._wait_for_more():
            return
        self._saved = await self._crawl.writer.ask(lambda c: load_host(c, self._name))
        self._host = replace(self._saved, failures=0)
        pace = Pace(self._settings.delay_seconds, self._settings.patience_seconds, self._host.not_before)
        async with self._open_client() as client:
            await self._learn_robots(client, pace)
            visitors = (self._visit_all(client, pace) for _ in range(self._settings.host_concurrency))
            async with asyncio.TaskGroup() as group:
                for visitor in visitors:
                    group.create_task(visitor)

    def stored(self, page_id: int) -> None:
        """Take note that the visit of a page is in the database."""
        self._local.taken.discard(page_id)

    async def _learn_robots(self, client: HostClient, pace: Pace) -> None:
        try:
            found = await fetch_robots(self._host, client, pace, self._settings, self._crawl.sleep)
        except RobotsUnreachable as error:
            self._host, self._down = error.host, error.reason
            self._robots = Robots(blocked=error.reason) if error.refused else Robots()
            return
        if found is None:
            self.parked = True
            return
        self._host, self._robots = found
        pace.delay_seconds = max(pace.delay_seconds, self._robots.delay_seconds)

    async def _visit_all(self, client: HostClient, pace: Pace) -> None:
        while (page := await self._next_page()) is not None:
            self._local.busy += 1
            try:
                visit = await self._visit(page, client, pace)
            finally:
                self._local.busy -= 1
            if visit is None:
                self._local.taken.discard(page.id)
                return
            await self._crawl.writer.store(visit)

    async def _next_page(self) -> Page | None:
        """The next page to visit; waits for pages that others may find or that are due soon."""
        while not (self._crawl.stopping or self.parked):
            async with self._refilling:
                if not self._local.waiting and not self._must_yield():
                    await self._refill()
                if self._local.waiting:
                    if not self._crawl.take_ticket():
                        return None
                    self._local.served += 1
                    return self._local.waiting.popleft()
            self.yielded = self._must_yield()
            if self.yielded or not await self._wait_for_more():
                return None
        return None

    def _must_yield(self) -> bool:
        return self._local.served >= _SLICE and self._crawl.hosts_wait

    async def _refill(self) -> None:
        await self._crawl.writer.flush()
        self._crawl.looked_at(self._name)
        now, taken, sources = datetime.now(UTC), tuple(self._local.taken), tuple(self._crawl.sources)
        pages = await self._crawl.writer.ask(
            lambda c: next_pages(c, self._name, now, limit=_WINDOW, sources=sources, taken=taken)
        )
        self._local.waiting.extend(pages)
        self._local.taken.update(page.id for page in pages)

    async def _wait_for_more(self) -> bool:
        if self._local.busy:  # what is being fetched may lead to more
            return await self._crawl.sleep(0.01)
        sources = tuple(self._crawl.sources)
        due = await self._crawl.writer.ask(lambda c: next_due(c, self._name, sources))
        if due is None:
            return False
        wait = (due - datetime.now(UTC)).total_seconds()
        return wait <= self._settings.patience_seconds and await self._crawl.sleep(max(wait, 0.01))

    async def _visit(self, page: Page, client: HostClient, pace: Pace) -> Visit | None:
        """Ask for a page and decide; None when it is to stay queued."""
        now = datetime.now(UTC)
        refusal = self._refusal(page)
        if refusal is not None:
            return self._concluded(page, after_refusal(page, refusal, now))
        if self._down is not None:
            failure = FetchFailed(self._down, transient=False)
            return self._concluded(page, after_failure(page, failure, now, self._settings, 0.0))
        if not await pace.next_turn(self._crawl.sleep):
            self.parked = not self._crawl.stopping
            return None
        async with self._crawl.slot():
            pace.started()
            return await self._fetch(page, client, pace)

    async def _fetch(self, page: Page, client: HostClient, pace: Pace) -> Visit:
        limit = self._settings.max_body_bytes
        try:
            answer = await client.get(
                page.url, headers=conditions(page), screen=screen_for(page.role), max_bytes=limit
            )
        except AddressRefused as error:
            return self._concluded(page, after_refusal(page, error.reason, datetime.now(UTC)))
        except FetchFailed as error:
            self._count_failure(error.reason)
            now = datetime.now(UTC)
            return self._concluded(page, after_failure(page, error, now, self._settings, random.random()))  # noqa: S311 - jitter
        return await self._answered(page, answer, pace)

    async def _answered(self, page: Page, answer: Answer, pace: Pace) -> Visit:
        now = datetime.now(UTC)
        hops = self._crawl.hops.pop(page.url, 0)
        if answer.refusal is not None:
            return self._concluded(page, after_refusal(page, answer.refusal, now, answer))
        if is_redirect(answer):
            return self._redirected(page, answer, hops + 1, now)
        if answer.status == 200:
            return await self._read(page, answer, now)
        decision = after_status(page, answer, now, self._settings, random.random())  # noqa: S311 - jitter
        if decision.outcome in {"retried", "failed"} and answer.status >= 429:
            self._count_failure(f"the server answers {answer.status}")
        else:
            self._host = replace(self._host, failures=0)
        if decision.pause_until is not None:
            pace.pause_until(decision.pause_until)
            self._host = replace(self._host, not_before=decision.pause_until)
        return self._concluded(page, decision)

    async def _read(self, page: Page, answer: Answer, now: datetime) -> Visit:
        self._host = replace(self._host, failures=0)
        if page.role != "page" or len(answer.body) > _INLINE_BYTES:
            reading = await asyncio.to_thread(read_body, answer, page.role)
        else:
            reading = read_body(answer, page.role)
        source = self._with_real_kind(page, reading)
        found = discovered(page, reading, source, self._settings.max_depth)
        return self._concluded(page, after_body(page, answer, reading, found, now))

    def _with_real_kind(self, page: Page, reading: Reading) -> Source:
        """The source of a page, corrected when its own URL turns out to be a feed or a sitemap."""
        source = self._crawl.sources[page.source_id]
        if page.depth > 0 or reading.error is not None or reading.role in {"page", source.kind}:
            return source
        source = replace(source, kind=reading.role)
        self._crawl.sources[page.source_id] = source
        return source

    def _redirected(self, page: Page, answer: Answer, hops: int, now: datetime) -> Visit:
        self._host = replace(self._host, failures=0)
        source = self._crawl.sources[page.source_id]
        redirect = redirect_target(page, answer.headers["location"], source)
        if redirect.target is None or redirect.refusal is not None:
            return self._concluded(page, after_refusal(page, redirect.refusal or "", now))
        if hops > self._settings.max_redirects:
            failure = FetchFailed(
                f"more than {self._settings.max_redirects} redirects in a row", transient=False
            )
            return self._concluded(page, after_failure(page, failure, now, self._settings, 0.0))
        self._crawl.hops[redirect.target] = hops
        scope = moved_scope(page, redirect.target, source)
        if scope is not None:
            self._crawl.sources[page.source_id] = replace(source, scope=scope)
        found = (redirected_page(page, redirect.target),)
        return self._concluded(page, after_redirect(page, answer, redirect.target, found, now))

    def _refusal(self, page: Page) -> str | None:
        settings = self._settings
        if not settings.has_contact and not is_private_name(host_of(page.url)):
            return "its host is public and no contact is configured"
        return self._robots.refusal(page.url)

    def _count_failure(self, reason: str) -> None:
        self._host = replace(self._host, failures=self._host.failures + 1)
        if self._host.failures >= MAX_FAILURES_IN_A_ROW:
            self._down = f"its host failed {self._host.failures} times in a row: {reason}"

    def _concluded(self, page: Page, decision: Decision) -> Visit:
        source = self._crawl.sources[page.source_id]
        after = decision.change.page
        host = None if self._host == self._saved else self._host
        self._saved = self._host
        broken = page.depth == 0 and after.state in {"failed", "refused", "gone"} and after.reason != NOINDEX
        return Visit(
            decision,
            host=host,
            source_kind=source.kind if page.depth == 0 else None,
            source_scope=source.scope if page.depth == 0 else None,
            source_error=f"{page.url}: {after.reason}" if broken else None,
        )
