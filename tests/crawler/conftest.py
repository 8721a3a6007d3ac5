"""A real web server on loopback whose pages a test writes down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

RULES = ("/robots.txt", "/.well-known/tdmrep.json")


@dataclass
class Reply:
    """What the server answers; `raw` writes to the socket itself instead."""

    body: str | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    at: float


def prose(number: int) -> str:
    """A paragraph for each number: pages without a text, or with the same one, look like a trap."""
    word = "".join("abcdefghij"[int(digit)] for digit in str(number))
    return f"<p>{' '.join([word] * 40)}</p>"


class Web:
    """Pages by path. A value is HTML, a Reply, or a function of the request that returns either."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.requests: list[Request] = []
        self.delay_seconds = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def url(self, path: str = "/") -> str:
        return self.origin + path

    def answer(self, body: str | bytes = b"", status: int = 200, **headers: str) -> Reply:
        """A reply with a status or headers of its own."""
        return Reply(body, status, headers)

    def paths(self) -> list[str]:
        """What was asked for, the files with the rules of the host apart."""
        return [request.path for request in self.requests if request.path not in RULES]

    def reply(self, request: Request) -> Reply:
        self.requests.append(request)
        time.sleep(self.delay_seconds)
        page = self.pages.get(request.path, Reply("nothing here", 404))
        page = page(request) if callable(page) else page
        return page if isinstance(page, Reply) else Reply(page)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are two writes; by Nagle's algorithm the second waits 40 ms for the client's ACK.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = web.reply(Request(self.path, headers, time.monotonic()))
            try:
                self._send(reply)
            except OSError:  # the client had enough
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            if reply.raw is not None:
                reply.raw(self)
                self.close_connection = True
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
            self.send_response(reply.status)
            for name, value in {**headers, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


@pytest.fixture
def other_web() -> Iterator[Web]:
    """A second host."""
    web = Web()
    yield web
    web.close()
