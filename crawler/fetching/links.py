"""What an HTML page says about other pages and about itself: links, feeds, canonical URL, wishes, text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from crawler.errors import BadUrl
from crawler.fetching.charsets import sniff_charset
from crawler.fetching.text_print import TextPrint, text_print
from crawler.fetching.wishes import ROBOTS_NAMES, TDM_NAME, Wishes, directives, tdm_statement
from crawler.urls import canonical_url, looks_like_page, origin_of

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_REFRESH = re.compile(r"^\s*\d*\s*[;,]\s*url\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^>]*)>\s*;([^,<]*)")
_CANONICAL_REL = re.compile(r"rel\s*=\s*\"?[^\";]*\bcanonical\b", re.IGNORECASE)
# A page that links to more is a link farm or a trap; real index pages stay well below.
MAX_LINKS = 5_000


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The canonical URLs an HTML page refers to, each once, in document order."""

    links: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    canonical: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    text: TextPrint = field(default_factory=TextPrint)


def read_links(body: bytes, url: str, charset: str | None = None) -> PageLinks:
    """Return what the HTML `body` of the page at `url` refers to; of broken HTML, what can be read.

    Links marked rel=nofollow, links to obvious non-pages and feeds of comments are left out; the page's own
    wishes are returned, not applied. `charset` is that of the Content-Type header.
    """
    root = _parse(body, sniff_charset(body, charset))
    if root is None:
        return PageLinks()
    return _Collector(url).collect(root)


def canonical_from_header(link_header: str, url: str) -> str | None:
    """Return the canonical URL that a Link header (RFC 8288) names, if on the page's own host."""
    for target, parameters in _LINK_HEADER.findall(link_header):
        if _CANONICAL_REL.search(parameters):
            return _own_canonical(target, url, url)
    return None


def _parse(body: bytes, charset: str) -> etree._Element | None:
    if charset != "utf-8":  # libxml2 knows fewer names and fewer charsets than Python
        body = body.decode(charset, errors="replace").encode("utf-8", errors="replace")
    # libxml2 ends the document at a NUL character; browsers skip it.
    body = body.replace(b"\x00", b"")
    try:
        return etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):  # nothing in it that could be HTML
        return None


def _parser() -> etree.HTMLParser:
    return etree.HTMLParser(
        encoding="utf-8", recover=True, huge_tree=True, remove_comments=True, remove_pis=True
    )


def _own_canonical(target: str, base: str, url: str) -> str | None:
    try:
        found = canonical_url(target, base)
    except BadUrl:
        return None
    return found if origin_of(found) == origin_of(url) else None


class _Collector:
    """Walks the elements of one page."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._base = url
        self._links: dict[str, None] = {}
        self._feeds: dict[str, None] = {}
        self._seen: set[str] = set()
        self._canonical: str | None = None
        self._wishes = Wishes()
        self._readers: dict[str, Callable[[etree._Element], None]] = {
            "a": self._anchor,
            "area": self._anchor,
            "base": self._set_base,
            "link": self._link,
            "meta": self._meta,
        }

    def collect(self, root: etree._Element) -> PageLinks:
        readers = self._readers
        for element in root.iter("a", "area", "link", "meta", "base"):
            readers[element.tag](element)
            if len(self._links) >= MAX_LINKS:
                break
        links, feeds = tuple(self._links), tuple(self._feeds)
        return PageLinks(links, feeds, self._canonical, self._wishes, text_print(root))

    def _anchor(self, element: etree._Element) -> None:
        relations = element.get("rel")
        if relations is None or "nofollow" not in relations.lower().split():
            self._add(element.get("href"))

    def _set_base(self, element: etree._Element) -> None:
        if self._base == self._url:  # only the first counts (HTML Living Standard, section 4.2.3)
            try:
                self._base = canonical_url(element.get("href") or "", self._url)
            except BadUrl:
                return

    def _link(self, element: etree._Element) -> None:
        relations = (element.get("rel") or "").lower().split()
        href = element.get("href") or ""
        if "canonical" in relations and self._canonical is None:
            self._canonical = _own_canonical(href, self._base, self._url)
        elif "alternate" in relations and (element.get("type") or "").lower() in FEED_TYPES:
            self._add_feed(href, element.get("title") or "")
        elif "next" in relations or "prev" in relations:
            self._add(href)

    def _meta(self, element: etree._Element) -> None:
        name, content = (element.get("name") or "").lower(), element.get("content") or ""
        if name in ROBOTS_NAMES:
            self._wishes |= directives(content)
        elif name == TDM_NAME:
            self._wishes |= tdm_statement(content)
        elif (element.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match(content)
            self._add(match.group(1) if match else None)

    def _add(self, href: str | None) -> None:
        if not href or href in self._seen or href[0] == "#":
            return
        self._seen.add(href)
        url = self._resolved(href)
        if url is not None and looks_like_page(url):
            self._links[url] = None

    def _add_feed(self, href: str, title: str) -> None:
        url = self._resolved(href)
        if url is not None and not _is_comment_feed(url, title, self._url):
            self._feeds[url] = None

    def _resolved(self, href: str) -> str | None:
        try:
            return canonical_url(href, self._base)
        except BadUrl:
            return None


def _is_comment_feed(feed: str, title: str, page: str) -> bool:
    """Whether a feed holds comments: so named, or below an article (as WordPress's comment feeds are)."""
    if "comment" in title.lower() or "comment" in feed.lower():
        return True
    folder = page.rpartition("/")[0] + "/"
    return feed.startswith(folder) and folder.count("/") > 3 and folder != feed
