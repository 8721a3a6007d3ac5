"""RSS and Atom feeds as lists of page URLs."""

from __future__ import annotations

import re
from io import BytesIO

import feedparser

from crawler.errors import BadUrl, NotAFeed
from crawler.urls import canonical_url, looks_like_page

# An entity declared in the document can unfold without end ("billion laughs"); no real feed declares any.
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
# Feeds commonly hold 10–50 entries; the largest archives in one feed some thousands.
MAX_ENTRIES = 10_000


def read_feed(body: bytes, url: str) -> tuple[str, ...]:
    """Return the canonical URLs of the entries of the feed at `url`, each once, in feed order.

    Raises NotAFeed when the body is no RSS or Atom feed. A feed that breaks off counts with the entries
    before the break.
    """
    if _ENTITY.search(body):
        raise NotAFeed(f"{url} declares XML entities, which a feed has no use for.")
    # From a stream, and without sanitising: only links are read, and cleaning markup costs most of the time.
    feed = feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version") and not feed.entries:
        raise NotAFeed(f"{url} is not a feed: its body is neither RSS nor Atom.")
    found = (_entry_url(entry.get("link"), url) for entry in feed.entries[:MAX_ENTRIES])
    return tuple(dict.fromkeys(entry for entry in found if entry is not None))


def _entry_url(link: str | None, feed_url: str) -> str | None:
    if not link:
        return None
    try:
        found = canonical_url(link, feed_url)
    except BadUrl:
        return None
    return found if looks_like_page(found) else None
