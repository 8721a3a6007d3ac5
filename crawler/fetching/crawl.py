"""The crawl: opens a round for each source and works through the frontier, host by host, until it is empty.

1. `begin_rounds` queues the sources and the pages they already know (store.sources).
2. Each host with queued pages gets a worker (`host_worker`), as many at a time as the settings allow.
3. A worker fetches (`http`), reads links (`reading`) and decides (`policy`, `discovery`).
4. The writer (`writer`) commits each decision with its body and the pages it made known.
5. A source with nothing queued any more has finished its round.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from crawler.fetching.addresses import is_private_name
from crawler.fetching.host_worker import HostWorker
from crawler.fetching.http import HostClient, shared_tls
from crawler.fetching.report import CrawlEvent, CrawlReport, SourceReport, Tally
from crawler.fetching.settings import CrawlSettings
from crawler.fetching.writer import Stored, Visit, Writer
from crawler.urls import host_of
from store.engine import reason_of
from store.errors import DatabaseUnusable
from store.frontier import count_queued, queued_hosts
from store.records import Source
from store.sources import begin_rounds, finish_rounds, list_sources

# How long requests under way may take to end after a stop was asked for.
GRACE_SECONDS = 5.0


def crawl(
    engine: Engine,
    settings: CrawlSettings,
    *,
    due_only: bool = False,
    max_pages: int | None = None,
    on_event: Callable[[CrawlEvent], None] | None = None,
) -> CrawlReport:
    """Visit the pages of all sources, or of those due, and return what became of them.

    An interrupted round is continued. SIGINT and SIGTERM end the crawl cleanly when it runs in the main
    thread; `max_pages` ends it after so many visits. `on_event` is told of each visit after it was stored.
    Raises ContactMissing before anything is fetched from a public host without a contact, and
    DatabaseUnusable when what was fetched cannot be stored.
    """
    work = _Crawl(engine, settings, max_pages, on_event or (lambda _event: None))
    try:
        return asyncio.run(work.run(due_only=due_only))
    except (DBAPIError, ExceptionGroup) as trouble:
        error = _first(trouble)
        if isinstance(error, DBAPIError):
            raise DatabaseUnusable(f"The crawl cannot go on: {reason_of(error)}.") from trouble
        raise error from trouble


class _Crawl:
    """One crawl under way; see `crawler.fetching.host_worker.Crawl` for what workers use of it."""

    def __init__(
        self,
        engine: Engine,
        settings: CrawlSettings,
        max_pages: int | None,
        on_event: Callable[[CrawlEvent], None],
    ) -> None:
        self.settings = settings
        self.writer = Writer(engine, max_pages_per_source=settings.max_pages_per_source, told=self._stored)
        self.sources: dict[int, Source] = {}
        self.hops: dict[str, int] = {}
        self._tickets = max_pages
        self._on_event = on_event
        self._tally = Tally()
        self._interrupted = False
        self._waiting: deque[str] = deque()
        self._workers: dict[str, tuple[HostWorker, asyncio.Task[None]]] = {}
        self._refreshed: set[str] = set()
        self._parked: set[str] = set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def _exhausted(self) -> bool:
        return self._tickets == 0

    @property
    def hosts_wait(self) -> bool:
        return bool(self._waiting)

    def take_ticket(self) -> bool:
        if self._exhausted:
            return False
        if self._tickets is not None:
            self._tickets -= 1
        return True

    def looked_at(self, host: str) -> None:
        self._refreshed.discard(host)

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

    async def run(self, *, due_only: bool) -> CrawlReport:
        self._stop = asyncio.Event()
        self._slots = asyncio.Semaphore(self.settings.max_concurrency)
        self._woken = asyncio.Event()
        try:
            await self._begin(due_only=due_only)
            with _stop_signals(self._interrupt):
                async with asyncio.TaskGroup() as group:
                    writing = group.create_task(self.writer.run())
                    await self._work()
                    await self.writer.flush()
                    writing.cancel()
            return await self._end()
        finally:
            for _, task in self._workers.values():
                task.cancel()
            self.writer.close()

    async def _begin(self, *, due_only: bool) -> None:
        now = datetime.now(UTC)
        sources = await self.writer.ask(lambda c: begin_rounds(c, now, due_only=due_only))
        self.sources = {source.id: source for source in sources if source.id is not None}
        for source in sources:
            if not is_private_name(host_of(source.url)):
                self.settings.require_contact(source.url)
        await self.writer.budget(self.sources)
        queued = await self.writer.ask(lambda c: count_queued(c, tuple(self.sources)))
        self._tally.queued = sum(queued.values())
        self._waiting.extend(await self.writer.ask(queued_hosts))

    async def _work(self) -> None:
        context = shared_tls()
        while not self.stopping:
            while self._waiting and not self._exhausted and len(self._workers) < self.settings.max_hosts:
                self._start(self._waiting.popleft(), lambda: HostClient(self.settings, context))
            if not self._workers:
                break
            self._woken.clear()
            await self._some_end()
        await self._wind_down()

    def _start(self, host: str, client: Callable[[], HostClient]) -> None:
        worker = HostWorker(self, host, client)
        task = asyncio.create_task(worker.run(), name=f"host {host}")
        self._workers[host] = (worker, task)
        task.add_done_callback(lambda _task: self._woken.set())

    async def _some_end(self) -> None:
        stopping = asyncio.create_task(self._stop.wait())
        woken = asyncio.create_task(self._woken.wait())
        await asyncio.wait({stopping, woken}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        woken.cancel()
        self._collect()

    def _collect(self) -> None:
        for host, (worker, task) in list(self._workers.items()):
            if not task.done():
                continue
            del self._workers[host]
            if not task.cancelled():
                task.result()
            if worker.parked:
                self._parked.add(host)
            elif worker.yielded or host in self._refreshed:
                self._waiting.append(host)

    async def _wind_down(self) -> None:
        """Let requests under way end, but not for long; what is cut off stays queued."""
        tasks = {task for _, task in self._workers.values()}
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.wait(tasks)
        self._collect()

    def _stored(self, stored: Stored) -> None:
        """Count and tell what a transaction stored."""
        self._tally.queued += stored.added
        for visit in stored.visits:
            self._tell(visit)
        for host in stored.hosts - self._parked:
            self._refreshed.add(host)
            if host not in self._workers and host not in self._waiting:
                self._waiting.append(host)
                self._woken.set()

    def _tell(self, visit: Visit) -> None:
        page = visit.decision.change.page
        if page.host in self._workers:
            self._workers[page.host][0].stored(page.id)
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

    async def _end(self) -> CrawlReport:
        now = datetime.now(UTC)
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
