from __future__ import annotations

from datetime import date

import pytest

from crawler.extraction.extract import ExtractedPage, extract

URL = "https://board.example/viewtopic.php?t=7"
FIRST = "Has anybody else played the new one more than twice? I find the drums tiring and the choruses thin."
SECOND = (
    "More than twice, yes, and it grows. The slow songs in the middle are where the tunes hide themselves."
)
THIRD = "I gave it away. The singer sounds as if he were reading a timetable in a language he never learned."
POSTS = (("dust_mote", FIRST), ("kettle42", SECOND), ("old_reel", THIRD))


def phpbb(name: str, text: str) -> str:
    return (
        f"<div class='post bg1'>"
        f"<dl class='postprofile'><dt><a class='username'>{name}</a></dt></dl>"
        f"<div class='postbody'><h3><a href='#p1'>Re: the new one</a></h3><p class='author'>by {name} "
        f"<time datetime='2021-03-04T10:00'>4 March</time></p><div class='content'>"
        f"<blockquote><cite>somebody wrote:</cite>an earlier remark</blockquote>{text}</div>"
        f"<div class='signature'>Vinyl only</div></div></div>"
    )


def xenforo(name: str, text: str) -> str:
    return (
        f"<article class='message message--post' data-author='{name}'><div class='message-user'>"
        f"<h4 class='message-name'>{name}</h4></div><div class='message-body'><div class='bbWrapper'>"
        f"<blockquote class='bbCodeBlock'>somebody said: an earlier remark</blockquote>{text}"
        f"</div></div><time datetime='2021-03-04'>then</time></article>"
    )


def unknown(name: str, text: str) -> str:
    return (
        f"<li class='forum-post'><div class='user-info'>{name}</div><time datetime='2021-03-04'>then</time>"
        f"<div class='body'><blockquote>an earlier remark</blockquote><p>{text}</p></div></li>"
    )


def marked(name: str, text: str) -> str:
    return (
        f"<div itemprop='comment' itemscope itemtype='https://schema.org/Comment'>"
        f"<b itemprop='author'>{name}</b>"
        f"<time itemprop='datePublished' datetime='2021-03-04'>then</time><div itemprop='text'>"
        f"<blockquote>an earlier remark</blockquote>{text}</div></div>"
    )


def thread(render: object, *, wrap: str = "{}") -> ExtractedPage:
    assert callable(render)
    posts = wrap.format("".join(render(name, text) for name, text in POSTS))
    html = f"<html><head><title>The new one</title></head><body><h2>The new one</h2>{posts}</body></html>"
    page = extract(html.encode(), url=URL)
    assert isinstance(page, ExtractedPage), page
    return page


@pytest.mark.parametrize(
    ("render", "wrap"),
    [
        (phpbb, "{}"),
        (xenforo, "{}"),
        (unknown, "<ul>{}</ul>"),
        (marked, "<div itemscope itemtype='https://schema.org/DiscussionForumPosting'>{}</div>"),
    ],
)
def test_a_thread_is_one_text_of_all_its_posts(render: object, wrap: str) -> None:
    page = thread(render, wrap=wrap)
    assert page.text.splitlines() == [FIRST, SECOND, THIRD]
    assert page.title == "The new one"
    assert page.author is None
    assert page.published == date(2021, 3, 4)


def test_a_single_post_is_no_thread() -> None:
    post = f"<article class='post'><h1>Low</h1><p class='author'>Ida</p><p>{FIRST} {SECOND}</p></article>"
    html = f"<html><body>{post}</body></html>"
    page = extract(html.encode(), url=URL)
    assert isinstance(page, ExtractedPage)
    assert SECOND in page.text


def test_a_list_of_posts_beside_a_text_is_no_thread() -> None:
    card = "<div class='post'><span class='author'>Ida</span><p>A few words.</p></div>"
    text = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>" * 3
    html = f"<html><body><main><h1>Low</h1>{text}</main>{card * 4}</body></html>"
    page = extract(html.encode(), url=URL)
    assert isinstance(page, ExtractedPage)
    assert FIRST in page.text
