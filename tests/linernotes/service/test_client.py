from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

import linernotes
from linernotes.catalog import Catalog, open_catalog
from linernotes.client import AccessDenied, Client, ServiceFailed, ServiceUnavailable
from linernotes.client.naming import in_path, reference, seeds
from linernotes.errors import TermNotFound
from linernotes.service.tokens import Token
from tests.linernotes.service.conftest import MBID, fill, served

Make = Callable[..., FastAPI]


@pytest.fixture
def small(sqlite_engine: Engine) -> Engine:
    fill(sqlite_engine)
    return sqlite_engine


@pytest.fixture
def client(small: Engine, make_app: Make) -> Iterator[Client]:
    with served(make_app(small)) as base, Client(base) as client:
        yield client


@pytest.fixture
def catalog(small: Engine) -> Iterator[Catalog]:
    with open_catalog(small.url.render_as_string()) as catalog:
        yield catalog


QUESTIONS: dict[str, Callable[[Any], object]] = {
    "similar": lambda asked: asked.similar("Paper Lanterns"),
    "similar, weighted": lambda asked: asked.similar({"Slow Tide": 2, 3: -0.5}, exclude=["PL"]),
    "similar, filtered": lambda asked: asked.similar([2], era="1990s", limit=5),
    "dissimilar": lambda asked: asked.dissimilar(["1", "#2"][1:]),
    "why_empty": lambda asked: asked.why_empty("1975 Engine"),
    "why not empty": lambda asked: asked.why_empty(1),
    "summary": lambda asked: asked.summary(MBID),
    "no summary": lambda asked: asked.summary("1975"),
    "registered": lambda asked: asked.registered("PL"),
    "artist": lambda asked: asked.artist("Glass/Orchard"),
    "artist of digits": lambda asked: asked.artist("1975"),
    "artists": lambda asked: asked.artists(),
    "artists, some": lambda asked: asked.artists("s", limit=1),
    "suggest": lambda asked: asked.suggest("p"),
    "terms": lambda asked: asked.terms("Glass/Orchard", facet="mood"),
    "evidence": lambda asked: asked.evidence(1, "guitars"),
    "activity": lambda asked: asked.activity(1),
    "explain": lambda asked: asked.explain(1, "Slow Tide"),
    "search": lambda asked: asked.search("haze zzz"),
    "interpret": lambda asked: asked.interpret("haze zzz"),
    "rising_terms": lambda asked: asked.rising_terms(1),
    "rising_artists": lambda asked: asked.rising_artists("haze"),
    "known_terms": lambda asked: asked.known_terms("c", facet="mood"),
    "term": lambda asked: asked.term("Haze"),
    "term_artists": lambda asked: asked.term_artists("haze", limit=1),
    "candidates": lambda asked: asked.candidates(),
    "release": lambda asked: asked.release(),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_client_answers_as_the_catalog_does(client: Client, catalog: Catalog, question: str) -> None:
    ask = QUESTIONS[question]
    assert ask(client) == ask(catalog)


def test_vectors_are_the_same_numbers(client: Client, catalog: Catalog) -> None:
    ids, matrix = client.vectors()
    known, vectors = catalog.vectors()
    np.testing.assert_array_equal(ids, known)
    np.testing.assert_array_equal(matrix, vectors)
    assert matrix.dtype == np.float32


def test_many_artists_are_asked_for_at_once(client: Client) -> None:
    found = client.many([1, "Nobody", MBID], include=["terms", "vector"])
    assert [known.artist.artist for known in found] == ["Paper Lanterns", "Slow Tide"]
    assert found[0].terms is not None
    assert found[0].terms[0].term == "haze"
    assert found[0].similar is None


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (lambda asked: asked.terms("Paper Lantrens"), linernotes.ArtistNotFound),
        (lambda asked: asked.similar(99), linernotes.ArtistNotFound),
        (lambda asked: asked.term("nothing"), TermNotFound),
        (lambda asked: asked.search("zzz"), linernotes.NothingKnown),
        (lambda asked: asked.similar(1, limit=0), linernotes.BadQuestion),
        (lambda asked: asked.similar([]), linernotes.BadQuestion),
        (lambda asked: asked.similar({1: 0}), linernotes.BadQuestion),
        (lambda asked: asked.similar(1, era="soon"), linernotes.BadQuestion),
    ],
)
def test_the_client_raises_what_the_catalog_raises(
    client: Client, catalog: Catalog, question: Callable[[Any], object], error: type[Exception]
) -> None:
    with pytest.raises(error) as of_catalog:
        question(catalog)
    with pytest.raises(error) as of_client:
        question(client)
    assert getattr(of_client.value, "suggestions", None) == getattr(of_catalog.value, "suggestions", None)


def test_without_a_release_the_client_says_so_at_once(sqlite_engine: Engine, make_app: Make) -> None:
    with served(make_app(sqlite_engine)) as base, Client(base) as client, pytest.raises(linernotes.NoRelease):
        client.release()


def test_a_token_is_sent_and_needed(small: Engine, make_app: Make) -> None:
    from hashlib import sha256

    token = Token("radio", frozenset({"read"}), sha256(b"open").digest())
    with served(make_app(small, [token])) as base:
        with Client(base, "open") as client:
            assert client.release().artists == 3
        with Client(base) as client, pytest.raises(AccessDenied):
            client.release()


def test_the_client_waits_when_it_is_told_to(small: Engine, make_app: Make) -> None:
    with served(make_app(small, rate_limit=2, rate_burst=1)) as base:
        with Client(base) as client:
            assert [client.release().release_id for _ in range(2)] == [1, 1]
        with (
            Client(base, retries=0) as client,
            pytest.raises(ServiceUnavailable, match="requests per second"),
        ):
            for _ in range(3):
                client.release()


def test_a_service_that_is_not_there_is_told_in_a_sentence() -> None:
    unheard = pytest.raises(ServiceUnavailable, match=r"http://127.0.0.1:9 cannot be reached")
    with Client("http://127.0.0.1:9", retries=1, patience=0.01) as client, unheard:
        client.release()
    for address in ("127.0.0.1:8080", "ftp://service", "http://"):
        with pytest.raises(ServiceUnavailable), Client(address) as client:
            client.release()


def test_another_program_is_no_service() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    with served(app) as base, Client(base) as client, pytest.raises(ServiceFailed, match="did not answer"):  # type: ignore[arg-type]
        client.release()


def test_references_are_written_so_that_each_means_what_it_meant() -> None:
    assert [reference(each) for each in (7, "#7", "7", "name:x", "AC/DC")] == [
        "7",
        "7",
        "name:7",
        "name:name:x",
        "AC/DC",
    ]
    assert in_path("AC/DC") is None
    assert in_path("..") is None
    assert in_path("A B?") == "A%20B%3F"
    assert seeds({"Foo^2": 0.5, 7: -1}) == ["Foo^2^0.5", "7^-1"]
