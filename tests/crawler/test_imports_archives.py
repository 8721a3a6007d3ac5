"""Importing archives: that of a crawl gives the crawl's documents; Common Crawl's are understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.warc_writer import WarcArchive
from crawler.extraction.pending import extract_pending
from crawler.fetching.crawl import crawl
from crawler.fetching.http import Answer
from crawler.fetching.kinds import describe_source
from crawler.fetching.settings import CrawlSettings
from crawler.imports.report import ImportReport
from crawler.imports.run import import_documents
from store.engine import connect
from store.migrate import upgrade
from store.models import DocumentRow
from store.sources import add_source
from tests.crawler.archives import page
from tests.crawler.conftest import Web
from tests.crawler.pages import article_page

SETTINGS = CrawlSettings(allow_private_hosts=True, delay_seconds=0.0)
START = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://w.example/1"
OTHER = "Two drummers and no hurry: the second side is one long groove that refuses to end anywhere. " * 6
_FACTS = [column for column in DocumentRow.__table__.c if column.key not in {"id", "page_id", "added_at"}]


def documents(engine: Engine) -> dict[str, Any]:
    """All facts of all documents by URL, but for those that say when and by which way they came."""
    with engine.connect() as connection:
        rows = {row.url: row._asdict() for row in connection.execute(select(*_FACTS))}
    for row in rows.values():
        row["duplicate_of"] = row["duplicate_of"] is not None
    return rows


def titles(engine: Engine) -> dict[str, str]:
    return {url: row["title"] for url, row in documents(engine).items()}


def reasons(report: ImportReport) -> list[str]:
    return [skipped.reason for skipped in report.skipped]


@dataclass
class Archive:
    """Archives answers, one hour apart, in one file for each call."""

    folder: Path
    hours: int = 0
    files: list[Path] = field(default_factory=list)

    def __call__(self, *answers: Answer) -> Path:
        before = set(self.folder.glob("*.gz"))
        with WarcArchive(self.folder, SETTINGS) as writer:
            for answer in answers:
                writer.write(answer, at=START + timedelta(hours=self.hours), request_headers={})
                self.hours += 1
        (file,) = set(self.folder.glob("*.gz")) - before
        return file


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "warc")


def html(url: str, body: bytes, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url, 200, {"content-type": "text/html; charset=utf-8", **named}, body)


def canonical(target: str, title: str, text: str = "") -> bytes:
    body = page(title, text) if text else page(title)
    return body.replace(b"<head>", f"<head><link rel=canonical href='{target}'>".encode())


def test_the_archive_of_a_crawl_gives_the_documents_of_the_crawl(
    web: Web, sqlite_engine: Engine, tmp_path: Path
) -> None:
    review = article_page(
        head="<script type='application/ld+json'>{'@type':'Review'}</script>"
        "<meta property='article:published_time' content='2019-05-01'><meta name='author' content='Ada Vale'>"
    )
    web.pages = {
        "/": "<html><head><title>Home</title></head><body>"
        + "".join(f"<a href='/{n}'>{n}</a>" for n in ("review", "copy", "old", "latin", "hidden", "again"))
        + "</body></html>",
        "/review": web.answer(review),
        "/copy": web.answer(canonical("/review", "x").replace(page("x")[20:], b"") + review),
        "/again": web.answer(page("Again", OTHER)),
        "/old": web.answer(status=301, Location="/again"),
        "/latin": web.answer(
            page("Sigur Rós", "Hljóðið er mjög fallegt og söngurinn líka. " * 12)
            .decode()
            .encode("iso-8859-1"),
            **{"Content-Type": "text/html; charset=iso-8859-1"},
        ),
        "/hidden": web.answer(page("Hidden"), **{"X-Robots-Tag": "noindex"}),
    }
    with sqlite_engine.begin() as connection:
        add_source(connection, describe_source(web.url()), START)
    with WarcArchive(tmp_path / "warc", SETTINGS) as writer:
        crawl(sqlite_engine, SETTINGS, archive=writer)
        crawl(sqlite_engine, SETTINGS, archive=writer)
    extract_pending(sqlite_engine, workers=1)
    crawled = documents(sqlite_engine)
    assert {url.removeprefix(web.origin) for url in crawled} == {"/review", "/again", "/latin"}
    fresh = connect(f"sqlite:///{tmp_path}/fresh.db")
    upgrade(fresh)
    import_documents(fresh, sorted((tmp_path / "warc").iterdir()))
    assert documents(fresh) == crawled
    fresh.dispose()


def test_the_latest_capture_of_a_page_counts(sqlite_engine: Engine, archive: Archive) -> None:
    file = archive(html(URL, page("Old")), html(URL, page("New")))
    report = import_documents(sqlite_engine, [file])
    assert titles(sqlite_engine) == {URL: "New"}
    assert (report.read, report.added) == (1, 1)


def test_the_latest_capture_counts_in_whatever_order_files_are_named(
    sqlite_engine: Engine, archive: Archive
) -> None:
    old, new = archive(html(URL, page("Old"))), archive(html(URL, page("New")))
    import_documents(sqlite_engine, [new, old])
    assert titles(sqlite_engine) == {URL: "New"}


@pytest.mark.parametrize("status", [304, 404, 503])
def test_an_answer_that_takes_nothing_away_leaves_the_earlier_capture(
    sqlite_engine: Engine, archive: Archive, status: int
) -> None:
    import_documents(sqlite_engine, [archive(html(URL, page("One")), Answer(URL, status, {}))])
    assert titles(sqlite_engine) == {URL: "One"}


@pytest.mark.parametrize(
    "later", [Answer(URL, 410, {}), Answer(URL, 301, {"location": "/2"})], ids=["gone", "moved"]
)
def test_a_page_that_went_later_is_no_document(
    sqlite_engine: Engine, archive: Archive, later: Answer
) -> None:
    report = import_documents(sqlite_engine, [archive(html(URL, page("One")), later)])
    assert titles(sqlite_engine) == {}
    assert report.read == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_pages_that_show_one_text_the_canonical_one_is_kept(
    sqlite_engine: Engine, archive: Archive, order: tuple[int, int]
) -> None:
    answers = (html(URL, page("One")), html(f"{URL}?print=yes", canonical(URL, "One")))
    report = import_documents(sqlite_engine, [archive(*(answers[n] for n in order))])
    assert titles(sqlite_engine) == {URL: "One"}
    assert reasons(report) == [f"it shows the text of {URL}, which it names canonical"]


def test_pages_of_one_text_are_found_in_different_files(sqlite_engine: Engine, archive: Archive) -> None:
    files = [archive(html(f"{URL}?amp=1", canonical(URL, "One"))), archive(html(URL, page("One")))]
    report = import_documents(sqlite_engine, files)
    assert titles(sqlite_engine) == {URL: "One"}
    assert (report.read, report.added, report.skipped_total) == (2, 1, 1)


def test_a_page_that_names_another_canonical_and_has_a_text_of_its_own_is_kept(
    sqlite_engine: Engine, archive: Archive
) -> None:
    second = html("https://w.example/1?page=2", canonical(URL, "Two", OTHER))
    import_documents(sqlite_engine, [archive(html(URL, page("One")), second)])
    assert titles(sqlite_engine) == {URL: "One", "https://w.example/1?page=2": "Two"}


@pytest.mark.parametrize(
    "unwanted",
    [
        html(URL, page("One"), x_robots_tag="noindex"),
        html(URL, page("One"), x_robots_tag="otherbot: nofollow\nnoindex"),
        html(URL, page("One").replace(b"<head>", b"<head><meta name=robots content=noindex>")),
    ],
    ids=["header", "several headers", "meta"],
)
def test_a_page_that_asks_not_to_be_used_is_told_and_left_out(
    sqlite_engine: Engine, archive: Archive, unwanted: Answer
) -> None:
    report = import_documents(sqlite_engine, [archive(html(URL, page("Before")), unwanted)])
    assert titles(sqlite_engine) == {}
    assert reasons(report) == ["the page asks not to be indexed (noindex)"]


def test_the_pages_of_one_article_are_one_document(sqlite_engine: Engine, archive: Archive) -> None:
    first, second = "https://w.example/long", "https://w.example/long?page=2"
    following = f"<p><a rel=next href='{second}'>2</a></p>".encode()
    pages = [
        html(second, article_page(title="Long", text=f"<p>{OTHER}</p>")),
        html(first, article_page(title="Long").replace(b"</article>", b"</article>" + following)),
    ]
    import_documents(sqlite_engine, [archive(pages[0]), archive(pages[1])])
    (document,) = documents(sqlite_engine).values()
    assert document["url"] == first
    assert OTHER.strip() in document["text"]


def test_feeds_and_pictures_are_passed_over(sqlite_engine: Engine, archive: Archive) -> None:
    feed = Answer("https://w.example/feed", 200, {"content-type": "application/rss+xml"}, b"<rss></rss>")
    picture = Answer("https://w.example/p", 200, {"content-type": "image/png"}, b"\x89PNG")
    report = import_documents(sqlite_engine, [archive(feed, picture, html(URL, page("One")))])
    assert (report.read, report.added) == (1, 1)


def test_the_archive_of_a_killed_crawl_is_read_up_to_its_last_whole_record(
    sqlite_engine: Engine, archive: Archive
) -> None:
    pages = [html(f"https://w.example/{n}", page(f"Song {n}", f"{OTHER} {n}")) for n in range(3)]
    file = archive(*pages)
    cut = file.with_name(file.name + ".open")
    # Behind the last page's request there is nothing; the cut falls within its response.
    cut.write_bytes(file.read_bytes()[:-400])
    report = import_documents(sqlite_engine, [cut])
    assert len(documents(sqlite_engine)) == 2
    assert reasons(report)[-1] == "the record is incomplete: its crawl was killed, or is under way"


def test_the_source_that_is_named_goes_before_the_host(sqlite_engine: Engine, archive: Archive) -> None:
    import_documents(sqlite_engine, [archive(html(URL, page("One")))], source="my crawl")
    assert documents(sqlite_engine)[URL]["source"] == "my crawl"


# --- as Common Crawl publishes them -----------------------------------------------------------------------


def record(
    url: str,
    body: bytes,
    *,
    kind: str = "response",
    http: str = "200 OK",
    http_headers: Mapping[str, str] | None = None,
    **fields: str,
) -> bytes:
    """One gzipped record in Common Crawl's form: WARC/1.0, the body decoded, its encoding renamed."""
    target = BytesIO()
    writer = WARCWriter(target, gzip=True, warc_version="1.0")
    headers = {"Content-Type": "text/html; charset=utf-8", "X-Crawl-Content-Encoding": "gzip"}
    head = StatusAndHeaders(http, [*{**headers, **(http_headers or {})}.items()], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=head if kind == "response" else None,
            warc_content_type="" if kind == "response" else "text/plain",
            warc_headers_dict={name.replace("_", "-"): value for name, value in fields.items()},
        )
    )
    return target.getvalue()


def crawl_file(tmp_path: Path, *records: bytes, name: str = "CC-MAIN-20260101-00000.warc.gz") -> Path:
    file = tmp_path / name
    file.write_bytes(b"".join(records))
    return file


def test_a_page_of_common_crawl_becomes_a_document(sqlite_engine: Engine, tmp_path: Path) -> None:
    fields = {"WARC_Identified_Payload_Type": "text/html", "WARC_IP_Address": "192.0.2.1"}
    import_documents(sqlite_engine, [crawl_file(tmp_path, record(URL, page("One"), **fields))])
    assert titles(sqlite_engine) == {URL: "One"}


def test_what_common_crawl_keeps_of_failures_and_robots_is_passed_over(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    file = crawl_file(
        tmp_path,
        record(
            "https://w.example/robots.txt", b"User-agent: *\n", http_headers={"Content-Type": "text/plain"}
        ),
        record("https://v.example/robots.txt", page("A page in its place")),
        record("https://w.example/404", page("Lost"), http="404 Not Found"),
        record("https://w.example/old", b"", http="301 Moved", http_headers={"Location": URL}),
    )
    report = import_documents(sqlite_engine, [file])
    assert titles(sqlite_engine) == {}
    assert report.read == 0


@pytest.mark.parametrize(("cut", "found"), [("length", 1), ("disconnect", 0), ("time", 0)])
def test_a_page_that_was_cut_counts_unless_its_answer_broke_off(
    sqlite_engine: Engine, tmp_path: Path, cut: str, found: int
) -> None:
    beginning = page("One").partition(b"</article>")[0]
    import_documents(sqlite_engine, [crawl_file(tmp_path, record(URL, beginning, WARC_Truncated=cut))])
    assert len(documents(sqlite_engine)) == found


@pytest.mark.parametrize(("named", "stored"), [("eng", "en"), ("deu,eng", "de"), ("lat", "lat"), ("", "en")])
def test_the_language_of_a_text_is_the_one_its_record_names_first(
    sqlite_engine: Engine, tmp_path: Path, named: str, stored: str
) -> None:
    fields = {"WARC_Identified_Content_Language": named} if named else {}
    text = record(URL, OTHER.encode(), kind="conversion", **fields)
    import_documents(sqlite_engine, [crawl_file(tmp_path, text, name="CC-MAIN.warc.wet.gz")])
    (document,) = documents(sqlite_engine).values()
    assert (document["language"], document["text"], document["source"]) == (
        stored,
        OTHER.strip(),
        "w.example",
    )


def test_when_a_text_was_fetched_says_not_when_it_was_published(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    text = record(URL, OTHER.encode(), kind="conversion", WARC_Date="2020-01-02T03:04:05Z")
    import_documents(sqlite_engine, [crawl_file(tmp_path, text, name="CC-MAIN.warc.wet.gz")])
    assert documents(sqlite_engine)[URL]["published"] is None


def test_a_text_of_few_words_is_told_and_left_out(sqlite_engine: Engine, tmp_path: Path) -> None:
    text = record(URL, b"Page not found. Home. Contact.", kind="conversion")
    report = import_documents(sqlite_engine, [crawl_file(tmp_path, text, name="CC-MAIN.warc.wet.gz")])
    assert reasons(report) == ["the text has fewer than 25 words"]
