"""Sites that change, fail and misbehave, differently in every round, but the same for the same seed."""

from __future__ import annotations

import asyncio
import gzip
from random import Random

from web.server import Conduct, Page, Site, response
from web.sites import DISALLOWED, ROBOTS, note_number, prose

# What a page does all its life, and how many of a hundred do it. So few fail that no host is taken for down.
CONDUCTS = {
    "steady": 40,
    "changing": 18,
    "vanishing": 8,
    "gone for good": 2,
    "flaky": 7,
    "busy": 4,
    "slow": 5,
    "reset": 3,
    "moved": 4,
    "circle": 2,
    "picture": 2,
    "bomb": 1,
    "endless": 2,
    "drip": 1,
    "endless head": 1,
}
_BOMB = response(
    gzip.compress(b"<p>" + bytes(30_000_000)), 200, "text/html; charset=utf-8", "Content-Encoding: gzip"
)
_CHUNK = b"<p>and on and on and on and on and on and on</p>\n" * 500
_HALF_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


class Misbehaving(Site):
    """Every host has `/`, which always answers, and `/notes/1` and so on, each with a conduct of its own."""

    def __init__(self, pages: int, seed: int = 1) -> None:
        self._pages = pages
        self._seed = seed
        self._turn = 0
        self._chance = Random(seed)
        self._robots = response(ROBOTS.encode(), 200, "text/plain")

    def turn(self, number: int) -> None:
        """Change what changes."""
        self._turn = number

    def conduct(self, host: str, number: int) -> str:
        """Return what a page does."""
        if number == 0:
            return "steady"
        drawn = Random(f"{self._seed} {host} {number}").choices(list(CONDUCTS), list(CONDUCTS.values()))
        return drawn[0]

    def answer(self, host: str, path: str, head: bytes) -> bytes | Conduct:
        """Return a page, or what it does instead."""
        if path == "/robots.txt":
            return self._robots
        number = note_number(path)
        if not 0 <= number < self._pages:
            return _status(404)
        conduct = self.conduct(host, number)
        return self._trouble(conduct, number) or self._page(host, number, conduct, head)

    def _trouble(self, conduct: str, number: int) -> bytes | Conduct | None:
        """Return what a page does instead of answering, if it does anything else this time."""
        lasting: dict[str, bytes | Conduct] = {
            "reset": _reset,
            "endless": _endless,
            "drip": _drip,
            "endless head": _endless_head,
            "bomb": _BOMB,
            "picture": response(b"\x89PNG\r\n\x1a\n" + bytes(2_000), 200, "image/png"),
            "moved": _status(301, f"Location: /notes/{(number + 1) % self._pages}"),
            "circle": _status(302, f"Location: /notes/{number}?again={self._chance.randrange(3)}"),
        }
        if conduct in lasting:
            return lasting[conduct]
        if conduct == "gone for good" and self._turn >= 3:
            return _status(410)
        if conduct == "vanishing" and (self._turn + number) % 4 == 0:
            return _status(404)
        if conduct in {"flaky", "busy"} and self._chance.random() < 0.4:
            return _status(500) if conduct == "flaky" else _status(503, "Retry-After: 1")
        return None

    def _page(self, host: str, number: int, conduct: str, head: bytes) -> bytes | Conduct:
        version = self._turn // (1 + number % 3) if conduct == "changing" else 0
        text = prose(Random(f"{host} {number} {version}"), 150)
        linked = range(1, self._pages) if number == 0 else [(number * 7 + n) % self._pages for n in range(5)]
        links = "".join(f'<li><a href="/notes/{other}">Note {other}</a></li>' for other in linked if other)
        html = (
            f"<!doctype html><title>Note {number} of {host}</title><article><h1>Note {number} of {host}</h1>"
            f'{text}</article><ul>{links}</ul><footer><a href="{DISALLOWED}">Search</a></footer>'
        )
        answer = Page.of(html, f'"{number}-{version}"').answer(head)
        return _late(answer, self._chance.uniform(0.1, 1.0)) if conduct == "slow" else answer


def _status(status: int, *headers: str) -> bytes:
    return response(b"<!doctype html><title>No</title><p>Not now.", status, "text/html", *headers)


def _late(answer: bytes, seconds: float) -> Conduct:
    async def conduct(transport: asyncio.Transport) -> None:
        await asyncio.sleep(seconds)
        if not transport.is_closing():
            transport.write(answer)

    return conduct


async def _reset(transport: asyncio.Transport) -> None:
    transport.write(_HALF_HEAD + b"Content-Length: 5000\r\n\r\n<p>This will never be")
    await asyncio.sleep(0.05)
    transport.abort()


async def _endless(transport: asyncio.Transport) -> None:
    transport.write(_HALF_HEAD + b"\r\n<!doctype html><title>No end</title>")
    await _write_on(transport, _CHUNK, 0.002)


async def _drip(transport: asyncio.Transport) -> None:
    transport.write(_HALF_HEAD + b"Content-Length: 100000\r\n\r\n")
    await _write_on(transport, b"<", 0.2)


async def _endless_head(transport: asyncio.Transport) -> None:
    transport.write(_HALF_HEAD)
    await _write_on(transport, b"X-More: " + b"and more " * 100 + b"\r\n", 0.002)


async def _write_on(transport: asyncio.Transport, data: bytes, pause: float) -> None:
    """Write until the client has enough, but not into memory where it does not read."""
    while not transport.is_closing():
        if transport.get_write_buffer_size() < 1 << 20:
            transport.write(data)
        await asyncio.sleep(pause)
