"""The wishes of pages and hosts: directives, headers, TDM reservation, and what each of them does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from crawler.fetching.consent import TdmRules, fetch_tdm, tdm_rules
from crawler.fetching.http import HostClient, shared_tls
from crawler.fetching.links import read_links
from crawler.fetching.pace import Pace
from crawler.fetching.wishes import (
    NOAI,
    NOINDEX,
    TDM_RESERVED,
    Wishes,
    directives,
    header_wishes,
    tdm_statement,
)
from store.hosts import Host
from tests.crawler.conftest import Reply, Web
from tests.crawler.test_crawl import add, pages, run, settings

TDM = "/.well-known/tdmrep.json"
RESERVED = json.dumps([{"location": "/", "tdm-reservation": 1}])


@pytest.mark.parametrize(
    ("content", "wishes"),
    [
        ("noindex, follow", Wishes(noindex=True)),
        ("NONE", Wishes(noindex=True, nofollow=True)),
        ("index,nofollow", Wishes(nofollow=True)),
        ("noarchive", Wishes(noarchive=True)),
        ("noai, noimageai", Wishes(noai=True, noimageai=True)),
        ("noml", Wishes(noai=True)),
        ("googlebot: noindex, nofollow", Wishes()),
        ("googlebot: noindex, linernotes: nofollow", Wishes(nofollow=True)),
        ("max-snippet: 20, noindex", Wishes(noindex=True)),
        ("unavailable_after: Friday, 25-Jun-30 15:00:00 UTC, noai", Wishes(noai=True)),
        ("", Wishes()),
    ],
)
def test_directives(content: str, wishes: Wishes) -> None:
    assert directives(content) == wishes


def test_a_name_in_a_header_ends_with_that_header() -> None:
    assert header_wishes("googlebot: noindex\nnoai", None) == Wishes(noai=True)


@pytest.mark.parametrize(
    ("value", "reserved"), [("1", True), ("0", False), (" 1 ", True), ("2", None), ("", None)]
)
def test_a_tdm_statement_is_one_or_zero(value: str, reserved: bool | None) -> None:
    assert tdm_statement(value).tdm_reserved is reserved


@given(st.text(max_size=80))
def test_any_text_is_read_as_directives(content: str) -> None:
    assert isinstance(directives(content) | tdm_statement(content), Wishes)


def test_the_wishes_of_meta_elements_are_read() -> None:
    html = b'<meta name="robots" content="noarchive"><meta name="TDM-Reservation" content="1">'
    assert read_links(html, "http://h/").wishes == Wishes(noarchive=True, tdm_reserved=True)


@pytest.mark.parametrize(
    ("html", "headers", "reason"),
    [
        ('<meta name="robots" content="noindex">', {}, NOINDEX),
        ('<meta name="robots" content="noai">', {}, NOAI),
        ('<meta name="linernotes" content="noai">', {}, NOAI),
        ('<meta name="tdm-reservation" content="1">', {}, TDM_RESERVED),
        ("<p>x", {"X-Robots-Tag": "noai"}, NOAI),
        ("<p>x", {"X-Robots-Tag": "linernotes: none"}, NOINDEX),
        ("<p>x", {"tdm-reservation": "1"}, TDM_RESERVED),
    ],
)
def test_a_page_that_does_not_want_to_be_used_is_refused_and_its_links_are_followed(
    sqlite_engine: Engine, web: Web, html: str, headers: dict[str, str], reason: str
) -> None:
    web.pages = {"/": '<a href="/a">a</a>', "/b": "<p>b"}
    link = "" if "none" in str(headers) else '<a href="/b">b</a>'
    web.pages["/a"] = Reply(html + link, headers={"ETag": '"1"', **headers})
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    found = pages(sqlite_engine, web)
    assert (found["/a"].state, found["/a"].reason, found["/a"].content_digest) == ("refused", reason, None)
    assert found["/a"].etag == '"1"', "an unchanged refusal costs a 304"
    assert ("/b" in found) is bool(link)


def test_the_page_goes_before_its_header_on_text_mining(sqlite_engine: Engine, web: Web) -> None:
    free = '<meta name="tdm-reservation" content="0"><p>x'
    web.pages = {"/": Reply(free, headers={"tdm-reservation": "1"})}
    add(sqlite_engine, web.url())
    assert run(sqlite_engine).count("fetched") == 1


def test_noarchive_and_noimageai_are_recorded_and_the_text_is_used(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": Reply("<p>x", headers={"X-Robots-Tag": "noarchive, noimageai"})}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    page = pages(sqlite_engine, web)["/"]
    assert (page.state, page.restrictions) == ("fetched", "noarchive, noimageai")


def test_headers_that_repeat_are_read_one_by_one(sqlite_engine: Engine, web: Web) -> None:
    def twice(handler: object) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: otherbot: nofollow\r\n"
        handler.wfile.write(head + b"X-Robots-Tag: noai\r\nContent-Length: 4\r\n\r\n<p>x")  # type: ignore[attr-defined]

    web.pages = {"/": Reply(raw=twice)}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    assert pages(sqlite_engine, web)["/"].reason == NOAI


# --- tdmrep.json ------------------------------------------------------------------------------------------


def rules(*listed: tuple[str, object]) -> TdmRules:
    return tdm_rules(json.dumps([{"location": place, "tdm-reservation": value} for place, value in listed]))


def test_the_first_rule_that_matches_decides() -> None:
    stated = rules(("/free/", 0), ("/", 1))
    assert stated.refusal("http://h/free/a") is None
    assert stated.refusal("http://h/a") == TDM_RESERVED
    assert rules(("/", 1), ("/free/", 0)).refusal("http://h/free/a") == TDM_RESERVED


@pytest.mark.parametrize(
    ("pattern", "covered", "free"),
    [
        ("/a/", "/a/b", "/b"),
        ("/a$", "/a", "/ab"),
        ("/*.html$", "/x/y.html", "/x/y.html?p=1"),
        ("/*/then", "/this/path/then/on", "/then"),
        ("*print=", "/a?x=1&print=1", "/a?prin=1"),
        ("/caf\u00e9", "/caf%C3%A9/x", "/cafe"),
        ("b/", "/b/c", "/a/b/"),
        ("https://h/b/", "/b/c", "/a"),
        ("/*a*a*$", "/xaya", "/xay"),
    ],
)
def test_patterns_are_those_of_robots_txt(pattern: str, covered: str, free: str) -> None:
    stated = rules((pattern, 1))
    assert stated.refusal(f"http://h{covered}") and not stated.refusal(f"http://h{free}")


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "[1]", '[{"location": 1, "tdm-reservation": 1}]', '[{"location": "/"}]', "[" * 9_000,
     "null", '[{"location": "/", "tdm-reservation": [1]}]', '[{"location": "/", "tdm-reservation": 2}]'],
)  # fmt: skip
def test_what_is_no_tdm_file_states_nothing(text: str) -> None:
    assert tdm_rules(text) == TdmRules()


def test_a_hostile_pattern_takes_no_time() -> None:
    stated = rules(("/" + "*a" * 500 + "*b$", 1))
    assert stated.refusal("http://h/" + "a" * 1_900) is None


@given(st.text(max_size=30), st.text(alphabet="/a*$%", max_size=12))
def test_any_pattern_can_be_held_against_any_url(path: str, pattern: str) -> None:
    rules((pattern, 1)).refusal("http://h/" + path.replace("#", ""))


def asked(web: Web, **known: object) -> tuple[Host, TdmRules]:
    """What fetch_tdm returns for a host that has no robots.txt."""
    host = replace(Host(web.origin, robots_status=404), **known)  # type: ignore[arg-type]

    async def ask() -> tuple[Host, TdmRules] | None:
        async with HostClient(settings(), shared_tls()) as client:
            return await fetch_tdm(host, client, Pace(0, None), settings(), _no_sleep)

    found = asyncio.run(ask())
    assert found is not None
    return found


async def _no_sleep(_seconds: float) -> bool:
    return True


def test_a_tdm_file_is_asked_for_once_a_day(web: Web) -> None:
    web.pages = {TDM: RESERVED}
    host, stated = asked(web)
    assert (host.tdm_status, host.tdm_text) == (200, RESERVED) and stated.refusal(web.url("/x"))
    again = {
        "tdm_status": 200,
        "tdm_text": RESERVED,
        "tdm_fetched_at": datetime.now(UTC) - timedelta(hours=23),
    }
    assert asked(web, **again)[1].refusal(web.url("/x")) and len(web.requests) == 1
    asked(web, **(again | {"tdm_fetched_at": datetime.now(UTC) - timedelta(hours=25)}))
    assert len(web.requests) == 2


def test_no_tdm_file_states_nothing(web: Web) -> None:
    host, stated = asked(web)
    assert (host.tdm_status, stated) == (404, TdmRules())


def test_a_tdm_file_that_cannot_be_had_states_what_it_stated_before(web: Web) -> None:
    web.pages = {TDM: Reply("", 503)}
    assert asked(web)[1] == TdmRules()
    old = datetime.now(UTC) - timedelta(days=2)
    host, stated = asked(web, tdm_status=200, tdm_text=RESERVED, tdm_fetched_at=old)
    assert host.tdm_status == 0 and stated.refusal(web.url("/x"))


def test_a_tdm_file_that_robots_txt_forbids_is_not_asked_for(web: Web) -> None:
    asked(web, robots_status=200, robots_txt="User-agent: *\nDisallow: /.well-known/\n")
    assert web.requests == []


def test_a_tdm_file_may_redirect_and_its_end_is_cut_off(web: Web) -> None:
    web.pages = {TDM: Reply(status=302, headers={"Location": "/t.json"}), "/t.json": RESERVED}
    assert asked(web)[1].refusal(web.url("/x"))
    web.pages["/t.json"] = RESERVED[:-1] + " " * 600_000 + "]"
    assert asked(web)[1] == TdmRules()


def test_a_site_that_reserves_text_mining_is_not_fetched(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {TDM: json.dumps([{"location": "/mine/", "tdm-reservation": 1}])}
    web.pages |= {"/": '<a href="/mine/a">a</a><a href="/b">b</a>', "/mine/a": "<p>a", "/b": "<p>b"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    found = pages(sqlite_engine, web)
    assert (found["/mine/a"].state, found["/mine/a"].reason) == ("refused", TDM_RESERVED)
    assert web.paths() == ["/", "/b"] and found["/b"].state == "fetched"


@pytest.mark.parametrize("signal", ["ai-train=no", "search=no", "search=yes, ai-train=no"])
def test_a_content_signal_against_our_use_forbids_the_host(
    sqlite_engine: Engine, web: Web, signal: str
) -> None:
    web.pages = {"/robots.txt": f"User-Agent: *\nContent-Signal: {signal}\nAllow: /\n", "/": "<p>x"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    page = pages(sqlite_engine, web)["/"]
    assert page.state == "refused" and "Content-Signal" in page.reason and web.paths() == []
