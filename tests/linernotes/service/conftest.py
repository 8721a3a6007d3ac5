"""The service on a small release of made-up artists, asked in process or over a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from linernotes.catalog import open_catalog
from linernotes.service.app import create_app
from linernotes.service.settings import ServiceSection
from linernotes.service.tokens import Token
from tests.small_release import add_artist, add_document, publish

LANTERNS, TIDE, ORCHARD, ENGINE = 1, 2, 3, 4
MBID = "0b1a4c5e-93d1-4a55-8a08-2c5f2b1f9e10"
TEXT = "Paper Lanterns fold their guitars into a warm haze."

Ask = Callable[..., httpx.Response]


def fill(engine: Engine) -> int:
    """Publish a release of four artists, one of them with too little text, and return its number."""
    with engine.begin() as connection:
        add_artist(connection, "Paper Lanterns", aliases=["PL"], disambiguation="Bergen band", begin="2014")
        add_artist(connection, "Slow Tide", mbid=MBID)
        add_artist(connection, "Glass/Orchard")
        add_artist(connection, "1975 Engine")
        add_artist(connection, "1975")
        document = add_document(connection, "https://magazine.example/1", TEXT, about=[LANTERNS])
        return publish(
            connection,
            {
                LANTERNS: {"haze": 0.9, "guitars": 0.5, "1990s": 0.4},
                TIDE: {"haze": 0.6, "calm": 0.7},
                ORCHARD: {"calm": 0.8, "brass": 0.3},
            },
            {LANTERNS: [1, 0.2, 0], TIDE: [0.8, 0.6, 0], ORCHARD: [0, 1, 0.3]},
            facets={"haze": "mood", "calm": "mood", "guitars": "instrument", "1990s": "era"},
            evidence=[(LANTERNS, "guitars", document, TEXT)],
            words={"haze": [1, 0], "hazy": [0.9, 0.1]},
            activity=[(LANTERNS, date(2024, 3, 4), 2, 1, 0.4, 0.3)],
            summaries=[(LANTERNS, 900, 5, 3, 0.6, 0.2), (TIDE, 500, 3, 2, 0.3, 0.0)],
            term_weeks=[(LANTERNS, "haze", date(2024, 3, 4), 3, 2)],
        )


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with the small release, once of each kind."""
    fill(engine)
    return engine


@pytest.fixture
def make_app() -> Iterator[Callable[..., FastAPI]]:
    """Make applications on a database; they are closed afterwards."""
    made: list[FastAPI] = []

    def make(engine: Engine, tokens: Sequence[Token] = (), **settings: Any) -> FastAPI:  # noqa: ANN401 - of several types
        url = engine.url.render_as_string(hide_password=False)
        made.append(create_app(open_catalog(url), ServiceSection(**settings), tokens))
        return made[-1]

    yield make
    for app in made:
        app.state.answering.close()


def asking(app: FastAPI) -> Ask:
    """Return a function that asks an application in this process."""

    def ask(path: str, method: str = "GET", **arguments: Any) -> httpx.Response:  # noqa: ANN401 - those of httpx
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await client.request(method, path, **arguments)

        return asyncio.run(once())

    return ask


@pytest.fixture
def ask(filled: Engine, make_app: Callable[..., FastAPI]) -> Ask:
    """Ask the service on the small release."""
    return asking(make_app(filled))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of loopback, in a thread; yields its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
