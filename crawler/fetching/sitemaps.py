"""Sitemaps (sitemaps.org protocol 0.9): lists of page URLs, or of further sitemaps."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from crawler.errors import BadUrl, NotAFeed
from crawler.urls import canonical_url, looks_like_page

# sitemaps.org: at most 50,000 URLs and 50 MB uncompressed in one sitemap.
MAX_ENTRIES = 50_000
MAX_SITEMAP_BYTES = 52_428_800
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The canonical URLs a sitemap lists: pages of a urlset, sitemaps of an index."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Return what the sitemap at `url` lists, each URL once; the body may be gzip-compressed.

    Raises NotAFeed when it is no sitemap. One that breaks off counts with the URLs before the break.
    """
    pages: dict[str, None] = {}
    sitemaps: dict[str, None] = {}
    for parent, location in _locations(unpacked(body, url), url):
        target = sitemaps if parent == "sitemap" else pages
        found = _resolved(location, url)
        if found is not None and (parent == "sitemap" or looks_like_page(found)):
            target[found] = None
        if len(pages) + len(sitemaps) >= MAX_ENTRIES:
            break
    return Sitemap(tuple(pages), tuple(sitemaps))


def unpacked(body: bytes, url: str) -> bytes:
    """Return the body without gzip; NotAFeed when it is broken or unfolds beyond what a sitemap may hold."""
    if not body.startswith(_GZIP_MAGIC):
        return body
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = stream.decompress(body, MAX_SITEMAP_BYTES)
    except zlib.error as error:
        raise NotAFeed(f"{url} is not a sitemap: its gzip compression is broken.") from error
    if stream.unconsumed_tail:
        raise NotAFeed(f"{url} unfolds to more than the 50 MB a sitemap may have.")
    return plain


def _locations(body: bytes, url: str) -> list[tuple[str, str]]:
    """The text of each <loc>, with the local name of the element around it."""
    found: list[tuple[str, str]] = []
    events = etree.iterparse(
        BytesIO(body), events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for _, element in events:
            if etree.QName(element).localname == "loc" and element.getparent() is not None:
                found.append((etree.QName(element.getparent()).localname, (element.text or "").strip()))
            elif etree.QName(element).localname in {"url", "sitemap"}:
                element.clear()
    except etree.XMLSyntaxError as error:
        raise NotAFeed(f"{url} is not a sitemap: its XML cannot be read.") from error
    root = events.root
    if root is None or etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        raise NotAFeed(f"{url} is not a sitemap: it has neither urlset nor sitemapindex.")
    return [(parent, text) for parent, text in found if parent in {"url", "sitemap"} and text]


def _resolved(location: str, url: str) -> str | None:
    try:
        return canonical_url(location, url)
    except BadUrl:
        return None
