"""Telling pages that list other pages (home, category, tag, archive, search) from texts.

The rule, in the page's own order of reading and without its menus, sidebars, footers and comments:

1. A page that calls itself a collection, or marks up three or more articles, is a listing.
2. A heading that links to another page of the site is a *teaser heading*, and what follows it up to the next
   other heading is somebody else's text. With three or more teaser headings, and fewer words of its own than
   words in teasers, the page is a listing, unless it shows evidence of being an article: a time of
   publication in its head, one schema.org article, or a single `article` element of some length.
3. Three or more `article` elements that each do little but link elsewhere make a listing, too.
4. A page with even one teaser and nothing else to say (a tag with a single post) is a listing.
5. A page whose extracted lines are mostly entries made of links (a board's list of topics) is an index.

Measured on the Audioxide archive and on the article extraction benchmark: see docs/measurements.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.extraction.schema_org import LISTS, Node, types_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Two can be "previous" and "next"; no listing worth the name has fewer than three entries.
_ENTRIES = 3
# Own words from which a single `article` element counts as evidence: fewer are a blurb on top of a list.
_ARTICLE_WORDS = 50
# A page with so many words of its own is a text, whatever it lists besides. With all metadata and `article`
# elements taken out of it, 12 of the benchmark's 181 articles would else be taken for listings; with 150, 5;
# with 80, 4; no listing of Audioxide, treated alike, is taken for a text at any value tried from 80 to 200.
_OWN_WORDS = 150
# Fewer own words than this are a heading and a line below it.
_NO_WORDS = 25
# Share of the extracted words that stand in entries made of links. Two articles of the extraction benchmark
# are above .21, at .33 and .78 (a list of ten news); lists of topics are above .75.
_LINKED_SHARE = 0.5
_STATED_LINKED_SHARE = 0.9
_ENTRY_TAGS = ("li", "tr", "td", "dd", "dt", "p")
# The rest of an entry is a date, a name, a number of replies, a line of description.
_ENTRY_SHARE = 0.4

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SKIPPED_TAGS = frozenset(
    {"script", "style", "noscript", "template", "nav", "aside", "footer", "form", "select"}
)
_SKIPPED_ROLES = frozenset({"navigation", "complementary", "contentinfo", "search", "menu", "banner"})
_SKIPPED_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|respond|related|sidebar|widgets?|menu|nav|navbar|navigation|footer|breadcrumbs?|share"
    r"|sharing|social|masthead|site-?header|headerbar|top-?bar|skip-?(?:link|to-content)|pagination|pager|recommend(?:ed|ations)?|popular|trending|newsletter|cookies?|promo"
    r"|read-?next|more-?(?:posts|from|stories|reviews)|you-?may-?also|yarpp|jp-relatedposts)(?:$|[\s_-])",
    re.I,
)
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Reading:
    """What reading through a page has counted so far."""

    own: int = 0
    teased: int = 0
    teasers: int = 0
    in_teaser: bool = False


def listing_reason(
    tree: HtmlElement,
    *,
    url: str,
    canonical: str | None,
    metas: Mapping[str, str],
    nodes: list[Node],
    articles: int,
) -> str | None:
    """Say in words why a page is a listing rather than a text of its own, or return None.

    `articles` is the number of articles marked up with schema.org, 1 when one of them is the page itself.
    """
    if any(types_of(node) & LISTS for node in nodes) and articles != 1:
        return "the page calls itself a collection of others"
    if articles >= _ENTRIES:
        return f"the page lists {articles} articles"
    own_addresses = {_address(address) for address in (url, canonical, metas.get("og:url")) if address}
    reading = _read(tree, url, own_addresses)
    entries = _linking_entries(tree, url, own_addresses)
    few = reading.own < _OWN_WORDS
    if entries >= _ENTRIES and few and reading.own < reading.teased + _ARTICLE_WORDS:
        return f"the page is made of {entries} entries that link to others"
    evidence = articles == 1 or "article:published_time" in metas or _one_article(tree, reading.own)
    if reading.teasers and not evidence and reading.own < _NO_WORDS and reading.teased < _OWN_WORDS:
        return "the page has no words but those of teasers"
    if reading.teasers >= _ENTRIES and few and reading.own < reading.teased and not evidence:
        return f"the page is made of {reading.teasers} teasers of others"
    return None


def index_reason(tree: HtmlElement, text: str, *, stated: bool) -> str | None:
    """Say in words why the extracted `text` is an index of links, or return None.

    `stated` says that the page's metadata call it an article: then it must be links and nothing else.
    """
    most = _STATED_LINKED_SHARE if stated else _LINKED_SHARE
    return "the page is an index of links" if linked_share(tree, text) >= most else None


def linked_share(tree: HtmlElement, text: str) -> float:
    """Return the share of the words of `text` that stand in entries whose greater part is a link."""
    entries = _linked_entries(tree)
    words = linked = 0
    for line in text.splitlines():
        folded = _folded(line)
        count = folded.count(" ") + bool(folded)
        words += count
        linked += count if folded in entries else 0
    return linked / words if words else 0.0


def _linked_entries(tree: HtmlElement) -> set[str]:
    """The folded texts of links, and of list items, table rows and paragraphs that are mostly links."""
    linked: dict[HtmlElement, int] = {}
    entries: set[str] = set()
    for link in tree.iter("a"):
        folded = _folded(link.text_content()) if link.get("href") else ""
        if not folded:
            continue
        entries.add(folded)
        for above in link.iterancestors(*_ENTRY_TAGS):
            linked[above] = linked.get(above, 0) + len(folded)
    texts = {entry: _folded(" ".join(entry.itertext())) for entry in linked}
    return entries | {text for entry, text in texts.items() if linked[entry] >= _ENTRY_SHARE * len(text)}


def _read(tree: HtmlElement, url: str, own: set[str]) -> _Reading:
    """Read the page in order, counting words of its own and words in teasers."""
    reading = _Reading()
    stack: list[tuple[HtmlElement, bool, bool]] = [(tree, False, False)]
    while stack:
        element, linked, is_tail = stack.pop()
        if is_tail:
            _count(reading, element.tail, linked=linked)
            continue
        if not isinstance(element.tag, str) or is_boilerplate(element):
            continue
        inside = linked or element.tag == "a"
        if element.tag in _HEADINGS:
            links = chain(element.iterancestors("a"), element.iter("a"))
            _turn(reading, teaser=any(_leads_elsewhere(link, url, own) for link in links))
        _count(reading, element.text, linked=inside)
        for child in reversed(element):
            stack += [(child, inside, True), (child, inside, False)]
    return reading


def _turn(reading: _Reading, *, teaser: bool) -> None:
    reading.in_teaser = teaser
    reading.teasers += teaser


def _count(reading: _Reading, text: str | None, *, linked: bool) -> None:
    count = len(_WORD.findall(text)) if text else 0
    if reading.in_teaser:
        reading.teased += count
    elif not linked:
        reading.own += count


def is_boilerplate(element: HtmlElement) -> bool:
    """Whether an element is a menu, sidebar, footer, comment section or list of other pages."""
    if element.tag in _SKIPPED_TAGS or element.get("role") in _SKIPPED_ROLES:
        return True
    if element.tag in {"html", "body", "main", "article"}:
        return False
    return bool(_SKIPPED_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _linking_entries(tree: HtmlElement, url: str, own: set[str]) -> int:
    """Count outermost `article` elements that link to another page from a heading or a cover."""
    entries = 0
    for article in tree.iter("article"):
        if any(above.tag == "article" or is_boilerplate(above) for above in article.iterancestors()):
            continue
        links = [a for a in article.iter("a") if _leads_elsewhere(a, url, own)]
        entries += any(_is_cover(link) for link in links)
    return entries


def _is_cover(link: HtmlElement) -> bool:
    """Whether a link presents a page: around a heading or picture, in a heading, or a bookmark."""
    if "bookmark" in (link.get("rel") or ""):
        return True
    return next(link.iter("img", *_HEADINGS), None) is not None or any(
        above.tag in _HEADINGS for above in link.iterancestors()
    )


def _leads_elsewhere(element: HtmlElement, url: str, own: set[str]) -> bool:
    """Whether an element is a link to another page of the same site."""
    href = element.get("href") if element.tag == "a" else None
    if not href or href.startswith(("#", "javascript:", "mailto:")):
        return False
    try:
        target = urljoin(url, href.strip())
        if urlsplit(target).netloc != urlsplit(url).netloc:
            return False
    except ValueError:
        return False
    address = _address(target)
    return address not in own and not _is_above(address, _address(url))


def _is_above(address: str, page: str) -> bool:
    """Whether an address is that of the home page or a section the page lies in: no text of its own."""
    path, _, query = address.partition("?")
    return not query and (not path or page.startswith(f"{path}/"))


def _address(url: str) -> str:
    """Path and query without what two spellings of one page differ in."""
    parts = urlsplit(url)
    path = re.sub(r"/(?:index\.\w+)?$", "", parts.path)
    return f"{path}?{parts.query}"


def _one_article(tree: HtmlElement, own_words: int) -> bool:
    outermost = [
        a for a in tree.iter("article") if not any(above.tag == "article" for above in a.iterancestors())
    ]
    return len(outermost) == 1 and own_words >= _ARTICLE_WORDS


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
