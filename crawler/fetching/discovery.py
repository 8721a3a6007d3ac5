"""Which of the URLs a page refers to are queued: scope, depth and role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.errors import BadUrl
from crawler.fetching.reading import Reading
from crawler.urls import canonical_url, in_scope, looks_like_page, origin_of, same_site
from store.frontier import NewPage, Page, Role
from store.records import Source
from store.sources import FRESH_PRIORITY, SEED_PRIORITY


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a redirect leads (None when to no URL), and why it is not followed (None when it is)."""

    target: str | None
    refusal: str | None


def discovered(page: Page, reading: Reading, source: Source, max_depth: int) -> tuple[NewPage, ...]:
    """Return the pages that `page` makes known to its source, announcing ones first.

    Entries of feeds and sitemaps always count; links of pages only for a site, within its scope, unless
    the page forbids it (nofollow). The canonical URL is queued beside its page.
    """
    if page.depth >= max_depth:
        return ()
    return tuple(dict.fromkeys(_discovered(page, reading, source)))


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


def _discovered(page: Page, reading: Reading, source: Source) -> Iterator[NewPage]:
    if reading.role != "page":
        yield from _pages(reading.sitemaps, page, source, "sitemap")
        yield from _pages(reading.links, page, source, "page")
        return
    if reading.canonical is not None and reading.canonical != page.url:
        yield from _pages((reading.canonical,), page, source, "page")
    if source.kind == "site" and not reading.robots.nofollow:
        yield from _pages(reading.feeds, page, source, "feed")
        yield from _pages(reading.links, page, source, "page")


def _pages(urls: Iterable[str], page: Page, source: Source, role: Role) -> Iterator[NewPage]:
    depth = page.depth + 1
    priority = SEED_PRIORITY + 1 if role != "page" else FRESH_PRIORITY + depth
    for url in urls:
        if _belongs(url, page, source):
            yield NewPage(url, origin_of(url), page.source_id, role, depth, priority)


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
