"""`schedule`: keeps running what is due, for months.

The due times are in the database already, kept right by whoever crawls. So this is a loop that asks when
something is due, sleeps until then, and starts it. Rejected: APScheduler, whose job store would be a second
copy of those times, to be kept in step with the first; and threads for the jobs, since a process gives its
memory back and can be stopped at any point, which costs nothing: a killed job is continued.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from linernotes.notify import notify
from linernotes.progress import Fact, Progress
from store.due import Due, is_worth_mining, what_is_due
from store.engine import connect
from store.errors import DatabaseUnusable
from store.schema_version import is_current

Job = Literal["run", "crawl", "mine"]
T = TypeVar("T")

# A job is told to stop by SIGTERM and has this long; systemd, Docker and Kubernetes give 10 s or more.
GRACE_SECONDS = 8.0
# A failed job is tried again after this pause, then after twice as long each time, up to the longest.
FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 3_600.0
# The same for a database that does not answer: it may be back any second.
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
# A loop that neither does a job nor asked the database for so long hangs; asking takes seconds.
SILENCE_SECONDS = 7_500.0
# Exit codes that are no failure of the job: done, somebody else mines, stopped by a person.
_FINE = frozenset({0, 75, 130})
_DATABASE_FAILED = 3
_WORDS: dict[Job, tuple[str, ...]] = {"run": ("run", "--due"), "crawl": ("crawl", "--due"), "mine": ("mine",)}


@dataclass(frozen=True, slots=True)
class Timetable:
    """How often: seconds between two looks, the longest crawl, seconds between two runs of mining."""

    poll_seconds: float = 30
    crawl_for: int | None = None
    mine_every: int = 86_400


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: start a job, or (without one) sleep; `seconds` is how long until then."""

    job: Job | None
    seconds: float = 0.0


@dataclass(slots=True)
class State:
    """What the loop is doing; `ended` counts the jobs that ended, by name and exit code."""

    job: Job | None = None
    looked_at: float = field(default_factory=time.monotonic)
    trouble: str | None = None
    ended: Counter[tuple[str, int]] = field(default_factory=Counter)

    def is_alive(self) -> bool:
        """Whether a job is under way, or the database was asked lately."""
        return self.job is not None or time.monotonic() - self.looked_at < SILENCE_SECONDS


def next_step(
    due: Due, timetable: Timetable, pauses: Mapping[Job, float], is_news: Callable[[], bool]
) -> Step:
    """Decide what to do now.

    `pauses`: seconds for which a job is not to be started. `is_news` tells whether there is something to
    mine, and is asked only when it is time for that. Crawling and mining that are due together are one `run`,
    which also reads the sources of the configuration.
    """
    crawl_in = math.inf
    if due.crawl_at is not None:
        crawl_in = max((due.crawl_at - due.now).total_seconds(), pauses.get("crawl", 0.0))
    mine_in = pauses.get("mine", 0.0)
    if due.mined_at is not None:
        mine_in = max(mine_in, timetable.mine_every - (due.now - due.mined_at).total_seconds())
    if crawl_in <= 0:
        return Step("run" if mine_in <= 0 else "crawl")
    if mine_in <= 0 and is_news():
        return Step("mine")
    return Step(None, min(crawl_in, timetable.poll_seconds))


def pause_after(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row of one job."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 20))


class Scheduler:
    """The loop; `command` begins the command line of a job: linernotes with our configuration."""

    def __init__(self, url: str, timetable: Timetable, command: Sequence[str], progress: Progress) -> None:
        self.state = State()
        self._url = url
        self._timetable = timetable
        self._command = tuple(command)
        self._progress = progress
        self._failures: Counter[Job] = Counter()
        self._paused_until: dict[Job, float] = {}

    def run(self) -> None:
        """Keep going until SIGTERM or SIGINT; then end the job under way and return, within 10 s."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        notify("READY=1")
        self._progress.note("schedule begins")
        await self._look()  # a database that is still starting is waited for
        # The first job makes the tables where there are none, and adds the sources of the configuration.
        step = Step("run")
        while not self._stop.is_set():
            if step.job is None:
                await self._sleep(step.seconds)
            else:
                await self._do(step.job)
            step = await self._look()
        notify("STOPPING=1")
        self._progress.note("schedule ends")

    async def _look(self) -> Step:
        """Ask the database for the next step, again and again while it does not answer."""
        wait = FIRST_WAIT_SECONDS
        while not self._stop.is_set():
            self.state.looked_at = time.monotonic()
            try:
                step = await self._unless_stopped(_in_thread(self._ask))
            except SQLAlchemyError as error:
                self.state.trouble = " ".join(str(getattr(error, "orig", None) or error).split())
                facts: dict[str, Fact] = {"reason": self.state.trouble, "pause_seconds": wait}
                self._progress.note("the database does not answer", facts, warning=True)
                await self._sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
                continue
            if self.state.trouble is not None:
                self.state.trouble = None
                self._progress.note("the database answers again")
            return step or Step(None)
        return Step(None)

    def _ask(self) -> Step:
        """The next step; where there is no database yet, or one of an older version, that is `run`."""
        pauses = self._pauses()
        # A connection of this moment: one kept for months would be a stale one after each restart.
        try:
            engine = connect(self._url, read_only=True)
        except DatabaseUnusable:
            return _run_in(pauses["run"])
        try:
            with engine.connect() as connection:
                if not is_current(engine):
                    return _run_in(pauses["run"])
                due = what_is_due(connection)
                news = partial(is_worth_mining, connection, due.mined_at)
                return next_step(due, self._timetable, pauses, news)
        finally:
            engine.dispose()

    def _pauses(self) -> dict[Job, float]:
        now = time.monotonic()
        return {job: max(0.0, self._paused_until.get(job, now) - now) for job in _WORDS}

    async def _do(self, job: Job) -> None:
        """Run a job in a process of its own, to its end or to the end of our time."""
        began = time.monotonic()
        self.state.job = job
        self._progress.note("job begins", {"job": job})
        limit = self._timetable.crawl_for
        limited = ("--max-time", str(limit)) if limit is not None and job != "mine" else ()
        # A session of its own: Ctrl-C on our terminal is for us, and whatever the job started ends with it.
        child = await asyncio.create_subprocess_exec(
            *self._command, *_WORDS[job], *limited, stdout=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        try:
            if await self._unless_stopped(asyncio.ensure_future(child.wait())) is None:
                notify("STOPPING=1")
                await _end(child)
        finally:
            self.state.job = None
        self._settle(job, child.returncode or 0, began)

    def _settle(self, job: Job, code: int, began: float) -> None:
        """Take note of how a job ended, and when it may begin again."""
        now = time.monotonic()
        facts: dict[str, Fact] = {"job": job, "exit_code": code, "seconds": round(now - began, 1)}
        self.state.ended[job, code] += 1
        parts: tuple[Job, ...] = ("run", "crawl", "mine") if job == "run" else (job,)
        for part in parts:
            self._paused_until[part] = began + self._timetable.poll_seconds
        if code in _FINE or self._stop.is_set():
            self._failures[job] = 0
            self._progress.note("job ends", facts)
            return
        self._failures[job] += 1
        pause = pause_after(self._failures[job]) if code != _DATABASE_FAILED else FIRST_PAUSE_SECONDS
        # Of a `run` that failed, the crawl is tried alone: a miner without artists must not keep it waiting.
        for part in parts:
            if part != "crawl" or job == "crawl":
                self._paused_until[part] = now + pause
        self._progress.note("job failed", facts | {"pause_seconds": pause}, warning=True)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stop.wait()

    async def _unless_stopped(self, work: asyncio.Future[T]) -> T | None:
        """The result of `work`; None when a stop came first, which leaves the work to itself."""
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        return work.result() if work.done() else None


def _run_in(pause: float) -> Step:
    return Step("run") if pause <= 0 else Step(None, pause)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ask a job to stop, and make it after a while."""
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(GRACE_SECONDS):
            await child.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


def _in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Do something that blocks in a thread that nobody waits for when the program ends.

    asyncio.to_thread would be waited for: a database that accepts connections and says nothing more would
    then keep us from stopping in time.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(finish: Callable[[], None]) -> None:
        if not future.done():
            finish()

    def body() -> None:
        try:
            finish: Callable[[], None] = partial(future.set_result, work())
        except Exception as error:  # handed on to who waits
            finish = partial(future.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, finish)

    threading.Thread(target=body, daemon=True).start()
    return future
