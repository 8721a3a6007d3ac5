from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.documents import to_documents
from crawler.extraction.extract import extract
from crawler.extraction.posts import hashed_handle
from crawler.extraction.records import ExtractedPage, NoText

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
def test_each_post_of_a_thread_is_a_document(render: object, wrap: str) -> None:
    documents = to_documents(thread(render, wrap=wrap), url=URL)
    assert [document.text for document in documents] == [FIRST, SECOND, THIRD]
    assert {document.kind for document in documents} == {"post"}
    assert {document.title for document in documents} == {"The new one"}
    assert {document.thread for document in documents} == {URL}
    assert {document.published for document in documents} == {date(2021, 3, 4)}
    assert [document.author for document in documents] == [
        hashed_handle(name, "board.example") for name, _ in POSTS
    ]


def test_the_whole_thread_says_whether_two_pages_are_one() -> None:
    assert thread(phpbb).text.splitlines() == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("opening", "address"),
    [
        ("<div class='post' id='p{}'>", "#p{}"),
        ("<div class='post'><a name='msg{}'></a>", "#msg{}"),
        (
            "<div class='post'><a class='permalink' href='/t/new/{}'>link</a>",
            "https://board.example/t/new/{}",
        ),
        ("<div class='post'><a href='#'>#{}</a>", "#post-{}"),
    ],
)
def test_a_post_stands_where_the_page_says(opening: str, address: str) -> None:
    numbers = iter((31, 47, 52))

    def render(name: str, text: str) -> str:
        head = opening.format(next(numbers))
        body = f"<div class='postbody'><p class='content'>{text}</p></div>"
        return f"{head}<b class='username'>{name}</b>{body}</div>"

    found = [post.address for post in thread(render).posts]
    assert found == [address.format(number) for number in (31, 47, 52)]


def test_a_post_without_an_address_is_numbered() -> None:
    assert [post.address for post in thread(xenforo).posts] == ["#post-1", "#post-2", "#post-3"]


class TestQuotes:
    @pytest.mark.parametrize(
        "quoted",
        [
            "<blockquote>an earlier remark</blockquote>",
            "<blockquote><cite>kettle42 wrote:</cite><blockquote>older</blockquote>a remark</blockquote>",
            "<p>kettle42 wrote: ↑Thu Mar 04, 2021 10:00 am</p><div class='quotecontent'>a remark</div>",
            "[quote=kettle42]an [quote]inner[/quote] earlier remark[/quote]",
            "<p>&gt; an earlier remark</p>",
            "<div>Quote:</div><table><tr><td><div>Originally Posted by <b>kettle42</b></div>"
            "<i>an earlier remark</i></td></tr></table>",
            "<div class='quoteheader'>Quote from: kettle42 on 4 May</div><div class='quote'>a remark</div>",
        ],
    )
    def test_words_of_others_are_dropped(self, quoted: str) -> None:
        def render(name: str, text: str) -> str:
            return phpbb(name, f"{quoted}<p>{text}</p>")

        assert [post.text for post in thread(render).posts] == [FIRST, SECOND, THIRD]


def test_very_short_posts_are_dropped() -> None:
    posts = "".join(phpbb(name, text) for name, text in (("a1", FIRST), ("b2", "+1 agreed"), ("c3", SECOND)))
    page = extract(f"<html><body>{posts}</body></html>".encode(), url=URL)
    assert isinstance(page, ExtractedPage)
    assert [post.text for post in page.posts] == [FIRST, SECOND]


def test_a_thread_of_nothing_but_short_posts_is_no_text() -> None:
    posts = "".join(phpbb(name, "+1 agreed") for name, _ in POSTS * 9)
    assert isinstance(extract(f"<html><body>{posts}</body></html>".encode(), url=URL), NoText)


def test_the_last_page_of_a_thread_may_hold_one_post() -> None:
    post = phpbb("dust_mote", f"{FIRST} {SECOND}")
    html = f"<html><body>{post}<p>Powered by <a href='#'>phpBB</a></p></body></html>"
    page = extract(html.encode(), url=f"{URL}&start=20")
    assert isinstance(page, ExtractedPage)
    [document] = to_documents(page, url=f"{URL}&start=20")
    assert (document.kind, document.thread) == ("post", URL)


class TestHandles:
    def test_a_writer_is_the_same_in_every_thread_of_a_host(self) -> None:
        assert hashed_handle("Dust Mote", "a.example") == hashed_handle(" dust  mote", "a.example")

    def test_a_writer_cannot_be_followed_to_another_host(self) -> None:
        assert hashed_handle("dust_mote", "a.example") != hashed_handle("dust_mote", "b.example")

    @given(st.text(min_size=1), st.text())
    def test_the_handle_does_not_show(self, handle: str, host: str) -> None:
        assert re.fullmatch("u:[0-9a-f]{12}", hashed_handle(handle, host))


@pytest.mark.parametrize(
    "time",
    [
        "<abbr data-time='1614852000'>then</abbr>",
        "<span class='date'>Thu Mar 04, 2021 10:00 am</span>",
        "<span class='date'>4th March 2021</span>",
        "<span title='2021-03-04 10:00'>long ago</span>",
        "<meta itemprop='datePublished' content='2021-03-04T10:00:00Z'>",
    ],
)
def test_a_day_is_read_however_it_is_written(time: str) -> None:
    def render(name: str, text: str) -> str:
        body = f"<div class='postbody'><p class='content'>{text}</p></div>"
        return f"<div class='post'><b class='username'>{name}</b>{time}{body}</div>"

    assert {post.published for post in thread(render).posts} == {date(2021, 3, 4)}


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
