"""What a page says of itself outside its text: title, author, site, canonical address, language."""

from __future__ import annotations

import re
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING

from trafilatura.metadata import extract_author

from crawler.errors import BadUrl
from crawler.extraction.markup import tidy_line
from crawler.extraction.schema_org import Node, names_of, value_of
from crawler.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

# What stands between a title and the name of the site; a lone hyphen inside a word does not.
_SEPARATOR = re.compile(r"\s+[|–—·•»«:/-]+\s+|\s*[|»]\s*|(?<=\w):\s+")
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")
# Longer ones are sentences or lists of everybody on the site; the longest real bylines measured had 70.
_MAX_AUTHOR = 120
_NOT_A_NAME = re.compile(r"https?://|@\w+\.|^\W*$", re.I)
# What publishing software calls whoever installed it.
_NOBODY = frozenset(
    {"admin", "administrator", "webmaster", "editor", "editors", "unknown", "anonymous", "guest"}
)
_BY = re.compile(r"^(?:(?:posted|written|words|reviewed|published)\s+)?by:?\s+", re.I)


def metas_of(tree: HtmlElement) -> dict[str, str]:
    """Return the page's meta elements by lower-cased name or property; the first of each name counts."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        if content := tidy_line(meta.get("content")):
            metas.setdefault(name, content)
    return metas


def headings_of(tree: HtmlElement) -> list[str]:
    """Return the distinct first-level headings."""
    return list(dict.fromkeys(filter(None, (tidy_line(h1.text_content()) for h1 in tree.iter("h1")))))


def title_element(tree: HtmlElement) -> str | None:
    """Return what the title element says; it usually ends with the name of the site."""
    return tidy_line(tree.findtext(".//head/title") or tree.findtext(".//title"))


def title_of(
    tree: HtmlElement, metas: Mapping[str, str], article: Node | None, site: str | None
) -> str | None:
    """Return the title without the site's name: Open Graph, schema.org, the only h1, the title element."""
    headings = headings_of(tree)
    stated = value_of(article, "headline", "name") if article else None
    element = title_element(tree)
    candidates = [metas.get("og:title"), stated, headings[0] if len(headings) == 1 else None]
    candidates += [
        metas.get("twitter:title"),
        metas.get("dc.title"),
        element,
        headings[0] if headings else None,
    ]
    titles = [title for text in candidates if text and (title := _without_site(text, site))]
    whole = [title for title in titles if not _CUT.search(title)]
    return next(iter(whole or titles), None)


def site_name_of(metas: Mapping[str, str], nodes: list[Node]) -> str | None:
    """Return the name of the site: Open Graph, the application's name, the schema.org publisher."""
    publishers = [name for node in nodes for name in names_of(node.get("publisher"))]
    return metas.get("og:site_name") or metas.get("application-name") or next(iter(publishers), None)


def author_of(
    tree: HtmlElement, metas: Mapping[str, str], article: Node | None, reviewer: str | None, site: str | None
) -> str | None:
    """Return who wrote the page, names separated by commas: schema.org, metadata, then the byline."""
    stated = names_of(article.get("author")) if article else []
    candidates = [", ".join(stated), reviewer, metas.get("author"), metas.get("article:author")]
    candidates += [metas.get("dc.creator"), metas.get("parsely-author"), metas.get("sailthru.author")]
    for text in candidates:
        if name := _author(text, site):
            return name
    with suppress(Exception):  # a byline is not worth a page, whatever stands in it
        return _author(extract_author(deepcopy(tree)), site)
    return None


def canonical_of(tree: HtmlElement, url: str) -> str | None:
    """Return the canonical URL that the page names by `rel=canonical`, or None when it names none."""
    base = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            with suppress(BadUrl, ValueError):
                return canonical_url(link.get("href"), canonical_url(base, url) if base else url)
    return None


def language_named(tree: HtmlElement, metas: Mapping[str, str]) -> str | None:
    """Return the language the page says it is in, as an ISO 639-1 code."""
    root = tree if tree.tag == "html" else tree.find(".//html")
    named = (root.get("lang") if root is not None else None) or metas.get("og:locale") or ""
    code = re.split(r"[-_]", named.strip().lower())[0]
    return code if re.fullmatch(r"[a-z]{2}", code) else None


def _without_site(text: str, site: str | None) -> str | None:
    """Cut the site's name off either end of a title."""
    parts = _SEPARATOR.split(text)
    if not site or len(parts) < 2:
        return text
    name = site.casefold()
    if parts[-1].strip().casefold() == name:
        text = text[: text.rindex(parts[-1])].rstrip()
        return re.sub(r"\s*[|–—·•»«:/-]+$", "", text) or None
    if parts[0].strip().casefold() == name:
        return re.sub(r"^\s*[|–—·•»«:/-]+\s*", "", text[len(parts[0]) :]) or None
    return text


def _author(text: str | None, site: str | None) -> str | None:
    name = _BY.sub("", tidy_line(text) or "").strip(" ,;|")
    if not name or len(name) > _MAX_AUTHOR or _NOT_A_NAME.search(name) or name.casefold() in _NOBODY:
        return None
    return None if site and name.casefold() == site.casefold() else name
