from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.robots import robots_from, robots_text, still_fresh

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_rules_for_us_go_before_rules_for_all() -> None:
    robots = robots_from(200, "User-agent: *\nDisallow: /\n\nUser-agent: linernotes\nDisallow: /private\n")
    assert robots.refusal("http://h/a") is None
    assert robots.refusal("http://h/private/a") == "robots.txt disallows it"


def test_the_longest_rule_counts_and_wildcards_work() -> None:
    robots = robots_from(200, "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*?print=\n")
    assert robots.refusal("http://h/a/x") is not None
    assert robots.refusal("http://h/a/b/x") is None
    assert robots.refusal("http://h/c?print=1") is not None


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
def test_no_robots_txt_allows_everything(status: int) -> None:
    assert robots_from(status, None).refusal("http://h/a") is None


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_an_unavailable_robots_txt_allows_nothing(status: int) -> None:
    assert robots_from(status, None).refusal("http://h/a") is not None


def test_crawl_delay_and_request_rate_are_heard() -> None:
    assert robots_from(200, "User-agent: *\nCrawl-delay: 2.5\n").delay_seconds == 2.5
    assert robots_from(200, "User-agent: *\nRequest-rate: 1/10s\n").delay_seconds == 10
    assert robots_from(200, "User-agent: other\nCrawl-delay: 5\n").delay_seconds == 0


def test_only_the_first_500_kib_are_read() -> None:
    text = robots_text(b"User-agent: *\n" + b"#" * 600_000 + b"\nDisallow: /\n")
    assert len(text) <= 512_000
    assert robots_from(200, text).refusal("http://h/a") is None


def test_a_copy_is_used_for_a_day_unless_it_was_an_error() -> None:
    assert still_fresh(200, NOW - timedelta(hours=23), NOW)
    assert still_fresh(404, NOW, NOW)
    assert not still_fresh(200, NOW - timedelta(hours=25), NOW)
    assert not still_fresh(503, NOW, NOW)
    assert not still_fresh(0, NOW, NOW)
    assert not still_fresh(None, None, NOW)


@given(st.binary(max_size=300))
def test_any_body_gives_rules(body: bytes) -> None:
    robots = robots_from(200, robots_text(body))
    robots.refusal("http://h/a?b=%zz")
    assert robots.delay_seconds >= 0
