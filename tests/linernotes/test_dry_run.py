"""`crawl --dry-run`: what would be fetched, without fetching or changing anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Engine, insert, select, update

from crawler.fetching.kinds import describe_source
from crawler.fetching.settings import CrawlSettings
from linernotes.planning import Plan, plan_crawl
from store.domains import domain_of
from store.engine import connect
from store.models import DomainRow, HostRow, PageRow, SourceRow
from store.sources import add_source, begin_rounds
from tests.linernotes.conftest import Call

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = CrawlSettings(contact="crawls@music.org", allow_private_hosts=True)
BLOG, MAGAZINE = "https://blog.org/feed", "https://mag.org/"


def source(engine: Engine, url: str, *, due: datetime = NOW, finished: bool = False) -> int:
    """Add a source: never crawled, or with a finished round."""
    with engine.begin() as connection:
        number = add_source(connection, describe_source(url), NOW).id
        assert number is not None
        rounds = {"round_started_at": NOW - HOUR, "round_finished_at": NOW - HOUR} if finished else {}
        connection.execute(update(SourceRow).where(SourceRow.id == number).values(due_at=due, **rounds))
        return number


def page(engine: Engine, source_id: int, url: str, **values: object) -> None:
    host = "/".join(url.split("/")[:3])
    facts = {"state": "queued", "due_at": NOW, "depth": 1, "priority": 1_001, "role": "page"} | values
    with engine.begin() as connection:
        row = {"url": url, "host": host, "domain": domain_of(host), "source_id": source_id, **facts}
        connection.execute(insert(PageRow).values(row))


def plan(
    engine: Engine, *, due_only: bool = False, limit: int = 50, settings: CrawlSettings = SETTINGS
) -> Plan:
    with engine.connect() as connection:
        return plan_crawl(connection, settings, NOW, due_only=due_only, limit=limit)


def urls(plan: Plan) -> list[str]:
    return [page.url for page, _ in plan.pages]


def test_a_source_that_was_never_crawled_is_asked_first(engine: Engine) -> None:
    source(engine, BLOG)
    ((planned, verdict),) = plan(engine).pages
    assert (planned.url, planned.source, planned.domain) == (BLOG, BLOG, "blog.org")
    assert (planned.role, planned.priority, planned.due_at) == ("feed", 0, NOW)
    assert verdict == "would be fetched"


def test_a_new_round_asks_again_for_what_is_known_but_for_what_is_gone_for_good(engine: Engine) -> None:
    blog = source(engine, BLOG, finished=True)
    page(engine, blog, BLOG, state="fetched", role="feed", depth=0)
    page(engine, blog, "https://blog.org/1", state="fetched", depth=2)
    page(engine, blog, "https://blog.org/2", state="gone", http_status=410)
    page(engine, blog, "https://blog.org/3", state="gone", http_status=404)
    assert [(page.url, page.priority) for page, _ in plan(engine).pages] == [
        (BLOG, 0),
        ("https://blog.org/3", 10_001),
        ("https://blog.org/1", 10_002),
    ]


def test_the_plan_is_what_beginning_the_round_queues(engine: Engine) -> None:
    blog = source(engine, BLOG, finished=True)
    magazine = source(engine, MAGAZINE, due=NOW + HOUR, finished=True)
    page(engine, blog, "https://blog.org/1", state="fetched", due_at=NOW - HOUR)
    page(engine, blog, "https://blog.org/2", state="fetched", due_at=NOW + HOUR)
    page(engine, magazine, "https://mag.org/1")
    for due_only in (True, False):
        planned = set(urls(plan(engine, due_only=due_only)))
        with engine.connect() as connection:
            begin_rounds(connection, NOW, due_only=due_only)
            queued = select(PageRow.url).where(PageRow.state == "queued")
            assert planned == set(connection.scalars(queued))
            connection.rollback()


def test_of_an_open_round_only_what_is_still_queued_comes(engine: Engine) -> None:
    blog = source(engine, BLOG)
    with engine.begin() as connection:
        connection.execute(update(SourceRow).values(round_started_at=NOW, round_finished_at=None))
    page(engine, blog, "https://blog.org/1", state="fetched")
    page(engine, blog, "https://blog.org/2")
    assert urls(plan(engine)) == ["https://blog.org/2"]


def test_only_what_is_due_comes_when_asked_for(engine: Engine) -> None:
    source(engine, BLOG, due=NOW - HOUR)
    source(engine, MAGAZINE, due=NOW + HOUR)
    assert urls(plan(engine, due_only=True)) == [BLOG]
    assert urls(plan(engine)) == [BLOG, MAGAZINE]


def test_domains_take_turns_and_within_one_priority_decides(engine: Engine) -> None:
    blog, magazine = source(engine, BLOG), source(engine, MAGAZINE)
    with engine.begin() as connection:
        connection.execute(update(SourceRow).values(round_started_at=NOW, round_finished_at=None))
    for number in (3, 2, 1):
        page(engine, blog, f"https://blog.org/{number}", priority=number)
    page(engine, magazine, "https://mag.org/1", priority=9)
    page(engine, magazine, "https://mag.org/2", priority=8, due_at=NOW + HOUR)
    assert urls(plan(engine)) == [
        "https://blog.org/1",
        "https://mag.org/1",
        "https://blog.org/2",
        "https://blog.org/3",
        "https://mag.org/2",
    ]
    assert urls(plan(engine, limit=2)) == ["https://blog.org/1", "https://mag.org/1"]


def test_the_totals_count_beyond_the_limit(engine: Engine) -> None:
    blog = source(engine, BLOG)
    source(engine, MAGAZINE)
    for number in range(5):
        page(engine, blog, f"https://blog.org/{number}")
    assert [(each.source, each.pages) for each in plan(engine, limit=1).sources] == [(BLOG, 6), (MAGAZINE, 1)]


def host(engine: Engine, **values: object) -> None:

    with engine.begin() as connection:
        connection.execute(insert(HostRow).values(host="https://blog.org", failures=0, **values))


def test_robots_txt_decides_as_it_was_last_fetched(sqlite_engine: Engine) -> None:
    source(sqlite_engine, BLOG)
    host(sqlite_engine, robots_status=200, robots_txt="User-agent: *\nDisallow: /feed")
    assert plan(sqlite_engine).pages[0][1] == "not fetched: robots.txt disallows it"


def test_what_a_host_reserves_decides_as_it_was_last_fetched(sqlite_engine: Engine) -> None:
    source(sqlite_engine, BLOG)
    host(sqlite_engine, robots_status=404, tdm_text='[{"location": "/", "tdm-reservation": 1}]')
    ((_, verdict),) = plan(sqlite_engine).pages
    assert verdict == "not fetched: text and data mining is reserved (tdm-reservation)"


def test_a_use_that_robots_txt_reserves_is_not_taken_for_a_failure(sqlite_engine: Engine) -> None:
    source(sqlite_engine, BLOG)
    host(sqlite_engine, robots_status=200, robots_txt="User-agent: *\nContent-Signal: ai-train=no\nAllow: /")
    assert plan(sqlite_engine).pages[0][1].startswith("not fetched: robots.txt reserves AI training")


def test_a_robots_txt_that_could_not_be_read_is_tried_again(sqlite_engine: Engine) -> None:
    source(sqlite_engine, BLOG)
    host(sqlite_engine, robots_status=503)
    assert plan(sqlite_engine).pages[0][1].startswith("fetched only if robots.txt can be read this time")


def test_a_public_host_needs_a_contact(sqlite_engine: Engine) -> None:
    source(sqlite_engine, BLOG)
    source(sqlite_engine, "http://127.0.0.1:8080/")
    verdicts = {page.domain: verdict for page, verdict in plan(sqlite_engine, settings=CrawlSettings()).pages}
    assert verdicts == {
        "blog.org": "not fetched: its host is public and no contact is configured",
        "127.0.0.1:8080": "would be fetched",
    }


@pytest.mark.parametrize("who", ["page", "host", "domain"])
def test_a_page_waits_for_itself_its_host_and_its_domain(sqlite_engine: Engine, who: str) -> None:
    blog = source(sqlite_engine, BLOG, finished=True, due=NOW + HOUR)
    page(sqlite_engine, blog, "https://blog.org/1", due_at=NOW + HOUR if who == "page" else NOW)
    host(sqlite_engine, not_before=NOW + HOUR if who == "host" else None)
    with sqlite_engine.begin() as connection:
        until = NOW + HOUR if who == "domain" else None
        connection.execute(insert(DomainRow).values(domain="blog.org", not_before=until, pages=1))
    ((_, verdict),) = plan(sqlite_engine, due_only=True).pages
    assert verdict == "waits until 2026-03-01T01:00:00Z"


# --- on the command line ----------------------------------------------------------------------------------


@pytest.fixture
def database(home: Path, sqlite_template: Path) -> Path:
    copyfile(sqlite_template, home / "linernotes.db")
    return home / "linernotes.db"


def test_a_dry_run_lists_pages_and_changes_nothing(call: Call, database: Path) -> None:
    engine = connect(f"sqlite:///{database}")
    source(engine, BLOG)
    source(engine, MAGAZINE)
    engine.dispose()
    database.chmod(0o444)
    before = database.read_bytes()
    result = call("crawl", "--dry-run", "--json", "--limit", "1")
    assert result.code == 0
    (row,) = result.rows
    assert list(row) == ["url", "source", "domain", "role", "priority", "due", "verdict"]
    assert row["url"] == BLOG
    assert "ask for 2 pages" in result.err
    assert f"1  {MAGAZINE}" in result.err
    assert database.read_bytes() == before


def test_a_dry_run_without_sources_says_so(call: Call, database: Path) -> None:
    result = call("crawl", "--dry-run", "--due", "--csv")
    assert result.code == 0
    assert result.out == "url,source,domain,role,priority,due,verdict\n"
    assert result.error == "Nothing would be fetched: no source is due and no page is queued."


def test_an_archive_that_cannot_be_written_is_told_before_anything_is_fetched(
    call: Call, database: Path
) -> None:
    result = call("crawl", "--warc", str(database))
    assert result.code == 1
    assert "The archive cannot be written to" in result.error
