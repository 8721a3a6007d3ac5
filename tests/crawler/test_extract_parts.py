"""Pages that become several documents, and articles that stand on several pages."""

from __future__ import annotations

import pytest

from crawler.extraction.documents import to_documents
from crawler.extraction.extract import extract
from crawler.extraction.records import ExtractedPage
from crawler.extraction.series import later_pages, numbered, thread_url
from store.records import Document
from tests.crawler.pages import PARAGRAPHS, URL, article_page, body, json_ld

INTRO = (
    "<p>"
    + "Twelve months of listening went into these few lines, and none of it was wasted on us. " * 2
    + "</p>"
)
ITEMS = ("3. Ruth Fen – Ebb", "2. Harbour Lights: Low Tide (Quay, 2019)", "1. Old Reel – Spool")


def read(html: bytes, *, url: str = URL) -> ExtractedPage:
    page = extract(html, url=url)
    assert isinstance(page, ExtractedPage), page
    return page


def documents(html: bytes) -> list[Document]:
    return to_documents(read(html), url=URL)


def sections(headings: tuple[str, ...], *, tag: str = "h2") -> str:
    return "".join(
        f"<{tag}>{heading}</{tag}><p>{text}</p>" for heading, text in zip(headings, PARAGRAPHS, strict=True)
    )


class TestLists:
    @pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
    def test_each_item_is_a_document_named_by_its_heading(self, tag: str) -> None:
        found = documents(article_page(title="Records of the year", text=INTRO + sections(ITEMS, tag=tag)))
        passages = [document for document in found if document.kind == "passage"]
        assert [document.title for document in passages] == [
            "Ruth Fen – Ebb",
            "Harbour Lights: Low Tide (Quay, 2019)",
            "Old Reel – Spool",
        ]
        assert [document.text for document in passages] == list(PARAGRAPHS)
        assert passages[0].url == f"{URL}#ruth-fen-ebb"
        assert {document.thread for document in passages} == {URL}

    def test_what_stands_before_the_items_is_a_document_of_its_own(self) -> None:
        first = documents(article_page(title="Records of the year", text=INTRO + sections(ITEMS)))[0]
        assert (first.url, first.kind) == (URL, "article")
        assert "Twelve months" in first.text
        assert PARAGRAPHS[0] not in first.text

    def test_bold_lines_are_headings_too(self) -> None:
        text = "".join(
            f"<p><strong>{item}</strong></p><p>{text}</p>"
            for item, text in zip(ITEMS, PARAGRAPHS, strict=True)
        )
        found = documents(article_page(title="This week's records", text=INTRO + text))
        assert sum(document.kind == "passage" for document in found) == 3

    def test_bare_names_count_in_a_list_of_artists(self) -> None:
        text = INTRO + sections(("Ruth Fen", "Harbour Lights", "Old Reel"))
        found = documents(article_page(title="Ten new artists to hear", text=text))
        assert [d.title for d in found if d.kind == "passage"] == ["Ruth Fen", "Harbour Lights", "Old Reel"]

    @pytest.mark.parametrize(
        ("title", "headings"),
        [
            ("Low Tide", ("The drums", "The Guitars", "The verdict")),
            ("Low Tide", ("Part One: The Harbour", "Part Two: The Room", "Part Three: The Water")),
            ("How a record was made", ("Writing: slow", "Recording: slower", "Mixing: slowest")),
            ("Ruth Fen's albums ranked", ("3. Ebb", "2. Flow", "1. Spool")),
        ],
    )
    def test_an_essay_with_sections_is_one_article(self, title: str, headings: tuple[str, ...]) -> None:
        [document] = documents(article_page(title=title, text=INTRO + sections(headings)))
        assert (document.kind, document.url) == ("article", URL)

    def test_a_review_by_several_writers_is_one_review(self) -> None:
        head = json_ld({"@type": "Review", "itemReviewed": {"@type": "MusicAlbum", "name": "Low Tide"}})
        text = sections(("Guest – Ida", "Guest – Ben", "Guest – Kim"))
        [document] = documents(article_page(head=head, title="Low Tide by new artists", text=text))
        assert document.kind == "review"


class TestReviews:
    @pytest.mark.parametrize("title", ["Album Review: Ruth Fen – Ebb", "Ruth Fen – Ebb review"])
    def test_a_title_that_says_review_names_the_work(self, title: str) -> None:
        page = to_documents(read(article_page(title=title), url="https://mag.example/a"), url=URL)[0]
        assert (page.kind, page.reviewed_work, page.label) == ("review", "Ebb", None)

    def test_so_does_an_address_among_reviews(self) -> None:
        [document] = documents(article_page(title="Ruth Fen – Ebb"))
        assert (document.kind, document.reviewed_work) == ("review", "Ebb")

    def test_elsewhere_the_same_title_is_of_an_article(self) -> None:
        page = read(article_page(title="Ruth Fen – Ebb"), url="https://mag.example/a")
        assert (page.kind, page.reviewed_work) == ("article", None)


class TestComments:
    SAID = (
        "I took my copy back to the shop because I thought that it had been pressed off centre by somebody.",
        "The man behind the counter of mine just smiled and played the second side until I kept it.",
    )

    def wordpress(self, name: str, text: str) -> str:
        return (
            f"<li class='comment' id='comment-{len(text)}'><article class='comment-body'>"
            "<footer class='comment-meta'>"
            f"<b class='fn'>{name}</b> <span class='says'>says:</span> <time>4 March</time></footer>"
            f"<div class='comment-content'><p>{text}</p></div><div class='reply'><a href='#'>Reply</a></div>"
            "</article></li>"
        )

    def marked(self, name: str, text: str) -> str:
        return (
            f"<div itemscope itemtype='https://schema.org/Comment'><span itemprop='author'>{name}</span>"
            f"<p itemprop='text'>{text}</p></div>"
        )

    def plain(self, name: str, text: str) -> str:
        return f"<div class='comment'><cite>{name}</cite> wrote:<p>{text}</p></div>"

    @pytest.mark.parametrize("style", ["wordpress", "marked", "plain"])
    def test_they_are_one_document_apart_without_names(self, style: str) -> None:
        said = "".join(
            getattr(self, style)(name, text) for name, text in zip(("Nesta", "Orrin"), self.SAID, strict=True)
        )
        html = article_page(
            after=f"<section class='comments-area' id='comments'><h2>2 answers</h2>{said}</section>"
        )
        article, comments = documents(html)
        assert comments.text.splitlines() == list(self.SAID)
        assert (comments.url, comments.kind, comments.thread) == (f"{URL}#comments", "comments", URL)
        assert comments.author is None
        assert not any(text in article.text for text in self.SAID)

    def test_a_notice_that_is_called_a_comment_is_none(self) -> None:
        notice = f"<div class='comment-body'>{self.SAID[0]} {self.SAID[1]}</div>"
        assert read(article_page(after=notice)).comments is None


class TestNumberedPages:
    @pytest.mark.parametrize(
        "url",
        [
            *(
                "https://mag.example/low/2/",
                "https://mag.example/low/page/2/",
                "https://mag.example/low-2.html",
            ),
            *(
                "https://mag.example/low?page=2",
                "https://mag.example/low/page-2",
                "https://mag.example/low?id=7&page=2",
            ),
        ],
    )
    def test_the_second_page_is_found_from_the_first(self, url: str) -> None:
        place = numbered(url)
        assert place.number == 2
        assert all(numbered(first).number == 1 for first in place.firsts)
        assert any(url in later_pages(first, 2) for first in place.firsts)

    @pytest.mark.parametrize(
        ("url", "first"),
        [
            ("https://b.example/viewtopic.php?t=7&start=20", "https://b.example/viewtopic.php?t=7"),
            ("https://b.example/index.php?topic=12.40", "https://b.example/index.php?topic=12.0"),
            ("https://b.example/threads/x.12/page-3", "https://b.example/threads/x.12"),
            ("https://b.example/thread-12-page-2.html", "https://b.example/thread-12.html"),
            ("https://b.example/t/x/123", "https://b.example/t/x/123"),
        ],
    )
    def test_a_thread_is_named_by_its_first_page(self, url: str, first: str) -> None:
        assert thread_url(url) == first

    def test_a_page_that_links_to_the_next_of_its_text_says_so(self) -> None:
        page = read(article_page(after=f"<a href='{URL}2/'>2</a>"))
        assert page.next_url == f"{URL}2/"

    def test_a_link_to_another_article_is_no_next_page(self) -> None:
        assert read(article_page(after="<a rel='next' href='/reviews/ebb/2/'>2</a>")).next_url is None


def test_mojibake_is_repaired_in_title_and_author() -> None:
    head = "<meta name='author' content='" + "José Ibáñez".encode().decode("cp1252") + "'>"
    page = read(article_page(head=head, title="Ärger im Café".encode().decode("latin-1")))
    assert (page.title, page.author) == ("Ärger im Café", "José Ibáñez")


def test_curly_quotes_and_wide_letters_are_no_mojibake() -> None:
    said = "She said “no” twice, in ｆｕｌｌ width."
    assert said in read(article_page(text=f"<p>{said}</p>{body()}")).text
