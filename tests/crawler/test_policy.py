from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zlib import decompress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ContactMissing, FetchFailed
from crawler.fetching.discovery import discovered, moved_scope, redirect_target
from crawler.fetching.http import Answer
from crawler.fetching.policy import (
    Decision,
    after_body,
    after_failure,
    after_redirect,
    after_refusal,
    after_status,
    backoff,
    conditions,
    retry_after,
    scheduled,
    screen_for,
)
from crawler.fetching.reading import Reading, read_body
from crawler.fetching.settings import CrawlSettings
from crawler.fetching.wishes import Wishes
from store.frontier import Page
from store.records import Source

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SETTINGS = CrawlSettings(retries=2, backoff_seconds=4)
SITE = Source("http://h/", "site", id=1)
FRESH = Page(
    id=1, url="http://h/a", host="http://h", source_id=1, role="page", depth=1, priority=5, state="queued",
    reason=None, due_at=NOW, attempts=0, http_status=None, content_type=None, etag=None, last_modified=None,
    redirected_to=None, canonical_url=None, content_digest=None, fetched_at=None, changed_at=None,
    extracted_digest=None,
)  # fmt: skip
EARLIER = NOW - timedelta(days=3)
KNOWN = replace(
    FRESH, etag='"1"', last_modified="Fri", content_digest="d", changed_at=EARLIER, extracted_digest="d"
)


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    return Answer(
        "http://h/a", status, {name.replace("_", "-"): value for name, value in headers.items()}, body
    )


def status(code: int, page: Page = FRESH, **headers: str) -> Decision:
    return after_status(page, answer(code, **headers), NOW, SETTINGS, 1.0)


def test_a_new_body_is_kept_with_its_validators() -> None:
    got = answer(body=b"<p>hello", etag='"2"', last_modified="Mon", content_type="text/html; charset=koi8-r")
    decision = after_body(FRESH, got, Reading("page"), (), NOW)
    page, body = decision.change.page, decision.change.body
    assert (page.state, page.etag, page.last_modified, page.changed_at) == ("fetched", '"2"', "Mon", NOW)
    assert body is not None and decompress(body.compressed) == b"<p>hello" and body.charset == "koi8-r"


def test_the_same_body_again_is_no_change() -> None:
    first = after_body(FRESH, answer(body=b"x"), Reading("page"), (), NOW).change.page
    later = NOW + timedelta(days=1)
    again = after_body(first, answer(body=b"x"), Reading("page"), (), later)
    assert again.outcome == "unchanged" and again.change.body is None
    assert (again.change.page.changed_at, again.change.page.fetched_at) == (NOW, later)


def test_not_modified_keeps_what_is_stored() -> None:
    decision = status(304, KNOWN)
    page = decision.change.page
    assert decision.outcome == "not modified" and decision.change.body is None
    assert (page.state, page.content_digest, page.changed_at, page.fetched_at) == (
        "fetched",
        "d",
        EARLIER,
        NOW,
    )


def test_not_modified_leaves_a_refused_page_refused() -> None:
    page = status(304, replace(FRESH, etag='"1"', reason="noindex")).change.page
    assert (page.state, page.reason) == ("refused", "noindex")


def test_gone_for_good_forgets_body_and_validators_at_once() -> None:
    decision = status(410, KNOWN)
    page = decision.change.page
    assert (decision.outcome, page.state, page.http_status) == ("gone", "gone", 410)
    assert page.content_digest is page.etag is page.last_modified is None
    assert page.extracted_digest == "d"  # so that extraction finds the page and withdraws its documents


def test_a_page_never_had_is_gone_at_its_first_404() -> None:
    assert status(404, FRESH).outcome == "gone"


def test_a_missing_page_keeps_its_text_until_the_third_404_over_a_week() -> None:
    page, moment, outcomes = KNOWN, NOW, []
    for _ in range(3):
        decision = after_status(page, answer(404), moment, SETTINGS, 1.0)
        page = decision.change.page
        outcomes.append((decision.outcome, page.state, page.content_digest))
        moment = page.due_at
    assert outcomes == [("missing", "failed", "d"), ("missing", "failed", "d"), ("gone", "gone", None)]
    assert moment - NOW == timedelta(days=7)


def test_many_404_within_a_day_do_not_make_a_page_gone() -> None:
    page = KNOWN
    for hour in range(24):
        page = after_status(page, answer(404), NOW + timedelta(hours=hour), SETTINGS, 1.0).change.page
    assert (page.state, page.content_digest, page.misses) == ("failed", "d", 24)


def test_a_page_that_is_back_counts_its_misses_anew() -> None:
    missing = status(404, KNOWN).change.page
    for back in (status(304, missing), after_body(missing, answer(body=b"x"), Reading("page"), (), NOW)):
        assert (back.change.page.misses, back.change.page.missing_since) == (0, None)


def test_the_next_visit_comes_sooner_after_a_change_and_later_without() -> None:
    page, waits = FRESH, []
    for code in (200, 304, 304, 304, 200, 200):
        if code == 304:
            decision = after_status(page, answer(304), NOW, SETTINGS, 1.0)
        else:
            decision = after_body(page, answer(body=str(len(waits)).encode()), Reading("page"), (), NOW)
        page = scheduled(decision, NOW, low=3600, high=10_000).change.page
        waits.append(page.revisit_seconds)
        assert page.due_at == NOW + timedelta(seconds=page.revisit_seconds or 0)
    assert waits == [3600, 5400, 8100, 10_000, 5000, 3600]


@pytest.mark.parametrize("code", [400, 401, 403, 451])
def test_a_denial_is_a_failure_at_once_and_loses_nothing(code: int) -> None:
    page = status(code, KNOWN).change.page
    assert (page.state, page.reason, page.content_digest) == ("failed", f"the server answers {code}", "d")


def test_a_busy_server_is_asked_again_later_and_later_then_no_more() -> None:
    first = status(500).change.page
    second = status(500, first).change.page
    third = status(500, second).change.page
    assert [first.state, second.state, third.state] == ["queued", "queued", "failed"]
    assert first.due_at == NOW + timedelta(seconds=4) and second.due_at == NOW + timedelta(seconds=8)
    assert third.reason == "the server answers 500, 3 times"


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_pauses_page_and_host(code: int) -> None:
    decision = status(code, retry_after="120")
    assert decision.pause_until == decision.change.page.due_at == NOW + timedelta(seconds=120)


def test_a_permanent_failure_is_not_repeated() -> None:
    decision = after_failure(FRESH, FetchFailed("no TLS", transient=False), NOW, SETTINGS, 0.5)
    assert (decision.outcome, decision.change.page.reason) == ("failed", "no TLS")


def test_refusal_drops_what_was_stored() -> None:
    page = after_refusal(KNOWN, "robots.txt disallows it", NOW).change.page
    assert (page.state, page.content_digest, page.etag) == ("refused", None, None)


def test_noindex_is_refused_but_its_links_count() -> None:
    reading = Reading("page", links=("http://h/b",), wishes=Wishes(noindex=True))
    found = discovered(FRESH, reading, SITE, 9)
    decision = after_body(FRESH, answer(etag='"1"'), reading, found, NOW)
    assert (decision.outcome, decision.change.page.content_digest) == ("refused", None)
    assert [page.url for page in decision.change.found] == ["http://h/b"]
    assert conditions(decision.change.page) == {"if-none-match": '"1"'}


def test_a_redirected_page_has_no_body_of_its_own() -> None:
    page = after_redirect(KNOWN, answer(301), "http://h/b", (), NOW).change.page
    assert (page.state, page.redirected_to, page.content_digest, page.etag) == (
        "fetched",
        "http://h/b",
        None,
        None,
    )


def test_robots_headers_count_like_meta_tags() -> None:
    reading = read_body(
        answer(body=b"<p>x", content_type="text/html", x_robots_tag="noindex, nofollow"), "page"
    )
    assert reading.wishes == Wishes(noindex=True, nofollow=True)


def test_html_instead_of_a_feed_is_told() -> None:
    reading = read_body(answer(body=b"<html>", content_type="text/html"), "feed")
    assert reading.error is not None and "not a feed" in reading.error


def test_a_feed_behind_a_link_is_read_as_one() -> None:
    body = b"<rss version='2.0'><channel><item><link>http://h/x</link></item></channel></rss>"
    assert read_body(answer(body=body, content_type="text/html"), "page").role == "feed"


@pytest.mark.parametrize(
    "kind", ["application/pdf", "image/png", "image/svg+xml", "audio/mpeg", "application/json"]
)
def test_what_is_no_page_is_not_downloaded(kind: str) -> None:
    assert screen_for("page")(200, {"content-type": kind}) == f"it is {kind}, not a page"


@pytest.mark.parametrize(
    "kind", ["text/html; charset=x", "application/rss+xml", "text/plain", "", "TEXT/HTML"]
)
def test_what_may_be_a_page_is_downloaded(kind: str) -> None:
    assert screen_for("page")(200, {"content-type": kind}) is None


def test_a_packed_sitemap_is_downloaded_only_as_a_sitemap() -> None:
    assert screen_for("sitemap")(200, {"content-type": "application/x-gzip"}) is None
    assert screen_for("page")(200, {"content-type": "application/x-gzip"}) is not None


def test_retry_after_in_seconds_or_as_a_date() -> None:
    moment = NOW + timedelta(seconds=90)
    assert retry_after("90", NOW) == moment
    assert retry_after(format_datetime(moment, usegmt=True), NOW) == moment


def test_retry_after_is_bounded() -> None:
    day = NOW + timedelta(days=1)
    assert retry_after("9" * 50, NOW) == retry_after("Fri, 01 Jan 2100 00:00:00 GMT", NOW) == day
    assert retry_after("Fri, 01 Jan 1999 00:00:00 GMT", NOW) == NOW


@given(st.text(max_size=30))
def test_any_retry_after_is_read_or_ignored(value: str) -> None:
    moment = retry_after(value, NOW)
    assert moment is None or NOW <= moment <= NOW + timedelta(days=1)


@given(st.integers(1, 10), st.floats(0, 1))
def test_backoff_doubles_within_its_jitter(attempts: int, jitter: float) -> None:
    seconds = backoff(attempts, 2.0, jitter).total_seconds()
    assert 2**attempts / 2 <= seconds <= 2**attempts


def urls(reading: Reading, source: Source, page: Page = FRESH) -> list[tuple[str, str]]:
    return [(found.role, found.url) for found in discovered(page, reading, source, 9)]


def test_a_site_is_followed_within_its_scope() -> None:
    reading = Reading(
        "page", links=("http://h/blog/a", "http://h/b", "http://x/c"), feeds=("http://h/blog/feed",)
    )
    everything = [("feed", "http://h/blog/feed"), ("page", "http://h/blog/a"), ("page", "http://h/b")]
    assert urls(reading, SITE) == everything
    assert urls(reading, replace(SITE, scope="http://h/blog/")) == everything[:2]


def test_nofollow_leaves_only_the_canonical() -> None:
    rules = Wishes(nofollow=True)
    reading = Reading(
        "page", links=("http://h/b",), feeds=("http://h/f",), canonical="http://h/c", wishes=rules
    )
    assert urls(reading, SITE) == [("page", "http://h/c")]


def test_pages_of_a_feed_are_not_followed_but_may_be_anywhere() -> None:
    feed = Source("http://h/feed", "feed", id=1)
    seed = replace(FRESH, depth=0, role="feed")
    assert urls(Reading("feed", links=("http://x/a",)), feed, seed) == [("page", "http://x/a")]
    assert urls(Reading("page", links=("http://h/b",)), feed) == []


def test_a_sitemap_lists_only_its_own_site() -> None:
    source = Source("http://h/sitemap.xml", "sitemap", id=1)
    reading = Reading("sitemap", links=("http://www.h/a", "http://x/b"), sitemaps=("http://h/s2.xml",))
    found = urls(reading, source, replace(FRESH, depth=0, role="sitemap"))
    assert found == [("sitemap", "http://h/s2.xml"), ("page", "http://www.h/a")]


def test_links_end_at_the_greatest_depth() -> None:
    assert discovered(replace(FRESH, depth=9), Reading("page", links=("http://h/b",)), SITE, 9) == ()


@pytest.mark.parametrize(
    ("location", "refusal"),
    [
        ("/b", None),
        ("http://x/b", "it redirects out of the scope of its source"),
        ("/a", "it redirects to itself"),
        ("/a.jpg", "it redirects to a file that is no page"),
        ("mailto:a@b", "it redirects to something that is no web page"),
    ],
)
def test_redirects_are_followed_within_scope(location: str, refusal: str | None) -> None:
    assert redirect_target(FRESH, location, SITE).refusal == refusal


def test_a_home_page_that_moved_takes_its_scope_along() -> None:
    home = replace(FRESH, url="http://h/", depth=0)
    assert redirect_target(home, "https://www.h/", SITE).refusal is None
    assert moved_scope(home, "https://www.h/", SITE) == "https://www.h/"
    assert moved_scope(home, "http://h/start", SITE) is None
    assert moved_scope(home, "https://www.h/", replace(SITE, scope="http://h/")) is None


@pytest.mark.parametrize("contact", ["ann@blog.org", "mailto:ann@blog.org", "https://blog.org/bot"])
def test_a_contact_is_an_address_or_a_page(contact: str) -> None:
    settings = CrawlSettings(contact=contact)
    settings.require_contact("http://h/")
    assert contact in settings.agent


@pytest.mark.parametrize(
    "contact", [None, "", "ann", "ann@example.com", "https://example.org/x", "a b@c.org"]
)
def test_no_contact_or_a_false_one_is_refused(contact: str | None) -> None:
    with pytest.raises(ContactMissing, match="contact"):
        CrawlSettings(contact=contact).require_contact("http://h/")
