"""Serves the three outlets of the sample site on loopback, as a web server in the wild would."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit

from linernotes.sample_site.blog import blog_pages
from linernotes.sample_site.board import board_pages
from linernotes.sample_site.content import SampleSiteError, load_content
from linernotes.sample_site.magazine import magazine_pages
from linernotes.sample_site.pages import HTML, Outlets, Page, Pages
from store.records import Source

HOST = "127.0.0.1"
OUTLET_NAMES = ("blog", "magazine", "board")
NOT_FOUND = b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1><p>There is no such page here.</p>"


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request as the server answered it; `path` includes the query."""

    outlet: str
    method: str
    path: str
    status: int


@dataclass(frozen=True, slots=True)
class SampleSite:
    """The running site: the base URL of each outlet without a slash at the end, and what was asked so far."""

    blog: str
    magazine: str
    board: str
    pages: Mapping[str, Pages]
    requests: list[RequestLine] = field(default_factory=list)

    @property
    def base_urls(self) -> tuple[str, str, str]:
        """Blog, magazine, board."""
        return self.blog, self.magazine, self.board


def sample_sources(site: SampleSite) -> tuple[Source, Source, Source]:
    """What to crawl, one source of each kind: a feed (blog), a sitemap (magazine), a site (board)."""
    return (
        Source(f"{site.blog}/feed/", "feed"),
        Source(f"{site.magazine}/sitemap.xml", "sitemap"),
        Source(f"{site.board}/", "site", scope=f"{site.board}/"),
    )


def render_outlets(base_urls: tuple[str, str, str]) -> dict[str, Pages]:
    """All pages of the blog, the magazine and the board as they look at these base URLs."""
    outlets = Outlets(load_content(), *base_urls)
    renderers = (blog_pages, magazine_pages, board_pages)
    return {name: render(outlets) for name, render in zip(OUTLET_NAMES, renderers, strict=True)}


@contextmanager
def serve_sample_site(ports: tuple[int, int, int] = (0, 0, 0)) -> Iterator[SampleSite]:
    """Serves the site on these ports of 127.0.0.1 while the context is open; 0 takes any free port.

    Raises:
        SampleSiteError: a port is taken, or the texts are not whole.
    """
    with ExitStack() as stack:
        servers = [stack.enter_context(_listening(port)) for port in ports]
        blog, magazine, board = (f"http://{HOST}:{server.server_port}" for server in servers)
        site = SampleSite(blog, magazine, board, render_outlets((blog, magazine, board)))
        for name, server in zip(OUTLET_NAMES, servers, strict=True):
            server.outlet, server.pages, server.requests = name, site.pages[name], site.requests
            stack.enter_context(_running(server))
        yield site


def choose(page: Page | None, headers: Mapping[str, str]) -> HTTPStatus:
    """The status a conditional request deserves (RFC 9110, section 13.2.2: the entity tag has precedence)."""
    if page is None:
        return HTTPStatus.NOT_FOUND
    known = headers.get("If-None-Match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        unchanged = page.etag in tags or "*" in tags
    else:
        unchanged = _unchanged_since(page.modified, headers.get("If-Modified-Since"))
    return HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK


def _unchanged_since(modified: datetime, header: str | None) -> bool:
    if header is None:
        return False
    try:
        return modified <= parsedate_to_datetime(header)
    except (TypeError, ValueError):  # RFC 9110 13.1.3: a date that cannot be read is ignored
        return False


Connection: TypeAlias = socket.socket | tuple[bytes, socket.socket]
"""What socketserver calls a request: for TCP always the socket."""


class _Server(ThreadingHTTPServer):
    """One outlet. Closing it ends connections that clients keep alive, so that no thread outlives it."""

    daemon_threads = False
    request_queue_size = 64
    outlet: str
    pages: Pages
    requests: list[RequestLine]

    def __init__(self, port: int) -> None:
        self._open: set[socket.socket] = set()
        self._open_guard = threading.Lock()
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Connection, client_address: object) -> None:
        if isinstance(request, socket.socket):
            with self._open_guard:
                self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Connection) -> None:
        if isinstance(request, socket.socket):
            with self._open_guard:
                self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Connection, client_address: object) -> None:
        """A client that goes away is no error of the site; nothing is printed."""

    def hang_up(self) -> None:
        with self._open_guard:
            for request in self._open:
                try:
                    request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was faster


class _Handler(BaseHTTPRequestHandler):
    """Answers from the pages rendered up front."""

    protocol_version = "HTTP/1.1"
    server_version = "SampleSite"
    sys_version = ""
    # Header and body leave in one packet; without this, keep-alive costs 40 ms a page (delayed ACK).
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal: the log is `SampleSite.requests`."""

    def _answer(self) -> None:
        path = urlsplit(self.path).path  # as on WordPress, a query alone changes no page
        page = self.server.pages.get(path)
        if page is None and f"{path}/" in self.server.pages:
            self._reply(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"{path}/"}, b"")
            return
        status = choose(page, self.headers)  # type: ignore[arg-type]
        if page is None:
            self._reply(status, {"Content-Type": HTML}, NOT_FOUND)
            return
        validators = {"ETag": page.etag, "Last-Modified": format_datetime(page.modified, usegmt=True)}
        if status == HTTPStatus.NOT_MODIFIED:
            self._reply(status, validators, None)
        else:
            self._reply(status, {"Content-Type": page.content_type} | validators, page.body)

    def _reply(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes | None) -> None:
        self.server.requests.append(RequestLine(self.server.outlet, self.command, self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def _listening(port: int) -> Iterator[_Server]:
    try:
        server = _Server(port)
    except (OSError, OverflowError) as error:
        raise SampleSiteError(
            f"Port {port} of {HOST} cannot be used ({error}); choose another, or 0 for any."
        ) from error
    with server:
        yield server


@contextmanager
def _running(server: _Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
