"""Crawler traps: addresses without end that lead to nothing new.

Two kinds of rules. What a URL shows by itself is judged by `trap_reason`, with Heritrix's
PathologicalPathDecideRule and TooManyPathSegmentsDecideRule as models. What only many pages show, a
`TrapMemory` judges: pages whose addresses have one shape (`/calendar/2031/05` → `/calendar/#/#`) and that
bring neither text nor other pages; and addresses that all show the same text. Traps that write new text
for ever are bounded by the budgets of pages (CrawlSettings).
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crawler.fetching.reading import Reading
from crawler.fetching.seen import Seen
from crawler.urls import origin_of
from store.frontier import Page

# Heritrix gives up beyond 20; real sites nest their folders hardly ten deep.
MAX_SEGMENTS = 20
# Of a cycle in the path (/a/b/a/b/a/b), as in Heritrix: twice happens (/blues/blues/), thrice does not.
MAX_CYCLES = 2
# Forms and boards get by with six or seven; facets of a shop add one for each filter that is set.
MAX_PARAMETERS = 10
# Announcements reach a season ahead; a calendar that can be paged further can be paged for ever.
MAX_YEARS_AHEAD = 1
# An index of sitemaps lists sitemaps (sitemaps.org); robots.txt names the index: a third level is generous.
MAX_SITEMAP_DEPTH = 4
# So many pages of one shape in a row without anything new: the months of eight empty years.
MAX_BARREN = 100
# A shape is trusted for so many pages, and as long as one page in so many has new text.
_DOUBT = 20
# Printer's pages, trailing slashes and old addresses make a few copies of one text; not more.
MAX_SAME_TEXT = 5
# Shapes of queries that had to be closed at one path until all further ones there are.
_CLOSED_FACETS = 3
# Bounds on the memory of one domain, and on the domains in memory: at most about 250 kB each.
_SHAPES, _TEXTS, _DOMAINS = 1_024, 512, 1_000

_NUMBERED = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]*[0-9][0-9A-Za-z]*")
# Without a word for it, four digits are a number like any other (/topic/2105/10).
_DATED = re.compile(
    r"(?:calend|kalend|agenda|event|termin|schedule|month|week|day)[^?]*?/(\d{4})(?:[/-](?:0?[1-9]|1[0-2]))?(?:[/-]|$)|"
    r"[?&](?:[a-z]+[_-])?(?:year|yr|month|date|day|week)=(\d{4})(?:[-/&]|$)",
    re.IGNORECASE,
)
_ENCODED_AGAIN = re.compile(r"%25(?:25)+[0-9A-F]{2}", re.IGNORECASE)


def trap_reason(url: str, *, year: int | None = None) -> str | None:
    """Return why a canonical URL is taken for part of a trap by its looks alone; None when it is not.

    `year` is the present year, that of the clock unless given.
    """
    path, _, query = url.partition("?")
    segments = path.split("/")[3:]
    if len(segments) > MAX_SEGMENTS:
        return f"a trap: its path has more than {MAX_SEGMENTS} folders"
    if len(segments) > MAX_CYCLES and _cycle(segments):
        return f"a trap: its path repeats itself more than {MAX_CYCLES} times"
    if query and (reason := _query_trap(query)):
        return reason
    if (dated := _DATED.search(url)) and int(dated.group(1) or dated.group(2)) > _latest(year):
        return "a trap: a calendar, years ahead"
    return None


def shape_of(url: str) -> str:
    """Return the shape that a canonical URL shares with others: numbers as `#`, its query by names alone.

    Empty for a URL that is the only one of its shape: without numbers and without a query.
    """
    path, _, query = url.partition("://")[2].partition("?")
    host, _, rest = path.partition("/")
    shape = f"{host}/{_NUMBERED.sub('#', rest)}"
    if query:
        names = {_NUMBERED.sub("#", item.partition("=")[0]) for item in query.split("&")}
        return f"{shape}?{'&'.join(sorted(names))}"
    return shape if "#" in shape else ""


@dataclass(slots=True)
class _Record:
    """The pages of one shape: how many were read, had new text, and brought nothing in a row."""

    pages: int = 0
    with_text: int = 0
    barren: int = 0

    @property
    def promising(self) -> bool:
        return self.pages < _DOUBT or self.with_text * _DOUBT >= self.pages


class TrapMemory:
    """What the pages of one domain have shown so far, within bounds; what it forgets, it trusts.

    Pages that are known to have a text, and the addresses an operator gave, are never taken for traps.
    """

    def __init__(self) -> None:
        self._shapes: OrderedDict[str, _Record] = OrderedDict()
        self._same: OrderedDict[int, tuple[str, ...]] = OrderedDict()
        self._facets: Counter[str] = Counter()
        self._texts = Seen()
        self._links = Seen()

    def refusal(self, page: Page) -> str | None:
        """Return why a queued page is not to be fetched; None when it may be."""
        if _trusted(page):
            return None
        if page.role == "sitemap" and page.depth > MAX_SITEMAP_DEPTH:
            return "a trap: sitemaps that list sitemaps without end"
        return trap_reason(page.url) or self._closed(shape_of(page.url))

    def judged(self, page: Page, reading: Reading) -> Reading:
        """Take note of what a page showed, and return it as it is to be used: a trap leads nowhere."""
        if page.role != "page" or reading.role != "page" or reading.error is not None:
            return reading
        has_text = sum(map(self._texts.add, reading.text.blocks)) > 0
        fresh = [link for link in reading.links if self._links.add(hash(link))]
        if _trusted(page):
            return reading
        self._count(page, fresh, has_text=has_text)
        alike = self._alike(reading.text.whole, page.url)
        if alike <= MAX_SAME_TEXT:
            return reading
        reason = f"a trap: more than {MAX_SAME_TEXT} addresses of its domain show the same text"
        return replace(reading, links=(), feeds=(), canonical=None, trap=reason)

    def _closed(self, shape: str) -> str | None:
        record = self._shapes.get(shape)
        if record is not None and record.barren >= MAX_BARREN:
            return f"a trap: {MAX_BARREN} pages like {_shown(shape)} in a row showed nothing new"
        path, _, names = shape.partition("?")
        if "&" in names and self._facets[path] >= _CLOSED_FACETS and (record is None or not record.with_text):
            return f"a trap: filters of {_shown(path)} in ever new combinations show nothing new"
        return None

    def _count(self, page: Page, fresh: list[str], *, has_text: bool) -> None:
        shape = shape_of(page.url)
        if not shape:
            return
        record = self._shapes.setdefault(shape, _Record())
        self._shapes.move_to_end(shape)
        if len(self._shapes) > _SHAPES:
            self._shapes.popitem(last=False)
        record.pages += 1
        record.with_text += has_text
        fruitful = has_text or any(self._leads_on(page, shape, fresh))
        record.barren = 0 if fruitful else record.barren + 1
        if record.barren == MAX_BARREN:
            self._facets[shape.partition("?")[0]] += 1

    def _leads_on(self, page: Page, shape: str, fresh: list[str]) -> Iterator[bool]:
        """Whether a link that was not met before leads to pages of the host that are of another sort.

        Those with another query of the same path have to have shown text; others are given some time.
        """
        home, path = origin_of(page.url) + "/", shape.partition("?")[0]
        for link in fresh:
            if link.startswith(home):
                other = shape_of(link)
                record = self._shapes.get(other)
                if other.partition("?")[0] == path:
                    yield other != shape and record is not None and record.with_text > 0 and record.promising
                else:
                    yield record is None or record.promising

    def _alike(self, whole: int | None, url: str) -> int:
        """How many addresses are known to show a text, this one included."""
        if whole is None:
            return 0
        urls = self._same.pop(whole, ())
        if url not in urls and len(urls) <= MAX_SAME_TEXT:
            urls = (*urls, url)
        self._same[whole] = urls
        if len(self._same) > _TEXTS:
            self._same.popitem(last=False)
        return len(urls)


class TrapMemories:
    """The memories of the domains that were worked on last, for as long as a crawl runs."""

    def __init__(self) -> None:
        self._memories: OrderedDict[str, TrapMemory] = OrderedDict()

    def of(self, domain: str) -> TrapMemory:
        """Return the memory of a domain, a new one when it is not remembered."""
        memory = self._memories.setdefault(domain, TrapMemory())
        self._memories.move_to_end(domain)
        if len(self._memories) > _DOMAINS:
            self._memories.popitem(last=False)
        return memory


def _trusted(page: Page) -> bool:
    return page.depth == 0 or page.content_digest is not None


def _cycle(segments: list[str]) -> bool:
    """Whether some run of segments stands more than MAX_CYCLES times in a row; numbers may (/11/11/11/)."""
    for length in range(1, len(segments) // (MAX_CYCLES + 1) + 1):
        equal = 0
        for one, other in zip(segments, segments[length:], strict=False):
            equal = equal + 1 if one == other and (length > 1 or not one.isdecimal()) else 0
            if equal >= length * MAX_CYCLES:
                return True
    return False


def _query_trap(query: str) -> str | None:
    names = [item.partition("=")[0] for item in query.split("&")]
    if len(names) > MAX_PARAMETERS:
        return f"a trap: its query has more than {MAX_PARAMETERS} parameters"
    if len(names) > MAX_CYCLES and max(Counter(names).values()) > MAX_CYCLES:
        return f"a trap: its query repeats a parameter more than {MAX_CYCLES} times"
    if "%25" in query and _ENCODED_AGAIN.search(query):
        return "a trap: its query holds an address in an address in an address"
    return None


def _latest(year: int | None) -> int:
    return (datetime.now(UTC).year if year is None else year) + MAX_YEARS_AHEAD


def _shown(shape: str) -> str:
    return "/" + shape.partition("/")[2][:80]
