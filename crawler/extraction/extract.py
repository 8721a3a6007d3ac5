"""From the bytes of a page to its text and facts: a pure function, without network and database."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from py3langid import langid
from trafilatura import bare_extraction

from crawler.extraction.boards import posts_of
from crawler.extraction.comments import take_comments
from crawler.extraction.dates import published_on
from crawler.extraction.documents import MIN_WORDS
from crawler.extraction.listings import index_reason, listing_reason
from crawler.extraction.markup import decode, not_a_page, parse, tidy
from crawler.extraction.metadata import (
    author_of,
    canonical_of,
    headings_of,
    language_named,
    metas_of,
    site_name_of,
    title_element,
    title_of,
)
from crawler.extraction.passages import cut
from crawler.extraction.records import ExtractedPage, NoText, Post
from crawler.extraction.schema_org import Node, Review, articles_in, main_article, nodes_of, review_of
from crawler.extraction.series import next_page
from crawler.extraction.titles import parse_title, without_review

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Below this py3langid mistakes names for languages.
_LANGUAGE_WORDS = 20
# The languages of most of the web's writing. Left to all that it knows, py3langid called 80 of 37,617 English
# texts Nigerian Pidgin and the like, and the miner would have passed over them.
LANGUAGES = (
    "ar bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu id is it ja ko lt lv mk ms nl no pl pt ro "
    "ru sk sl sq sr sv sw ta th tl tr uk ur vi zh"
)
# Enough of a text to tell its language.
_LANGUAGE_CHARACTERS = 2_000
# Larger pages are data or traps; the largest page of the extraction benchmark has 2.3 MB.
MAX_BYTES = 6_000_000
# trafilatura takes six seconds for 48,000 elements and minutes for 200,000; the extraction benchmark's pages
# have at most 1,600.
MAX_ELEMENTS = 50_000
# Text stated in schema.org instead of shown is taken when the page shows less than this share of it.
_SHOWN_SHARE = 0.3
# Servers that answer 200 to everything say so in words; a text that merely mentions it is longer.
_NOT_FOUND = re.compile(
    r"\b(?:not (?:be )?found|nothing (?:was )?found|no longer (?:exists|available)|404)\b", re.I
)
_NOTICE_WORDS = 60
_TOO_SHORT = f"the page has fewer than {MIN_WORDS} words of text"
_ROUNDUP = re.compile(r"\breviews\b|\bround-?up\b", re.I)
_REVIEWS = re.compile(r"/(?:[a-z]+-)?reviews?/[^/]", re.I)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a page says of itself. `article` is the one it is; `articles` counts those it may be listing."""

    metas: dict[str, str]
    nodes: list[Node]
    article: Node | None
    articles: int
    canonical: str | None

    @property
    def states_article(self) -> bool:
        return self.article is not None or "article:published_time" in self.metas


def extract(html: bytes, *, url: str, charset: str | None = None) -> ExtractedPage | NoText:
    """Return the text and facts of the page at `url`, or why it has none; fails for no input.

    `charset` is what the server named.
    """
    if len(html) > MAX_BYTES:
        return NoText(f"the page is larger than {MAX_BYTES // 1_000_000} MB")
    text = decode(html, charset)
    if reason := not_a_page(text):
        return NoText(reason)
    tree = parse(text)
    if tree is None:
        return NoText("the page has no HTML markup")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        return NoText(f"the page has more than {MAX_ELEMENTS:,} elements")
    return _read(text, tree, url)


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of a text of at least 20 words, else None."""
    sample = text[:_LANGUAGE_CHARACTERS]
    if len(_WORD.findall(sample)) < _LANGUAGE_WORDS:
        return None
    _know_languages()
    code, _ = langid.classify(sample)
    return str(code)


@cache
def _know_languages() -> None:
    """Confine the process's model to LANGUAGES, once; loading it takes a third of a second."""
    langid.set_languages(LANGUAGES.split())


def _read(html: str, tree: HtmlElement, url: str) -> ExtractedPage | NoText:
    facts = _facts(tree, url)
    posts = posts_of(html, tree, url)
    if posts is not None:
        return _thread(posts, tree, url, facts)
    if reason := _listing(tree, url, facts):
        return NoText(reason, facts.canonical)
    comments = take_comments(tree)
    text = _main_text(tree, facts.article)
    if len(_WORD.findall(text)) < MIN_WORDS:
        return NoText(_TOO_SHORT, facts.canonical)
    if len(_WORD.findall(text)) < _NOTICE_WORDS and (reason := _notice(tree, text)):
        return NoText(reason, facts.canonical)
    if reason := index_reason(tree, text, stated=facts.states_article):
        return NoText(reason, facts.canonical)
    return _article(text, comments, tree, url, facts)


def _thread(posts: tuple[Post, ...], tree: HtmlElement, url: str, facts: _Facts) -> ExtractedPage | NoText:
    text = "\n".join(post.text for post in posts)
    if len(_WORD.findall(text)) < MIN_WORDS:
        return NoText(_TOO_SHORT, facts.canonical)
    # A thread has many writers, and none of them speaks for it.
    page = replace(_page(text, tree, url, facts), author=None, next_url=None, posts=posts)
    return replace(page, published=posts[0].published or page.published)


def _article(text: str, comments: str, tree: HtmlElement, url: str, facts: _Facts) -> ExtractedPage:
    page = _page(text, tree, url, facts)
    # A review of one thing may well have headings, of its several writers for example.
    of_one = page.kind == "review" and not _ROUNDUP.search(page.title or "")
    found = None if of_one else cut(tree, text, page.title)
    told = comments if len(_WORD.findall(comments)) >= MIN_WORDS else None
    return replace(
        page, comments=told, lead=found.lead if found else "", passages=found.passages if found else ()
    )


def _notice(tree: HtmlElement, text: str) -> str | None:
    """Say in words what a page of few words is for, if not for reading."""
    if _NOT_FOUND.search(text):
        return "the page says that nothing was found"
    if any((field.get("type") or "").lower() == "password" for field in tree.iter("input")):
        return "the page is a form to log in with"
    return None


def _facts(tree: HtmlElement, url: str) -> _Facts:
    metas, nodes = metas_of(tree), nodes_of(tree)
    articles, headings = articles_in(nodes), headings_of(tree)
    titles = [metas.get("og:title"), title_element(tree), headings[0] if len(headings) == 1 else None]
    article = main_article(articles, [title for title in titles if title])
    return _Facts(metas, nodes, article, 1 if article else len(articles), canonical_of(tree, url))


def _listing(tree: HtmlElement, url: str, facts: _Facts) -> str | None:
    return listing_reason(
        tree,
        url=url,
        canonical=facts.canonical,
        metas=facts.metas,
        nodes=facts.nodes,
        articles=facts.articles,
    )


def _page(text: str, tree: HtmlElement, url: str, facts: _Facts) -> ExtractedPage:
    marked = review_of(facts.nodes)
    review = marked or Review()
    site = site_name_of(facts.metas, facts.nodes)
    title = title_of(tree, facts.metas, facts.article, site)
    is_review = marked is not None or _says_review(title, url)
    return ExtractedPage(
        text=text,
        title=title,
        author=author_of(tree, facts.metas, facts.article, review.author, site),
        published=published_on(tree, url, facts.article),
        language=language_of(text) or language_named(tree, facts.metas),
        canonical_url=facts.canonical,
        site_name=site,
        review_artist=review.artist,
        reviewed_work=review.work or (parse_title(title).work if title and is_review else None),
        rating=review.rating,
        kind="review" if is_review else "article",
        next_url=next_page(tree, url, facts.canonical),
    )


def _says_review(title: str | None, url: str) -> bool:
    """Whether title or address call a page a review; the address only if the title names artist and work."""
    if title is None:
        return False
    return without_review(title)[1] or (bool(_REVIEWS.search(url)) and parse_title(title).artist is not None)


def _main_text(tree: HtmlElement, article: Node | None) -> str:
    """The page's own text: trafilatura's, or the body that schema.org states where the page shows none."""
    shown = _trafilatura(tree, precise=True)
    if len(_WORD.findall(shown)) < MIN_WORDS:
        shown = max(shown, _trafilatura(tree, precise=False), key=len)
    stated = article.get("articleBody") or article.get("reviewBody") if article else None
    if isinstance(stated, str) and len(shown) < _SHOWN_SHARE * len(stated):
        return tidy(re.sub(r"<[^>]{0,500}>", " ", stated))
    return shown


def _trafilatura(tree: HtmlElement, *, precise: bool) -> str:
    # Precision: F1 .960 against .955 on the extraction benchmark, and the same on the Audioxide archive.
    found = bare_extraction(
        deepcopy(tree), include_comments=False, favor_precision=precise, with_metadata=False
    )
    return tidy(found.text) if found is not None and not isinstance(found, dict) and found.text else ""
