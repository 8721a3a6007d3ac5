"""Which dates of publication are believed, and reading them from a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING

from htmldate import find_date

from crawler.extraction.schema_org import Node
from store.dates import believable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# The first web page (info.cern.ch). A page may *state* an older date, that of a reprinted text; a date that
# we only infer from its address or its prose is the page's own and cannot be older than the web.
FIRST_WEB_PAGE = date(1991, 8, 6)
# What software shows for "no date": the zero of Unix time.
_EPOCH = date(1970, 1, 1)

_ISO = re.compile(r"\s*(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?=$|[T\s+Z-])")
# Months in English, since that is what boards write where no `time` element says it.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_SPELLED = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+(?P<year>\d{{4}})"
    rf"|{_MONTH.replace('month', 'month2')}\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2}))\b",
    re.I,
)
_IN_PATH = re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?:/|$)")
_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "date.published",
    "publish-date",
    "publish_date",
    "published_time",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "date",
)
# Marks of the element that shows when the text was published, and of those whose dates are others'.
_SHOWN = re.compile(
    r"publish|pubdate|entry-(?:date|time)|post-(?:date|time)|posted|dateline|byline|\bdate\b", re.I
)
_OTHERS = re.compile(r"comment|related|sidebar|widget|footer|recent|popular|recommend|copyright", re.I)


def read_date(text: object) -> date | None:
    """Return the believable day that an ISO 8601 text begins with, or None; a bare year is its first day."""
    found = _ISO.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    try:
        return believable(date(int(found[1]), int(found[2] or 1), int(found[3] or 1)))
    except ValueError:
        return None


def spelled_date(text: str) -> date | None:
    """Return the first believable day written out in a text: "4 March 2021", "Mar 04, 2021", "2021-03-04"."""
    for found in _SPELLED.finditer(text):
        month = found["month"] or found["month2"]
        number = _MONTHS.index(month.lower()) + 1 if month else int(found["month3"])
        year = int(found["year"] or found["year2"] or found["year3"])
        with suppress(ValueError):
            if day := _of_the_web(date(year, number, int(found["day"] or found["day2"] or found["day3"]))):
                return day
    return None


def published_on(tree: HtmlElement, url: str, article: Node | None) -> date | None:
    """Return the day on which a page was published, or None.

    In order of trust: `article:published_time`, the schema.org article, other metadata of the head, a `time`
    element, the address, and last what htmldate finds in the text; a bare first of January found that way is
    refused, since it stands for a year in a copyright line.
    """
    for day in _stated(tree, article):
        if day is not None and day != _EPOCH:
            return day
    return _from_address(url) or _from_prose(tree, url)


def _stated(tree: HtmlElement, article: Node | None) -> Iterator[date | None]:
    metas: dict[str, str] = {}
    for meta in tree.iterfind(".//meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        metas.setdefault(name, meta.get("content") or "")
    # In local time as a rule, where schema.org is often given in UTC: on Audioxide 99 % against 93 % right.
    yield read_date(metas.get("article:published_time"))
    if article is not None:
        for name in ("datePublished", "dateCreated"):
            value = article.get(name)
            yield read_date(value[0] if isinstance(value, list) and value else value)
    for name in _META:
        yield read_date(metas.get(name))
    yield from _time_elements(tree)


def _time_elements(tree: HtmlElement) -> Iterator[date | None]:
    """Days of `time` elements: marked ones first, then the first one; none of comments and sidebars."""
    own = [time for time in tree.iter("time") if time.get("datetime") and not _is_others(time)]
    marked = [time for time in own if time.get("pubdate") is not None or _is_marked(time)]
    for time in [*marked, *own][:8]:
        yield read_date(time.get("datetime"))


def _is_marked(time: HtmlElement) -> bool:
    shown = " ".join(filter(None, (time.get("class"), time.get("itemprop"), time.getparent().get("class"))))
    return bool(_SHOWN.search(shown)) and not re.search(r"updat|modif", time.get("itemprop") or "", re.I)


def _is_others(element: HtmlElement) -> bool:
    """Whether an element stands where dates are those of comments, other texts or the site."""
    for above in element.iterancestors():
        if above.tag in {"body", "article", "main"}:
            return False
        named = f"{above.get('class') or ''} {above.get('id') or ''}"
        if above.tag in {"aside", "nav"} or _OTHERS.search(named):
            return True
    return False


def _from_address(url: str) -> date | None:
    found = _IN_PATH.search(url)
    try:
        return _of_the_web(date(int(found[1]), int(found[2]), int(found[3]))) if found else None
    except ValueError:
        return None


def _from_prose(tree: HtmlElement, url: str) -> date | None:
    body = deepcopy(tree)
    for element in [element for element in body.iter() if _holds_other_dates(element)]:
        if element.getparent() is not None:
            element.drop_tree()
    try:
        found = find_date(
            body, extensive_search=False, original_date=True, url=url, min_date=str(FIRST_WEB_PAGE)
        )
    except Exception:  # a date is not worth a page, whatever htmldate stumbles over
        return None
    day = read_date(found)
    return None if day is None or (day.month, day.day) == (1, 1) else _of_the_web(day)


def _holds_other_dates(element: HtmlElement) -> bool:
    if element.tag in {"html", "body", "main", "article"} or not isinstance(element.tag, str):
        return False
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in {"footer", "aside", "nav", "script", "style"} or bool(_OTHERS.search(named))


def _of_the_web(day: date) -> date | None:
    return believable(day) if day >= FIRST_WEB_PAGE else None
