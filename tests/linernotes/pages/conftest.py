"""The pages on a small release of made-up artists, some of them hostile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.types import ASGIApp

from linernotes.catalog import open_catalog
from linernotes.service.app import create_app
from linernotes.service.settings import ServiceSection
from tests.small_release import add_artist, add_document, publish

HARBOUR, VELVET, SCRIPT, QUOTED, SILENT, NAMESAKE, TERM_NAME = range(1, 8)
HOSTILE = "<script>alert(1)</script>"
ATTRIBUTE = "\"'><img src=x onerror=alert(2)>"
SENTENCES = (
    "Harbour Lights play a dreamy kind of shoegaze.",
    "Few records are as dreamy as this <b>one</b>.",
    "Harbour Lights sound like Velvet Engine on a calm day.",
)

Ask = Callable[..., httpx.Response]


def fill(engine: Engine) -> None:
    """Publish a release with a map, quotes, comparisons, hostile names and an address that is no link."""
    with engine.begin() as connection:
        add_artist(connection, "Harbour Lights", aliases=["HL"], disambiguation="from Bergen", begin="1991")
        add_artist(connection, "Velvet Engine")
        add_artist(connection, HOSTILE, disambiguation=HOSTILE, aliases=[ATTRIBUTE])
        add_artist(connection, ATTRIBUTE)
        add_artist(connection, "Silent Type")
        add_artist(connection, "Harbour Lights", disambiguation="jazz trio")
        add_artist(connection, "Dreamy")
        good = add_document(
            connection,
            "https://blog.example/1?a=1&b=2",
            SENTENCES[0],
            about=[HARBOUR],
            published=date(2020, 5, 4),
            title="A <i>review</i>",
        )
        bad = add_document(connection, "javascript:alert(3)", SENTENCES[1], about=[HARBOUR], source="import")
        third = add_document(connection, "https://blog.example/2", SENTENCES[2], about=[HARBOUR])
        publish(
            connection,
            {
                HARBOUR: {"dreamy": 0.6, "shoegaze": 0.5, "90s": 0.2, "hazy": 0.1, "guitar": 0.3},
                VELVET: {"dreamy": 0.4, "shoegaze": 0.7, "loud": 0.3},
                SCRIPT: {"loud": 0.5, HOSTILE: 0.4, "dreamy": 0.1},
                QUOTED: {"dreamy": 0.2, "loud": 0.1},
                NAMESAKE: {"jazz": 0.8},
            },
            {
                HARBOUR: [1.0, 0.3, 0.1],
                VELVET: [0.9, 0.5, 0.0],
                SCRIPT: [0.2, 1.0, 0.3],
                QUOTED: [0.4, 0.8, 0.2],
                NAMESAKE: [0.1, 0.1, 1.0],
            },
            facets={
                "dreamy": "mood",
                "shoegaze": "genre",
                "90s": "era",
                "hazy": "mood",
                "loud": "mood",
                "jazz": "genre",
                "guitar": "instrument",
                HOSTILE: "theme",
            },
            evidence=[(HARBOUR, "dreamy", good, SENTENCES[0]), (HARBOUR, "dreamy", bad, SENTENCES[1])],
            words={"dreamy": [1, 0], "hazy": [0.9, 0.2], "loud": [0, 1]},
            activity=[
                (HARBOUR, date(2020, 5, 4), 2, 1, 0.4, 0.3),
                (HARBOUR, date(2020, 6, 1), 1, 1, 0.4, 0.3),
            ],
            inferred=[(HARBOUR, "hazy")],
            summaries=[
                (HARBOUR, 900, 3, 2, 0.9, 0.4),
                (VELVET, 700, 2, 2, 0.5, 0.0),
                (SCRIPT, 300, 1, 1, 0.2, 0.0),
            ],
            comparisons=[(HARBOUR, VELVET, third, SENTENCES[2])],
            term_weeks=[(HARBOUR, "dreamy", date(2020, 5, 4), 2, 1)],
            directions={
                "dreamy": [0.5, 0.1, 0],
                "shoegaze": [0.4, 0.2, 0],
                "loud": [0, 0.5, 0],
                "90s": [0.1, 0, 0.1],
                "hazy": [0.1, 0, 0],
                "guitar": [0.1, 0.1, 0.1],
                "jazz": [0, 0, 0.8],
                HOSTILE: [0, 0.1, 0],
            },
            places={
                HARBOUR: (-0.8, 0.1, 2),
                VELVET: (-0.6, 0.3, 2),
                SCRIPT: (0.5, -0.4, 3),
                QUOTED: (0.7, -0.2, 3),
                NAMESAKE: (0.1, 0.8, None),
            },
            regions=[
                (1, None, 0, 0.0, 0.0, 5, f"shoegaze, {HOSTILE}", ["shoegaze"]),
                (2, 1, 1, -0.7, 0.2, 2, "dreamy", ["dreamy"]),
                (3, 1, 1, 0.6, -0.3, 2, "loud", ["loud"]),
            ],
        )


@pytest.fixture
def make_app() -> Iterator[Callable[[Engine], FastAPI]]:
    """Make applications on a database; they are closed afterwards."""
    made: list[FastAPI] = []

    def make(engine: Engine) -> FastAPI:
        url = engine.url.render_as_string(hide_password=False)
        made.append(create_app(open_catalog(url), ServiceSection()))
        return made[-1]

    yield make
    for app in made:
        app.state.answering.close()


def asking(app: ASGIApp) -> Ask:
    """Return a function that asks an application in this process, as a browser does."""

    def ask(path: str, **headers: str) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await client.get(path, headers={"accept": "text/html", **headers})

        return asyncio.run(once())

    return ask


@pytest.fixture
def ask(sqlite_engine: Engine, make_app: Callable[[Engine], FastAPI]) -> Ask:
    """Ask for pages of the small release, for tests in which the kind of database makes no difference."""
    fill(sqlite_engine)
    return asking(make_app(sqlite_engine))


@pytest.fixture
def ask_both(engine: Engine, make_app: Callable[[Engine], FastAPI]) -> Ask:
    """The same, once on each kind of database."""
    fill(engine)
    return asking(make_app(engine))
