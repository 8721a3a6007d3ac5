"""Crawler traps and attacks: servers on loopback that misbehave, and the reason each of them ends with."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from crawler.errors import AddressRefused, BadUrl, FetchFailed, NotAFeed
from crawler.fetching import addresses, http
from crawler.fetching.charsets import charset_of
from crawler.fetching.discovery import discovered
from crawler.fetching.feeds import read_feed
from crawler.fetching.http import HostClient, shared_tls
from crawler.fetching.links import MAX_LINKS, read_links
from crawler.fetching.policy import SOFT_404, after_body, screen_for
from crawler.fetching.reading import read_body
from crawler.fetching.seen import Seen
from crawler.fetching.sitemaps import read_sitemap
from crawler.fetching.traps import MAX_BARREN, TrapMemories, TrapMemory, shape_of, trap_reason
from crawler.urls import canonical_url
from store.frontier import Page
from store.records import Source
from tests.crawler.conftest import Reply, Request, Web
from tests.crawler.test_crawl import add, pages, run, settings
from tests.crawler.test_crawl_bad_input import visit

NEW_TEXT = "A sentence about a record that is long enough to be running text and no menu: {}."


def page_at(url: str, depth: int, number: int = 0, **known: object) -> Page:
    values: dict[str, object] = dict.fromkeys(Page.__dataclass_fields__)
    values |= {"id": number, "url": url, "host": "", "source_id": 1, "role": "page", "depth": depth}
    values |= {"priority": 1, "state": "queued", "due_at": datetime.now(UTC), "attempts": 0, "misses": 0}
    return Page(**(values | known))  # type: ignore[arg-type]


def walk(web: Web, start: str = "/", *, most: int = 2_000) -> Counter[str]:
    """Follow a site as a crawl does, without a database; how many pages ended with which reason."""
    source, traps = Source(url=web.url(), kind="site"), TrapMemory()
    queue, known = deque([page_at(web.url(start), 0)]), {web.url(start)}
    ends: Counter[str] = Counter()

    async def work() -> None:
        async with HostClient(settings(), shared_tls()) as client:
            while queue and sum(ends.values()) < most:
                page = queue.popleft()
                refusal = traps.refusal(page)
                if refusal is not None:
                    ends[refusal] += 1
                    continue
                answer = await client.get(page.url, screen=screen_for("page"), max_bytes=1_000_000)
                reading = traps.judged(page, read_body(answer, "page"))
                found = discovered(page, reading, source, 200)
                change = after_body(page, answer, reading, found, datetime.now(UTC)).change
                ends[change.page.reason or "fetched"] += 1
                for new in found:
                    if new.url not in known:
                        known.add(new.url)
                        queue.append(page_at(new.url, new.depth, len(known), role=new.role))

    asyncio.run(work())
    return ends


class Endless(dict[str, object]):
    """Pages that a function makes up for whatever is asked for."""

    def __init__(self, answer: object) -> None:
        super().__init__()
        self._answer = answer

    def get(self, path: str, _default: object = None) -> object:
        return Reply("", 404) if path in {"/robots.txt", "/.well-known/tdmrep.json"} else self._answer


def word(number: int) -> str:
    """A word for a number, since pages that differ in digits alone count as the same."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def links(*urls: str) -> str:
    return "".join(f'<a href="{url}">x</a>' for url in urls)


def counted(ends: Counter[str], words: str) -> int:
    return sum(count for reason, count in ends.items() if words in reason)


# --- traps ------------------------------------------------------------------------------------------------


def test_a_calendar_without_end_is_left_after_a_hundred_empty_months(web: Web) -> None:
    def month(request: Request) -> str:
        number = int(request.path.rpartition("/")[2] or 0)
        return f"<title>{word(number)}</title>" + links(f"/months/{number + 1}")

    web.pages = Endless(month)
    ends = walk(web)
    assert ends["fetched"] <= MAX_BARREN + 2
    assert counted(ends, "pages like /months/# in a row showed nothing new") == 1


def test_a_whole_crawl_leaves_a_calendar_and_still_finds_the_article(sqlite_engine: Engine, web: Web) -> None:
    def page(request: Request) -> str:
        if request.path == "/":
            return links("/months/1", "/article")
        if request.path == "/article":
            return f"<p>{'A long story about a quiet record. ' * 9}"
        number = int(request.path.rpartition("/")[2] or 0)
        return f"<title>{word(number)}</title>" + links(f"/months/{number + 1}")

    web.pages = Endless(page)
    add(sqlite_engine, web.url())
    report = run(sqlite_engine)
    reason = f"a trap: {MAX_BARREN} pages like /months/# in a row showed nothing new"
    assert report.reasons == {("refused", reason): 1} and report.queued == 0
    found = pages(sqlite_engine, web)
    assert (found["/article"].state, found[f"/months/{MAX_BARREN + 1}"].reason) == ("fetched", reason)


def test_a_calendar_that_names_years_ahead_is_known_at_once() -> None:
    assert trap_reason("http://h/events/2031/05/", year=2026) == "a trap: a calendar, years ahead"
    assert trap_reason("http://h/?month=2031-05", year=2026) and trap_reason(
        "http://h/?cal_year=2028", year=2026
    )


def test_a_calendar_of_months_and_days_that_praise_each_other_ends(web: Web) -> None:
    def either(request: Request) -> str:
        parts = [int(part) for part in request.path.split("/")[2:] if part] or [1]
        if len(parts) == 1:
            return word(parts[0]) + links(f"/c/{parts[0] + 1}", *(f"/c/{parts[0]}/{day}" for day in range(9)))
        return f"{word(parts[0])} {word(parts[1])}" + links(
            f"/c/{parts[0] + 1}", f"/c/{parts[0]}/{parts[1] + 1}"
        )

    web.pages = Endless(either)
    ends = walk(web)
    assert ends["fetched"] < 6 * MAX_BARREN and counted(ends, "in a row showed nothing new") > 0


def test_pagination_without_end_is_left(web: Web) -> None:
    def page(request: Request) -> str:
        number = int(request.path.rpartition("=")[2] if "=" in request.path else 1)
        return f"<p>{NEW_TEXT.format('the same on each page')}<p>page {word(number)}" + links(
            f"/list?page={number + 1}"
        )

    web.pages = Endless(page)
    assert walk(web)["fetched"] <= MAX_BARREN + 2


def test_long_archives_that_lead_to_articles_are_read_to_their_end(web: Web) -> None:
    for number in range(1, 181):
        web.pages[f"/page/{number}/"] = word(number) + links(f"/p{number}/", f"/page/{number + 1}/")
        web.pages[f"/p{number}/"] = f"<p>{NEW_TEXT.format(word(number))}"
    web.pages["/"], web.pages["/page/181/"] = links("/page/1/"), "<p>the end"
    assert walk(web) == {"fetched": 362}


def test_known_pages_and_given_addresses_are_never_taken_for_traps() -> None:
    traps, bad = TrapMemory(), "http://h/" + "a/" * 30
    assert traps.refusal(page_at(bad, 3)) is not None
    assert traps.refusal(page_at(bad, 0)) is None
    assert traps.refusal(page_at(bad, 3, content_digest="x")) is None


def test_a_path_that_grows_by_its_own_links_is_left(web: Web) -> None:
    web.pages = Endless(lambda request: f"<title>{request.path}</title>" + links("a/b/"))
    ends = walk(web)
    assert ends == {"fetched": 3, "a trap: its path repeats itself more than 2 times": 1}


def test_filters_in_ever_new_combinations_are_left(web: Web) -> None:
    names = ("color", "size", "sort", "brand", "year", "label")

    def shop(request: Request) -> str:
        chosen = dict(item.split("=") for item in request.path.partition("?")[2].split("&") if "=" in item)
        further = ({**chosen, name: str(value)} for name in names for value in ("a", "b", "c"))
        return request.path.partition("?")[2] + links(
            *("/shop?" + "&amp;".join(f"{n}={v}" for n, v in query.items()) for query in further)
        )

    web.pages = Endless(shop)
    ends = walk(web, most=5_000)
    assert ends["fetched"] < 1_500 and counted(ends, "ever new combinations") > 0


def test_session_numbers_in_paths_end_by_their_equal_text(web: Web) -> None:
    serial = iter(range(10**6))
    web.pages = Endless(
        lambda _request: "<p>Welcome" + " to our shop" * 9 + links(f"/s{next(serial)}x/start")
    )
    ends = walk(web)
    assert ends["fetched"] == 6 and counted(ends, "show the same text") == 1


def test_session_numbers_in_queries_are_no_part_of_an_address() -> None:
    assert canonical_url("http://h/a?PHPSESSID=0123456789abcdef0123") == "http://h/a"


def test_pages_that_say_there_is_no_such_page_are_gone(web: Web) -> None:
    lost = "<title>Page not found | Blog</title><h1>Sorry</h1>"
    album = f"<title>Not Found, by Nobody</title>{'<p>' + NEW_TEXT.format('x') * 10}"
    web.pages = {"/": links("/a", "/b", "/c"), "/a": lost, "/b": album, "/c": "<title>404</title><p>an EP"}
    assert walk(web) == {"fetched": 3, SOFT_404: 1}


def test_a_host_that_answers_everything_with_one_text_ends(web: Web) -> None:
    web.pages = Endless(
        lambda request: "<p>Our shop" + " is open" * 9 + links(request.path.rstrip("/") + "x")
    )
    assert counted(walk(web), "show the same text") == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://h/" + "/".join("abcdefghijklmnopqrstuvw"), "more than 20 folders"),
        ("http://h/a/b/a/b/a/b", "repeats itself"),
        ("http://h/x/y/y/y/z", "repeats itself"),
        ("http://h/?" + "&".join(f"p{n}=1" for n in range(11)), "more than 10 parameters"),
        ("http://h/?f=1&f=2&f=3", "repeats a parameter"),
        ("http://h/in?to=" + quote(quote(quote("http://h/"))), "an address in an address"),
    ],
)
def test_a_trap_by_its_looks(url: str, words: str) -> None:
    assert words in (trap_reason(url) or "")


@pytest.mark.parametrize(
    "path",
    ["", "2019/05/", "page/2/", "?p=123", "tag/x/page/14", "2011/11/11/", "blues/blues/", "a/b/a/b/",
     "viewtopic.php?f=1&t=2&start=30", "topic/2105/10", "2112/1", "events/2019/05/",
     "index.php?option=com_content&view=article&id=7&catid=2"],
)  # fmt: skip
def test_what_real_sites_use_is_no_trap(path: str) -> None:
    assert trap_reason(f"http://h/{path}", year=2026) is None


def test_addresses_that_differ_in_numbers_and_values_have_one_shape() -> None:
    assert shape_of("http://h/c/2031/05?b=1&a=2") == shape_of("http://h/c/1/1?a=&b=x") == "h/c/#/#?a&b"
    assert shape_of("http://h/about/us") == ""


@given(st.text(alphabet="/ab12?&=%5-", max_size=60))
def test_any_address_is_judged(rest: str) -> None:
    url = f"http://h/{rest}"
    trap_reason(url)
    assert shape_of(url) == shape_of(url.replace("1", "2"))


@given(st.lists(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1), max_size=300))
def test_what_was_just_met_is_known(values: list[int]) -> None:
    seen = Seen()
    for value in values:
        seen.add(value)
        assert value == 0 or not seen.add(value)


def test_only_so_many_domains_are_remembered() -> None:
    memories = TrapMemories()
    first = memories.of("first.org")
    assert memories.of("first.org") is first
    for number in range(1_000):
        memories.of(f"{number}.org")
    assert memories.of("first.org") is not first


# --- sitemaps and feeds -----------------------------------------------------------------------------------


def test_an_index_that_lists_itself_is_read_once(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {
        "/sitemap.xml": f"<sitemapindex><sitemap><loc>{web.url()}sitemap.xml</loc></sitemap></sitemapindex>"
    }
    add(sqlite_engine, web.url("/sitemap.xml"))
    run(sqlite_engine)
    assert web.paths() == ["/sitemap.xml"]


def test_sitemaps_that_list_sitemaps_without_end_are_left() -> None:
    deep = page_at("http://h/s9.xml", 5, role="sitemap")
    assert TrapMemory().refusal(deep) == "a trap: sitemaps that list sitemaps without end"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def test_a_billion_laughs_are_not_laughed() -> None:
    sitemap = f"<!DOCTYPE urlset [{LAUGHS}]><urlset><url><loc>http://h/&l9;</loc></url></urlset>"
    head = f'<?xml version="1.0"?><!DOCTYPE rss [{LAUGHS}]>'
    feed = f"{head}<rss><channel><item><link>&l9;</link></item></channel></rss>"
    begun = time.monotonic()
    assert sum(map(len, read_sitemap(sitemap.encode(), "http://h/s").pages)) < 1_000
    with pytest.raises(NotAFeed):
        read_feed(feed.encode(), "http://h/f")
    with suppress(NotAFeed):
        read_feed(feed.encode("utf-16"), "http://h/f")
    assert time.monotonic() - begun < 2


def test_entities_of_other_files_are_not_fetched(web: Web, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://h/secret")
    for address in (secret.as_uri(), web.url("/entity")):
        doctype = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{address}">]>'
        found = read_sitemap(f"{doctype}<urlset><url><loc>&x;</loc></url></urlset>".encode(), "http://h/s")
        outside = (
            f'<!DOCTYPE rss SYSTEM "{address}"><rss version="2.0"><channel><title>t</title></channel></rss>'
        )
        read_feed(outside.encode(), "http://h/f")
        assert found.pages == ()
    assert web.requests == []


# --- bodies and headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_in_any_encoding_is_cut_off(sqlite_engine: Engine, web: Web, pack: object) -> None:
    name = "gzip" if pack is gzip.compress else "deflate"
    bomb = Reply(pack(b"\0" * 30_000_000), headers={"Content-Encoding": name})  # type: ignore[operator]
    assert visit(sqlite_engine, web, bomb) == ("refused", "the body is longer than 10 MB")


def test_an_encoding_within_an_encoding_is_told(sqlite_engine: Engine, web: Web) -> None:
    twice = Reply(gzip.compress(gzip.compress(b"x" * 999)), headers={"Content-Encoding": "gzip, gzip"})
    assert visit(sqlite_engine, web, twice) == ("failed", "the body has the unknown encoding 'gzip, gzip'")


def raw(*parts: bytes, pause: float = 0.0) -> Reply:
    def send(handler: BaseHTTPRequestHandler) -> None:
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(pause)

    return Reply(raw=send)


def test_a_page_in_endless_chunks_is_cut_off(sqlite_engine: Engine, web: Web) -> None:
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    told = visit(sqlite_engine, web, raw(head, *[chunk] * 40), max_body_bytes=1_000_000)
    assert told == ("refused", "the body is longer than 1 MB")


def test_a_drip_is_left_before_the_deadline(
    sqlite_engine: Engine, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "DRIP_SECONDS", 0.2)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    drip = raw(head, *[b"x"] * 40, pause=0.05)
    assert visit(sqlite_engine, web, drip) == ("failed", "fewer than 100 bytes a second came in")


def test_a_drip_of_headers_is_cut_off_at_the_deadline(sqlite_engine: Engine, web: Web) -> None:
    drip = raw(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 60, pause=0.02)
    told = visit(sqlite_engine, web, drip, retries=0, deadline_seconds=0.5)
    assert told == ("failed", "the answer was not complete after 0.5 s")


@pytest.mark.parametrize("head", [b"X-Long: " + b"y" * 3_000_000, b"X: y\r\n" * 50_000])
def test_a_header_or_headers_without_end_are_a_failure(sqlite_engine: Engine, web: Web, head: bytes) -> None:
    told = visit(sqlite_engine, web, raw(b"HTTP/1.1 200 OK\r\n" + head), retries=0)
    assert told[0] == "failed" and told[1]


def test_http_1_0_is_understood_and_0_9_is_not(sqlite_engine: Engine, web: Web) -> None:
    old = raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>an old server")
    assert visit(sqlite_engine, web, old) == ("fetched", None)


def test_an_answer_without_headers_is_a_failure(sqlite_engine: Engine, web: Web) -> None:
    told = visit(sqlite_engine, web, raw(b"<html><p>no headers at all</html>\r\n\r\n"), retries=0)
    assert told == ("failed", "the server does not speak proper HTTP")


def test_what_comes_after_the_announced_length_does_not_count(sqlite_engine: Engine, web: Web) -> None:
    long = raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p>x" + links("/y").encode()
    )
    assert visit(sqlite_engine, web, long) == ("fetched", None)
    assert "/y" not in pages(sqlite_engine, web)


@pytest.mark.parametrize("start", [b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"PK\x03\x04"])
def test_a_file_that_is_called_a_page_is_told(sqlite_engine: Engine, web: Web, start: bytes) -> None:
    told = visit(sqlite_engine, web, Reply(start + b"\0" * 99))
    assert told == ("failed", "its body is a file that is no page, whatever its Content-Type says")


def test_a_page_of_a_hundred_thousand_links_gives_the_first_thousands() -> None:
    html = "".join(f'<a href="/{number}">x</a>' for number in range(100_000)).encode()
    begun = time.monotonic()
    assert len(read_links(html, "http://h/").links) == MAX_LINKS
    assert time.monotonic() - begun < 2


def test_a_page_nested_a_hundred_thousand_deep_is_read() -> None:
    html = b"<a href='/a'>a</a>" + b"<div>" * 100_000 + b"<p>text"
    assert read_links(html, "http://h/").links == ("http://h/a",)


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "zlib", "unicode_escape", "utf-7", "rot13", "undefined"]
)
def test_what_is_no_charset_of_the_web_is_not_used(name: str) -> None:
    assert charset_of(f"text/html; charset={name}") is None


# --- addresses and names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "1.2.3.4.5", "256.1.1.1", "h.0x1"]
)
def test_an_address_in_an_unusual_spelling_is_no_url(host: str) -> None:
    with pytest.raises(BadUrl, match="unusual spelling"):
        canonical_url(f"http://{host}/")


@pytest.mark.parametrize(
    "host", ["p\u0430ypal.com", "xn--pypal-4ve.com", "\u0391pple.com", "sub.\u0261oogl\u0435.com"]
)
def test_a_name_that_mixes_alphabets_is_no_url(host: str) -> None:
    with pytest.raises(BadUrl, match="mixes"):
        canonical_url(f"http://{host}/")


@pytest.mark.parametrize(
    "host",
    [
        "b\u00fccher.de",
        "\u043c\u0443\u0437\u044b\u043a\u0430.\u0440\u0444",
        "\u97f3\u697dblog.jp",
        "\u03bc\u03bf\u03c5.gr",
    ],
)
def test_a_name_in_one_alphabet_is_left_in_peace(host: str) -> None:
    assert canonical_url(f"http://{host}/").isascii()


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://10.0.0.1/",
     "http://127.0.0.1.nip.invented/"],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_refused(
    sqlite_engine: Engine, web: Web, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    allow_only(monkeypatch, "127.0.0.1")
    resolver(monkeypatch, {"127.0.0.1.nip.invented": ["10.0.0.1"]})
    web.pages = {"/": Reply(status=302, headers={"Location": target})}
    add(sqlite_engine, web.url())
    run(sqlite_engine, allow_private_hosts=False, contact="ann@blog.org")
    refused = pages(sqlite_engine, web)[canonical_url(target)]
    assert refused.state in {"refused", "failed"} and "private address" in refused.reason


@pytest.mark.parametrize(
    "target", ["http://2130706433/", "http://ann:pw@h.org/", "http://h.org/\x01", "ftp://h/"]
)
def test_a_redirect_to_what_is_no_url_is_refused(sqlite_engine: Engine, web: Web, target: str) -> None:
    told = visit(sqlite_engine, web, Reply(status=302, headers={"Location": target}))
    assert told[0] in {"refused", "failed"} and told[1]
    assert told[0] != "refused" or told[1] == "it redirects to something that is no web page"


def allow_only(monkeypatch: pytest.MonkeyPatch, public: str) -> None:
    """Let one loopback address play the public Internet."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == public)


def resolver(monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]]) -> list[str]:
    """Answer for some names instead of DNS, one address after the other; the names asked for."""
    asked: list[str] = []
    real = asyncio.BaseEventLoop.getaddrinfo

    async def answer(self: asyncio.BaseEventLoop, host: str, port: int, **hints: object) -> object:
        asked.append(host)
        if host in names:
            address = names[host].pop(0) if len(names[host]) > 1 else names[host][0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]
        return await real(self, host, port, **hints)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", answer)
    return asked


def test_a_name_that_turns_private_after_the_check_gains_nothing(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_only(monkeypatch, "127.0.0.1")
    asked = resolver(monkeypatch, {"rebinding.test": ["127.0.0.1", "127.0.0.2"]})
    web.pages = {"/": "<p>x"}
    port = web.origin.rpartition(":")[2]

    async def ask_twice() -> None:
        options = settings(allow_private_hosts=False)
        async with HostClient(options, shared_tls()) as client:
            url = f"http://rebinding.test:{port}/"
            for _ in range(2):
                assert (await client.get(url, screen=lambda *_: None, max_bytes=99)).status == 200
            assert asked.count("rebinding.test") == 1, "the connection goes to the address that was checked"
            monkeypatch.setattr(http, "ADDRESS_LIFETIME_SECONDS", -1.0)
            with pytest.raises(AddressRefused, match=r"private address 127\.0\.0\.2"):
                await client.get(url, screen=lambda *_: None, max_bytes=99)

    asyncio.run(ask_twice())
    assert web.requests[0].headers["host"] == f"rebinding.test:{port}"


# --- TLS --------------------------------------------------------------------------------------------------


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, and certificates of it: good.pem, other.pem for another host, old.pem expired."""
    if which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    ca = ["-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem", "-subj", "/CN=ca"]
    openssl("req", "-x509", *key, *ca, "-addext", "keyUsage=critical,keyCertSign")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\nserial={folder}/serial\nnew_certs_dir={folder}\n"
        "default_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n[p]\nCN=supplied\n"
    )
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    sign = ["-config", f"{folder}/ca.cnf", "-cert", f"{folder}/ca.pem", "-keyfile", f"{folder}/ca.key"]
    for name, host, end in (
        ("good", "IP:127.0.0.1", "20990101000000Z"),
        ("other", "DNS:other.test", "20990101000000Z"),
        ("old", "IP:127.0.0.1", "20010101000000Z"),
    ):
        request = ["-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.csr", "-subj", f"/CN={name}"]
        openssl("req", *key, *request, "-addext", f"subjectAltName={host}")
        certificate = ["-in", f"{folder}/{name}.csr", "-out", f"{folder}/{name}.pem", "-notext"]
        openssl("ca", "-batch", *sign, *certificate, "-startdate", "20000101000000Z", "-enddate", end)
    return folder


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def secure(authority: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An https server with the certificate that the test names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / f"{request.param}.pem", authority / f"{request.param}.key")
    server = HTTPServer(("127.0.0.1", 0), _Hello)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def greeted(url: str, context: ssl.SSLContext) -> bytes:
    async def ask() -> bytes:
        async with HostClient(settings(), context) as client:
            return (await client.get(url, screen=lambda *_: None, max_bytes=99)).body

    return asyncio.run(ask())


@pytest.mark.parametrize("secure", ["good"], indirect=True)
def test_a_valid_certificate_is_accepted(secure: str, authority: Path) -> None:
    assert greeted(secure, ssl.create_default_context(cafile=str(authority / "ca.pem"))) == b"hi"


@pytest.mark.parametrize("secure", ["old", "other"], indirect=True)
def test_a_certificate_that_expired_or_names_another_host_is_refused(secure: str, authority: Path) -> None:
    with pytest.raises(FetchFailed, match="certificate is not valid") as caught:
        greeted(secure, ssl.create_default_context(cafile=str(authority / "ca.pem")))
    assert not caught.value.transient


@pytest.mark.parametrize("secure", ["good"], indirect=True)
def test_a_site_whose_certificate_nobody_vouches_for_ends_with_the_reason(
    sqlite_engine: Engine, web: Web, secure: str
) -> None:
    add(sqlite_engine, secure)
    run(sqlite_engine, retries=0)
    assert "the TLS certificate is not valid" in (pages(sqlite_engine, web)[secure].reason or "")
