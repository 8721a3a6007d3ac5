"""A lean web server on loopback: in a process of its own, from memory, with a record of every request.

It does little more than find the end of a request's head, so that a benchmark measures the crawler and not
the server. One server can be many hosts: Linux answers at every address of 127.0.0.0/8.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

# A site answers with a whole response, or with something that writes to the connection at its own pace.
Conduct = Callable[[asyncio.Transport], Awaitable[None]]
_END = b"\r\n\r\n"


class Request(NamedTuple):
    """One request as the server saw it; `at` is `time.monotonic()`, which all processes of Linux share.

    `host` is without the port; `status` is 0 where the answer was no regular one.
    """

    at: float
    host: str
    path: str
    status: int


class Site:
    """What is served: one or many hosts."""

    def answer(self, host: str, path: str, head: bytes) -> bytes | Conduct:
        """Return the response to a request; `head` is the request's head as it came, in lower case."""
        raise NotImplementedError

    def turn(self, number: int) -> None:
        """Become what the site is in its round `number`."""


@dataclass(frozen=True, slots=True)
class Page:
    """A response that is sent again and again, and the one that says it did not change."""

    response: bytes
    etag: bytes
    unchanged: bytes

    @classmethod
    def of(cls, body: str, etag: str, content_type: str = "text/html; charset=utf-8") -> Page:
        """Prepare the responses for a body."""
        tag = f"ETag: {etag}"
        unchanged = f"HTTP/1.1 304 Not Modified\r\n{tag}\r\n\r\n".encode()
        return cls(response(body.encode(), 200, content_type, tag), etag.encode(), unchanged)

    def answer(self, head: bytes) -> bytes:
        """Return the response to a request, which may be conditional."""
        return self.unchanged if b"if-none-match" in head and self.etag in head else self.response


def response(body: bytes, status: int = 200, content_type: str = "text/html", *headers: str) -> bytes:
    """Return a whole response; `headers` are lines such as "Retry-After: 1"."""
    lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Other'}", f"Content-Type: {content_type}"]
    lines += [f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + _END + body


class WebServer:
    """Serves a site in a process of its own while the context lasts.

    `build` makes the site in that process, and so must be importable there. Every address has the same port.
    """

    def __init__(self, build: Callable[[], Site], addresses: Sequence[str] = ("127.0.0.1",)) -> None:
        self.addresses = tuple(addresses)
        # Spawned, not forked: the benchmark may have threads and database connections by then.
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(build, self.addresses, theirs), daemon=True)

    def __enter__(self) -> WebServer:
        """Start; return when the site is ready."""
        self._process.start()
        self.port: int = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        """End the server's process."""
        self._process.terminate()
        self._process.join()

    @property
    def pid(self) -> int:
        """The number of the server's process."""
        return self._process.pid or 0

    def origin(self, address: str | None = None) -> str:
        """Return `http://address:port`, of the first address when none is given."""
        return f"http://{address or self.addresses[0]}:{self.port}"

    def requests(self, *, forget: bool = False) -> list[Request]:
        """Return all requests since the start, or since they were last forgotten."""
        self._pipe.send(("requests", forget))
        return [Request(*each) for each in self._pipe.recv()]

    def turn(self, number: int) -> None:
        """Let the site become what it is in its round `number`."""
        self._pipe.send(("turn", number))
        self._pipe.recv()


def loopback_addresses(count: int) -> list[str]:
    """Return `count` addresses of 127.0.0.0/8 beside 127.0.0.1, each of which can be a host of its own."""
    return [f"127.{number // 62_500 + 1}.{number // 250 % 250}.{number % 250 + 1}" for number in range(count)]


def ceiling(server: WebServer, paths: Sequence[str], *, in_flight: int = 16) -> float:
    """Return the requests per second that a client gets answered which does nothing with the answers."""
    host = f"{server.addresses[0]}:{server.port}"
    asked = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for path in paths]
    with socket.create_connection((server.addresses[0], server.port)) as connection:
        began = time.monotonic()
        for start in range(0, len(asked), in_flight):
            batch = asked[start : start + in_flight]
            connection.sendall(b"".join(batch))
            _skip_responses(connection, len(batch))
        return len(asked) / (time.monotonic() - began)


def _skip_responses(connection: socket.socket, count: int) -> None:
    received = b""
    while count:
        received += connection.recv(1 << 18)
        while count and (end := received.find(_END)) >= 0:
            length = int(received[:end].lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(received) < end + 4 + length:
                break
            received = received[end + 4 + length :]
            count -= 1


class _Connection(asyncio.Protocol):
    """One client's connection; requests that come together are answered in their order."""

    def __init__(self, site: Site, requests: list[tuple[float, str, str, int]]) -> None:
        self._site = site
        self._requests = requests
        self._received = b""
        self._conduct: asyncio.Task[None] | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's own annotation is too wide
        self._transport: asyncio.Transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._conduct is not None:
            self._conduct.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_END)) >= 0:
            head, self._received = self._received[:end], self._received[end + 4 :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        now = time.monotonic()
        path = head.split(b" ", 2)[1].decode("ascii", "replace")
        head = head.lower()
        host = head.partition(b"\r\nhost:")[2].partition(b"\r\n")[0].strip().partition(b":")[0].decode()
        answer = self._site.answer(host, path, head)
        if isinstance(answer, bytes):
            self._requests.append((now, host, path, int(answer[9:12])))
            self._transport.write(answer)
        else:
            self._requests.append((now, host, path, 0))
            self._conduct = asyncio.ensure_future(answer(self._transport))


def _serve(build: Callable[[], Site], addresses: tuple[str, ...], pipe: Connection) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_until_told(build(), addresses, pipe))


async def _serve_until_told(site: Site, addresses: tuple[str, ...], pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    requests: list[tuple[float, str, str, int]] = []
    port, ended = 0, asyncio.Event()
    for address in addresses:
        server = await loop.create_server(lambda: _Connection(site, requests), address, port, backlog=512)
        port = port or server.sockets[0].getsockname()[1]

    def told() -> None:
        try:
            order, value = pipe.recv()
        except EOFError:
            ended.set()
            return
        if order == "turn":
            site.turn(value)
            pipe.send(None)
            return
        pipe.send(requests)
        if value:
            requests.clear()

    loop.add_reader(pipe.fileno(), told)
    pipe.send(port)
    await ended.wait()
