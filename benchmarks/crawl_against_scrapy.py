"""Pages a second of crawling one site, beside Scrapy: python benchmarks/crawl_against_scrapy.py [--full].

The figure is for the work on each page: fetching from a server that costs nearly nothing, finding about 40
links, knowing which of them are new, and storing. Both obey robots.txt, keep 16 requests under way and wait
for nothing. linernotes stores pages, bodies and frontier in SQLite, as always; Scrapy stores nothing in one
series and the bodies in SQLite in the other. Neither turns pages into texts here.

Scrapy is installed into a temporary environment, which needs a package index; `--scrapy-python` names a
Python that has it. What would make our figure worse: another query for each link, or parsing a page twice.
Default: 1,000 pages, 2 runs of each; --full: 5,000 pages, 3 runs. Exits 1 when somebody missed a page.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from web.machine import machine
from web.server import WebServer, ceiling
from web.sites import DISALLOWED, Magazine

CONCURRENCY = 16
WEB = Path(__file__).parent / "web"
OURS, BARE, STORING = "linernotes, stored", "Scrapy, nothing stored", "Scrapy, bodies stored"


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: its own clock, and the whole process with start and end, in seconds."""

    pages: int
    seconds: float
    process_seconds: float


def main() -> None:
    """Crawl in turn, and print."""
    given = _arguments()
    pages, turns = (5_000, 3) if given.full else (given.pages, given.runs)
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        python = given.scrapy_python or _install_scrapy(Path(name))
        site = Magazine(pages)
        sizes = sorted(len(page.response) for page in site.pages.values())
        print(
            f"{len(site.pages):,} pages, the median of {sizes[pages // 2] / 1000:.1f} kB, {turns} runs each"
        )
        with WebServer(partial(Magazine, pages)) as server:
            print(f"the server alone: {ceiling(server, list(site.pages)):,.0f} pages/s")
            server.requests(forget=True)
            runs = _all_runs(server, site, python, Path(name), turns)
    _report(runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="5,000 pages, 3 runs each")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--scrapy-python", help="a Python that has Scrapy, instead of a new environment")
    return parser.parse_args()


def _install_scrapy(folder: Path) -> str | None:
    """Return the Python of a new environment with Scrapy; None, with a word, when it cannot be installed."""
    python = folder / "scrapy" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder / "scrapy")], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "scrapy"]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode == 0:
        return str(python)
    print("Scrapy cannot be installed, so linernotes runs alone; --scrapy-python names a Python that has it.")
    return None


def _all_runs(
    server: WebServer, site: Magazine, python: str | None, folder: Path, turns: int
) -> dict[str, list[Run]]:
    kinds = [OURS] if python is None else [OURS, BARE, STORING]
    if python is not None:
        code = (
            "import scrapy, twisted; print('Scrapy', scrapy.__version__, 'on Twisted', twisted.__version__)"
        )
        print(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    runs: dict[str, list[Run]] = {kind: [] for kind in kinds}
    for turn in range(turns):
        # The order turns round, so that whatever slows the machine down for a while meets both.
        for kind in kinds if turn % 2 == 0 else reversed(kinds):
            file = folder / f"{turn} {kinds.index(kind)}.db"
            runs[kind].append(_one_run(_command(kind, server, python, file)))
            _check(kind, server, site)
    return runs


def _command(kind: str, server: WebServer, python: str | None, file: Path) -> list[str]:
    url = server.origin() + "/"
    if kind == OURS:
        return [sys.executable, str(WEB / "with_linernotes.py"), url, str(file), str(CONCURRENCY)]
    stored = [str(file)] if kind == STORING else []
    return [str(python), str(WEB / "with_scrapy.py"), url, str(CONCURRENCY), *stored]


def _one_run(command: list[str]) -> Run:
    began = perf_counter()
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    seconds = perf_counter() - began
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return Run(told["pages"], told["seconds"], seconds)


def _check(kind: str, server: WebServer, site: Magazine) -> None:
    """Exit unless every page of the site was asked for once, and nothing that robots.txt forbids."""
    asked = Counter(request.path for request in server.requests(forget=True))
    missed = set(site.pages) - set(asked)
    twice = [path for path in site.pages if asked[path] > 1]
    if missed or asked[DISALLOWED]:
        raise SystemExit(
            f"{kind} missed {len(missed)} pages and asked for {asked[DISALLOWED]} disallowed ones."
        )
    if twice:
        print(f"{kind} asked for {len(twice)} pages more than once, such as {twice[0]}")


def _report(runs: dict[str, list[Run]]) -> None:
    speeds = {kind: [run.pages / run.seconds for run in each] for kind, each in runs.items()}
    print(f"\n{'pages/s':26}{'best':>8}{'median':>8}{'whole process, median':>24}   pages")
    for kind, each in runs.items():
        whole = median(run.pages / run.process_seconds for run in each)
        best, middle = max(speeds[kind]), median(speeds[kind])
        print(f"{kind:26}{best:8.0f}{middle:8.0f}{whole:24.0f}   {', '.join(str(run.pages) for run in each)}")
    for kind in list(runs)[1:]:
        middle = median(speeds[OURS]) / median(speeds[kind])
        best = max(speeds[OURS]) / max(speeds[kind])
        print(f"linernotes : {kind:26} {middle:.2f} by median, {best:.2f} by best")


if __name__ == "__main__":
    main()
