"""Which of the URLs a page refers to are queued: scope, depth and role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from crawler.errors import BadUrl
from crawler.fetching.reading import Reading
from crawler.fetching.traps import trap_reason
from crawler.urls import canonical_url, in_scope, looks_like_page, origin_of, same_site
from store.frontier import NewPage, Page, Role
from store.records import Source
from store.sources import FRESH_PRIORITY, SEED_PRIORITY

# http://host/year/month/name/ has six.
_PLAIN_SLASHES = 6
# So many links of one page into traps are queued, to be refused with the reason; the others are dropped.
_TRAPS_ON_RECORD = 3


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a redirect leads (None when to no URL), and why it is not followed (None when it is)."""

    target: str | None
    refusal: str | None


def discovered(page: Page, reading: Reading, source: Source, max_depth: int) -> tuple[NewPage, ...]:
    """Return the pages that `page` makes known to its source, each once, announcing ones first.

    Entries of feeds and sitemaps always count; links of pages only for a site, within its scope, unless
    the page forbids it (nofollow). The canonical URL is queued beside its page. Of links into a trap a few
    are kept, so that they are refused on record.
    """
    if page.depth >= max_depth:
        return ()
    found: dict[str, NewPage] = {}
    for urls, role in _referred(page, reading, source):
        _add_pages(found, urls, page, source, role)
    return tuple(found.values())


def redirect_target(page: Page, location: str, source: Source) -> Redirect:
    """Return where a Location header leads, and why it is not followed, if it is not.

    The source itself may move to another host; its pages must stay in its scope.
    """
    try:
        target = canonical_url(location, page.url)
    except BadUrl:
        return Redirect(None, "it redirects to something that is no web page")
    if target == page.url:
        return Redirect(target, "it redirects to itself")
    if page.role == "page" and not looks_like_page(target):
        return Redirect(target, "it redirects to a file that is no page")
    if page.depth > 0 and not _belongs(target, page, source):
        return Redirect(target, "it redirects out of the scope of its source")
    return Redirect(target, None)


def redirected_page(page: Page, target: str) -> NewPage:
    """Return the target of a redirect as a page to queue in place of `page`."""
    priority = min(page.priority, FRESH_PRIORITY + page.depth)
    return NewPage(target, origin_of(target), page.source_id, page.role, page.depth, priority)


def moved_scope(page: Page, target: str, source: Source) -> str | None:
    """Return the new scope of a site whose home page redirects to another host; None when it stays."""
    if page.depth > 0 or source.kind != "site" or source.scope is not None:
        return None
    return None if in_scope(target, _site_scope(source)) else origin_of(target) + "/"


def sitemap_pages(urls: Iterable[str], page: Page, source: Source) -> tuple[NewPage, ...]:
    """Return the sitemaps that the robots.txt of a site names as pages to queue, found through its home page.

    `urls` are those of crawler.fetching.robots.sitemaps_in. None for a source that is not a site. They may
    lie anywhere on the site, for they list pages that must be in the scope of the source.
    """
    if source.kind != "site":
        return ()
    near = dict.fromkeys(url for url in urls if same_site(url, page.url))
    return tuple(
        NewPage(url, origin_of(url), page.source_id, "sitemap", page.depth + 1, SEED_PRIORITY + 1)
        for url in near
    )


def _referred(page: Page, reading: Reading, source: Source) -> Iterator[tuple[Iterable[str], Role]]:
    """The URLs that count, with the role of what they lead to."""
    if reading.role != "page":
        yield reading.sitemaps, "sitemap"
        yield reading.links, "page"
        return
    if reading.canonical is not None and reading.canonical != page.url:
        yield (reading.canonical,), "page"
    if source.kind == "site" and not reading.wishes.nofollow:
        yield reading.feeds, "feed"
        yield reading.links, "page"


def _add_pages(
    found: dict[str, NewPage], urls: Iterable[str], page: Page, source: Source, role: Role
) -> None:
    belongs, depth, trapped = _membership(page, source), page.depth + 1, 0
    priority = SEED_PRIORITY + 1 if role != "page" else FRESH_PRIORITY + depth
    for url in urls:
        if url in found or not belongs(url):
            continue
        # Only a long path or a query can be a trap by its looks; most links are spared the closer look.
        if (url.count("/") > _PLAIN_SLASHES or "&" in url) and trap_reason(url) is not None:
            trapped += 1
            if trapped > _TRAPS_ON_RECORD:
                continue
        found[url] = NewPage(url, origin_of(url), page.source_id, role, depth, priority)


def _membership(page: Page, source: Source) -> Callable[[str], bool]:
    """Tells whether a URL belongs to a source; for a whole host its first characters are enough."""
    if source.kind != "site" and source.scope is None:
        return lambda url: _belongs(url, page, source)
    scope = _site_scope(source)
    rest = scope.partition("://")[2]
    if rest.count("/") != 1:
        return lambda url: in_scope(url, scope)
    whole = (f"http://{rest}", f"https://{rest}")
    return lambda url: url.startswith(whole)


def _belongs(url: str, page: Page, source: Source) -> bool:
    if source.scope is not None:
        return in_scope(url, source.scope)
    if source.kind == "site":
        return in_scope(url, _site_scope(source))
    if source.kind == "sitemap":  # sitemaps.org, "Sitemap file location": only its own site
        return same_site(url, page.url) or same_site(url, source.url)
    return True  # a feed may announce pages of other hosts: that is what link blogs do


def _site_scope(source: Source) -> str:
    return source.scope or origin_of(source.url) + "/"
