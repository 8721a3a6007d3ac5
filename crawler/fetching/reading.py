"""From a body to what the frontier needs of it: links, feeds, canonical URL, wishes, text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crawler.errors import NotAFeed
from crawler.fetching.charsets import charset_of
from crawler.fetching.feeds import read_feed
from crawler.fetching.http import Answer
from crawler.fetching.kinds import BodyKind, sniff_kind
from crawler.fetching.links import canonical_from_header, read_links
from crawler.fetching.sitemaps import read_sitemap
from crawler.fetching.text_print import TextPrint
from crawler.fetching.wishes import Wishes, header_wishes
from store.frontier import Role


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body refers to; `error` says why it is not what was asked for.

    `role` is what the body turned out to be: a link may lead to a feed. `links` are the links of a page or
    the entries of a feed or sitemap. `trap` says why the page is taken for part of a trap
    (crawler.fetching.traps), whose text and links are not used.
    """

    role: Role
    links: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    canonical: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    text: TextPrint = field(default_factory=TextPrint)
    error: str | None = None
    trap: str | None = None


def read_body(answer: Answer, role: Role) -> Reading:
    """Return what the body of an answer holds; `role` is what it was expected to be.

    A feed or sitemap is recognised wherever it is found; HTML in place of one is an error.
    """
    kind = sniff_kind(answer.body, answer.headers.get("content-type", ""))
    try:
        reading = _read(answer, role, kind)
    except NotAFeed as error:
        reading = Reading(role, error=str(error))
    except Exception as error:  # one page that a parser cannot stand must not end a crawl
        reading = Reading(role, error=f"its body cannot be read: {type(error).__name__}: {error}"[:200])
    return _with_headers(reading, answer.headers, answer.url)


def _read(answer: Answer, role: Role, kind: BodyKind) -> Reading:
    if kind == "feed":
        return Reading("feed", links=read_feed(answer.body, answer.url))
    if kind == "sitemap":
        listed = read_sitemap(answer.body, answer.url)
        return Reading("sitemap", links=listed.pages, sitemaps=listed.sitemaps)
    if role != "page":
        return Reading(role, error=_mismatch(role, kind))
    if kind == "html":
        links = read_links(answer.body, answer.url, charset_of(answer.headers.get("content-type", "")))
        return Reading("page", links.links, links.feeds, (), links.canonical, links.wishes, links.text)
    return Reading("page", error=_NO_PAGE.get(kind))


_NO_PAGE: Mapping[BodyKind, str] = {
    "file": "its body is a file that is no page, whatever its Content-Type says",
    "other": "it is XML, but neither a page nor a feed",
}


def _mismatch(role: Role, kind: BodyKind) -> str:
    if kind == "html":
        return f"it is a web page, not a {role}; add it as a site, or give the address of the {role} itself"
    return f"it is not a {role}"


def _with_headers(reading: Reading, headers: Mapping[str, str], url: str) -> Reading:
    """Add what headers say.

    Either may forbid; on text mining the page goes before its header, as TDMRep has it; of two canonical URLs
    that of the header does.
    """
    stated = header_wishes(headers.get("x-robots-tag"), headers.get("tdm-reservation"))
    canonical = canonical_from_header(headers.get("link", ""), url) or reading.canonical
    return replace(reading, wishes=stated | reading.wishes, canonical=canonical)
