"""One visit: ask for a page, read what came, decide what becomes of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.errors import AddressRefused, FetchFailed
from crawler.fetching.addresses import is_private_name
from crawler.fetching.discovery import (
    discovered,
    moved_scope,
    redirect_target,
    redirected_page,
    sitemap_pages,
)
from crawler.fetching.http import Answer, HostClient
from crawler.fetching.origin import Origin
from crawler.fetching.pace import Pace
from crawler.fetching.policy import (
    Decision,
    after_body,
    after_failure,
    after_redirect,
    after_refusal,
    after_status,
    conditions,
    declined_by_page,
    is_redirect,
    scheduled,
    screen_for,
)
from crawler.fetching.reading import Reading, read_body
from crawler.fetching.robots import sitemaps_in
from crawler.fetching.traps import TrapMemory
from crawler.fetching.writer import Visit
from crawler.urls import host_of
from store.frontier import Page
from store.records import Source

if TYPE_CHECKING:
    from crawler.fetching.domain_worker import Crawl

# Parsing longer bodies than this beside the event loop keeps the other hosts' requests on time.
_INLINE_BYTES = 200_000
# What is worth an archive: answers that a page had, and that it has not changed.
_ARCHIVED = frozenset({"fetched", "unchanged", "not modified", "redirected"})


class Visitor:
    """Visits pages of one domain, one after the other, over its own connections."""

    def __init__(self, crawl: Crawl, client: HostClient, pace: Pace, traps: TrapMemory) -> None:
        self.client = client
        self._crawl = crawl
        self._settings = crawl.settings
        self._pace = pace
        self._traps = traps

    async def visit(self, page: Page, origin: Origin) -> Visit | None:
        """Ask for a page and decide; None when it is to stay queued."""
        now = datetime.now(UTC)
        refusal = self._refusal(page, origin)
        if refusal is not None:
            return self._concluded(page, origin, after_refusal(page, refusal, now))
        if origin.down is not None:
            failure = FetchFailed(origin.down, transient=False)
            return self._concluded(page, origin, after_failure(page, failure, now, self._settings, 0.0))
        if not await self._pace.next_turn(self._crawl.sleep):
            return None
        async with self._crawl.slot():
            self._pace.started()
            return await self._fetch(page, origin)

    def _refusal(self, page: Page, origin: Origin) -> str | None:
        if not self._settings.has_contact and not is_private_name(host_of(page.url)):
            return "its host is public and no contact is configured"
        return origin.refusal(page.url) or self._traps.refusal(page)

    async def _fetch(self, page: Page, origin: Origin) -> Visit:
        asked, limit = conditions(page), self._settings.max_body_bytes
        try:
            answer = await self.client.get(
                page.url, headers=asked, screen=screen_for(page.role), max_bytes=limit
            )
        except AddressRefused as error:
            return self._concluded(page, origin, after_refusal(page, error.reason, datetime.now(UTC)))
        except FetchFailed as error:
            origin.failed(error.reason)
            decision = after_failure(page, error, datetime.now(UTC), self._settings, _jitter())
            return self._concluded(page, origin, decision)
        visit = await self._answered(page, answer, origin)
        await self._archive(visit, answer, asked)
        return visit

    async def _answered(self, page: Page, answer: Answer, origin: Origin) -> Visit:
        now = datetime.now(UTC)
        hops = self._crawl.hops.pop(page.url, 0)
        if answer.refusal is not None:
            return self._concluded(page, origin, after_refusal(page, answer.refusal, now, answer))
        if is_redirect(answer):
            return self._redirected(page, answer, origin, hops + 1, now)
        if answer.status == 200:
            return await self._read(page, answer, origin, now)
        decision = after_status(page, answer, now, self._settings, _jitter())
        if decision.outcome in {"retried", "failed"} and answer.status >= 429:
            origin.failed(f"the server answers {answer.status}")
        else:
            origin.answered()
        if decision.pause_until is not None:
            self._pace.pause_until(decision.pause_until)
        return self._concluded(page, origin, decision)

    async def _read(self, page: Page, answer: Answer, origin: Origin, now: datetime) -> Visit:
        origin.answered()
        if page.role != "page" or len(answer.body) > _INLINE_BYTES:
            reading = await asyncio.to_thread(read_body, answer, page.role)
        else:
            reading = read_body(answer, page.role)
        reading = self._traps.judged(page, reading)
        source = self._with_real_kind(page, reading)
        found = discovered(page, reading, source, self._settings.max_depth)
        if page.depth == 0:
            found += sitemap_pages(sitemaps_in(origin.robots, page.host), page, source)
        return self._concluded(page, origin, after_body(page, answer, reading, found, now))

    def _with_real_kind(self, page: Page, reading: Reading) -> Source:
        """The source of a page, corrected when its own URL turns out to be a feed or a sitemap."""
        source = self._crawl.sources[page.source_id]
        if page.depth > 0 or reading.error is not None or reading.role in {"page", source.kind}:
            return source
        source = replace(source, kind=reading.role)
        self._crawl.sources[page.source_id] = source
        return source

    def _redirected(self, page: Page, answer: Answer, origin: Origin, hops: int, now: datetime) -> Visit:
        origin.answered()
        source = self._crawl.sources[page.source_id]
        redirect = redirect_target(page, answer.headers["location"], source)
        if redirect.target is None or redirect.refusal is not None:
            return self._concluded(page, origin, after_refusal(page, redirect.refusal or "", now))
        most = self._settings.max_redirects
        if hops > most:
            failure = FetchFailed(f"more than {most} redirects in a row", transient=False)
            return self._concluded(page, origin, after_failure(page, failure, now, self._settings, 0.0))
        self._crawl.hops[redirect.target] = hops
        scope = moved_scope(page, redirect.target, source)
        if scope is not None:
            self._crawl.sources[page.source_id] = replace(source, scope=scope)
        found = (redirected_page(page, redirect.target),)
        return self._concluded(page, origin, after_redirect(page, answer, redirect.target, found, now))

    def _concluded(self, page: Page, origin: Origin, decision: Decision) -> Visit:
        source = self._crawl.sources[page.source_id]
        decision = scheduled(
            decision,
            datetime.now(UTC),
            low=source.interval_seconds,
            high=self._settings.max_revisit_seconds,
        )
        after = decision.change.page
        unread = after.state in {"failed", "refused", "gone"} and not declined_by_page(after)
        return Visit(
            decision,
            host=origin.changes(),
            source_kind=source.kind if page.depth == 0 else None,
            source_scope=source.scope if page.depth == 0 else None,
            source_error=f"{page.url}: {after.reason}" if page.depth == 0 and unread else None,
        )

    async def _archive(self, visit: Visit, answer: Answer, asked: Mapping[str, str]) -> None:
        page = visit.decision.change.page
        if self._crawl.archive is None or visit.decision.outcome not in _ARCHIVED:
            return
        if "noarchive" in (page.restrictions or ""):
            return
        headers = {**self.client.headers, **asked}
        await asyncio.to_thread(
            self._crawl.archive.write, answer, at=datetime.now(UTC), request_headers=headers
        )


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads repetitions, keeps no secret
