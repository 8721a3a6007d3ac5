from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.documents import to_documents
from crawler.extraction.extract import MAX_BYTES, extract
from crawler.extraction.records import ExtractedPage, NoText
from tests.crawler.pages import PARAGRAPHS, TEXT, URL, article_page, body, json_ld


def read(html: bytes, *, url: str = URL, charset: str | None = None) -> ExtractedPage:
    page = extract(html, url=url, charset=charset)
    assert isinstance(page, ExtractedPage), page
    return page


def reason(html: bytes, *, url: str = URL) -> str:
    page = extract(html, url=url)
    assert isinstance(page, NoText)
    return page.reason


def test_the_main_text_is_kept_without_menus_and_footers() -> None:
    page = read(article_page())
    assert all(paragraph in page.text for paragraph in PARAGRAPHS)
    assert "Harbour Media" not in page.text
    assert "Home" not in page.text


def test_comments_stay_out_of_the_text() -> None:
    said = ("Sold mine to a man with a parrot.", "The parrot has taste.")
    items = "".join(
        f"<li class='comment'><div class='comment-content'><p>{text}</p></div></li>" for text in said
    )
    comments = f"<section id='comments' class='comments-area'><h2>2 comments</h2><ol>{items}</ol></section>"
    assert "parrot" not in read(article_page(after=comments)).text


def test_text_only_stated_in_schema_org_is_taken() -> None:
    head = json_ld({"@type": "Article", "headline": "Low Tide", "articleBody": TEXT})
    page = read(article_page(head=head, text="<div id='app'></div>"))
    assert page.text.split() == TEXT.split()


def test_mojibake_is_repaired() -> None:
    broken = "The singer’s café years".encode().decode("cp1252")
    assert "singer’s café" in read(article_page(text=f"<p>{broken} were long.</p>{body()}")).text


class TestTitle:
    def test_open_graph_wins_over_the_title_element(self) -> None:
        head = "<meta property='og:title' content='Low Tide: a review'>"
        assert read(article_page(head=head, title="Low Tide | Harbour Mag")).title == "Low Tide: a review"

    @pytest.mark.parametrize(
        "written",
        [
            "Low Tide | Harbour Mag",
            "Low Tide - Harbour Mag",
            "Harbour Mag: Low Tide",
            "Low Tide – Harbour Mag",
        ],
    )
    def test_the_name_of_the_site_is_cut_off(self, written: str) -> None:
        head = "<meta property='og:site_name' content='Harbour Mag'>"
        head += f"<meta property='og:title' content='{written}'>"
        assert read(article_page(head=head)).title == "Low Tide"

    def test_a_dash_within_the_title_stays(self) -> None:
        head = "<meta property='og:title' content='Harbour Lights – Low Tide'>"
        assert read(article_page(head=head)).title == "Harbour Lights – Low Tide"

    def test_a_headline_that_was_cut_short_yields_to_a_whole_one(self) -> None:
        head = json_ld({"@type": "Article", "headline": "Harbour Lights and the..."})
        page = read(article_page(head=head, title="Harbour Lights and the Low Tide"))
        assert page.title == "Harbour Lights and the Low Tide"


class TestDate:
    def test_the_published_time_wins(self) -> None:
        head = "<meta property='article:published_time' content='2015-02-02T00:00:49Z'>" + json_ld(
            {"@type": "Article", "datePublished": "2015-02-03"}
        )
        assert read(article_page(head=head)).published == date(2015, 2, 2)

    def test_schema_org_comes_next(self) -> None:
        head = json_ld({"@type": "BlogPosting", "datePublished": "2011-11-30T23:00:00+01:00"})
        assert read(article_page(head=head)).published == date(2011, 11, 30)

    def test_a_time_element_is_read(self) -> None:
        text = f"<p>Posted <time class='entry-date' datetime='2012-05-06'>6 May 2012</time></p>{body()}"
        assert read(article_page(text=text)).published == date(2012, 5, 6)

    def test_the_time_of_a_comment_is_not_the_date(self) -> None:
        after = "<div class='comments'><p>x <time datetime='2019-01-09'>later</time></p></div>"
        assert read(article_page(after=after)).published is None

    def test_an_address_can_hold_the_date(self) -> None:
        page = read(article_page(), url="https://mag.example/2013/07/21/low-tide/")
        assert page.published == date(2013, 7, 21)

    def test_a_copyright_line_is_no_date(self) -> None:
        assert read(article_page()).published is None

    @pytest.mark.parametrize("written", ["2091-01-05", "1899-12-31", "1970-01-01", "soon", "2015-13-45", ""])
    def test_a_date_that_cannot_be_is_left_out(self, written: str) -> None:
        head = f"<meta property='article:published_time' content='{written}'>"
        assert read(article_page(head=head)).published is None

    def test_a_stated_date_before_the_web_is_that_of_a_reprint(self) -> None:
        head = json_ld({"@type": "Article", "datePublished": "1973-04-12"})
        assert read(article_page(head=head)).published == date(1973, 4, 12)

    def test_an_address_cannot_be_older_than_the_web(self) -> None:
        assert read(article_page(), url="https://mag.example/1973/04/12/low-tide/").published is None


class TestAuthor:
    def test_several_names_are_joined(self) -> None:
        head = json_ld({"@type": "Article", "author": [{"name": "Ida Moss"}, {"name": "Ben Ruhl"}]})
        assert read(article_page(head=head)).author == "Ida Moss, Ben Ruhl"

    def test_a_byline_is_read(self) -> None:
        text = f"<p class='byline'>By <a rel='author' href='/ida'>Ida Moss</a></p>{body()}"
        assert read(article_page(text=text)).author == "Ida Moss"

    @pytest.mark.parametrize("name", ["admin", "https://mag.example/ida", "Harbour Mag"])
    def test_software_addresses_and_the_site_are_nobody(self, name: str) -> None:
        head = f"<meta property='og:site_name' content='Harbour Mag'><meta name='author' content='{name}'>"
        assert read(article_page(head=head)).author is None


class TestLanguage:
    def test_it_is_told_from_the_text_and_not_from_the_page(self) -> None:
        german = (
            "Das zweite Album beginnt mit einem Dröhnen, das eine auslaufende Fähre sein könnte, und eine "
            "Minute lang geschieht sonst nichts. Dann kommt der Bass herein, ohne Eile, und der ganze Raum "
            "neigt sich zum Wasser. Verändert hat sich vor allem das Schlagzeug."
        )
        assert read(article_page(text=f"<p>{german}</p>")).language == "de"

    def test_english_is_en(self) -> None:
        assert read(article_page()).language == "en"


class TestCanonical:
    def test_it_is_resolved_against_the_page(self) -> None:
        head = "<link rel='canonical' href='../../index.html%3Fp=177.html'>"
        assert read(article_page(head=head)).canonical_url == "https://mag.example/index.html%3Fp=177.html"

    @pytest.mark.parametrize("href", ["", "javascript:void(0)", "http://[broken", "mailto:a@b.example"])
    def test_nonsense_is_none(self, href: str) -> None:
        assert read(article_page(head=f"<link rel='canonical' href='{href}'>")).canonical_url in {None, URL}

    def test_a_page_without_text_still_tells_it(self) -> None:
        page = extract(
            b"<html><head><link rel='canonical' href='/x'></head><body><p>Short.</p></body></html>", url=URL
        )
        assert page == NoText("the page has fewer than 25 words of text", "https://mag.example/x")


class TestDocument:
    def test_the_source_is_host_and_port(self) -> None:
        page = read(article_page())
        assert to_documents(page, url="http://127.0.0.1:8123/a")[0].source == "127.0.0.1:8123"

    def test_the_artist_of_a_schema_org_review_is_the_label(self) -> None:
        head = json_ld(
            {
                "@type": "Review",
                "itemReviewed": {
                    "@type": "MusicAlbum",
                    "name": "Low Tide",
                    "byArtist": {"name": "Harbour Lights"},
                },
                "reviewRating": {"ratingValue": 4, "bestRating": 5},
            }
        )
        [document] = to_documents(read(article_page(head=head)), url=URL)
        assert (document.label, document.reviewed_work, document.rating) == (
            "Harbour Lights",
            "Low Tide",
            0.8,
        )

    def test_a_title_alone_is_no_label(self) -> None:
        page = read(article_page(title="Harbour Lights – Low Tide"))
        assert to_documents(page, url=URL)[0].label is None


class TestBadInput:
    @pytest.mark.parametrize(
        ("html", "words"),
        [
            (b"", "empty"),
            (b"  \n ", "empty"),
            (b"%PDF-1.7 \x00\x01", "not text"),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "not text"),
            (b"just words without any markup at all", "no HTML markup"),
            (b"<?xml version='1.0'?><rss version='2.0'><channel></channel></rss>", "feed"),
            (b"<html><body></body></html>", "fewer than"),
            (b"<html><body><p>Post not found. " + b"Try again later. " * 10 + b"</p></body></html>", "found"),
        ],
    )
    def test_it_is_told_in_words(self, html: bytes, words: str) -> None:
        assert words in reason(html)

    def test_a_login_form_is_no_text(self) -> None:
        form = "<form><p>" + "Please enter your name and your password below. " * 5 + "</p>"
        assert "log in" in reason(f"<html><body>{form}<input type='password'></form></body></html>".encode())

    def test_a_page_that_is_too_large_is_refused(self) -> None:
        assert "larger than" in reason(b"<p>" + b"word " * (MAX_BYTES // 5 + 1))

    def test_a_page_of_endless_elements_is_refused(self) -> None:
        assert "elements" in reason(b"<p>" + b"<p><i>a</i></p>" * 40_000)

    def test_a_large_page_is_read(self) -> None:
        filler = "<div><span>lorem ipsum dolor</span></div>" * 12_000
        assert PARAGRAPHS[0] in read(article_page(after=f"<aside>{filler}</aside>")).text

    def test_broken_markup_is_read_as_far_as_it_goes(self) -> None:
        html = article_page().replace(b"</p>", b"").replace(b"</article>", b"<b><i></b>")[:-40]
        assert PARAGRAPHS[1] in read(html).text

    @pytest.mark.parametrize("tag", ["div", "span", "blockquote", "ul"])
    def test_deep_nesting_is_survived(self, tag: str) -> None:
        html = article_page(text=body() + f"<{tag}>" * 20_000)
        assert isinstance(extract(html, url=URL), ExtractedPage | NoText)

    def test_json_ld_that_is_not_json_is_passed_over(self) -> None:
        head = "<script type='application/ld+json'>{'@type': Article, </script>"
        assert read(article_page(head=head)).title == "Low Tide"

    def test_deep_json_ld_is_survived(self) -> None:
        deep = '{"a":' * 50_000 + "1" + "}" * 50_000
        head = f"<script type='application/ld+json'>{deep}</script>"
        assert read(article_page(head=head)).title == "Low Tide"

    @settings(deadline=None)  # the first page loads the model that tells languages
    @given(st.binary(max_size=400))
    def test_no_bytes_make_it_fail(self, noise: bytes) -> None:
        assert isinstance(extract(b"<html><body><p>" + noise, url=URL), ExtractedPage | NoText)


class TestCharsets:
    LINE = "Größe, Köln und café: naïve Töne über Ærø. "

    @pytest.mark.parametrize(
        ("encoding", "named"),
        [
            ("utf-8", "iso-8859-1"),  # a server's default, and wrong
            ("cp1252", "iso-8859-1"),
            ("cp1252", None),
            ("cp1252", "no-such-charset"),
            ("utf-16", None),
            ("utf-8-sig", "cp1252"),
        ],
    )
    def test_letters_survive(self, encoding: str, named: str | None) -> None:
        html = f"<html><body><article><h1>Töne</h1><p>{self.LINE * 8}</p></article></body></html>"
        assert self.LINE.strip() in read(html.encode(encoding), charset=named).text

    def test_the_declaration_of_the_page_is_heard(self) -> None:
        words = "Группа играла медленно и тихо, а потом всё громче и громче, пока не погас свет. "
        html = f"<html><head><meta charset='koi8-r'></head><body><p>{words * 5}</p></body></html>"
        assert "Группа играла" in read(html.encode("koi8-r"), charset="iso-8859-1").text
