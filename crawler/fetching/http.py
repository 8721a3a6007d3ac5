"""One request, one answer: the only module of the crawler that knows httpx.

A `HostClient` talks to one host. It resolves the name itself, refuses private addresses, and connects to
the very address that was checked, so that a name that changes between check and connection (DNS rebinding)
gains nothing. Redirects are answers here; following them is the crawl's business. Proxies of the environment
are ignored, since behind one the address could not be checked.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self

import httpx

from crawler.errors import FetchFailed
from crawler.fetching.addresses import resolve
from crawler.fetching.decoding import ACCEPT_ENCODING, decoder_for
from crawler.fetching.settings import CrawlSettings

ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.1"
)
# A host with many addresses that all fail is down: no need to try each of them.
MAX_ADDRESSES = 3
# Above this, opening a new connection is cheaper than reading an error page to its end.
_DRAIN_BYTES = 65_536
# A server that sends so little for so long holds us on purpose (a tar pit): a modem of 1990 was faster.
DRIP_BYTES_PER_SECOND = 100
DRIP_SECONDS = 10.0
# How long a checked address is used before the name is resolved again; DNS entries commonly live 1–60 min.
ADDRESS_LIFETIME_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: status, headers (names in lower case) and the decoded body.

    `body` is empty when it was not read: no body, or `refusal` says why it was left on the server.
    `received` counts the bytes of the body on the wire.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    refusal: str | None = None
    received: int = 0


# Looks at status and headers before the body is read; a reason means: do not read it.
Screen = Callable[[int, Mapping[str, str]], str | None]


class HostClient:
    """Keeps the connections to one host; `sent` is called whenever a request leaves on its connection."""

    def __init__(
        self, settings: CrawlSettings, context: ssl.SSLContext, sent: Callable[[], None] | None = None
    ) -> None:
        self._settings = settings
        self._extensions = {} if sent is None else {"trace": _when_sent(sent)}
        limits = httpx.Limits(max_connections=settings.host_concurrency + 1)
        inner = httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)
        self._client = httpx.AsyncClient(
            transport=_CheckedTransport(inner, allow_private=settings.allow_private_hosts),
            timeout=settings.timeout_seconds,
            trust_env=False,
            follow_redirects=False,
            headers={"user-agent": settings.agent, "accept": ACCEPT, "accept-encoding": ACCEPT_ENCODING},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @property
    def headers(self) -> dict[str, str]:
        """The headers sent with every request."""
        return dict(self._client.headers)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        screen: Screen,
        max_bytes: int,
        cut: bool = False,
    ) -> Answer:
        """Ask for a canonical URL; FetchFailed, with the reason in words, when there is no answer.

        A body longer than `max_bytes` (decoded) is refused; with `cut`, its beginning is the answer.
        """
        deadline = self._settings.deadline_seconds
        try:
            async with asyncio.timeout(deadline):
                return await self._get(url, headers or {}, screen, max_bytes, cut=cut)
        except TimeoutError as error:
            raise FetchFailed(f"the answer was not complete after {deadline:g} s", transient=True) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _explained(error, self._settings.timeout_seconds) from error

    async def _get(
        self, url: str, headers: Mapping[str, str], screen: Screen, max_bytes: int, *, cut: bool
    ) -> Answer:
        self._client.cookies.clear()  # a session would make the answer depend on what was read before
        async with self._client.stream(
            "GET", url, headers=dict(headers), extensions=self._extensions
        ) as response:
            found = _headers(response)
            refusal = screen(response.status_code, found)
            if refusal is None and not cut:
                refusal = _too_long(found, max_bytes)
            if refusal is not None:
                return Answer(url, response.status_code, found, refusal=refusal)
            if response.status_code != 200:
                await _drain(response)
                return Answer(url, response.status_code, found)
            return await _read(url, response, found, max_bytes, cut=cut)


def _when_sent(sent: Callable[[], None]) -> Callable[[str, object], Awaitable[None]]:
    """A trace of httpcore's: a name may have to be resolved and a connection made before a request leaves."""

    async def trace(event: str, _details: object) -> None:
        if event.endswith("send_request_headers.started"):
            sent()

    return trace


async def _read(
    url: str, response: httpx.Response, headers: Mapping[str, str], max_bytes: int, *, cut: bool
) -> Answer:
    decoder = decoder_for(headers.get("content-encoding", ""))
    body = bytearray()
    received = 0
    clock = asyncio.get_running_loop().time
    begun = clock()
    async for chunk in response.aiter_raw():
        received += len(chunk)
        _refuse_drip(received, clock() - begun)
        body += decoder.feed(chunk, max_bytes + 1 - len(body))
        if len(body) > max_bytes:
            refusal = None if cut else _length_reason(max_bytes)
            kept = bytes(body[:max_bytes]) if cut else b""
            return Answer(url, response.status_code, headers, kept, refusal, received)
    decoder.finish()
    return Answer(url, response.status_code, headers, bytes(body), received=received)


def _refuse_drip(received: int, seconds: float) -> None:
    if seconds > DRIP_SECONDS and received < seconds * DRIP_BYTES_PER_SECOND:
        raise FetchFailed(f"fewer than {DRIP_BYTES_PER_SECOND} bytes a second came in", transient=False)


def _headers(response: httpx.Response) -> dict[str, str]:
    """The headers by lower-case name; one that is repeated as a list, X-Robots-Tag as one line for each.

    A name in an X-Robots-Tag is for that header alone, which commas would hide.
    """
    found = {name.lower(): value for name, value in response.headers.items()}
    if "x-robots-tag" in found:
        found["x-robots-tag"] = "\n".join(response.headers.get_list("x-robots-tag"))
    return found


async def _drain(response: httpx.Response) -> None:
    """Read a short body that nobody wants: only then can the connection be used again."""
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        if received > _DRAIN_BYTES:
            return


@cache
def shared_tls() -> ssl.SSLContext:
    """Return the TLS settings for all clients; loading the certificates takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class _CheckedTransport(httpx.AsyncBaseTransport):
    """Connects to addresses that were checked; the name stays in Host header and TLS handshake."""

    def __init__(self, inner: httpx.AsyncHTTPTransport, *, allow_private: bool) -> None:
        self._inner = inner
        self._allow_private = allow_private
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        addresses = await self._checked(host, request.url.port or 0)
        request.extensions = {**request.extensions, "sni_hostname": host}
        url = request.url
        for address in addresses[:MAX_ADDRESSES]:
            request.url = url if address == host else url.copy_with(host=address)
            try:
                response = await self._inner.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
                continue
            return response
        self._known.pop(host, None)
        raise failure

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _checked(self, host: str, port: int) -> tuple[str, ...]:
        now = asyncio.get_running_loop().time()
        resolved_at, addresses = self._known.get(host, (0.0, ()))
        if not addresses or now - resolved_at > ADDRESS_LIFETIME_SECONDS:
            addresses = await resolve(host, port, allow_private=self._allow_private)
            self._known[host] = (now, addresses)
        return addresses


def _too_long(headers: Mapping[str, str], max_bytes: int) -> str | None:
    length = headers.get("content-length", "")
    return _length_reason(max_bytes) if length.isdecimal() and int(length) > max_bytes else None


def _length_reason(max_bytes: int) -> str:
    return f"the body is longer than {max_bytes / 1e6:g} MB"


# What httpx raises, the words in it that tell cases apart, what a person should read, and whether to retry.
_REASONS: tuple[tuple[type[Exception], tuple[str, ...], str, bool], ...] = (
    (httpx.ConnectTimeout, (), "no connection within {timeout:g} s", True),
    (httpx.TimeoutException, (), "no answer within {timeout:g} s", True),
    (httpx.ConnectError, ("certificate",), "the TLS certificate is not valid", False),
    (httpx.ConnectError, ("ssl", "tls"), "no TLS connection could be made", True),
    (httpx.ConnectError, (), "the connection was refused", True),
    (httpx.NetworkError, (), "the connection broke off", True),
    (httpx.RemoteProtocolError, ("without sending", "incomplete"), "the answer broke off", True),
    (httpx.RemoteProtocolError, (), "the server does not speak proper HTTP", True),
    (Exception, (), "the request failed: {name}", True),
)


def _explained(error: Exception, timeout: float) -> FetchFailed:
    text = str(error).lower()
    for kind, words, reason, transient in _REASONS:
        if isinstance(error, kind) and (not words or any(word in text for word in words)):
            return FetchFailed(reason.format(timeout=timeout, name=type(error).__name__), transient=transient)
    raise AssertionError("the last row matches every exception")
