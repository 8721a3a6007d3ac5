"""`inspect`: one page on loopback, from robots.txt to whether it would be mined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from crawler.extraction.pending import extract_pending
from crawler.fetching.crawl import crawl
from crawler.fetching.kinds import describe_source
from crawler.fetching.settings import CrawlSettings
from linernotes.moments import iso
from store.artists import add_artists
from store.engine import connect
from store.models import DocumentRow, ForgottenRow, HostRow, PageRow
from store.records import Artist
from store.sources import add_source
from tests.crawler.conftest import Web
from tests.crawler.conftest import other_web as other_web  # noqa: PLC0414 - a fixture
from tests.crawler.conftest import web as web  # noqa: PLC0414
from tests.crawler.pages import article_page
from tests.linernotes.conftest import Call, Result

REVIEW = article_page(
    title="Harbour Lights – Low Tide",
    head="<meta name='author' content='Ada Vale'>"
    "<meta property='article:published_time' content='2019-05-01'>",
)
LOCAL = ("--set", "crawl.allow_private_hosts=true", "--set", "crawl.delay_seconds=0")


@pytest.fixture
def database(home: Path, sqlite_template: Path) -> Iterator[Engine]:
    copyfile(sqlite_template, home / "linernotes.db")
    engine = connect(f"sqlite:///{home}/linernotes.db")
    with engine.begin() as connection:
        add_artists(connection, [Artist("Harbour Lights"), Artist("Grey Pier")])
    yield engine
    engine.dispose()


@pytest.fixture
def inspect(call: Call, database: Engine) -> Callable[..., Result]:
    return lambda url, *options: call("inspect", url, *LOCAL, "--json", *options)


def facts(result: Result) -> dict[tuple[str, str], Any]:
    return {(row["part"], row["what"]): row["value"] for row in result.rows}


def why(result: Result) -> str:
    return str(facts(result)["verdict", "why"])


def test_a_review_of_a_known_artist_would_be_mined(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {"/review": REVIEW}
    result = inspect(web.url("/review"))
    found = facts(result)
    assert result.code == 0
    assert found["page", "known"] is False
    assert (found["robots.txt", "status"], found["robots.txt", "verdict"]) == (404, "allowed")
    assert (found["fetch", "status"], found["fetch", "bytes received"]) == (200, len(REVIEW))
    assert found["extraction", "author"] == "Ada Vale"
    assert found["extraction", "published"] == "2019-05-01"
    assert found["extraction", "language"] == "en"
    assert "The second record by Harbour Lights opens" in found["extraction", "begins"]
    assert found["document", "about"] == ["Harbour Lights"]
    assert any(term.endswith("(instrument)") for term in found["document", "terms"])
    assert found["verdict", "mined"] is True
    assert why(result) == "It would be mined: as a text about Harbour Lights."


def test_nothing_is_stored(web: Web, database: Engine, inspect: Callable[..., Result]) -> None:
    web.pages = {"/review": REVIEW}
    inspect(web.url("/review"))
    with database.connect() as connection:
        for table in (PageRow, HostRow, DocumentRow):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_page_that_robots_txt_forbids_is_not_fetched(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {"/robots.txt": web.answer("User-agent: *\nDisallow: /review"), "/review": REVIEW}
    result = inspect(web.url("/review"))
    assert result.code == 4
    assert "/review" not in web.paths()
    assert facts(result)["robots.txt", "file"] == f"{web.origin}/robots.txt"
    assert why(result) == "It would not be mined: robots.txt disallows it."


def test_the_delay_that_robots_txt_asks_for_is_told(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {"/robots.txt": web.answer("User-agent: *\nCrawl-delay: 0.2"), "/review": REVIEW}
    assert facts(inspect(web.url("/review")))["robots.txt", "delay in seconds"] == 0.2


@pytest.mark.parametrize(
    ("headers", "wish"),
    [
        ({"X-Robots-Tag": "noindex"}, "the page asks not to be indexed (noindex)"),
        ({"X-Robots-Tag": "noai"}, "the page asks not to be used for AI (noai)"),
        ({"TDM-Reservation": "1"}, "text and data mining is reserved (tdm-reservation)"),
    ],
)
def test_what_a_page_asks_not_to_be_done_is_heeded(
    web: Web, inspect: Callable[..., Result], headers: dict[str, str], wish: str
) -> None:
    web.pages = {"/review": web.answer(REVIEW, **headers)}
    result = inspect(web.url("/review"))
    assert result.code == 4
    assert why(result) == f"It would not be mined: {wish}."


def test_redirects_are_followed_under_the_rules_of_each_host(
    web: Web, other_web: Web, inspect: Callable[..., Result]
) -> None:
    web.pages = {"/old": web.answer(status=301, Location="/older"), "/older": web.answer(status=302)}
    web.pages["/older"] = web.answer(status=302, Location=other_web.url("/review"))
    other_web.pages = {"/review": REVIEW}
    found = facts(inspect(web.url("/old")))
    assert found["fetch", "redirects"] == [web.url("/old"), web.url("/older")]
    assert found["fetch", "fetched"] == other_web.url("/review")
    other_web.pages["/robots.txt"] = other_web.answer("User-agent: *\nDisallow: /")
    assert inspect(web.url("/old")).code == 4


def test_endless_redirects_end(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {f"/{n}": web.answer(status=301, Location=f"/{n + 1}") for n in range(20)}
    result = inspect(web.url("/0"))
    assert result.code == 1
    assert why(result) == "It would not be mined: it could not be fetched (more than 10 redirects in a row)."


def test_a_page_that_fails_exits_with_1(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {"/review": web.answer("broken", 500)}
    result = inspect(web.url("/review"))
    assert result.code == 1
    assert "the server answers 500" in why(result)


def test_a_page_without_a_text_says_why(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {"/short": "<html><body><p>Soon.</p></body></html>"}
    result = inspect(web.url("/short"))
    assert result.code == 4
    assert why(result) == "It would not be mined: the page has fewer than 25 words of text."


def test_a_text_in_another_language_is_kept_but_not_mined(web: Web, inspect: Callable[..., Result]) -> None:
    german = "Das zweite Album von Harbour Lights beginnt mit einem Ton, der eine Fähre sein könnte. " * 8
    web.pages = {"/kritik": article_page(title="Ebbe", text=f"<p>{german}</p>")}
    result = inspect(web.url("/kritik"))
    assert result.code == 4
    assert why(result) == "It would not be mined: it is in de, and mined are en."


def test_a_text_that_names_nobody_is_not_mined(web: Web, inspect: Callable[..., Result]) -> None:
    web.pages = {"/review": REVIEW.replace(b"Harbour Lights", b"this quartet")}
    result = inspect(web.url("/review"))
    assert result.code == 4
    assert why(result) == "It would not be mined: it names no artist of the registry."


def test_a_feed_has_no_text_of_its_own(web: Web, inspect: Callable[..., Result]) -> None:
    feed = "<rss version='2.0'><channel><title>News</title></channel></rss>"
    web.pages = {"/feed": web.answer(feed, **{"Content-Type": "application/rss+xml"})}
    result = inspect(web.url("/feed"))
    assert result.code == 4
    assert why(result) == "It would not be mined: it is a feed, which has no text of its own."


def test_a_forgotten_page_is_not_asked_for(
    web: Web, database: Engine, inspect: Callable[..., Result]
) -> None:
    web.pages = {"/review": REVIEW}
    with database.begin() as connection:
        blocked = {"kind": "url", "value": web.url("/review"), "forgotten_at": datetime.now(UTC)}
        connection.execute(insert(ForgottenRow).values(**blocked))
    result = inspect(web.url("/review"))
    assert result.code == 4
    assert web.requests == []
    assert why(result) == f"It would not be mined: {web.url('/review')} was forgotten on request."


def test_what_a_crawl_knows_of_a_page_is_told(
    web: Web, database: Engine, inspect: Callable[..., Result]
) -> None:
    web.pages = {"/": REVIEW}
    with database.begin() as connection:
        add_source(connection, describe_source(web.url()), datetime.now(UTC))
    crawl(database, CrawlSettings(allow_private_hosts=True, delay_seconds=0))
    extract_pending(database, workers=1)
    with database.connect() as connection:
        page = connection.execute(select(PageRow.__table__).where(PageRow.url == web.url())).one()
    asked = len(web.requests)
    result = inspect(web.url(), "--stored")
    found = facts(result)
    assert len(web.requests) == asked
    assert result.code == 0
    assert (found["page", "known"], found["page", "state"]) == (True, "fetched")
    assert found["page", "last fetched"] == iso(page.fetched_at)
    assert found["page", "next visit"] == iso(page.due_at)
    assert found["document", "about"] == ["Harbour Lights"]


def test_a_page_that_is_not_stored_cannot_be_looked_at_as_stored(
    web: Web, inspect: Callable[..., Result]
) -> None:
    result = inspect(web.url("/review"), "--stored")
    assert result.code == 4
    assert "No body of" in result.error


def test_a_public_host_is_not_asked_without_a_contact(call: Call, database: Engine) -> None:
    result = call("inspect", "https://blog.org/")
    assert result.code == 2
    assert "needs a contact" in result.error


def test_a_private_address_is_not_asked_unless_allowed(web: Web, call: Call, database: Engine) -> None:
    result = call("inspect", web.url("/review"), "--json")
    assert web.requests == []
    assert result.code in {1, 4}
    assert "private address" in why(result)


def test_what_is_no_url_is_told(call: Call, database: Engine) -> None:
    assert call("inspect", "ftp://blog.org/").code != 0
