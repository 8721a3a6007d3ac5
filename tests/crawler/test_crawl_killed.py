"""kill -9 at any moment, then the same command again: every page stored, nearly none asked for twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, func, select

from store.models import PageBodyRow
from tests.crawler.conftest import Web, prose
from tests.crawler.test_crawl import add, states

PAGES = 150
# Fetched but not stored yet (crawler.fetching.writer: 50 ms or 16 pages), and requests under way.
MAX_ASKED_TWICE = 24

SCRIPT = """
import sys
from crawler.fetching.crawl import crawl
from crawler.fetching.settings import CrawlSettings
from store.engine import connect
crawl(connect(sys.argv[1]), CrawlSettings(allow_private_hosts=True, delay_seconds=0, host_concurrency=4))
"""


def test_a_killed_crawl_is_continued_where_it_was(engine: Engine, web: Web) -> None:
    web.delay_seconds = 0.005
    web.pages = {
        f"/{n}": f'<a href="/{2 * n}">x</a><a href="/{2 * n + 1}"></a>{prose(n)}' for n in range(1, PAGES)
    }
    add(engine, web.url("/1"))
    killed_after = _kill_during_crawl(engine, web, random.Random(engine.name))
    assert 0 < killed_after < PAGES
    _start(engine).wait(60)
    found = states(engine, web)
    assert Counter(found.values())["fetched"] == PAGES - 1
    assert "queued" not in found.values()
    asked = Counter(web.paths())
    assert set(asked) == set(found) and max(asked.values()) <= 2
    assert sum(asked.values()) - len(asked) <= MAX_ASKED_TWICE
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(PageBodyRow)) == PAGES - 1


def _kill_during_crawl(engine: Engine, web: Web, random_moment: random.Random) -> int:
    """Kill a crawl after a random number of requests; return how many these were."""
    process, limit = _start(engine), random_moment.randrange(5, PAGES - 30)
    deadline = time.monotonic() + 60
    while len(web.paths()) < limit and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.wait(10)
    return len(web.paths())


def _start(engine: Engine) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    root = Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, "-c", SCRIPT, url], cwd=root)
