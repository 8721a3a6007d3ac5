"""The crawl: opens a round for each source and works through the frontier, domain by domain.

1. `begin_rounds` queues the sources and the pages they already know (store.sources).
2. Domains with queued pages are leased (store.domains), as many as the settings allow; other crawl
   processes on the same database lease others.
3. A worker for each (`domain_worker`) fetches page after page (`visiting`), reads links (`reading`) and
   decides (`policy`, `discovery`).
4. The writer (`writer`) commits each decision with its body and the pages it made known.
5. A source with nothing queued any more has finished its round.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from crawler.archive.warc_writer import WarcArchive
from crawler.fetching.addresses import is_private_name
from crawler.fetching.domain_worker import DomainWorker
from crawler.fetching.report import CrawlEvent, CrawlReport, SourceReport, Tally
from crawler.fetching.settings import CrawlSettings
from crawler.fetching.traps import TrapMemories
from crawler.fetching.writer import Stored, Visit, Writer
from crawler.urls import host_of
from store.domains import (
    Claim,
    claim_domains,
    domain_of,
    free_dead_leases,
    outlook,
    release_all,
    renew_leases,
)
from store.engine import reason_of
from store.errors import DatabaseUnusable
from store.frontier import count_queued
from store.holders import new_holder
from store.records import Source
from store.sources import begin_rounds, finish_rounds, list_sources

# How long requests under way may take to end after a stop was asked for.
GRACE_SECONDS = 5.0
# A dead process's domains are free after so long; a live one renews its leases three times as often.
LEASE_SECONDS = 60.0
_RENEWAL_SECONDS = LEASE_SECONDS / 3
# How often to look for domains that other processes made ready, or that waited for their moment.
_LOOK_SECONDS = 1.0
# Leases of one transaction; a thousand workers that open connections in one instant would be a stampede.
_CLAIMED_AT_ONCE = 100


def crawl(
    engine: Engine,
    settings: CrawlSettings,
    *,
    due_only: bool = False,
    join: bool = False,
    max_pages: int | None = None,
    max_seconds: float | None = None,
    archive: WarcArchive | None = None,
    on_event: Callable[[CrawlEvent], None] | None = None,
) -> CrawlReport:
    """Visit the pages of all sources, or of what is due, and return what became of them.

    An interrupted round is continued. With `join`, no round is begun: the crawl shares what others have
    queued, each domain being crawled by one process at a time. SIGINT and SIGTERM end the crawl cleanly when
    it runs in the main thread; `max_pages` ends it after so many visits, `max_seconds` after so long.
    `on_event` is told of each visit after it was stored; what may be kept goes to `archive` as well.
    Raises ContactMissing before anything is fetched from a public host without a contact, and
    DatabaseUnusable when what was fetched cannot be stored.
    """
    work = _Crawl(engine, settings, archive, max_pages, on_event or (lambda _event: None))
    try:
        return asyncio.run(work.run(due_only=due_only, join=join, max_seconds=max_seconds))
    except (DBAPIError, ExceptionGroup) as trouble:
        error = _first(trouble)
        if isinstance(error, DBAPIError):
            raise DatabaseUnusable(f"The crawl cannot go on: {reason_of(error)}.") from trouble
        raise error from trouble


class _Crawl:
    """One crawl under way; see `crawler.fetching.domain_worker.Crawl` for what workers use of it."""

    def __init__(
        self,
        engine: Engine,
        settings: CrawlSettings,
        archive: WarcArchive | None,
        max_pages: int | None,
        on_event: Callable[[CrawlEvent], None],
    ) -> None:
        self.settings = settings
        self.archive = archive
        self.writer = Writer(engine, settings, self._stored)
        self.holder = new_holder()
        self.sources: dict[int, Source] = {}
        self.hops: dict[str, int] = {}
        self.traps = TrapMemories()
        self.others_wait = False
        self._tickets = max_pages
        self._on_event = on_event
        self._tally = Tally()
        self._interrupted = False
        self._workers: dict[str, tuple[DomainWorker, asyncio.Task[None]]] = {}

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def _exhausted(self) -> bool:
        return self._tickets == 0

    def take_ticket(self) -> bool:
        if self._exhausted:
            return False
        if self._tickets is not None:
            self._tickets -= 1
        return True

    async def sleep(self, seconds: float) -> bool:
        if seconds > 0 and not self.stopping:
            try:
                async with asyncio.timeout(seconds):
                    await self._stop.wait()
            except TimeoutError:
                return True
        return not self.stopping

    def slot(self) -> asyncio.Semaphore:
        return self._slots

    async def run(self, *, due_only: bool, join: bool, max_seconds: float | None) -> CrawlReport:
        self._stop = asyncio.Event()
        self._woken = asyncio.Event()
        self._slots = asyncio.Semaphore(self.settings.max_concurrency)
        if max_seconds is not None:
            asyncio.get_running_loop().call_later(max_seconds, self._stop.set)
        try:
            with _stop_signals(self._interrupt):
                await self._begin(due_only=due_only, join=join)
                async with asyncio.TaskGroup() as group:
                    chores = [group.create_task(self.writer.run()), group.create_task(self._keep_leases())]
                    await self._work()
                    await self.writer.flush()
                    for chore in chores:
                        chore.cancel()
                return await self._end()
        finally:
            for _, task in self._workers.values():
                task.cancel()
            self.writer.close()

    async def _begin(self, *, due_only: bool, join: bool) -> None:
        now = datetime.now(UTC)
        await self.writer.ask(free_dead_leases)
        if join:
            sources = [status.source for status in await self.writer.ask(list_sources)]
        else:
            sources = await self.writer.ask(lambda c: begin_rounds(c, now, due_only=due_only))
        self.sources = {source.id: source for source in sources if source.id is not None}
        for source in sources:
            if not is_private_name(host_of(source.url)):
                self.settings.require_contact(source.url)
        await self.writer.budget(self.sources)
        queued = await self.writer.ask(lambda c: count_queued(c, tuple(self.sources)))
        self._tally.queued = sum(queued.values())

    async def _work(self) -> None:
        while not (self.stopping or self._exhausted):
            self._woken.clear()
            await self._start_some()
            if not self._workers and not await self._wait_for_some():
                break
            await self._glance()
        await self._wind_down()

    async def _start_some(self) -> None:
        """Lease domains for the free places, and see whether more of them wait than there are places."""
        free = self.settings.max_hosts - len(self._workers)
        if free > 0:
            now = datetime.now(UTC)
            until = now + timedelta(seconds=LEASE_SECONDS)
            limit, holder = min(free, _CLAIMED_AT_ONCE), self.holder
            claims = await self.writer.ask(
                lambda c: claim_domains(c, holder, now=now, until=until, limit=limit)
            )
            for claim in claims:
                self._start(claim)
            if len(claims) == _CLAIMED_AT_ONCE:
                self._woken.set()  # there may be more: look again at once
        self.others_wait = len(self._workers) >= self.settings.max_hosts and await self._some_wait()

    async def _some_wait(self) -> bool:
        now = datetime.now(UTC)
        next_at = (await self.writer.ask(lambda c: outlook(c, now))).next_at
        return next_at is not None and next_at <= now

    async def _wait_for_some(self) -> bool:
        """Whether something is going to be ready within our patience, or with others who may die."""
        now = datetime.now(UTC)
        ahead = await self.writer.ask(lambda c: outlook(c, now))
        if ahead.leased:
            return True
        patience = timedelta(seconds=self.settings.patience_seconds)
        if ahead.next_at is None or ahead.next_at - now > patience:
            return False
        return await self.sleep(min(max((ahead.next_at - now).total_seconds(), 0.0), _LOOK_SECONDS))

    def _start(self, claim: Claim) -> None:
        worker = DomainWorker(self, claim)
        task = asyncio.create_task(worker.run(), name=f"domain {claim.domain}")
        self._workers[claim.domain] = (worker, task)
        task.add_done_callback(lambda _task: self._woken.set())

    async def _glance(self) -> None:
        """Wait until a worker ends, a domain gets its first page, or it is time to look again."""
        stopping = asyncio.create_task(self._stop.wait())
        woken = asyncio.create_task(self._woken.wait())
        await asyncio.wait({stopping, woken}, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        woken.cancel()
        self._collect()

    def _collect(self) -> None:
        for domain, (_, task) in list(self._workers.items()):
            if task.done():
                del self._workers[domain]
                if not task.cancelled():
                    task.result()

    async def _keep_leases(self) -> None:
        """Renew the leases of what is worked on; let go of what another process took over."""
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            until, mine = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS), tuple(self._workers)
            held = await self.writer.ask(
                lambda c: renew_leases(c, self.holder, mine, until=until)  # noqa: B023 - run at once
            )
            await self.writer.ask(free_dead_leases)
            for domain in set(mine) - held:
                worker = self._workers.get(domain)
                if worker is not None:
                    worker[1].cancel()

    async def _wind_down(self) -> None:
        """Let requests under way end, but not for long; what is cut off stays queued."""
        tasks = {task for _, task in self._workers.values()}
        if not tasks:
            return
        late = tasks
        if self.stopping:
            _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
        await asyncio.wait(tasks)
        self._collect()

    def _stored(self, stored: Stored) -> None:
        """Count and tell what a transaction stored."""
        self._tally.queued += stored.added.total()
        for visit in stored.visits:
            self._tell(visit)
        if not stored.added.keys() <= self._workers.keys():
            self._woken.set()

    def _tell(self, visit: Visit) -> None:
        page = visit.decision.change.page
        worker = self._workers.get(domain_of(page.host))
        if worker is not None:
            worker[0].stored(page.id)
        if page.state != "queued":
            self._tally.queued -= 1
        kept_away = page.state in {"failed", "refused", "gone"}
        event = CrawlEvent(
            url=page.url,
            source_id=page.source_id,
            outcome=visit.decision.outcome,
            reason=page.reason if kept_away else visit.decision.trouble,
            status=page.http_status,
            size=visit.decision.received,
            queued=self._tally.queued,
        )
        self._tally.add(event)
        self._on_event(event)

    def _interrupt(self) -> None:
        self._interrupted = True
        self._stop.set()
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self.writer.give_up)

    async def _end(self) -> CrawlReport:
        now = datetime.now(UTC)
        await self.writer.ask(lambda c: release_all(c, self.holder))
        await self.writer.ask(lambda c: finish_rounds(c, now))
        known = await self.writer.ask(list_sources)
        visited = [status for status in known if status.source.id in self.sources]
        sources = tuple(
            SourceReport(
                source_id=status.source.id or 0,
                url=status.source.url,
                outcomes=self._tally.of_source(status.source.id or 0),
                error=status.error,
                finished=status.queued == 0,
            )
            for status in visited
        )
        queued = sum(status.queued for status in visited)
        return self._tally.report(sources, queued=queued, interrupted=self._interrupted)


@contextmanager
def _stop_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at SIGINT or SIGTERM; outside the main thread signals are somebody else's."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            if handler is not None:  # the loop leaves the default, not what was there
                signal.signal(number, handler)


def _first(trouble: Exception) -> Exception:
    """The first failure in a group; the others are its consequences."""
    return _first(trouble.exceptions[0]) if isinstance(trouble, ExceptionGroup) else trouble
