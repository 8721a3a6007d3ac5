"""Four crawl processes on one PostgreSQL, some killed: python benchmarks/shared_frontier.py [--full].

Every few seconds one of the processes is killed (SIGKILL) and replaced by a new one, and meanwhile the
database is restarted twice, once politely and once as if it had crashed. At the end the database is compared
with the site and with what the web server saw. Exits 1 when a page is missing or stored twice, a lease was
left, a process gave up by itself, or a page was fetched twice for another reason than that the process which
had it under way was killed.

What would make it fail: a page that is marked before it is stored, a lease that outlives its holder, a worker
that takes a lost connection for the end. Default: 12 hosts with 30 pages, a kill every 8 s for 24 s; --full:
60 hosts with 200 pages, a kill every 10 s for two minutes. The end takes longer than the kills, since what a
killed process held has to become free first, and all pages are read then.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, Engine, distinct, func, or_, select
from sqlalchemy.exc import DBAPIError
from web.databases import PostgresServer, temporary_postgres
from web.machine import crawl_settings, linernotes, machine
from web.server import Request, WebServer, loopback_addresses
from web.sites import ManyHosts

from store.engine import connect
from store.models import DocumentRow, DomainRow, PageBodyRow, PageRow

PROCESSES = 4
# What the command line exits with when the database cannot be used.
DATABASE_AWAY = 3
# A page that was asked for so long before a kill, or before the database came back, may not be stored yet.
UNSTORED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """How many hosts and pages, and how often and how long there are kills (seconds)."""

    hosts: int
    pages: int
    delay: float
    kill_every: float
    kill_for: float
    patience: float


@dataclass(slots=True)
class Disturbances:
    """When (`time.monotonic()`) a process was killed and the database was back from a restart."""

    kills: list[float] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)


def main() -> None:
    """Crawl under fire, and compare."""
    size, seed = _arguments()
    print(machine())
    print(
        f"{size.hosts} hosts with {size.pages} pages each, a request in {size.delay:g} s to each; "
        f"a kill every {size.kill_every:g} s for {size.kill_for:g} s, two restarts of the database"
    )
    addresses = loopback_addresses(size.hosts)
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_postgres() as postgres,
        WebServer(partial(ManyHosts, size.pages), addresses) as server,
    ):
        crawlers = Crawlers(postgres.url, Path(folder), size)
        engine = connect(postgres.url)
        try:
            crawlers.prepare([server.origin(address) + "/" for address in addresses], engine)
            disturbances = _disturb(crawlers, postgres, size, random.Random(seed))
            crawlers.until_done(engine)
        finally:
            crawlers.end()
        wrong = [
            *crawlers.failures,
            *_database_wrong(engine, server, size),
            *_requests_wrong(server.requests(), disturbances, size),
        ]
        engine.dispose()
    if wrong:
        raise SystemExit("Not as promised: " + "; ".join(wrong) + ".")


def _arguments() -> tuple[Size, int]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="60 hosts, 200 pages, kills for two minutes")
    parser.add_argument("--hosts", type=int, default=12)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    small = Size(given.hosts, given.pages, delay=0.5, kill_every=8, kill_for=24, patience=240)
    full = Size(60, 200, delay=0.5, kill_every=10, kill_for=120, patience=1_200)
    return (full if given.full else small), given.seed


class Crawlers:
    """The crawl processes; one that ends by itself while pages are queued is followed by another."""

    def __init__(self, database: str, folder: Path, size: Size) -> None:
        self.failures: list[str] = []
        self.too_early = 0
        self._database = database
        self._folder = folder
        self._size = size
        self._running: list[tuple[subprocess.Popen[bytes], Path]] = []
        self._started = 0

    def prepare(self, urls: list[str], engine: Engine) -> None:
        """Add the sources, begin their rounds with the first process, and let the others join."""
        command = linernotes(self._database, "sources", "add", "--kind", "site", *urls)
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)
        self._start("crawl")
        patience = time.monotonic() + self._size.patience
        while not _open_work(engine) and time.monotonic() < patience:
            time.sleep(0.1)
        for _ in range(PROCESSES - 1):
            self._start("crawl", "--join")

    def kill_one(self, chance: random.Random) -> float:
        """Kill one that runs, start another, and return when that was."""
        self.look()
        victim = chance.choice(self._running)
        victim[0].kill()
        killed = time.monotonic()
        victim[0].wait()
        self._running.remove(victim)
        self._start("crawl", "--join")
        return killed

    def look(self) -> None:
        """Take note of those that ended by themselves, and replace them."""
        for process, log in list(self._running):
            if process.poll() is None:
                continue
            self._running.remove((process, log))
            if process.returncode == DATABASE_AWAY:  # it was started while the database was not there
                self.too_early += 1
            elif process.returncode != 0:
                last = log.read_text().strip().splitlines()[-1:]
                self.failures.append(f"a crawl process ended with {process.returncode} ({' '.join(last)})")
            self._start("crawl", "--join")

    def until_done(self, engine: Engine) -> None:
        """Wait until nothing is queued or leased any more; then let the processes end by themselves."""
        began = time.monotonic()
        patience = time.monotonic() + self._size.patience
        while _open_work(engine) and time.monotonic() < patience:
            self.look()
            time.sleep(0.5)
        crawled = time.monotonic()
        for process, _ in self._running:
            try:
                process.wait(max(1.0, patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.failures.append("a crawl process did not end when all was done")
        print(
            f"after the last kill: {crawled - began:.0f} s until all was fetched and free, "
            f"{time.monotonic() - crawled:.0f} s more until the processes had ended"
        )

    def end(self) -> None:
        """End those that still run."""
        print(f"crawl processes started: {self._started}; while the database was away: {self.too_early}")
        for process, _ in self._running:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _start(self, *arguments: str) -> None:
        self._started += 1
        log = self._folder / f"{self._started}.log"
        # So few hosts for each that all of them get some.
        settings = crawl_settings(
            allow_private_hosts="true", delay_seconds=self._size.delay, max_hosts=self._size.hosts // 3
        )
        with log.open("wb") as out:
            command = linernotes(self._database, *settings, *arguments)
            process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=out)
        self._running.append((process, log))


def _disturb(crawlers: Crawlers, postgres: PostgresServer, size: Size, chance: random.Random) -> Disturbances:
    done = Disturbances()
    began = time.monotonic()
    kills = [size.kill_every * (n + 1) for n in range(round(size.kill_for / size.kill_every))]
    # Between two kills, at a third and at two thirds of the time.
    middle = size.kill_every / 2
    restarts = {kills[len(kills) // 3] + middle: "fast", kills[2 * len(kills) // 3] + middle: "immediate"}
    for moment in sorted([*kills, *restarts]):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        if moment in restarts:
            postgres.restart(restarts[moment])
            done.restarts.append(time.monotonic())
        else:
            done.kills.append(crawlers.kill_one(chance))
    print(f"{len(done.kills)} kills and {len(done.restarts)} restarts of the database")
    return done


def _open_work(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return _queued(connection) > 0 or _leased(connection) > 0
    except DBAPIError:
        return True


def _queued(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(PageRow.state == "queued")) or 0


def _leased(connection: Connection) -> int:
    alive = DomainRow.lease_until > datetime.now(UTC)
    return connection.scalar(select(func.count()).where(DomainRow.lease_holder.is_not(None), alive)) or 0


def _database_wrong(engine: Engine, server: WebServer, size: Size) -> list[str]:
    truth = {
        server.origin(host) + path for host in server.addresses for path in ManyHosts(size.pages).paths()
    }
    unread = or_(
        PageRow.extracted_digest.is_(None), PageRow.extracted_digest.is_distinct_from(PageRow.content_digest)
    )
    with engine.connect() as connection:
        fetched = connection.scalars(select(PageRow.url).where(PageRow.state == "fetched")).all()
        bodies = connection.scalar(select(func.count()).select_from(PageBodyRow)) or 0
        documents, pages = connection.execute(
            select(func.count(), func.count(distinct(DocumentRow.page_id))).select_from(DocumentRow)
        ).one()
        left = connection.scalar(select(func.count()).where(PageRow.state == "fetched", unread))
        queued, leased = _queued(connection), _leased(connection)
    print(
        f"stored: {len(set(fetched) & truth):,} of {len(truth):,} pages, {bodies:,} bodies, {documents:,} "
        f"documents of {pages:,} pages ({left} fetched pages not read yet); {queued} queued, {leased} leased"
    )
    missing = sorted(truth - set(fetched))
    if missing:
        print(f"missing: {', '.join(missing[:3])} …, of {len({url.split('/')[2] for url in missing})} hosts")
    found = {
        "pages missing": len(missing),
        "pages stored twice": len(fetched) - len(set(fetched)),
        "bodies too few or too many": abs(bodies - len(fetched)),
        "documents stored twice": documents - pages,
        "pages still queued": queued,
        "domains still leased": leased,
    }
    return [f"{count} {what}" for what, count in found.items() if count]


def _requests_wrong(requests: list[Request], disturbances: Disturbances, size: Size) -> list[str]:
    moments: dict[tuple[str, str], list[float]] = defaultdict(list)
    for request in requests:
        if request.status == 200 and request.path != "/robots.txt":
            moments[request.host, request.path].append(request.at)
    repeats = [pair for each in moments.values() for pair in pairwise(each)]
    by_kill = [pair for pair in repeats if _explained(pair, disturbances.kills)]
    rest = [pair for pair in repeats if pair not in by_kill]
    by_restart = [pair for pair in rest if _explained(pair, disturbances.restarts)]
    lasted = requests[-1].at - requests[0].at if requests else 0.0
    print(
        f"requests: {len(requests):,} in {lasted:.0f} s; fetched again after a kill: {len(by_kill)}, after a "
        f"restart of the database: {len(by_restart)}, without either: {len(rest) - len(by_restart)}"
    )
    print(f"gaps between two requests to one host below .95 of the delay: {_fast(requests, size)}")
    return ["pages were fetched twice without a reason"] if len(rest) > len(by_restart) else []


def _explained(pair: tuple[float, float], moments: list[float]) -> bool:
    """Whether something happened after the first fetch, before it can have been stored for sure."""
    return any(pair[0] <= moment <= min(pair[1], pair[0] + UNSTORED_SECONDS) for moment in moments)


def _fast(requests: list[Request], size: Size) -> int:
    before: dict[str, float] = {}
    fast = 0
    for request in requests:
        fast += request.at - before.get(request.host, -size.delay) < 0.95 * size.delay
        before[request.host] = request.at
    return fast


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("This needs Linux, where every address of 127.0.0.0/8 is this machine.")
    main()
