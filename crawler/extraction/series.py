"""Texts that go on over several pages: which page of how many an address is, and joining them again.

Pages belong to one article when their addresses are numbered pages of one address, each links to the next,
their titles agree and each has a text of its own. Lists of posts are numbered as well, but have no text;
pages of a thread have posts of their own and are never joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.documents.duplicates import same_text
from crawler.errors import BadUrl
from crawler.extraction.records import ExtractedPage, Passage
from crawler.urls import canonical_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# No article is longer; a series that goes on is a trap.
MAX_PAGES = 30
_IN_QUERY = re.compile(r"(?P<before>[?&])(?:page|paged|pg|pagina|seite)=(?P<number>\d{1,4})(?P<after>&|$)")
_IN_PATH = re.compile(r"(?:/page[/-]?|/p|/)(?P<number>\d{1,4})(?P<after>/?)$")
_IN_NAME = re.compile(r"(?:-page-|[-_,])(?P<number>\d{1,3})(?P<after>\.html?)$")
# Threads are numbered themselves, so only a number that is called one of a page is one. Some boards count
# posts instead: 20 is then the second or third page.
_OF_THREAD = re.compile(
    r"(?P<query>[?&])(?:page|paged|start|st|offset)=\d+(?P<more>&|$)|(?P<smf>[?&]topic=\d+)\.(?:msg)?\d+"
    r"|/page[/-]?\d+(?P<slash>/?)$|-page-\d+(?P<end>\.html?)$"
)
_MARK = re.compile(
    r"[\s|,:–—-]*[\[(]?\s*(?:page|seite|pagina|página|part|teil)?\s*\d+\s*(?:/|of|von|de|di)\s*\d+\s*[\])]?\s*"
    r"|[\s|,:–—-]*[\[(]?\s*(?:page|seite|pagina|página)\s*\d+\s*[\])]?",
    re.I,
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Numbered:
    """An address as a page of a series: `firsts` are the spellings that its first page may have."""

    number: int
    firsts: tuple[str, ...]


def numbered(url: str) -> Numbered:
    """Return which page an address is; number 1, and first of itself, when it bears no number above 1."""
    path, mark, _ = url.partition("?")
    if mark and (found := _IN_QUERY.search(url)):
        rest = found["before"] if found["after"] else ""
        return _as_page(url, int(found["number"]), [url[: found.start()] + rest + url[found.end() :]])
    if not mark and (found := _IN_PATH.search(path)) and not found["number"].startswith("0"):
        base = path[: found.start()]
        return _as_page(url, int(found["number"]), [base + "/", base] if _has_path(base) else [base + "/"])
    if not mark and (found := _IN_NAME.search(path)):
        return _as_page(url, int(found["number"]), [path[: found.start()] + found["after"]])
    return Numbered(1, (url,))


def later_pages(first: str, number: int) -> tuple[str, ...]:
    """Return the addresses that page `number` of the text beginning at `first` may have."""
    bare = first.rstrip("/")
    joint = "&" if "?" in first else "?"
    found = [f"{first}{joint}{name}={number}" for name in ("page", "paged", "pg", "pagina", "seite")]
    if "?" in first:
        return tuple(found)
    for end in ("", "/"):
        found += [f"{bare}{between}{number}{end}" for between in ("/", "/page/", "/page-", "/page", "/p")]
    stem, dot, ending = first.rpartition(".")
    if ending in {"html", "htm"}:
        found += [f"{stem}{between}{number}{dot}{ending}" for between in ("-", "_", ",", "-page-")]
    return tuple(found)


def thread_url(url: str) -> str:
    """Return the address of the first page of a thread, one of whose pages is at `url`."""
    return _OF_THREAD.sub(_first_of_thread, url)


def _first_of_thread(found: re.Match[str]) -> str:
    if found["smf"]:
        return f"{found['smf']}.0"
    if found["query"]:
        return found["query"] if found["more"] else ""
    return found["slash"] or found["end"] or ""


def next_page(tree: HtmlElement, url: str, canonical: str | None) -> str | None:
    """Return the address of the following page of the same text, when the page links to it."""
    own = numbered(url)
    firsts = {*own.firsts, *((canonical,) if canonical and own.number == 1 else ())}
    for link in tree.iter("link", "a"):
        href = link.get("href")
        if not href or not any(digit in href for digit in str(own.number + 1)):
            continue
        with suppress(BadUrl, ValueError):
            other = numbered(address := canonical_url(href, url))
            if other.number == own.number + 1 and not firsts.isdisjoint(other.firsts):
                return address
    return None


def series_from(
    first: int, pages: Mapping[int, ExtractedPage], numbers: Mapping[str, int]
) -> tuple[int, ...]:
    """Return the pages, by number, that go on with the text of page `first`, that one included.

    `numbers` says which page is at an address; a page that is not among `pages` ends the series.
    """
    chain = [first]
    while len(chain) < MAX_PAGES:
        last = pages[chain[-1]]
        following = numbers.get(last.next_url or "")
        page = pages.get(following) if following is not None else None
        if following is None or page is None or following in chain or not _goes_on(last, page):
            break
        chain.append(following)
    return tuple(chain)


def joined(pages: Iterable[ExtractedPage]) -> ExtractedPage:
    """Return the pages of one article as one page: the facts of the first, the texts of all."""
    first, *rest = pages
    every = [first, *(_without_title(page) for page in rest)]
    passages = [passage for page in every for passage in page.passages]
    around = [page.lead if page.passages else page.text for page in every] if passages else []
    return replace(
        first,
        text="\n".join(page.text for page in every),
        passages=_distinct(passages),
        lead="\n".join(filter(None, around)),
        comments=next((page.comments for page in every if page.comments), None),
        next_url=None,
    )


def _without_title(page: ExtractedPage) -> ExtractedPage:
    """A later page of an article, without the line that names the article again."""
    heading, _, text = page.text.partition("\n")
    return replace(page, text=text) if text and _bare(heading) == _bare(page.title) else page


def _goes_on(one: ExtractedPage, other: ExtractedPage) -> bool:
    if one.posts or other.posts:
        return False
    return _bare(one.title) == _bare(other.title) and not same_text(one.text, other.text)


def _bare(title: str | None) -> str:
    """A title without what says which page it is, folded."""
    return " ".join(_WORD.findall(_MARK.sub("", title or "").casefold()))


def _distinct(passages: list[Passage]) -> tuple[Passage, ...]:
    seen: dict[str, int] = {}
    told = []
    for passage in passages:
        seen[passage.slug] = count = seen.get(passage.slug, 0) + 1
        told.append(passage if count == 1 else replace(passage, slug=f"{passage.slug}-{count}"))
    return tuple(told)


def _as_page(url: str, number: int, firsts: list[str]) -> Numbered:
    return Numbered(number, tuple(firsts)) if number > 1 else Numbered(1, (url, *firsts))


def _has_path(base: str) -> bool:
    return base.count("/") > 2
