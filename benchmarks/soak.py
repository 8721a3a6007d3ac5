"""Round after round of sites that misbehave: python benchmarks/soak.py [--full | --minutes N].

Pages change, vanish and come back; hosts answer late, with 500 or 503 and Retry-After, break off, redirect
in circles, send pictures, bombs, endless pages, endless heads, a byte now and then. After each round the
counts must add up: the report against the events, the events against the requests the server saw, the states
in the database against the pages known and against each page's last event. Memory (resident), threads, file
descriptors and asyncio tasks are written down after each round. Exits 1 when a count is wrong, when the
memory of the last fifth is more than a tenth above that after the warm-up (the first fifth), or when threads,
descriptors or tasks have grown since.

What would make it fail: a client, a task or a cache that is kept for each page or each round. Default: one
minute; --full: 30.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean
from urllib.parse import urlsplit

from sqlalchemy import Engine, func, select
from web.databases import temporary_sqlite
from web.machine import machine, mebibytes, memory_of
from web.misbehaving import Misbehaving
from web.server import WebServer, loopback_addresses

from crawler.fetching.crawl import crawl
from crawler.fetching.kinds import describe_source
from crawler.fetching.report import CrawlEvent, CrawlReport
from crawler.fetching.settings import CrawlSettings
from linernotes.jobs.crawl import extraction_job
from linernotes.progress import SilentProgress
from store.engine import connect
from store.frontier import count_states
from store.models import PageRow
from store.sources import add_source

HOSTS, PAGES = 8, 60
MAX_GROWTH = 0.10
SETTINGS = CrawlSettings(
    allow_private_hosts=True,
    delay_seconds=0.02,
    timeout_seconds=2,
    deadline_seconds=3,
    max_body_bytes=1_000_000,
    retries=2,
    backoff_seconds=0.2,
    patience_seconds=5,
)
# The state a page is in after its last event; what is not named here can end in several states.
_STATE = {"fetched": "fetched", "unchanged": "fetched", "not modified": "fetched", "gone": "gone"}
_STATE |= {"failed": "failed", "refused": "refused"}
_DISALLOWED = ("/search", "/private/")


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process held after a round; `at` and `seconds` (of the round) in seconds, memory in bytes."""

    at: float
    seconds: float
    visits: int
    memory: int
    threads: int
    descriptors: int
    tasks: int


def main() -> None:
    """Crawl until the time is up, check each round, and look back."""
    minutes, seed = _arguments()
    print(machine())
    print(f"{HOSTS} hosts with {PAGES} pages each, for {minutes:g} minutes")
    samples: list[Sample] = []
    wrong: list[str] = []
    totals: Counter[str] = Counter()
    with (
        temporary_sqlite() as url,
        WebServer(partial(Misbehaving, PAGES, seed), loopback_addresses(HOSTS)) as server,
    ):
        engine = connect(url)
        _add_sources(engine, server)
        began = time.monotonic()
        while time.monotonic() - began < minutes * 60 or len(samples) < 5:
            server.turn(len(samples))
            sample, told = _round(engine, server, began, totals)
            samples.append(sample)
            wrong += [f"round {len(samples)}: {what}" for what in told]
            print(_line(len(samples), sample), flush=True)
        engine.dispose()
    print("visits by outcome:", ", ".join(f"{count:,} {what}" for what, count in totals.most_common()))
    wrong += _growth(samples)
    if wrong:
        raise SystemExit("Not as promised: " + "; ".join(wrong[:20]) + ".")


def _arguments() -> tuple[float, int]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="30 minutes")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return (30.0 if given.full else given.minutes), given.seed


def _add_sources(engine: Engine, server: WebServer) -> None:
    with engine.begin() as connection:
        for address in server.addresses:
            add_source(
                connection, describe_source(server.origin(address) + "/", kind="site"), datetime.now(UTC)
            )


def _round(engine: Engine, server: WebServer, began: float, totals: Counter[str]) -> tuple[Sample, list[str]]:
    """Crawl and extract once; return what the process holds then, and which counts are wrong."""
    started = time.monotonic()
    events: list[CrawlEvent] = []
    report = crawl(engine, SETTINGS, on_event=events.append)
    extraction_job(engine, SilentProgress())
    totals.update(event.outcome for event in events)
    wrong = [*_report_wrong(report, events), *_requests_wrong(server, events), *_states_wrong(engine, events)]
    del events
    gc.collect()
    now = time.monotonic()
    tasks = sum(isinstance(each, asyncio.Task) for each in gc.get_objects())
    sample = Sample(
        at=now - began,
        seconds=now - started,
        visits=report.visits,
        memory=memory_of(os.getpid()),
        threads=threading.active_count(),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        tasks=tasks,
    )
    return sample, wrong


def _report_wrong(report: CrawlReport, events: list[CrawlEvent]) -> list[str]:
    counted = Counter(event.outcome for event in events)
    by_source = sum(sum(source.outcomes.values()) for source in report.sources)
    if dict(counted) != report.outcomes or by_source != len(events):
        return [f"the report counts {report.outcomes}, the events {dict(counted)}, the sources {by_source}"]
    return []


def _requests_wrong(server: WebServer, events: list[CrawlEvent]) -> list[str]:
    """Every visit is one request, and each request one visit, but where robots.txt or the host forbids it."""
    seen = Counter(
        server.origin(request.host) + request.path
        for request in server.requests(forget=True)
        if request.path != "/robots.txt" and not request.path.startswith("/.well-known/")
    )
    asked = Counter(event.url for event in events if _was_asked_for(event))
    if seen == asked:
        return []
    more, fewer = seen - asked, asked - seen
    return [
        f"the server saw {seen.total()} requests for {asked.total()} visits "
        f"(without a visit: {list(more)[:3]}, without a request: {list(fewer)[:3]})"
    ]


def _was_asked_for(event: CrawlEvent) -> bool:
    # A host that failed many times in a row is not asked for its other pages in this crawl.
    down = event.outcome == "failed" and (event.reason or "").startswith("its host failed")
    return not down and not urlsplit(event.url).path.startswith(_DISALLOWED)


def _states_wrong(engine: Engine, events: list[CrawlEvent]) -> list[str]:
    last = {event.url: event.outcome for event in events}
    with engine.connect() as connection:
        known = connection.scalar(select(func.count()).select_from(PageRow)) or 0
        counted = sum(count.pages for count in count_states(connection))
        states = {row.url: row.state for row in connection.execute(select(PageRow.url, PageRow.state))}
    other = [url for url, outcome in last.items() if states.get(url) != _STATE.get(outcome, states.get(url))]
    wrong = [f"{counted} pages have a state, {known} are known"] if counted != known else []
    return wrong + ([f"{len(other)} pages are in another state, such as {other[0]}"] if other else [])


def _line(number: int, sample: Sample) -> str:
    return (
        f"round {number:3}: {sample.visits:5} visits in {sample.seconds:5.1f} s, "
        f"{mebibytes(sample.memory):>8}, {sample.threads} threads, {sample.descriptors} descriptors, "
        f"{sample.tasks} tasks"
    )


def _growth(samples: list[Sample]) -> list[str]:
    """Compare the last fifth of the rounds with the fifth after the warm-up."""
    fifth = max(1, len(samples) // 5)
    warm, late = samples[fifth : 2 * fifth], samples[-fifth:]
    before, after = mean(each.memory for each in warm), mean(each.memory for each in late)
    slope = _slope([(each.at / 3600, each.memory) for each in samples[fifth:]])
    print(
        f"{len(samples)} rounds; memory {mebibytes(before)} after the warm-up, {mebibytes(after)} at the end "
        f"({after / before - 1:+.1%}; {slope / 2**20:+,.1f} MiB an hour)"
    )
    wrong = [f"memory grew by {after / before - 1:.0%}"] if after > before * (1 + MAX_GROWTH) else []
    for name in ("threads", "descriptors", "tasks"):
        most = max(getattr(each, name) for each in warm)
        end = getattr(samples[-1], name)
        wrong += [f"{name} grew from {most} to {end}"] if end > most else []
    return wrong


def _slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the least-squares line."""
    x, y = mean(point[0] for point in points), mean(point[1] for point in points)
    spread = sum((point[0] - x) ** 2 for point in points)
    return sum((point[0] - x) * (point[1] - y) for point in points) / spread if spread else 0.0


if __name__ == "__main__":
    main()
