"""One answer is of one release: header, ETag, number and content agree, whatever is published meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine

from store.releases import publish_release
from tests.linernotes.service.conftest import LANTERNS, TIDE, Ask, asking, fill, served
from tests.small_release import publish

Make = Callable[..., FastAPI]


def _publish_marked(engine: Engine, mark: str) -> int:
    """A release whose every term is `mark`."""
    with engine.begin() as connection:
        vectors = {LANTERNS: [1, 0.1], TIDE: [1, 0.2]}
        return publish(connection, {LANTERNS: {mark: 0.9}, TIDE: {mark: 0.8}}, vectors)


def test_an_answer_names_its_release_and_changes_its_etag_with_it(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled))
    before = ask("/v1/artists/1/terms")
    number = _publish_marked(filled, "mark")
    after = ask("/v1/artists/1/terms")
    assert before.headers["linernotes-release"] == str(before.json()["release"])
    assert after.headers["linernotes-release"] == str(number) == str(after.json()["release"])
    assert after.json()["items"][0]["term"] == "mark"
    assert before.headers["etag"] != after.headers["etag"]


def test_who_has_the_answer_gets_304(ask: Ask) -> None:
    first = ask("/v1/artists/1/similar")
    again = ask("/v1/artists/1/similar", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    other = ask("/v1/artists/2/similar", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_who_has_the_quotes_gets_304_until_they_change(ask: Ask) -> None:
    path = "/v1/artists/1/evidence?term=guitars"
    tag = ask(path).headers["etag"]
    assert ask(path, headers={"if-none-match": tag}).status_code == 304


def test_a_forgotten_sentence_is_gone_at_once(filled: Engine, make_app: Make) -> None:
    from linernotes.cli.app import run

    ask = asking(make_app(filled))
    path = "/v1/artists/1/evidence?term=guitars"
    tag = ask(path).headers["etag"]
    url = filled.url.render_as_string(hide_password=False)
    assert run(["--database", url, "forget", "https://magazine.example/1", "--yes"]) == 0
    answer = ask(path, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer.json()["items"] == []


def test_a_page_of_another_release_is_409(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled))
    following = ask("/v1/artists?limit=1").json()["next"]
    number = _publish_marked(filled, "mark")
    answer = ask(following)
    assert answer.status_code == 409
    assert answer.json()["release"] == number


def test_long_answers_are_compressed_for_who_asks(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled))
    answer = ask("/openapi.json", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["info"]["title"] == "linernotes"


def test_no_answer_mixes_releases_that_are_published_during_the_questions(
    filled: Engine, make_app: Make
) -> None:
    marks = {_publish_marked(filled, f"mark{turn}"): f"mark{turn}" for turn in range(2)}
    over = threading.Event()

    def publish_in_turn() -> None:
        while not over.is_set():
            for number in marks:
                with filled.begin() as connection:
                    publish_release(connection, number)
                over.wait(0.005)

    def check(base: str) -> int:
        seen = set()
        with httpx.Client(base_url=base) as client:
            for turn in range(60):
                path = ("/v1/artists/1/terms", "/v1/artists/1/similar", "/v1/terms")[turn % 3]
                answer = client.get(path)
                assert answer.status_code == 200, answer.text
                number = answer.json()["release"]
                assert answer.headers["linernotes-release"] == str(number)
                assert answer.headers["etag"].startswith(f'W/"{number}-')
                item = answer.json()["items"][0]
                found = item["shared"][0] if "shared" in item else item["term"]
                assert found == marks[number]
                seen.add(number)
        return len(seen)

    with served(make_app(filled, rate_limit=0)) as base, ThreadPoolExecutor(4) as pool:
        publishing = threading.Thread(target=publish_in_turn)
        publishing.start()
        try:
            assert max(pool.map(check, [base] * 3)) == 2
        finally:
            over.set()
            publishing.join()


def test_a_quick_answer_is_of_the_release_that_was_read_into_memory(
    sqlite_engine: Engine, make_app: Make
) -> None:
    fill(sqlite_engine)
    app = make_app(sqlite_engine)
    ask = asking(app)
    at_once = app.state.answering._at_once
    for turn in range(3):
        number = _publish_marked(sqlite_engine, f"mark{turn}")
        for _ in range(3):
            answer = ask("/v1/artists/1/similar").json()
            assert (answer["release"], answer["items"][0]["shared"]) == (number, [f"mark{turn}"])
            at_once._reading.result()
        assert at_once._in_memory.release_id == number
