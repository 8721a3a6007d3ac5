"""Reading one post of a message board: what its writer says in it, who that is, when, and where it stands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from bs4.element import NavigableString, Tag

from crawler.errors import BadUrl
from crawler.extraction.dates import read_date, spelled_date
from crawler.extraction.markup import tidy
from crawler.extraction.records import Post
from crawler.urls import canonical_url
from store.dates import believable

# Shorter posts are greetings and votes.
MIN_POST_WORDS = 4
# What stands in a post and is not said by its writer in this post.
_DROPPED = re.compile(
    r"(?:^|[-_])(?:quote\w*|bbCodeBlock\w*|sig|signature|author|poster|user\w*|profile|avatar|meta|date|time|byline"
    r"|post(?:ed|meta|author|date|profile|info|details|number|time|head(?:er)?)|buttons?|actions?|controls?|report|reactions?|likes?|attachments?|edited|notice|number|permalink|tools)"
    r"(?:$|[-_])",
    re.I,
)
_DROPPED_TAGS = (
    *(
        "script",
        "style",
        "noscript",
        "form",
        "button",
        "time",
        "blockquote",
        "cite",
        "nav",
        "address",
        "footer",
    ),
)
_DROPPED_PROPERTIES = frozenset({"author", "dateCreated", "datePublished"})
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "pre", "section", "article", "h1", "h2", "h3", "h4"}
)
_SPACES = re.compile(r"\s+")
_WROTE = r"\b(?:wrote|said|writes|schrieb|hat geschrieben|a écrit|escribió|ha scritto|schreef)\b"
_QUOTE_LINE = re.compile(
    rf"^\s*(?:>|.{{1,80}}{_WROTE}\s*:\s*(?:↑.{{0,60}})?$|(?:quote|zitat|citation)(?:\s+(?:from|by|von|de)\b.{{0,100}}|:)$)",
    re.I,
)
# Older boards build a quote as a table below such a line, without any class.
_ORIGINALLY = re.compile(r"^\s*originally posted by\b", re.I)
# Quotes that a board left as their writers typed them; the innermost first.
_BBCODE = re.compile(r"\[quote[^\]\n]{0,100}\](?:(?!\[/?quote).)*\[/quote\]", re.I | re.S)
_OPEN_BBCODE = re.compile(r"\[/?quote[^\]\n]{0,100}\]", re.I)
_MARKUP = re.compile(
    r"\[/?(?:b|i|u|s|url|img|color|size|font|list|code|spoiler|youtube)(?:=[^\]\n]{0,200})?\]", re.I
)

_NAMED = re.compile(r"(?:^|[-_])(?:user-?name|bigusername|nick(?:name)?|handle|creator)(?:$|[-_])", re.I)
_WRITER = re.compile(r"(?:^|[-_])(?:author|poster(?:name)?|user(?:info)?|member|profile)(?:$|[-_])", re.I)
_PROFILE = re.compile(r"(?:^|[/?&=;.])(?:members?|memberlist|profile|users?|u)(?:[/?&=;.]|$)", re.I)
_NO_HANDLE = re.compile(r"^\W*$|^(?:guest|anonymous|deleted|re:.*|#\d+|join(?:ed)?.*|posts?:.*)$", re.I)
_BY = re.compile(r"^\s*(?:posted\s+)?by:?\s+", re.I)
_LONGEST_HANDLE = 60
_ID = re.compile(
    r"^(?:(?:js-)?(?:post|p|msg|pid|entry|message|comment|reply|elComment|td_post|post-message)[-_]*)?\d+$",
    re.I,
)
_SHOWN_NUMBER = re.compile(r"^\s*#\s*(\d{1,6})\s*$")


def read_post(body: Tag, block: Tag, number: int, url: str) -> Post | None:
    """Return the post whose text stands in `body`, within the `block` that is all of it; None when short.

    `number` is its place on the page at `url`. Takes apart `body`: what is dropped is gone.
    """
    address, handle, day = _address(block, number, url), _handle(block, body), _day(block, body)
    text = _text_of(body)
    if len(text.split()) < MIN_POST_WORDS:
        return None
    return Post(text, address, hashed_handle(handle, urlsplit(url).netloc) if handle else None, day)


def hashed_handle(handle: str, host: str) -> str:
    """Return "u:" and 12 hexadecimal digits that stand for a writer on a host; the handle cannot be read off.

    BLAKE2b (RFC 7693) keyed by the host: one writer is told from another there, and not followed elsewhere.
    """
    key = hashlib.blake2b(host.encode(), digest_size=32).digest()
    name = " ".join(handle.split()).casefold().encode("utf-8", "replace")
    return "u:" + hashlib.blake2b(name, digest_size=6, key=key).hexdigest()


def _text_of(body: Tag) -> str:
    """The words of the post itself. A quote inside is somebody else's, as are names, dates and signatures."""
    for tag in [*body.find_all(_DROPPED_TAGS), *body.find_all(_is_dropped), *_unmarked_quotes(body)]:
        if not tag.decomposed:
            tag.decompose()
    text = _without_bbcode("".join(_pieces(body)))
    return "\n".join(line for line in tidy(text).splitlines() if not _QUOTE_LINE.match(line))


def _unmarked_quotes(body: Tag) -> list[Tag]:
    titles = body.find_all(string=_ORIGINALLY)
    tables = [title.find_parent("table") or title.find_parent(["td", "div"]) for title in titles]
    return [table for table in tables if table is not None and table is not body and body in table.parents]


def _without_bbcode(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _BBCODE.sub("\n", text)
    return _MARKUP.sub("", _OPEN_BBCODE.sub("", text))


def _is_dropped(tag: Tag) -> bool:
    if str(tag.get("itemprop") or "") in _DROPPED_PROPERTIES:
        return True
    return any(_DROPPED.search(name) for name in classes_of(tag))


def _pieces(post: Tag) -> Iterable[str]:
    for node in post.descendants:
        if isinstance(node, Tag):
            yield "\n" if node.name in _BLOCKS else ""
        elif type(node) is NavigableString:  # its subclasses are comments and declarations
            yield _SPACES.sub(" ", str(node))


def _address(block: Tag, number: int, url: str) -> str:
    """Where the post stands: the id of its element, else its own permalink, else its number."""
    for tag in [block, *block.find_all(True)]:
        for name in (tag.get("id"), tag.get("name") if tag.name == "a" else None):
            if name and _ID.match(str(name)):
                return f"#{name}"
    links = [link for link in block.find_all("a", href=True) if _is_permalink(link)]
    for link in links:
        with suppress(BadUrl, ValueError):
            address, _, fragment = str(link["href"]).partition("#")
            found = canonical_url(address, url) if address else url
            if urlsplit(found).netloc == urlsplit(url).netloc and (fragment or found != url):
                return f"{found}#{fragment}" if fragment else found
    shown = (
        _SHOWN_NUMBER.match(text) for link in block.find_all(["a", "span"]) for text in [link.get_text()]
    )
    return f"#post-{next((found[1] for found in shown if found), number)}"


def _is_permalink(link: Tag) -> bool:
    marks = {*map(str, link.get("rel") or ()), str(link.get("itemprop") or ""), *classes_of(link)}
    return not marks.isdisjoint({"permalink", "bookmark", "url", "post-link", "post-date"}) or bool(
        _SHOWN_NUMBER.match(link.get_text())
    )


def _handle(block: Tag, body: Tag) -> str | None:
    """The name under which the post was written, from the nearest thing to a statement of it."""
    for tag in [block, *block.find_all(["article", "div", "li"], limit=20)]:
        if stated := tag.get("data-author") or tag.get("data-username"):
            return str(stated)
    outside = _outside(block, body)
    named = [tag for tag in outside if any(_NAMED.search(name) for name in classes_of(tag))]
    marked = [tag for tag in outside if tag.get("itemprop") == "author"]
    linked = [tag for tag in outside if tag.name == "a" and _PROFILE.search(str(tag.get("href") or ""))]
    loose = [tag for tag in outside if any(_WRITER.search(name) for name in classes_of(tag))]
    for tag in [*marked, *named, *linked, *loose]:
        inner = tag.find(itemprop="name") or tag
        lines = [line for line in tidy(inner.get_text("\n")).splitlines() if line.strip()]
        name = _BY.sub("", lines[0]).strip() if lines else ""
        if name and len(name) <= _LONGEST_HANDLE and not _NO_HANDLE.match(name):
            return name
    return None


def _day(block: Tag, body: Tag) -> date | None:
    """The day of a post, as its block shows it outside of what was written."""
    for tag in [block, *_outside(block, body)]:
        stated = tag.get("datetime") or (
            tag.get("content") if tag.get("itemprop") in _DROPPED_PROPERTIES else None
        )
        if (
            day := read_date(str(stated or ""))
            or _from_seconds(tag)
            or spelled_date(str(tag.get("title") or ""))
        ):
            return day
    texts = (
        []
        if body is block
        else [str(text) for text in block.find_all(string=True) if body not in text.parents]
    )
    return next((day for text in texts if (day := spelled_date(text))), None)


def _outside(block: Tag, body: Tag) -> list[Tag]:
    """The elements of a post around its text; all of them where the text has no element of its own."""
    return [
        tag for tag in block.find_all(True) if body is block or (tag is not body and body not in tag.parents)
    ]


def _from_seconds(tag: Tag) -> date | None:
    """Seconds since 1970, in `data-time` or, with thousandths, in `data-timestamp`."""
    stated = str(tag.get("data-time") or tag.get("data-timestamp") or "")
    if not re.fullmatch(r"\d{9,10}(?:\d{3})?", stated):
        return None
    return believable(datetime.fromtimestamp(int(stated[:10] if len(stated) > 10 else stated), UTC).date())


def classes_of(tag: Tag) -> Sequence[str]:
    """The classes of an element, as a list."""
    value = tag.get("class")
    return value if isinstance(value, list) else [str(value)] if value else []
