"""Message boards: a page with several people's posts becomes one text, without names and quotes.

Boards are told by the markup of the common programs (phpBB, vBulletin, XenForo, SMF, MyBB, FluxBB, Invision,
Discourse, NodeBB, Vanilla), by schema.org's DiscussionForumPosting, and by shape: several blocks with one
class that says post, message or reply, each with its own writer and date.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from crawler.extraction.dates import read_date
from crawler.extraction.markup import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

# What the text of one post stands in, program by program, and a word that its pages are full of: looking for
# the words is a hundred times cheaper than a second parser, which most pages need not pass.
_BODIES = {
    ".postbody .content": "postbody",  # phpBB
    ".message-body .bbWrapper": "bbWrapper",  # XenForo 2
    "blockquote.messageText": "messageText",  # XenForo 1
    "blockquote.postcontent": "postcontent",  # vBulletin 4
    "[id^=post_message_]": "post_message_",  # vBulletin 3
    "[data-role=commentContent]": "cPost_contentWrap",  # Invision
    ".topic-body .cooked": "topic-body",  # Discourse
    ".topic-body .post[itemprop]": "crawler-post",  # Discourse, as shown to crawlers
    "[component='post/content']": "post/content",  # NodeBB
    ".post_body": "post_body",  # MyBB
    ".postmsg": "postmsg",  # FluxBB
    ".post_wrapper .post .inner": "post_wrapper",  # SMF
    ".Discussion .Message, .Comment .Message": "ItemDiscussion",  # Vanilla
}
_SCHEMA_POSTS = (
    "[itemtype$='/DiscussionForumPosting'], [itemtype$='/DiscussionForumPosting'] [itemtype$='/Comment']"
)
_POST_NAME = re.compile(
    r"^(?:forum-?|thread-?|board-?|topic-?)?(?:posts?|message|reply|posting)(?:-?(?:item|row))?$", re.I
)
_BODY_NAME = re.compile(r"^(?:post|message|reply|posting)?[-_]?(?:body|text|content|message|entry)$", re.I)
_WRITER_NAME = re.compile(
    r"(?:^|[-_])(?:author|poster|user(?:name|info)?|member|profile|nick(?:name)?|avatar)(?:$|[-_])", re.I
)
# What stands in a post and is not said by its writer in this post.
_DROPPED = re.compile(
    r"(?:^|[-_])(?:quote\w*|bbCodeBlock\w*|sig|signature|author|poster|user\w*|profile|avatar|meta|date|time|byline"
    r"|post(?:ed|meta|author|date|profile|info|details|number|time|head(?:er)?)|buttons?|actions?|controls?|report|reactions?|likes?|attachments?|edited|notice|number|permalink|tools)"
    r"(?:$|[-_])",
    re.I,
)
_DROPPED_TAGS = (
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
)
_POST_TAGS = ("article", "div", "li", "section", "tr", "table")
_LINKED_TITLE = ("h1", "h2", "h3", "h4")
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "pre", "section", "article", "h1", "h2", "h3", "h4"}
)
_SPACES = re.compile(r"\s+")
# Posts told by their shape alone must be most of what the page shows; else they are a list beside its text.
_THREAD_SHARE = 0.4
_QUOTE_LINE = re.compile(r"^\s*(?:>|.{1,40}\b(?:wrote|said|schrieb|a écrit|escribió)\s*:\s*$)")


@dataclass(frozen=True, slots=True)
class Thread:
    """The posts of a thread on one page, in order; `published` is the day of the first."""

    posts: tuple[str, ...]
    published: date | None


def thread_of(html: str, tree: HtmlElement) -> Thread | None:
    """Return the thread that a page shows, or None when it is no board or shows fewer than two posts."""
    if not _may_be_board(html, tree):
        return None
    soup = BeautifulSoup(html, "lxml")
    posts = _posts_in(soup, html)
    if len(posts) < 2:
        return None
    published = _date_of(posts[0])
    texts = tuple(text for post in posts if (text := _text_of(post)))
    return Thread(texts, published) if texts else None


def _may_be_board(html: str, tree: HtmlElement) -> bool:
    if "DiscussionForumPosting" in html or any(html.count(word) >= 2 for word in _BODIES.values()):
        return True
    shapes = Counter(
        (e.tag, name.lower()) for e in tree.iter(*_POST_TAGS) for name in _post_names(e.get("class"))
    )
    return any(count >= 2 for count in shapes.values())


def _post_names(classes: object) -> list[str]:
    names = classes.split() if isinstance(classes, str) else classes if isinstance(classes, list) else []
    return [name for name in names if _POST_NAME.match(name)]


def _posts_in(soup: BeautifulSoup, html: str) -> list[Tag]:
    for selector, word in _BODIES.items():
        bodies = _outermost(soup.select(selector)) if html.count(word) >= 2 else []
        if len(bodies) >= 2:
            return bodies
    marked = _marked_posts(soup) if "DiscussionForumPosting" in html else []
    return marked if len(marked) >= 2 else _posts_by_shape(soup)


def _marked_posts(soup: BeautifulSoup) -> list[Tag]:
    """The texts of posts marked up with schema.org; a posting may hold its replies, posts themselves."""
    posts = soup.select(_SCHEMA_POSTS)
    bodies = []
    for post in posts:
        marked = post.select("[itemprop=text], [itemprop=articleBody]")
        own = next((body for body in marked if body.find_parent(itemscope=True) is post), None)
        if own is not None:
            bodies.append(own)
        elif not any(other is not post and post in other.parents for other in posts):
            bodies.append(_body_of(post))
    return bodies


def _posts_by_shape(soup: BeautifulSoup) -> list[Tag]:
    """Blocks of one tag and class that says post, each with its own writer and without a linked title."""
    groups: dict[tuple[str, str], list[Tag]] = defaultdict(list)
    for block in soup.find_all(_POST_TAGS):
        for name in _post_names(block.get("class")):
            groups[block.name, name.lower()].append(block)
    threads = [_outermost(group) for group in groups.values()]
    fitting = [posts for posts in threads if len(posts) >= 2 and all(_is_post(post) for post in posts)]
    bodies = [_body_of(post) for post in max(fitting, key=len)] if fitting else []
    return bodies if _length(bodies) >= _THREAD_SHARE * _length([soup]) else []


def _length(tags: Sequence[Tag]) -> int:
    """Characters of text, without spaces and scripts."""
    return sum(len(text) for tag in tags for text in tag.stripped_strings)


def _is_post(block: Tag) -> bool:
    titles = block.find_all(_LINKED_TITLE)
    titled = any(title.find("a", href=_leads_away) or title.find_parent("a") for title in titles)
    written = any(_WRITER_NAME.search(name) for tag in block.find_all(True) for name in _classes(tag))
    return written and not titled and not block.find("a", string=re.compile(r"^\s*(?:read|continue)\b", re.I))


def _leads_away(href: str | None) -> bool:
    return bool(href) and "#" not in (href or "")


def _body_of(post: Tag) -> Tag:
    """The part of a post that holds its text: the block that names itself so, else all of it."""
    named = [tag for tag in post.find_all(True) if any(_BODY_NAME.match(name) for name in _classes(tag))]
    longest = max((len(tag.get_text()) for tag in named), default=0)
    # The innermost that still holds most of the words: what is around it is names, dates and numbers.
    return next((tag for tag in reversed(named) if 2 * len(tag.get_text()) > longest), post)


def _text_of(post: Tag) -> str:
    """The words of the post itself. A quote inside is somebody else's, as are names, dates and signatures."""
    for tag in [*post.find_all(_DROPPED_TAGS), *post.find_all(_is_dropped)]:
        if not tag.decomposed:
            tag.decompose()
    lines = tidy("".join(_pieces(post))).splitlines()
    return "\n".join(line for line in lines if not _QUOTE_LINE.match(line))


def _is_dropped(tag: Tag) -> bool:
    itemprop = str(tag.get("itemprop") or "")
    return any(_DROPPED.search(name) for name in _classes(tag)) or itemprop in {
        "author",
        "dateCreated",
        "datePublished",
    }


def _pieces(post: Tag) -> Iterable[str]:
    for node in post.descendants:
        if isinstance(node, Tag):
            yield "\n" if node.name in _BLOCKS else ""
        elif type(node) is NavigableString:  # its subclasses are comments and declarations
            yield _SPACES.sub(" ", str(node))


def _date_of(post: Tag) -> date | None:
    """The day of a post, from the nearest block around it that shows one."""
    for block in [post, *post.parents][:5]:
        for time in block.select("[datetime]"):
            if day := read_date(str(time["datetime"])):
                return day
    return None


def _outermost(tags: list[Tag]) -> list[Tag]:
    chosen = {id(tag) for tag in tags}
    return [tag for tag in tags if not any(id(above) in chosen for above in tag.parents)]


def _classes(tag: Tag) -> list[str]:
    value = tag.get("class")
    return value if isinstance(value, list) else [str(value)] if value else []
