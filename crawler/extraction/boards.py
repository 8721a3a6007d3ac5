"""Message boards: which elements of a page are the posts of a thread.

Boards are told by the markup of the common programs (phpBB, vBulletin, XenForo, SMF, MyBB, FluxBB, Invision,
Discourse, NodeBB, Vanilla), by schema.org's DiscussionForumPosting, and by shape: several blocks with one
class that says post, message or reply, each with its own writer and date.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from bs4.element import Tag

from crawler.extraction.posts import classes_of, read_post
from crawler.extraction.records import Post

if TYPE_CHECKING:
    from collections.abc import Sequence

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
# A page that says it was made by one of these may show a single post, the last page of a thread for example.
_PROGRAM = re.compile(
    r"(?:powered by|generator\W{1,30}content\W{1,3}|id=\W)\W{0,3}(?:<[^>]{0,200}>)?\s*"
    r"(?:phpBB|vBulletin|XenForo|XF\b|SMF|Simple Machines|MyBB|FluxBB|Invision|Discourse|NodeBB|Vanilla)",
    re.I,
)
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
_POST_TAGS = ("article", "div", "li", "section", "tr", "table")
_LINKED_TITLE = ("h1", "h2", "h3", "h4")
# Posts told by their shape alone must be most of what the page shows; else they are a list beside its text.
_THREAD_SHARE = 0.4


def posts_of(html: str, tree: HtmlElement, url: str) -> tuple[Post, ...] | None:
    """Return the posts of the thread that a page shows, in order, without very short ones; else None.

    One post alone makes a thread only where the page says what board it belongs to.
    """
    if not _may_be_board(html, tree):
        return None
    soup = BeautifulSoup(html, "lxml")
    bodies = _posts_in(soup, html)
    if not bodies:
        return None
    blocks = _blocks_around(bodies)
    read = [
        read_post(body, block, number, url)
        for number, (body, block) in enumerate(zip(bodies, blocks, strict=True), start=1)
    ]
    return _apart([post for post in read if post is not None])


def _apart(posts: list[Post]) -> tuple[Post, ...]:
    """The posts without a second one of one address: a page that shows a post twice shows it once."""
    return tuple({post.address: post for post in reversed(posts)}.values())[::-1]


def _may_be_board(html: str, tree: HtmlElement) -> bool:
    least = 1 if _PROGRAM.search(html) else 2
    if "DiscussionForumPosting" in html or any(html.count(word) >= least for word in _BODIES.values()):
        return True
    shapes = Counter(
        (e.tag, name.lower()) for e in tree.iter(*_POST_TAGS) for name in _post_names(e.get("class"))
    )
    return any(count >= 2 for count in shapes.values())


def _post_names(classes: object) -> list[str]:
    names = classes.split() if isinstance(classes, str) else classes if isinstance(classes, list) else []
    return [name for name in names if _POST_NAME.match(name)]


def _posts_in(soup: BeautifulSoup, html: str) -> list[Tag]:
    least = 1 if _PROGRAM.search(html) else 2
    for selector, word in _BODIES.items():
        bodies = _outermost(soup.select(selector)) if html.count(word) >= least else []
        if len(bodies) >= least:
            return bodies
    marked = _marked_posts(soup) if "DiscussionForumPosting" in html else []
    return marked or _posts_by_shape(soup)


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
    written = any(_WRITER_NAME.search(name) for tag in block.find_all(True) for name in classes_of(tag))
    return written and not titled and not block.find("a", string=re.compile(r"^\s*(?:read|continue)\b", re.I))


def _leads_away(href: str | None) -> bool:
    return bool(href) and "#" not in (href or "")


def _body_of(post: Tag) -> Tag:
    """The part of a post that holds its text: the block that names itself so, else all of it."""
    named = [tag for tag in post.find_all(True) if any(_BODY_NAME.match(name) for name in classes_of(tag))]
    longest = max((len(tag.get_text()) for tag in named), default=0)
    # The innermost that still holds most of the words: what is around it is names, dates and numbers.
    return next((tag for tag in reversed(named) if 2 * len(tag.get_text()) > longest), post)


def _blocks_around(bodies: Sequence[Tag]) -> list[Tag]:
    """For the text of each post, the largest element around it that holds no other post's text."""
    holding = Counter(id(above) for body in bodies for above in body.parents)
    return [_block_around(body, holding) for body in bodies]


def _block_around(body: Tag, holding: Counter[int]) -> Tag:
    block = body
    for above in body.parents:
        if holding[id(above)] > 1 or above.name in {"body", "html", "main", "[document]"}:
            break
        block = above
    return block


def _outermost(tags: list[Tag]) -> list[Tag]:
    chosen = {id(tag) for tag in tags}
    return [tag for tag in tags if not any(id(above) in chosen for above in tag.parents)]
