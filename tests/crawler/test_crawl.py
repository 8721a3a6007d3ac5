from __future__ import annotations

import gzip
import os
import signal
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from crawler.errors import ContactMissing
from crawler.fetching.crawl import crawl
from crawler.fetching.kinds import describe_source
from crawler.fetching.report import CrawlEvent, CrawlReport
from crawler.fetching.settings import CrawlSettings
from store.forgetting import forget_host
from store.frontier import count_states
from store.models import ForgottenRow, HostRow, PageBodyRow, PageRow, SourceRow
from store.sources import add_source, list_sources
from tests.crawler.conftest import Reply, Request, Web

FAST = CrawlSettings(
    allow_private_hosts=True, delay_seconds=0, backoff_seconds=0.02, timeout_seconds=2, deadline_seconds=4
)


def add(engine: Engine, url: str, **details: object) -> None:
    with engine.begin() as connection:
        add_source(connection, describe_source(url, **details), datetime.now(UTC))


def run(engine: Engine, **changes: object) -> CrawlReport:
    return crawl(engine, settings(**changes))


def settings(**changes: object) -> CrawlSettings:
    return replace(FAST, **changes)


def pages(engine: Engine, web: Web) -> dict[str, Any]:
    with engine.begin() as connection:
        rows = connection.execute(select(PageRow.__table__))
        return {row.url.removeprefix(web.origin): row for row in rows}


def states(engine: Engine, web: Web) -> dict[str, str]:
    return {path: row.state for path, row in pages(engine, web).items()}


def body(engine: Engine, page_id: int) -> bytes:
    with engine.begin() as connection:
        return zlib.decompress(
            connection.scalar(select(PageBodyRow.body).where(PageBodyRow.page_id == page_id))
        )


def test_a_site_is_followed_from_its_home_page(engine: Engine, web: Web) -> None:
    web.pages = {
        "/": '<a href="/a">a</a><a href="https://elsewhere.org/">x</a>',
        "/a": '<a href="/b%3Fp=1.html">b</a>',
        "/b%3Fp=1.html": "<p>caf\u00e9</p>",
    }
    add(engine, web.url())
    report = run(engine)
    found = pages(engine, web)
    assert {path: (row.state, row.depth) for path, row in found.items()} == {
        "/": ("fetched", 0), "/a": ("fetched", 1), "/b%3Fp=1.html": ("fetched", 2),
    }  # fmt: skip
    assert body(engine, found["/b%3Fp=1.html"].id) == "<p>caf\u00e9</p>".encode()
    assert (report.count("fetched"), report.queued, report.interrupted) == (3, 0, False)
    assert report.sources[0].finished and report.sources[0].error is None


def test_a_second_round_downloads_no_unchanged_body(engine: Engine, web: Web) -> None:
    def page(request: Request) -> Reply:
        if request.headers.get("if-none-match") == '"1"':
            return web.answer(status=304)
        return web.answer('<a href="/b">b</a>', ETag='"1"')

    web.pages = {"/": page, "/b": "<p>b</p>"}
    add(engine, web.url())
    run(engine)
    before = pages(engine, web)
    report = run(engine)
    after = pages(engine, web)
    assert report.outcomes == {"not modified": 1, "unchanged": 1}
    assert all(after[path].changed_at == before[path].changed_at for path in after)
    assert all(after[path].fetched_at > before[path].fetched_at for path in after)
    assert body(engine, after["/"].id) == b'<a href="/b">b</a>'


def test_a_changed_body_replaces_the_old_one(sqlite_engine: Engine, web: Web) -> None:
    add(sqlite_engine, web.url())
    web.pages = {"/": "<p>old</p>"}
    run(sqlite_engine)
    web.pages = {"/": "<p>new</p>"}
    run(sqlite_engine)
    row = pages(sqlite_engine, web)["/"]
    assert body(sqlite_engine, row.id) == b"<p>new</p>"
    assert row.changed_at == row.fetched_at


def test_entries_of_a_feed_are_fetched_and_their_links_are_not(engine: Engine, web: Web) -> None:
    feed = (
        "<rss version='2.0'><channel><item><link>/a</link></item><item><link>/b</link></item></channel></rss>"
    )
    web.pages = {
        "/feed": web.answer(feed, **{"Content-Type": "application/rss+xml"}),
        "/a": '<a href="/c">c</a>',
    }
    web.pages["/b"] = "<p>b</p>"
    add(engine, web.url("/feed"))
    run(engine)
    assert states(engine, web) == {"/feed": "fetched", "/a": "fetched", "/b": "fetched"}
    assert pages(engine, web)["/a"].depth == 1


def test_a_sitemap_index_leads_to_pages_through_packed_sitemaps(sqlite_engine: Engine, web: Web) -> None:
    urlset = (
        f"<urlset><url><loc>{web.url('/a')}</loc></url><url><loc>http://elsewhere.org/</loc></url></urlset>"
    )
    web.pages = {
        "/sitemap.xml": f"<sitemapindex><sitemap><loc>{web.url('/s.xml.gz')}</loc></sitemap></sitemapindex>",
        "/s.xml.gz": web.answer(gzip.compress(urlset.encode()), **{"Content-Type": "application/gzip"}),
        "/a": "<p>a</p>",
    }
    add(sqlite_engine, web.url("/sitemap.xml"))
    run(sqlite_engine)
    assert states(sqlite_engine, web) == {"/sitemap.xml": "fetched", "/s.xml.gz": "fetched", "/a": "fetched"}


def test_a_source_taken_for_a_site_is_corrected_by_its_first_answer(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {
        "/news": f"<rss version='2.0'><channel><item><link>{web.url('/a')}</link></item></channel></rss>"
    }
    web.pages["/a"] = '<a href="/b">b</a>'
    add(sqlite_engine, web.url("/news"))
    run(sqlite_engine)
    with sqlite_engine.begin() as connection:
        assert list_sources(connection)[0].source.kind == "feed"
    assert states(sqlite_engine, web) == {"/news": "fetched", "/a": "fetched"}


def test_feeds_of_a_site_make_pages_known(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {
        "/": '<link rel="alternate" type="application/rss+xml" href="/feed">',
        "/feed": "<rss version='2.0'><channel><item><link>/hidden</link></item></channel></rss>",
        "/hidden": "<p>x</p>",
    }
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    found = pages(sqlite_engine, web)
    assert found["/hidden"].state == "fetched"
    assert (found["/feed"].role, found["/feed"].state) == ("feed", "fetched")


def test_canonical_urls_are_noted_and_queued(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": '<link rel="canonical" href="/home">', "/home": '<link rel="canonical" href="/home">'}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    assert {path: row.canonical_url for path, row in pages(sqlite_engine, web).items()} == {
        "/": web.url("/home"),
        "/home": web.url("/home"),
    }


def test_a_redirect_is_noted_and_its_target_is_a_page_of_its_own(engine: Engine, web: Web) -> None:
    web.pages = {"/": web.answer(status=301, Location="/new"), "/new": "<p>x</p>"}
    add(engine, web.url())
    run(engine)
    found = pages(engine, web)
    assert (found["/"].state, found["/"].redirected_to) == ("fetched", web.url("/new"))
    assert (found["/new"].state, found["/new"].depth) == ("fetched", 0)


def test_a_site_that_moved_to_another_host_is_followed_there(
    sqlite_engine: Engine, web: Web, other_web: Web
) -> None:
    web.pages = {"/": web.answer(status=301, Location=other_web.url())}
    other_web.pages = {"/": '<a href="/a">a</a>', "/a": "<p>a</p>"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    assert states(sqlite_engine, other_web)["/a"] == "fetched"


def test_robots_txt_is_obeyed_fetched_once_a_day_and_names_sitemaps(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {
        "/robots.txt": f"User-agent: *\nDisallow: /private\nSitemap: {web.url('/sitemap.xml')}\n",
        "/": '<a href="/private/a">a</a>',
        "/sitemap.xml": f"<urlset><url><loc>{web.url('/b')}</loc></url></urlset>",
        "/b": "<p>b</p>",
    }
    add(sqlite_engine, web.url())
    report = run(sqlite_engine)
    run(sqlite_engine)
    fetched = dict.fromkeys(("/", "/b", "/sitemap.xml"), "fetched")
    assert states(sqlite_engine, web) == fetched | {"/private/a": "refused"}
    assert report.reasons == {("refused", "robots.txt disallows it"): 1}
    assert [request.path for request in web.requests].count("/robots.txt") == 1
    assert "/private/a" not in web.paths()


def test_an_old_robots_txt_is_fetched_again(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": "<p>x</p>"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    with sqlite_engine.begin() as connection:
        yesterday = datetime.now(UTC) - timedelta(hours=25)
        connection.execute(update(HostRow).values(robots_fetched_at=yesterday))
    run(sqlite_engine)
    assert [request.path for request in web.requests].count("/robots.txt") == 2


def test_noindex_is_kept_out_and_nofollow_not_followed(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {
        "/": '<a href="/list">l</a><a href="/closed">c</a><a rel="nofollow" href="/never">n</a>',
        "/list": '<meta name="robots" content="noindex"><a href="/a">a</a>',
        "/closed": web.answer('<a href="/never2">x</a>', **{"X-Robots-Tag": "nofollow"}),
        "/a": "<p>a</p>",
    }
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    found = pages(sqlite_engine, web)
    assert states(sqlite_engine, web) == {
        "/": "fetched", "/list": "refused", "/closed": "fetched", "/a": "fetched",
    }  # fmt: skip
    assert "noindex" in found["/list"].reason
    with sqlite_engine.begin() as connection:
        assert found["/list"].id not in set(connection.scalars(select(PageBodyRow.page_id)))


def test_requests_are_apart_by_the_delay_and_name_a_contact(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": '<a href="/a">a</a><a href="/b">b</a>', "/a": "a", "/b": "b"}
    add(sqlite_engine, web.url())
    run(sqlite_engine, delay_seconds=0.5, contact="ann@blog.org", host_concurrency=3)
    # Measured where requests arrive, so a busy machine may deliver one late and the next in time.
    times = [request.at for request in web.requests]
    assert len(times) == 5  # with robots.txt and tdmrep.json
    assert all(later - earlier > 0.2 for earlier, later in pairwise(times))
    assert times[-1] - times[0] > 1.2
    assert web.requests[0].headers["user-agent"].endswith("(+ann@blog.org)")


def test_crawl_delay_is_honoured(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/robots.txt": "User-agent: *\nCrawl-delay: 0.5\n", "/": '<a href="/a">a</a>', "/a": "a"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    times = [request.at for request in web.requests]
    assert times[-1] - times[-2] > 0.2


def test_hosts_are_worked_on_side_by_side(sqlite_engine: Engine, web: Web, other_web: Web) -> None:
    for host in (web, other_web):
        host.delay_seconds = 0.1
        host.pages = {"/": "".join(f'<a href="/{n}">{n}</a>' for n in range(6))}
        host.pages |= {f"/{n}": "<p>x</p>" for n in range(6)}
        add(sqlite_engine, host.url())
    report = run(sqlite_engine)
    assert report.count("fetched") == 14
    assert web.requests[0].at < other_web.requests[-1].at and other_web.requests[0].at < web.requests[-1].at


def test_more_hosts_than_places_all_get_their_turn(sqlite_engine: Engine, web: Web, other_web: Web) -> None:
    for host in (web, other_web):
        host.pages = {"/": '<a href="/a">a</a>', "/a": "<p>a</p>"}
        add(sqlite_engine, host.url())
    assert run(sqlite_engine, max_hosts=1).count("fetched") == 4


def test_only_sources_that_are_due_are_visited(engine: Engine, web: Web, other_web: Web) -> None:
    for host in (web, other_web):
        host.pages = {"/": "<p>x</p>"}
        add(engine, host.url())
    crawl(engine, FAST, due_only=True)
    with engine.begin() as connection:
        connection.execute(
            update(SourceRow).where(SourceRow.url == web.url()).values(due_at=datetime.now(UTC))
        )
    crawl(engine, FAST, due_only=True)
    assert (len(web.paths()), len(other_web.paths())) == (2, 1)


def test_a_limited_crawl_is_continued_by_the_next(engine: Engine, web: Web) -> None:
    web.pages = {"/": "".join(f'<a href="/{n}">{n}</a>' for n in range(9))} | {f"/{n}": "x" for n in range(9)}
    add(engine, web.url())
    first = crawl(engine, FAST, max_pages=4)
    second = crawl(engine, FAST)
    assert (first.visits, first.queued, first.sources[0].finished) == (4, 6, False)
    assert (second.visits, second.queued, second.sources[0].finished) == (6, 0, True)
    assert len(web.paths()) == len(set(web.paths())) == 10


def test_a_source_grows_to_its_page_limit_only(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": "".join(f'<a href="/{n}">{n}</a>' for n in range(9))} | {f"/{n}": "x" for n in range(9)}
    add(sqlite_engine, web.url())
    run(sqlite_engine, max_pages_per_source=4)
    assert len(states(sqlite_engine, web)) == 4


def test_forgotten_urls_and_hosts_are_never_asked(sqlite_engine: Engine, web: Web, other_web: Web) -> None:
    feed = f"<rss version='2.0'><channel><item><link>/a</link></item><item><link>/b</link></item>\
<item><link>{other_web.url('/c')}</link></item></channel></rss>"
    web.pages = {"/feed": feed, "/b": "x"}
    with sqlite_engine.begin() as connection:
        now = datetime.now(UTC)
        values = [("url", web.url("/a")), ("host", other_web.origin.removeprefix("http://"))]
        for kind, value in values:
            connection.execute(
                ForgottenRow.__table__.insert().values(kind=kind, value=value, forgotten_at=now)
            )
    add(sqlite_engine, web.url("/feed"))
    run(sqlite_engine)
    assert states(sqlite_engine, web) == {"/feed": "fetched", "/b": "fetched"}
    assert other_web.requests == []


def test_what_is_forgotten_during_a_crawl_does_not_come_back(engine: Engine, web: Web) -> None:
    def forgotten_meanwhile(_request: Request) -> str:
        with engine.begin() as connection:
            forget_host(connection, web.origin)
        return '<a href="/later">x</a>'

    web.pages = {"/": '<a href="/a">a</a>', "/a": forgotten_meanwhile, "/later": "x"}
    add(engine, web.url())
    run(engine)
    assert states(engine, web) == {} and "/later" not in web.paths()


def test_events_tell_each_visit_after_it_was_stored(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": '<a href="/a">a</a>'}
    add(sqlite_engine, web.url())
    told: list[CrawlEvent] = []
    crawl(sqlite_engine, FAST, on_event=told.append)
    seen = [(event.url, event.outcome, event.reason, event.queued) for event in told]
    assert seen == [
        (web.url("/"), "fetched", None, 1),
        (web.url("/a"), "gone", "the server answers 404", 0),
    ]


def test_an_interrupt_ends_the_crawl_cleanly(sqlite_engine: Engine, web: Web) -> None:
    def interrupt(_request: Request) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        return "x"

    web.delay_seconds = 0.02
    web.pages = {"/": "".join(f'<a href="/{n}">{n}</a>' for n in range(50))} | {
        f"/{n}": "x" for n in range(50)
    }
    web.pages["/7"] = interrupt
    add(sqlite_engine, web.url())
    handler = signal.getsignal(signal.SIGTERM)
    first = run(sqlite_engine)
    assert signal.getsignal(signal.SIGTERM) is handler
    assert first.interrupted and 0 < first.visits < 51 and first.queued > 0
    second = run(sqlite_engine)
    assert not second.interrupted and first.visits + second.visits == 51
    assert len(web.paths()) == len(set(web.paths()))


def test_a_public_host_needs_a_contact_first(sqlite_engine: Engine) -> None:
    add(sqlite_engine, "https://blog.invalid/")
    with pytest.raises(ContactMissing, match=r"https://blog\.invalid/"):
        run(sqlite_engine)


def test_a_crawl_without_sources_does_nothing(engine: Engine) -> None:
    assert run(engine).visits == 0


def test_counts_of_states_add_up(engine: Engine, web: Web) -> None:
    web.pages = {"/": '<a href="/a">a</a><a href="/b">b</a>', "/b": "x"}
    add(engine, web.url())
    run(engine)
    with engine.begin() as connection:
        total = {(count.state, count.reason): count.pages for count in count_states(connection)}
        by_host = count_states(connection, by_host=True)
    assert total == {("fetched", None): 2, ("gone", "the server answers 404"): 1}
    assert {count.host for count in by_host} == {web.origin}
