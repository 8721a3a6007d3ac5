from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.robots import (
    MAX_SITEMAPS,
    content_signals,
    robots_from,
    robots_text,
    sitemaps_in,
    still_fresh,
)

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


def test_a_group_whose_name_is_part_of_ours_is_not_for_us() -> None:
    robots = robots_from(
        200, "User-agent: line*\nUser-agent: note\nAllow: /\n\nUser-agent: *\nDisallow: /x\n"
    )
    assert robots.refusal("http://h/x") is not None


def test_names_are_read_in_any_case_and_allow_wins_a_tie() -> None:
    robots = robots_from(200, "USER-AGENT: LinerNotes\nDISALLOW: /a\nallow: /a\nDisallow: /b\n")
    assert robots.refusal("http://h/a") is None and robots.refusal("http://h/b") is not None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_mark_do_not_matter(end: str) -> None:
    body = "\ufeffUser-agent: *\nDisallow: /a # why\nSitemap: /s.xml".replace("\n", end).encode()
    robots = robots_from(200, robots_text(body))
    assert robots.refusal("http://h/a") is not None
    assert sitemaps_in(robots, "http://h") == ("http://h/s.xml",)


def test_sitemaps_are_canonical_each_once_and_not_without_end() -> None:
    text = "Sitemap: http://h/s.xml#x\nSitemap: http://h/s.xml\nSitemap: ftp://h/t\n"
    assert sitemaps_in(robots_from(200, text), "http://h") == ("http://h/s.xml",)
    many = "".join(f"Sitemap: /{number}.xml\n" for number in range(5_000))
    assert len(sitemaps_in(robots_from(200, many), "http://h")) == MAX_SITEMAPS
    assert sitemaps_in(robots_from(404, None), "http://h") == ()


@pytest.mark.parametrize(
    ("text", "signals"),
    [
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\n", {"search": True, "ai-train": False}),
        ("Content-signal: ai-train=no # all\nUser-agent: x\nAllow: /\n", {"ai-train": False}),
        ("User-agent: x\nContent-Signal: ai-train=no\n", {}),
        ("User-agent: x\nUser-agent: *\nContent-Signal: ai-train=no\n", {"ai-train": False}),
        ("User-agent: linernotes\nAllow: /\n\nUser-agent: *\nContent-Signal: ai-train=no\n", {}),
        ("User-agent: *\nContent-Signal: ai-train=maybe, nonsense\n", {}),
    ],
)
def test_content_signals_of_our_group(text: str, signals: dict[str, bool]) -> None:
    assert content_signals(text) == signals


def test_a_signal_against_search_or_training_forbids_the_host_and_one_against_answers_does_not() -> None:
    def refusal(signal: str) -> str | None:
        return robots_from(200, f"User-agent: *\nContent-Signal: {signal}\n").refusal("http://h/a")

    assert "ai-train=no" in (refusal("search=yes, ai-train=no") or "")
    assert "search=no" in (refusal("search=no") or "")
    assert refusal("search=yes, ai-input=no, ai-train=yes") is None


def test_a_hostile_robots_txt_takes_no_time() -> None:
    robots = robots_from(200, "User-agent: *\n" + "Disallow: /" + "*a" * 2_000 + "*b$\n")
    assert robots.refusal("http://h/" + "a" * 1_900) is None
