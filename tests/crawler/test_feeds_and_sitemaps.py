from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import NotAFeed
from crawler.fetching.feeds import read_feed
from crawler.fetching.kinds import describe_source, guess_kind, sniff_kind
from crawler.fetching.sitemaps import Sitemap, read_sitemap

URL = "http://h/feed"
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>
<item><link>http://h/a?utm_source=rss</link></item><item><link>/b</link></item>
<item><link>http://h/a</link></item><item><link>http://h/x.mp3</link></item><item><title>-</title></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry>
<link rel="edit" href="http://h/edit"/><link rel="alternate" href="http://h/a"/></entry></feed>"""
URLSET = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc> http://h/a </loc>
<image:image><image:loc>http://h/i</image:loc></image:image></url><url><loc>http://h/b.jpg</loc></url></urlset>"""
INDEX = b"<sitemapindex><sitemap><loc>http://h/s1.xml.gz</loc></sitemap></sitemapindex>"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def test_entries_of_rss_become_canonical_urls_each_once() -> None:
    assert read_feed(RSS, URL) == ("http://h/a", "http://h/b")


def test_entries_of_atom_are_their_alternate_links() -> None:
    assert read_feed(ATOM, URL) == ("http://h/a",)


def test_a_feed_that_breaks_off_counts_with_what_came() -> None:
    assert read_feed(RSS[:150], URL) == ("http://h/a", "http://h/b")


@pytest.mark.parametrize("body", [b"<html><p>no feed</p></html>", b"", b"\x89PNG", b"{}", BOMB + RSS[21:]])
def test_what_is_no_feed_is_told(body: bytes) -> None:
    with pytest.raises(NotAFeed, match="feed"):
        read_feed(body, URL)


def test_a_urlset_lists_pages_and_an_index_lists_sitemaps() -> None:
    assert read_sitemap(URLSET, URL) == Sitemap(pages=("http://h/a",))
    assert read_sitemap(INDEX, URL) == Sitemap(sitemaps=("http://h/s1.xml.gz",))


def test_a_sitemap_may_be_compressed() -> None:
    assert read_sitemap(gzip.compress(URLSET), URL).pages == ("http://h/a",)


def test_a_sitemap_that_breaks_off_counts_with_what_came() -> None:
    assert read_sitemap(URLSET[:210], URL).pages == ("http://h/a",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"plain",
        gzip.compress(URLSET, mtime=0)[:4],
        gzip.compress(b"\0" * 60_000_000, mtime=0),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes) -> None:
    with pytest.raises(NotAFeed, match=r"sitemap|unfolds"):
        read_sitemap(body, URL)


def test_entities_of_a_sitemap_are_not_unfolded() -> None:
    body = BOMB + b"<urlset><url><loc>http://h/&b;</loc></url><url><loc>http://h/a</loc></url></urlset>"
    assert "http://h/a" in read_sitemap(body, URL).pages


@given(st.binary(max_size=200))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read in (read_feed, read_sitemap):
        try:
            read(body, URL)
        except NotAFeed as error:
            assert str(error)


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (RSS, "text/html", "feed"),
        (ATOM, "application/atom+xml", "feed"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- c --><rdf:RDF>", "text/xml", "feed"),
        (URLSET, "text/xml", "sitemap"),
        (gzip.compress(INDEX, mtime=0), "application/gzip", "sitemap"),
        (b"<!DOCTYPE html>\n<html>", "", "html"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x' 'y'><html>", "application/xhtml+xml", "html"),
        (b"<p>bare", "text/html; charset=utf-8", "html"),
        (b"words", "text/plain", "text"),
        (b"<opml>", "text/xml", "other"),
        (b"", "", "other"),
    ],
)
def test_a_body_is_known_by_its_root_element(body: bytes, content_type: str, kind: str) -> None:
    assert sniff_kind(body, content_type) == kind


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://h/", "site"),
        ("http://h/blog", "site"),
        ("http://h/feed/", "feed"),
        ("http://h/blog/rss.xml", "feed"),
        ("http://h/index.xml", "feed"),
        ("http://h/?feed=rss2", "feed"),
        ("http://h/feedback", "site"),
        ("http://h/sitemap.xml", "sitemap"),
        ("http://h/wp-sitemap-posts-1.xml.gz", "sitemap"),
    ],
)
def test_the_kind_of_a_source_is_guessed_from_its_url(url: str, kind: str) -> None:
    assert guess_kind(url) == kind


def test_a_source_is_described_canonically() -> None:
    source = describe_source("Blog.Example.org/feed/", kind="site", scope="/notes", interval_seconds=60)
    assert (source.url, source.kind) == ("https://blog.example.org/feed/", "site")
    assert (source.scope, source.interval_seconds) == ("https://blog.example.org/notes", 60)
