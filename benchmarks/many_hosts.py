"""Many hosts, each at its own pace: python benchmarks/many_hosts.py [--full] [--hosts N --pages N --delay S].

Every host is an address of 127.0.0.0/8 (so this needs Linux) with a site of its own, and allows one request
in `--delay` seconds, robots.txt included. The server writes down when each request came. Printed are the
gaps between the requests to one host against the delay, the rate of the whole crawl against what the limits
of all hosts together allow, how evenly the hosts finished, and the crawler's memory. Exits 1 when a host was
asked too fast (a gap below .95 of the delay), a page is missing or was fetched twice, or the total rate is
more than a tenth below the limits.

What would make it worse: one slow host that holds up others, a scan over all hosts for each request, or too
few hosts at a time. Default: 100 hosts with 10 pages, 1 s; --full: 1,000 hosts with 100 pages, 5 s
(200 requests/s allowed, for about nine minutes).
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from web.machine import MemoryWatch, crawl_settings, linernotes, machine, mebibytes
from web.server import Request, WebServer, loopback_addresses
from web.sites import DISALLOWED, ManyHosts

TOLERANCE = 0.05
# The share of what the limits allow that is to be reached.
THROUGHPUT = 0.9
# Short texts: what is measured is fetching, and each page is extracted in the same run.
WORDS = 60


# What the command line exits with after SIGTERM.
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Size:
    """How many hosts with how many pages each, and the seconds between two requests to one."""

    hosts: int
    pages: int
    delay: float


@dataclass(frozen=True, slots=True)
class Crawled:
    """What the crawler's process took: seconds of fetching and of its whole life, and memory in bytes."""

    fetch_seconds: float | None
    seconds: float
    peak: int


def main() -> None:
    """Crawl, and compare the server's record with the limits."""
    size = _arguments()
    print(machine())
    print(f"{size.hosts:,} hosts with {size.pages} pages each, a request in {size.delay:g} s to each host")
    # Server and crawler inherit it; each has a connection for every host.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    addresses = loopback_addresses(size.hosts)
    build = partial(ManyHosts, size.pages, WORDS)
    with tempfile.TemporaryDirectory() as folder, WebServer(build, addresses) as server:
        crawled = _crawl(server, Path(folder), size)
        requests = server.requests()
    print(
        f"crawler: {crawled.seconds:.0f} s in all, fetching took {crawled.fetch_seconds or 0:.0f} s, "
        f"peak memory {mebibytes(crawled.peak)}"
    )
    wrong = [*_pages_wrong(requests, size), *_pace_wrong(requests, size), *_rate_wrong(requests, size)]
    if wrong:
        raise SystemExit("Not as promised: " + "; ".join(wrong) + ".")


def _arguments() -> Size:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000 hosts, 100 pages, 5 s")
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--delay", type=float, default=1.0)
    given = parser.parse_args()
    return Size(1_000, 100, 5.0) if given.full else Size(given.hosts, given.pages, given.delay)


def _crawl(server: WebServer, folder: Path, size: Size) -> Crawled:
    database = f"sqlite:///{folder / 'hosts.db'}"
    urls = [server.origin(address) + "/" for address in server.addresses]
    for arguments in (["init"], ["sources", "add", "--kind", "site", *urls]):
        subprocess.run(linernotes(database, *arguments), cwd=folder, check=True, capture_output=True)
    settings = crawl_settings(
        allow_private_hosts="true", delay_seconds=size.delay, max_hosts=size.hosts, max_concurrency=64
    )
    began = time.monotonic()
    with (folder / "log").open("w") as log:
        command = linernotes(database, *settings, "crawl", "--json")
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
        with MemoryWatch(process.pid) as memory:
            code = _wait_for_fetching(process, folder / "log")
    told = (folder / "log").read_text()
    if code not in {0, INTERRUPTED}:
        raise SystemExit(f"The crawler ended with {code}: {told[-2000:]}")
    return Crawled(_fetch_seconds(told), time.monotonic() - began, memory.peak)


def _wait_for_fetching(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until all is fetched; turning pages into documents is not measured, and is left out."""
    while process.poll() is None:
        time.sleep(0.2)
        if '"stage": "extract"' in log.read_text():
            process.terminate()
            break
    return process.wait()


def _fetch_seconds(log: str) -> float | None:
    for line in log.splitlines():
        seconds = re.search(r'"seconds": ?([\d.]+)', line)
        if seconds and "stage ends" in line and '"crawl"' in line:
            return float(seconds.group(1))
    return None


def _pages_wrong(requests: list[Request], size: Size) -> list[str]:
    pages = Counter(
        (request.host, request.path) for request in requests if request.status == 200 and _is_page(request)
    )
    truth = {(host, path) for host in {r.host for r in requests} for path in ManyHosts(size.pages).paths()}
    missing = size.hosts * size.pages - len(truth & set(pages))
    twice = sum(count > 1 for count in pages.values())
    refused = sum(request.path == DISALLOWED for request in requests)
    others = Counter(request.path for request in requests if not _is_page(request))
    told = ", ".join(f"{count:,} × {path}" for path, count in others.most_common(4))
    print(
        f"pages fetched: {len(pages):,} of {size.hosts * size.pages:,}, {twice} of them twice; besides {told}"
    )
    found = {"pages missing": missing, "pages fetched twice": twice, "disallowed requests": refused}
    return [f"{count} {what}" for what, count in found.items() if count]


def _is_page(request: Request) -> bool:
    return request.path == "/" or request.path.startswith("/notes/")


def _pace_wrong(requests: list[Request], size: Size) -> list[str]:
    starts = _starts_by_host(requests)
    gaps = sorted(later - sooner for each in starts.values() for sooner, later in _pairs(each))
    smallest = sorted(min(later - sooner for sooner, later in _pairs(each)) for each in starts.values())
    rates = [size.delay * (len(each) - 1) / (each[-1] - each[0]) for each in starts.values()]
    fast = sum(gap < (1 - TOLERANCE) * size.delay for gap in gaps)
    print(
        f"gap / delay: smallest {gaps[0] / size.delay:.3f}, median of the hosts' smallest "
        f"{median(smallest) / size.delay:.3f}, median {median(gaps) / size.delay:.3f}, "
        f"longest {gaps[-1] / size.delay:.2f}; {fast} of {len(gaps):,} below {1 - TOLERANCE:.2f}, "
        f"{_fast_after_robots(requests, size)} of them between robots.txt or tdmrep.json and what came next"
    )
    print(
        f"rate / limit of single hosts: fastest {max(rates):.3f}, median {median(rates):.3f}, "
        f"slowest {min(rates):.3f}"
    )
    return [f"{fast} requests came too soon"] if fast else []


def _fast_after_robots(requests: list[Request], size: Size) -> int:
    before: dict[str, Request] = {}
    fast = 0
    for request in requests:
        last = before.get(request.host)
        if last is not None and not _is_page(last):
            fast += request.at - last.at < (1 - TOLERANCE) * size.delay
        before[request.host] = request
    return fast


def _rate_wrong(requests: list[Request], size: Size) -> list[str]:
    starts = _starts_by_host(requests)
    first, last = requests[0].at, requests[-1].at
    # The limits let each host's first request come at once, and each further one after the delay.
    allowed = max(len(each) - 1 for each in starts.values()) * size.delay
    begun = sorted(each[0] - first for each in starts.values())
    ended = sorted(each[-1] - first for each in starts.values())
    reached = allowed / (last - first)
    print(
        f"hosts began after {begun[0]:.1f} to {begun[-1]:.1f} s and ended after {ended[0]:.1f} to "
        f"{ended[-1]:.1f} s (median {median(ended):.1f})"
    )
    print(
        f"requests: {len(requests):,} in {last - first:.1f} s = {len(requests) / (last - first):.1f}/s; "
        f"the limits allow {len(requests) / allowed:.1f}/s: {reached:.1%} of it"
    )
    return [] if reached >= THROUGHPUT else [f"{reached:.0%} of the rate that the limits allow"]


def _starts_by_host(requests: list[Request]) -> dict[str, list[float]]:
    starts: dict[str, list[float]] = defaultdict(list)
    for request in requests:
        starts[request.host].append(request.at)
    return starts


def _pairs(moments: list[float]) -> list[tuple[float, float]]:
    return list(pairwise(moments))


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("This needs Linux, where every address of 127.0.0.0/8 is this machine.")
    main()
