from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.links import canonical_from_header, read_links
from crawler.fetching.wishes import Wishes

PAGE = "http://h/notes/one.html"


def links(html: str, url: str = PAGE) -> tuple[str, ...]:
    return read_links(html.encode(), url).links


def test_links_are_canonical_and_each_is_there_once() -> None:
    html = (
        '<a href="two.html#x">2</a><a href="/notes/two.html">2</a><area href="../?utm_source=a"><a>none</a>'
    )
    assert links(html) == ("http://h/notes/two.html", "http://h/")


def test_nofollow_other_schemes_and_files_are_left_out() -> None:
    html = (
        '<a rel="ugc nofollow" href="a.html">a</a><a href="mailto:a@h">b</a><a href="c.jpg">c</a>'
        '<a href="#d">d</a><a href="javascript:e()">e</a><a href="http://x:y@h/">f</a><a href="g.html">g</a>'
    )
    assert links(html) == ("http://h/notes/g.html",)


def test_base_element_changes_where_links_lead() -> None:
    assert links('<base href="/other/"><a href="a.html">a</a>') == ("http://h/other/a.html",)


def test_meta_refresh_and_next_are_links() -> None:
    html = '<meta http-equiv="refresh" content="0; URL=\'new.html\'"><link rel="next" href="?page=2">'
    assert links(html) == ("http://h/notes/new.html", "http://h/notes/one.html?page=2")


def test_links_in_comments_are_not_links() -> None:
    assert links('<!-- <a href="a.html">a</a> --><a href="b.html">b</a>') == ("http://h/notes/b.html",)


def test_feeds_of_posts_are_found_and_feeds_of_comments_are_not() -> None:
    html = """<link rel="alternate" type="application/rss+xml" title="Posts" href="/feed/">
        <link rel="alternate" type="application/atom+xml" title="Comments" href="/all/feed/">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" title="Antworten" href="feed/">
        <link rel="alternate" type="application/json+oembed" href="/oembed">
        <link rel="alternate" hreflang="de" href="/de/">"""
    assert read_links(html.encode(), "http://h/notes/one/").feeds == ("http://h/feed/",)


def test_canonical_counts_on_the_own_host_only() -> None:
    own = read_links(b'<link rel="canonical" href="../index.html%3Fp=1.html">', PAGE)
    foreign = read_links(b'<link rel="canonical" href="https://elsewhere.org/x">', PAGE)
    assert own.canonical == "http://h/index.html%3Fp=1.html"
    assert foreign.canonical is None


def test_canonical_of_the_link_header() -> None:
    header = '<http://h/feed>; rel="alternate", <http://h/a>; rel="canonical"'
    assert canonical_from_header(header, PAGE) == "http://h/a"
    assert canonical_from_header("<http://x/a>; rel=canonical", PAGE) is None
    assert canonical_from_header("", PAGE) is None


def test_robots_meta_is_read_for_all_and_for_us() -> None:
    html = b'<meta name="ROBOTS" content="noindex"><meta name="linernotes" content="nofollow"><meta name="x">'
    assert read_links(html, PAGE).wishes == Wishes(noindex=True, nofollow=True)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1252", "shift_jis", "koi8-r"])
def test_links_are_found_in_any_charset(charset: str) -> None:
    html = f'<meta charset="{charset}"><p>text</p><a href="a.html">a</a>'
    assert read_links(html.encode(charset), PAGE).links == ("http://h/notes/a.html",)


def test_the_charset_of_the_header_decides_how_a_link_is_spelt() -> None:
    body = '<a href="caf\u00e9.html">x</a>'.encode("windows-1252")
    assert read_links(body, PAGE, "windows-1252").links == ("http://h/notes/caf%C3%A9.html",)


@pytest.mark.parametrize(
    "html",
    [
        b"<a href='a.html'>a<p><b></a></i><table><tr><td>",
        b"\x00<html>\x00<a href='a.html'>",
        b"<a href='a.html'" + b"<div>" * 5_000,
        b"<a href=a.html>\xff\xfe\x80",
    ],
)
def test_malformed_html_still_has_links(html: bytes) -> None:
    assert "http://h/notes/a.html" in read_links(html, PAGE).links


@given(st.binary(max_size=200))
def test_any_body_can_be_read(body: bytes) -> None:
    assert isinstance(read_links(body, PAGE).links, tuple)
