"""What a crawl asks of a large frontier, timed: measure_frontier.py DATABASE-URL TURNS. Prints JSON."""

from __future__ import annotations

import hashlib
import json
import random
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from sqlalchemy import Connection, Engine

import crawler.fetching.crawl  # noqa: F401 - its memory counts: a crawl's process has it, too
from store.domains import claim_domains, outlook, release_all, release_domain, renew_leases
from store.engine import connect
from store.frontier import Body, NewPage, Page, PageChange, count_queued, enqueue, next_pages, record_changes
from store.sources import begin_rounds, finish_rounds, list_sources

T = TypeVar("T")

HOLDER = "benchmark:1:0"
BATCH, VISITS, LINKS = 100, 16, 50
# The domain that has a twentieth of all pages.
LARGEST = "domain0.test"


class Clock:
    """Runs questions in transactions of their own and writes down the milliseconds of each."""

    def __init__(self, engine: Engine) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self._engine = engine

    def timed(self, name: str, question: Callable[[Connection], T]) -> T:
        """Return the answer to a question."""
        began = perf_counter()
        with self._engine.begin() as connection:
            answer = question(connection)
        self.times[name].append((perf_counter() - began) * 1000)
        return answer


def main(url: str, turns: int) -> None:
    """Do `turns` rounds of what a crawl does, and some things it does once."""
    engine = connect(url)
    once = Clock(engine)
    _begin(once)
    clock = Clock(engine)
    for turn in range(turns):
        _turn(clock, turn)
    once.timed("a crawl's end: finish_rounds", lambda c: finish_rounds(c, datetime.now(UTC)))
    told = {
        "milliseconds": {name: _summary(times) for name, times in clock.times.items()},
        "seconds": {name: times[0] / 1000 for name, times in once.times.items()},
        "memory": _peak_memory(),
    }
    print(json.dumps(told))


def _peak_memory() -> int:
    """Return the most memory this process was ever resident with, in bytes.

    Not getrusage: on Linux its maximum begins with that of the process that started this one.
    """
    line = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return int(line.split()[1]) * 1024


def _begin(once: Clock) -> None:
    """What a crawl asks first; one source is due, a two-hundredth of all pages."""
    now = datetime.now(UTC)
    due = once.timed(
        "a crawl's begin: begin_rounds, one source", lambda c: begin_rounds(c, now, due_only=True)
    )
    sources = tuple(source.id for source in due if source.id is not None)
    once.timed("a crawl's begin: count_queued", lambda c: count_queued(c, sources))
    once.timed("a crawl's begin with --join: list_sources", list_sources)
    until = now + timedelta(minutes=1)
    once.timed(
        "a crawl's begin: lease 100 domains",
        lambda c: claim_domains(c, HOLDER, now=now, until=until, limit=100),
    )
    once.timed("a crawl's end: release_all", lambda c: release_all(c, HOLDER))


def _turn(clock: Clock, turn: int) -> None:
    now = datetime.now(UTC)
    until = now + timedelta(minutes=1)
    claims = clock.timed("lease a domain", lambda c: claim_domains(c, HOLDER, now=now, until=until, limit=1))
    domain = claims[0].domain
    pages = clock.timed("its next 100 pages", lambda c: next_pages(c, domain, now, limit=BATCH))
    both = clock.times["lease a domain"][-1] + clock.times["its next 100 pages"][-1]
    clock.times["next batch"].append(both)
    clock.timed("the largest domain's next 100 pages", lambda c: next_pages(c, LARGEST, now, limit=BATCH))
    visited = [_visited(page, now) for page in pages[:VISITS]]
    clock.timed("store 16 visits with bodies", lambda c: record_changes(c, visited))
    links = _links(pages, turn)
    clock.timed("queue 50 links, 25 of them new", lambda c: enqueue(c, links, now))
    clock.timed("renew leases", lambda c: renew_leases(c, HOLDER, [domain], until=until))
    clock.timed("what there is to wait for", lambda c: outlook(c, now))
    clock.timed("give the domain back", lambda c: release_domain(c, HOLDER, domain, now=now, not_before=now))


def _visited(page: Page, now: datetime) -> PageChange:
    """The page as it is after a first visit, with a body of 4 kB compressed."""
    body = zlib.compress(random.Random(page.id).randbytes(4_000), 3)
    after = replace(
        page,
        state="fetched",
        http_status=200,
        content_type="text/html; charset=utf-8",
        content_digest=hashlib.sha256(body).hexdigest(),
        etag=f'"{page.id}"',
        fetched_at=now,
        changed_at=now,
        due_at=now + timedelta(days=7),
    )
    return PageChange(after, Body(body, "utf-8"))


def _links(pages: list[Page], turn: int) -> list[NewPage]:
    known = [page.url for page in pages[: LINKS // 2]]
    new = [f"{pages[0].host}/new/{turn}/{number}" for number in range(LINKS - len(known))]
    first = pages[0]
    return [NewPage(url, first.host, first.source_id, "page", 3, 1_003) for url in known + new]


def _summary(times: list[float]) -> tuple[float, float, float]:
    """Return median, 95th percentile and maximum."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100], ordered[-1]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
