"""What readers wrote below a text: taken out of the page, and kept apart without their names."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from crawler.extraction.markup import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

# The text of one comment, as common software names its element.
_BODY = re.compile(
    r"(?:^|\s)(?:comment|cmt)s?[-_]{0,2}(?:content|text|body|message|copy|inner)(?:$|\s)|(?:^|\s)commentText(?:$|\s)",
    re.I,
)
# All of one comment, with its writer and date.
_ITEM = re.compile(r"(?:^|\s)(?:comment|comment[-_]item|comment[-_]wrapper|user[-_]comment)(?:$|\s)", re.I)
_ITEM_ID = re.compile(r"^(?:li-|div-)?comment-?\d+$", re.I)
# The whole section below a text; only what is called so, or lies in what is called so, is taken out.
_SECTION = re.compile(
    r"(?:^|[\s_-])(?:comments?(?:[-_]?(?:list|area|section|wrapper|wrap|container|thread|template|block|form))?"
    r"|commentlist|respond|disqus[-_]thread|discussion)(?:$|[\s_-])",
    re.I,
)
_NO_WORDS_OF_IT = re.compile(
    r"(?:^|[\s_-])(?:author|vcard|user(?:name)?|avatar|meta(?:data)?|date|time|datetime|header|head|reply|actions?|edit"
    r"|awaiting[-_]moderation|says|by|info|quote|likes?)(?:$|[\s_-])",
    re.I,
)
_DROPPED_TAGS = frozenset(
    {
        "script",
        "style",
        "noscript",
        "form",
        "button",
        "time",
        "blockquote",
        "cite",
        "header",
        "footer",
        "figure",
    }
)
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "section", "article", "pre"})
# A comment names its writer; notices and teasers that are called comments do not.
_WRITER = re.compile(
    r"author|user|vcard|nick|avatar|poster|writer|(?:^|[\s_-])(?:name|fn|by|says)(?:$|[\s_-])", re.I
)
# How far around its words the writer of a comment is looked for.
_ITEM_DEPTH = 3
_KEPT_TAGS = ("h1", "main")
_SAID = r"\b(?:says|said|wrote|writes|replied|schrieb|sagt|sagte|a écrit|dice|dijo)\b"
_SAYS = re.compile(rf"^.{{0,60}}{_SAID}(?:\s*:?|.{{0,60}}:)$")
# "@name: " opens an answer.
_ADDRESSED = re.compile(r"^@[\w.-]+[:,]?\s*")


def take_comments(tree: HtmlElement) -> str:
    """Return the words of the comments on a page, a line each paragraph, and take them out of its tree.

    Names, dates, buttons and quotes are left out. Empty when the page shows no comment.
    """
    bodies = _bodies(tree)
    texts = [text for body in bodies if (text := _text_of(body))]
    for section in {_section_around(body) for body in bodies}:
        if section.getparent() is not None:
            section.drop_tree()
    return "\n".join(texts)


def _bodies(tree: HtmlElement) -> list[HtmlElement]:
    """The elements that hold the text of one comment each."""
    classed = [
        (element, element.get("class") or "")
        for element in tree.iter("div", "p", "li", "article", "section", "span", "td")
    ]
    bodies = [element for element, names in classed if _BODY.search(names) or _is_marked(element)]
    if not bodies:
        bodies = [e for e, names in classed if _ITEM.search(names) or _ITEM_ID.match(e.get("id") or "")]
    around = {above for body in bodies for above in body.iterancestors()}
    # An element that holds others is a list of answers or a wrapper, not a text.
    texts = [body for body in bodies if body not in around and not _holds_article(body)]
    return [body for body in texts if _is_written(body, set(texts))]


def _is_written(body: HtmlElement, others: set[HtmlElement]) -> bool:
    """Whether somebody is named as the writer, in the nearest elements around that hold no other comment."""
    item = body
    for above in list(body.iterancestors())[:_ITEM_DEPTH]:
        if (
            above.tag == "body"
            or _holds_article(above)
            or any(e in others for e in above.iter() if e is not body)
        ):
            break
        item = above
    return any(
        part.tag == "cite" or _WRITER.search(f"{part.get('class') or ''} {part.get('itemprop') or ''}")
        for part in item.iter(
            "div", "span", "a", "p", "b", "strong", "cite", "footer", "header", "img", "h4", "h5"
        )
        if part is not item
    )


def _is_marked(element: HtmlElement) -> bool:
    if element.get("itemprop") not in {"text", "commentText"}:
        return False
    item = next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)
    return item is not None and bool(re.search(r"/(?:User)?Comments?$", item.get("itemtype") or ""))


def _section_around(body: HtmlElement) -> HtmlElement:
    """The outermost element around a comment that is called after comments and holds no article."""
    section = body
    for above in body.iterancestors():
        if above.tag in {"body", "html", "main"} or _holds_article(above):
            break
        if _SECTION.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
            section = above
    return section


def _holds_article(element: HtmlElement) -> bool:
    return next(element.iter(*_KEPT_TAGS), None) is not None


def _text_of(body: HtmlElement) -> str:
    lines = tidy("".join(_pieces(deepcopy(body)))).splitlines()
    return "\n".join(_ADDRESSED.sub("", line) for line in lines if not _SAYS.match(line))


def _pieces(element: HtmlElement) -> Iterable[str]:
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        part, is_tail = stack.pop()
        if is_tail:
            yield re.sub(r"\s+", " ", part.tail or "")
            continue
        if not isinstance(part.tag, str) or (part is not element and _is_dropped(part)):
            continue
        yield ("\n" if part.tag in _BLOCKS else "") + re.sub(r"\s+", " ", part.text or "")
        for child in reversed(part):
            stack += [(child, True), (child, False)]


def _is_dropped(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    return element.tag in _DROPPED_TAGS or bool(_NO_WORDS_OF_IT.search(names))
