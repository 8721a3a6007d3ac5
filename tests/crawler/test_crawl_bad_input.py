from __future__ import annotations

import gzip
import random
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import Connection, Engine, event

from crawler.fetching import origin
from store.errors import DatabaseUnusable
from store.frontier import count_states
from store.sources import list_sources
from tests.crawler.conftest import Reply, Request, Web
from tests.crawler.test_crawl import add, pages, run, states

LINKS = "".join(f'<a href="/{name}">x</a>' for name in ("bad", "good"))


def visit(engine: Engine, web: Web, bad: object, **changes: object) -> tuple[str, str | None]:
    """Crawl a site whose page /bad is `bad`; its state and reason. Its other page must not suffer."""
    web.pages = {"/": LINKS, "/bad": bad, "/good": "<p>good</p>"}
    add(engine, web.url())
    run(engine, **changes)
    assert states(engine, web)["/good"] == "fetched"
    row = pages(engine, web)["/bad"]
    return row.state, row.reason


def source_error(engine: Engine) -> str:
    with engine.begin() as connection:
        return list_sources(connection)[0].error or ""


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_source_that_does_not_resolve_is_told(sqlite_engine: Engine) -> None:
    add(sqlite_engine, "http://no-such-host.invalid/")
    report = run(sqlite_engine, contact="ann@blog.org", retries=1)
    assert report.count("failed") == 1 and report.sources[0].finished
    assert "does not resolve" in source_error(sqlite_engine)


def test_a_refused_connection_is_told_after_retries(sqlite_engine: Engine) -> None:
    add(sqlite_engine, f"http://127.0.0.1:{closed_port()}/")
    run(sqlite_engine, retries=2)
    assert "the connection was refused" in source_error(sqlite_engine)


def test_a_source_that_fails_is_tried_again_in_the_next_round(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": Reply("", 500)}
    add(sqlite_engine, web.url())
    run(sqlite_engine, retries=1)
    assert source_error(sqlite_engine).endswith("the server answers 500, 2 times")
    web.pages = {"/": "<p>back</p>"}
    run(sqlite_engine)
    assert states(sqlite_engine, web) == {"/": "fetched"} and source_error(sqlite_engine) == ""


@pytest.mark.parametrize("status", [404, 410])
def test_missing_pages_are_gone(sqlite_engine: Engine, web: Web, status: int) -> None:
    assert visit(sqlite_engine, web, Reply("", status)) == ("gone", f"the server answers {status}")


def test_only_what_is_not_gone_for_good_is_asked_again(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": '<a href="/x">x</a><a href="/y">y</a>', "/x": Reply("", 404), "/y": Reply("", 410)}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    run(sqlite_engine)
    assert (web.paths().count("/x"), web.paths().count("/y")) == (2, 1)


def test_a_server_error_is_retried_and_told(sqlite_engine: Engine, web: Web) -> None:
    told = visit(sqlite_engine, web, Reply("", 500), retries=2)
    assert told == ("failed", "the server answers 500, 3 times")
    assert web.paths().count("/bad") == 3


def test_a_server_that_recovers_is_forgiven(sqlite_engine: Engine, web: Web) -> None:
    def flaky(_request: Request) -> Reply:
        return Reply("", 502) if web.paths().count("/bad") < 3 else Reply("<p>x</p>")

    assert visit(sqlite_engine, web, flaky) == ("fetched", None)


def test_forbidden_is_a_failure_at_once(sqlite_engine: Engine, web: Web) -> None:
    assert visit(sqlite_engine, web, Reply("", 403)) == ("failed", "the server answers 403")
    assert web.paths().count("/bad") == 1


def test_a_silent_server_times_out(sqlite_engine: Engine, web: Web) -> None:
    silent = Reply(raw=lambda _handler: time.sleep(1))
    assert visit(sqlite_engine, web, silent, retries=0, timeout_seconds=0.2) == (
        "failed",
        "no answer within 0.2 s",
    )


def test_a_byte_a_moment_is_cut_off_at_the_deadline(sqlite_engine: Engine, web: Web) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(40):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    told = visit(sqlite_engine, web, Reply(raw=drip), retries=0, deadline_seconds=0.5)
    assert told == ("failed", "the answer was not complete after 0.5 s")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "video/mp4"])
def test_a_file_instead_of_a_page_is_refused_without_its_body(
    sqlite_engine: Engine, web: Web, kind: str
) -> None:
    told = visit(sqlite_engine, web, Reply(b"%" * 5_000_000, headers={"Content-Type": kind}))
    assert told == ("refused", f"it is {kind}, not a page")


def test_a_page_of_200_mb_is_cut_off_early(sqlite_engine: Engine, web: Web) -> None:
    sent = [0]

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b"x" * 1_000_000)
            sent[0] += 1

    told = visit(sqlite_engine, web, Reply(raw=endless), max_body_bytes=1_000_000)
    assert told == ("refused", "the body is longer than 1 MB")
    assert sent[0] < 40


def test_an_announced_length_is_enough_to_refuse(sqlite_engine: Engine, web: Web) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 200000000\r\n\r\n"
    told = visit(sqlite_engine, web, Reply(raw=lambda handler: handler.wfile.write(head) and None))
    assert told == ("refused", "the body is longer than 10 MB")


def test_a_decompression_bomb_is_cut_off(sqlite_engine: Engine, web: Web) -> None:
    bomb = Reply(gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    assert visit(sqlite_engine, web, bomb) == ("refused", "the body is longer than 10 MB")


def test_a_truncated_gzip_encoding_is_a_failure(sqlite_engine: Engine, web: Web) -> None:
    half = Reply(gzip.compress(b"<p>x</p>" * 999)[:30], headers={"Content-Encoding": "gzip"})
    assert visit(sqlite_engine, web, half, retries=0) == (
        "failed",
        "the gzip encoding of the body breaks off",
    )


def test_a_broken_gzip_encoding_is_a_failure(sqlite_engine: Engine, web: Web) -> None:
    broken = Reply(b"not gzip", headers={"Content-Encoding": "gzip"})
    assert visit(sqlite_engine, web, broken, retries=0) == (
        "failed",
        "the gzip encoding of the body is broken",
    )


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity", "br"])
def test_known_encodings_are_undone_and_others_told(sqlite_engine: Engine, web: Web, encoding: str) -> None:
    import zlib

    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)(b'<a href="/deep">x</a>')
    told = visit(sqlite_engine, web, Reply(packed, headers={"Content-Encoding": encoding}))
    if encoding == "br":
        assert told == ("failed", "the body has the unknown encoding 'br'")
    else:
        assert told == ("fetched", None) and "/deep" in states(sqlite_engine, web)


def test_an_answer_that_breaks_off_is_a_failure(sqlite_engine: Engine, web: Web) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n<p>only this"
    told = visit(sqlite_engine, web, Reply(raw=lambda handler: handler.wfile.write(head) and None), retries=0)
    assert told == ("failed", "the answer broke off")


def test_what_is_no_http_is_a_failure(sqlite_engine: Engine, web: Web) -> None:
    told = visit(
        sqlite_engine,
        web,
        Reply(raw=lambda handler: handler.wfile.write(b"SSH-2.0\r\n\r\n") and None),
        retries=0,
    )
    assert told == ("failed", "the server does not speak proper HTTP")


def test_endless_headers_are_a_failure(sqlite_engine: Engine, web: Web) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(20_000):
            handler.wfile.write(f"X-{number}: {'y' * 100}\r\n".encode())

    state, reason = visit(sqlite_engine, web, Reply(raw=endless), retries=0)
    assert state == "failed" and reason is not None


@pytest.mark.parametrize(
    "html", [b"<a href='/deep'><p><table></i>", b"\0<a href='/deep'>\xff", b"<div>" * 9000]
)
def test_malformed_html_is_kept_as_it_is(sqlite_engine: Engine, web: Web, html: bytes) -> None:
    assert visit(sqlite_engine, web, Reply(html)) == ("fetched", None)


@pytest.mark.parametrize("name", ["feed", "sitemap"])
def test_a_page_where_a_feed_or_sitemap_was_expected_is_told(
    sqlite_engine: Engine, web: Web, name: str
) -> None:
    web.pages = {"/x": "<html><p>welcome</p></html>"}
    add(sqlite_engine, web.url("/x"), kind=name)
    run(sqlite_engine)
    assert f"it is a web page, not a {name}" in source_error(sqlite_engine)
    assert states(sqlite_engine, web) == {"/x": "failed"}


def test_a_feed_with_entities_is_refused(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/feed": '<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>'}
    add(sqlite_engine, web.url("/feed"))
    run(sqlite_engine)
    assert states(sqlite_engine, web) == {"/feed": "failed"}


def test_a_circle_of_redirects_is_told(sqlite_engine: Engine, web: Web) -> None:
    told = visit(sqlite_engine, web, Reply(status=302, headers={"Location": "/bad2"}))
    assert told[0] == "fetched"
    web.pages["/bad2"] = Reply(status=302, headers={"Location": "/bad"})
    run(sqlite_engine)
    found = pages(sqlite_engine, web)
    assert {found[path].state for path in ("/bad", "/bad2")} == {"failed"}
    assert found["/bad"].reason == "its redirects lead in a circle"


def test_a_page_that_redirects_to_itself_is_told(sqlite_engine: Engine, web: Web) -> None:
    told = visit(sqlite_engine, web, Reply(status=301, headers={"Location": "/bad?utm_source=x"}))
    assert told == ("refused", "it redirects to itself")


def test_an_endless_chain_of_redirects_ends(sqlite_engine: Engine, web: Web) -> None:
    def further(request: Request) -> Reply:
        number = int(request.path.removeprefix("/hop") or 0)
        return Reply(status=302, headers={"Location": f"/hop{number + 1}"})

    web.pages = {f"/hop{number}": further for number in range(30)}
    add(sqlite_engine, web.url("/hop0"))
    run(sqlite_engine, max_redirects=5)
    assert len(web.paths()) == 6
    assert pages(sqlite_engine, web)["/hop5"].reason == "more than 5 redirects in a row"


def test_a_redirect_out_of_scope_is_refused(sqlite_engine: Engine, web: Web, other_web: Web) -> None:
    told = visit(sqlite_engine, web, Reply(status=302, headers={"Location": other_web.url("/x")}))
    assert told == ("refused", "it redirects out of the scope of its source")
    assert other_web.requests == []


def test_private_hosts_are_refused_unless_allowed(sqlite_engine: Engine, web: Web) -> None:
    add(sqlite_engine, web.url())
    report = run(sqlite_engine, allow_private_hosts=False)
    assert report.count("refused") == 1 and web.requests == []
    assert "private address 127.0.0.1" in source_error(sqlite_engine)


def test_a_name_for_a_private_address_is_refused(sqlite_engine: Engine, web: Web) -> None:
    add(sqlite_engine, web.url().replace("127.0.0.1", "localhost"))
    run(sqlite_engine, allow_private_hosts=False)
    assert "private address" in source_error(sqlite_engine) and web.requests == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_waited_for(sqlite_engine: Engine, web: Web, status: int, as_date: bool) -> None:
    def busy(_request: Request) -> Reply:
        if web.paths().count("/bad") > 1:
            return Reply("<p>x</p>")
        later = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        return Reply("", status, {"Retry-After": later if as_date else "1"})

    assert visit(sqlite_engine, web, busy) == ("fetched", None)
    times = {request.path: request.at for request in web.requests}
    first = next(request.at for request in web.requests if request.path == "/bad")
    assert times["/bad"] - first > 0.9
    assert times["/good"] - first > 0.9, "the whole host is left alone"


def test_a_long_pause_is_left_to_the_next_crawl(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/": LINKS, "/bad": Reply("", 503, {"Retry-After": "3600"}), "/good": "x"}
    add(sqlite_engine, web.url())
    first, second = run(sqlite_engine), run(sqlite_engine)
    assert (first.queued, second.queued) == (2, 2) and not second.sources[0].finished
    assert web.paths() == ["/", "/bad"]


def test_a_host_without_robots_txt_answer_is_left_alone(sqlite_engine: Engine, web: Web) -> None:
    web.pages = {"/robots.txt": Reply("", 503), "/": "x"}
    add(sqlite_engine, web.url())
    run(sqlite_engine, retries=1)
    assert web.paths() == [] and len(web.requests) == 2
    assert "robots.txt" in source_error(sqlite_engine)
    web.pages["/robots.txt"] = "User-agent: *\nAllow: /\n"
    run(sqlite_engine)
    assert states(sqlite_engine, web) == {"/": "fetched"}


def test_robots_txt_may_redirect(sqlite_engine: Engine, web: Web, other_web: Web) -> None:
    web.pages = {"/robots.txt": Reply(status=301, headers={"Location": other_web.url("/r.txt")}), "/": LINKS}
    web.pages["/good"] = "x"
    other_web.pages = {"/r.txt": "User-agent: *\nDisallow: /bad\n"}
    add(sqlite_engine, web.url())
    run(sqlite_engine)
    assert states(sqlite_engine, web) == {"/": "fetched", "/bad": "refused", "/good": "fetched"}


def test_a_host_that_breaks_down_is_not_asked_for_every_page(
    sqlite_engine: Engine, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "MAX_FAILURES_IN_A_ROW", 4)
    web.pages = {"/": "".join(f'<a href="/{n}">x</a>' for n in range(20))}
    web.pages |= {f"/{n}": Reply("", 500) for n in range(20)}
    add(sqlite_engine, web.url())
    report = run(sqlite_engine, retries=0)
    assert report.count("failed") == 20 and len(web.paths()) == 5
    with sqlite_engine.begin() as connection:
        reasons = {count.reason: count.pages for count in count_states(connection)}
    assert reasons["its host failed 4 times in a row: the server answers 500"] == 16


def test_a_parser_that_stumbles_costs_one_page(
    sqlite_engine: Engine, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.fetching import reading

    def stumble(body: bytes, *rest: object) -> object:
        if b"trip" in body:
            raise RecursionError("too deep")
        return read_links(body, *rest)

    read_links = reading.read_links
    monkeypatch.setattr(reading, "read_links", stumble)
    state, reason = visit(sqlite_engine, web, "<p>trip</p>")
    assert state == "failed" and reason is not None and "RecursionError" in reason


def test_a_database_that_cannot_be_written_ends_the_crawl_with_a_sentence(
    sqlite_engine: Engine, web: Web
) -> None:
    web.pages = {"/": LINKS, "/good": "x", "/bad": lambda _request: full.append(1) or "x"}
    web.pages["/"] += "".join(f'<a href="/{number}">x</a>' for number in range(60))
    web.pages |= {f"/{number}": random.Random(number).randbytes(50_000) for number in range(60)}
    full: list[int] = []
    add(sqlite_engine, web.url())

    # SQLite reports a full disk when a database may not grow beyond its pages.
    @event.listens_for(sqlite_engine, "begin")
    def no_room(connection: Connection) -> None:
        if full:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

    with pytest.raises(DatabaseUnusable, match="full"):
        run(sqlite_engine)
    found = states(sqlite_engine, web)
    assert found["/"] == "fetched" and "queued" in found.values()
    web.pages["/bad"] = "x"
    full.clear()
    sqlite_engine.dispose()
    assert run(sqlite_engine).queued == 0
