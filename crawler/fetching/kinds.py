"""Telling feeds, sitemaps and pages apart: by URL before the first request, by content after it."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from crawler.errors import NotAFeed
from crawler.fetching.sitemaps import unpacked
from crawler.urls import canonical_url, origin_of
from store.records import Source, SourceKind

BodyKind = Literal["feed", "sitemap", "html", "text", "file", "other"]

_SITEMAP_NAME = re.compile(r"sitemap[^/]*\.xml(\.gz)?$|sitemap[^/]*\.gz$", re.IGNORECASE)
_FEED_NAME = re.compile(
    r"(^|/)(feeds?|rss|atom)(/[^/]*)?/?$|\.(rss|atom|rdf)$|(^|[/_.-])(feed|rss|atom|index)\.xml$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(^|&)(feed=|format=(rss|atom|feed)|type=rss|alt=rss)", re.IGNORECASE)
_PROLOGUE = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ROOT_KINDS: dict[bytes, BodyKind] = {
    b"rss": "feed",
    b"feed": "feed",
    b"rdf": "feed",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
    b"html": "html",
}
# How files begin that some servers call text/html: PDF, PNG, JPEG, GIF, ZIP, gzip, MP3, Ogg, RIFF.
_FILES = (
    b"%PDF-", b"\x89PNG\r", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"ID3", b"OggS", b"RIFF",
)  # fmt: skip
# A prologue of comments and doctype is rarely longer than a few hundred bytes.
_HEAD_BYTES = 8_192


def guess_kind(url: str) -> SourceKind:
    """Return what a URL most likely is; its first answer corrects the guess (see `sniff_kind`)."""
    parts = urlsplit(url)
    if _SITEMAP_NAME.search(parts.path):
        return "sitemap"
    if _FEED_NAME.search(parts.path) or _FEED_QUERY.search(parts.query):
        return "feed"
    return "site"


def sniff_kind(body: bytes, content_type: str) -> BodyKind:
    """Return what a body is by its root element, whatever its Content-Type says; that decides the rest."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        head = unpacked(body, "")[:_HEAD_BYTES] if body[:2] == b"\x1f\x8b" else body[:_HEAD_BYTES]
    except NotAFeed:
        return "other"
    root = _ROOT.match(head, _PROLOGUE.match(head).end())  # type: ignore[union-attr]  # it matches nothing too
    known = _ROOT_KINDS.get(root.group(1).lower()) if root else None
    if known is not None:
        return known
    if body.startswith(_FILES):
        return "file"
    if "html" in media_type or (not media_type and root is not None):
        return "html"
    if media_type == "text/plain":
        return "text"
    return "other"


def describe_source(
    url: str, *, kind: SourceKind | None = None, scope: str | None = None, interval_seconds: int = 86_400
) -> Source:
    """Return the source at `url` as it is stored: canonical, its kind guessed when none is given.

    `scope` is a URL or a path on the source's host. Raises BadUrl when either is none.
    """
    address = canonical_url(url if "://" in url else f"https://{url}")
    return Source(
        url=address,
        kind=kind or guess_kind(address),
        interval_seconds=interval_seconds,
        scope=None if scope is None else canonical_url(scope, origin_of(address) + "/"),
    )
