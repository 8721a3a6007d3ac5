from __future__ import annotations

import pytest

from crawler.extraction.extract import extract
from crawler.extraction.records import ExtractedPage, NoText
from tests.crawler.pages import URL, article_page, json_ld, listing_page, teaser

HOME = "https://mag.example/"


def reason(html: bytes, url: str = HOME) -> str | None:
    page = extract(html, url=url)
    return page.reason if isinstance(page, NoText) else None


@pytest.mark.parametrize("entries", [1, 2, 3, 12])
@pytest.mark.parametrize("tag", ["article", "div"])
def test_a_page_of_teasers_is_no_text(entries: int, tag: str) -> None:
    assert reason(listing_page(entries, tag=tag, words=30)) is not None


def test_a_home_page_with_whole_posts_is_no_text() -> None:
    assert reason(listing_page(8, words=300)) is not None


def test_a_page_that_calls_itself_a_collection_is_no_text() -> None:
    head = json_ld({"@type": "CollectionPage", "name": "Reviews"})
    html = article_page(head=head)
    assert reason(html) == "the page calls itself a collection of others"


def test_a_page_that_marks_up_many_articles_is_no_text() -> None:
    head = json_ld(*({"@type": "Article", "headline": f"Record {number}"} for number in range(5)))
    assert reason(article_page(head=head)) == "the page lists 5 articles"


def test_an_article_among_marked_up_related_ones_is_a_text() -> None:
    names = ("Low Tide", "High Water", "Ebb", "Spring")
    head = json_ld(*({"@type": "Article", "headline": name} for name in names))
    assert reason(article_page(head=head), URL) is None


def test_an_article_with_related_posts_below_is_a_text() -> None:
    related = "".join(teaser(number, tag="div") for number in range(6))
    assert reason(article_page(after=f"<h2>More</h2>{related}"), URL) is None


def test_a_short_article_with_a_published_time_and_many_teasers_is_a_text() -> None:
    short = "<p>" + "A short note on a long record, kept to the point and to the purpose. " * 3 + "</p>"
    related = "".join(teaser(number, tag="div", words=60) for number in range(6))
    head = "<meta property='article:published_time' content='2015-02-02'>"
    assert reason(article_page(head=head, text=short, after=related), URL) is None


def test_a_list_of_topics_is_an_index() -> None:
    rows = "".join(
        f"<tr><td><a href='/topic/{n}'>Which record of the year {n} do you still play at home</a></td>"
        f"<td>{n}</td><td>someone, 3 May</td></tr>"
        for n in range(12)
    )
    table = f"<table><tr><th>Topic</th><th>Replies</th></tr>{rows}</table>"
    html = f"<html><body><h1>General</h1>{table}</body></html>"
    assert reason(html.encode()) == "the page is an index of links"


def test_a_text_whose_heading_links_to_itself_is_a_text() -> None:
    html = article_page().replace(
        b"<h1>Low Tide</h1>", b"<h1><a href='/reviews/low-tide/index.html'>Low Tide</a></h1>"
    )
    assert isinstance(extract(html, url=URL), ExtractedPage)


def test_a_page_under_a_linked_site_title_is_a_text() -> None:
    html = article_page().replace(b"<main>", b"<h1><a href='/'>Harbour Mag</a></h1><main>")
    assert isinstance(extract(html, url=URL), ExtractedPage)
