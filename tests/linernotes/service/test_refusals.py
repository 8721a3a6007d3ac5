from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from linernotes.config_errors import ConfigError
from linernotes.service.guarding import OPEN
from linernotes.service.problems import PROBLEM
from linernotes.service.rates import RateLimit
from linernotes.service.serving import is_loopback, run_service
from linernotes.service.settings import ServiceSection
from linernotes.service.tokens import holder_of, new_token, read_tokens
from tests.linernotes.service.conftest import Ask, asking, fill

Make = Callable[..., FastAPI]


@pytest.fixture
def ask(sqlite_engine: Engine, make_app: Make) -> Ask:
    """What is refused before the database is asked is so on each; one kind is enough."""
    fill(sqlite_engine)
    return asking(make_app(sqlite_engine))


def test_an_unknown_artist_is_404_with_names_that_look_alike(ask: Ask) -> None:
    answer = ask("/v1/artists/Paper Lantrens/terms")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["suggestions"] == ["Paper Lanterns"]
    assert answer.json()["type"].endswith("/artist-not-found")


def test_an_unknown_term_is_404(ask: Ask) -> None:
    assert ask("/v1/terms/nothing").json()["type"].endswith("/term-not-found")


def test_a_description_of_unknown_words_is_404(ask: Ask) -> None:
    answer = ask("/v1/search?q=zzz")
    assert answer.status_code == 404
    assert answer.json()["unknown"] == ["zzz"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/artists/1/similar?limit=0", "query.limit"),
        ("/v1/artists/1/similar?limit=5000", "at most 1000"),
        ("/v1/artists/1/similar?min_buzz=2", "query.min_buzz"),
        ("/v1/artists/1/similar?max_familarity=1", "max_familarity"),
        ("/v1/artists/1/similar?era=soon", "names no years"),
        ("/v1/artists/1/similar?explain=true&limit=100", "With explain"),
        ("/v1/similar", "query.seed"),
        ("/v1/similar?seed=1^0", "weight"),
        ("/v1/similar?seed=1^1e9", "no artist"),
        ("/v1/similar?" + "&".join(f"seed={n}" for n in range(60)), "at most 50"),
        ("/v1/artists/1/terms?facet=colour", "query.facet"),
        ("/v1/artists/1/terms?limit=99999999999999999999", "query.limit"),
        ("/v1/artists?offset=-1", "query.offset"),
        ("/v1/artists/lookup?name=%20", "empty"),
        ("/v1/artists/lookup?name=a%00b", "NUL"),
        ("/v1/search?q=%22open", "not closed"),
        ("/v1/explanation?a=1", "query.b"),
    ],
)
def test_a_bad_question_says_what_is_wrong(ask: Ask, path: str, words: str) -> None:
    answer = ask(path)
    assert answer.status_code == (404 if words == "no artist" else 422), answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert words in answer.text


def test_a_number_beyond_all_is_nobody(ask: Ask) -> None:
    assert ask("/v1/artists/" + "9" * 40).status_code == 404


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"artists": ["\\ud800"]}', b'{"artists": []}', b'{"artists": [1e400]}', b"[]"]
)
def test_a_body_that_makes_no_sense_is_refused(ask: Ask, body: bytes) -> None:
    answer = ask("/v1/bulk", "POST", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == (400 if body == b"\xff" else 422)
    assert answer.headers["content-type"] == PROBLEM


def test_an_unknown_path_and_method_are_problems(ask: Ask) -> None:
    assert ask("/v1/nothing").headers["content-type"] == PROBLEM
    answer = ask("/v1/artists", "DELETE")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_too_many_artists_of_a_bulk_are_refused(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled, max_bulk=2))
    assert "at most 2" in ask("/v1/bulk", "POST", json={"artists": [1, 2, 3]}).json()["detail"]


def test_a_body_too_long_is_413_whether_its_length_is_told_or_not(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled, max_body_bytes=1000))
    told = ask("/v1/bulk", "POST", json={"artists": ["x" * 200] * 20})
    assert told.status_code == 413

    async def pieces():  # type: ignore[no-untyped-def]  # noqa: ANN202 - an async generator of bytes
        for _ in range(20):
            yield b" " * 100

    untold = ask("/v1/bulk", "POST", content=pieces(), headers={"content-type": "application/json"})
    assert untold.status_code == 413
    assert untold.headers["content-type"] == PROBLEM


def test_a_url_too_long_is_414(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled, max_url_bytes=300))
    assert ask("/v1/search?q=" + "a" * 400).status_code == 414


def test_without_a_release_everything_is_503(engine: Engine, make_app: Make) -> None:
    ask = asking(make_app(engine))
    answer = ask("/v1/artists")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "linernotes mine" in answer.json()["detail"]


def test_a_database_that_goes_away_is_503_and_is_not_named(
    filled: Engine, make_app: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = asking(make_app(filled))
    with filled.begin() as connection:
        for table in ("published_release", "releases"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_gone"))
    for path in ("/v1/artists", "/v1/artists/1/similar", "/health"):
        answer = ask(path)
        assert answer.status_code == 503
        assert "releases" not in answer.text


def test_more_than_can_wait_is_503(sqlite_engine: Engine, make_app: Make) -> None:
    fill(sqlite_engine)
    app = make_app(sqlite_engine, threads=1, max_waiting=1)
    app.state.answering._under_way = 2
    answer = asking(app)("/v1/artists")
    assert answer.json()["type"].endswith("/busy")


def test_what_takes_too_long_is_503(sqlite_engine: Engine, make_app: Make) -> None:
    import time

    fill(sqlite_engine)
    app = make_app(sqlite_engine, timeout_seconds=0.05)
    app.state.answering.catalog.artists = lambda *_, **__: time.sleep(0.3) or []
    answer = asking(app)("/v1/artists")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/timeout")


def test_a_fault_of_ours_is_a_problem_without_a_traceback(
    sqlite_engine: Engine, make_app: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(sqlite_engine)
    app = make_app(sqlite_engine)
    app.state.answering.catalog.artists = lambda *_, **__: 1 // 0
    answer = asking(app)("/v1/artists")
    assert answer.status_code == 500
    assert answer.json()["detail"] == "This is a fault in linernotes; its log tells more."
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_every_answer_keeps_pages_from_foreign_hosts(ask: Ask) -> None:
    for path in ("/v1/artists", "/v1/nothing"):
        headers = ask(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self'" in headers["content-security-policy"]


# --- who may ask ------------------------------------------------------------------------------------------


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


def test_with_tokens_everything_but_health_needs_one(
    filled: Engine, make_app: Make, token_file: Path
) -> None:
    token = new_token(token_file, "radio")
    ask = asking(make_app(filled, read_tokens(token_file)))
    answer = ask("/v1/artists")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert ask("/openapi.json").status_code == 401
    assert ask(OPEN).status_code == 200
    assert ask("/v1/artists", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert ask("/v1/artists", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert ask("/v1/artists", auth=("anybody", token)).status_code == 200


def test_a_token_for_metrics_opens_nothing_else(filled: Engine, make_app: Make, token_file: Path) -> None:
    token = new_token(token_file, "prometheus", "metrics")
    ask = asking(make_app(filled, read_tokens(token_file)))
    headers = {"authorization": f"Bearer {token}"}
    assert ask("/metrics", headers=headers).status_code == 200
    assert ask("/v1/artists", headers=headers).status_code == 403


def test_a_token_is_kept_as_a_digest_that_only_the_owner_reads(token_file: Path) -> None:
    token = new_token(token_file, "radio")
    assert token not in token_file.read_text()
    assert token_file.stat().st_mode & 0o777 == 0o600
    (known,) = read_tokens(token_file)
    assert holder_of(f"Bearer {token}", [known]) == known


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic !!", "Basic \u00e9", "Digest x"])
def test_what_is_no_token_opens_nothing(header: str | None, token_file: Path) -> None:
    new_token(token_file, "radio")
    assert holder_of(header, read_tokens(token_file)) is None


@pytest.mark.parametrize("line", ["radio read", "radio write " + "0" * 64, "radio read xyz"])
def test_a_file_of_tokens_that_is_wrong_is_explained(token_file: Path, line: str) -> None:
    token_file.write_text(f"# made by hand\n{line}\n")
    with pytest.raises(ConfigError, match="Line 2 of"):
        read_tokens(token_file)


def test_a_file_without_tokens_is_refused(token_file: Path) -> None:
    token_file.write_text("# nobody\n")
    with pytest.raises(ConfigError, match="holds no token"):
        read_tokens(token_file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_tokens(token_file.with_name("missing"))


def test_the_service_refuses_an_open_address_without_tokens() -> None:
    with pytest.raises(ConfigError, match="can be reached by others"):
        run_service("sqlite://", ServiceSection(listen="0.0.0.0:0"))


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("radio.example", False)],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here


# --- how often --------------------------------------------------------------------------------------------


def test_too_many_requests_are_429_and_say_when_to_come_again(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled, rate_limit=0.01, rate_burst=2))
    answers = [ask("/v1/artists") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit"].startswith('"default";r=1')
    assert 90 <= int(answers[2].headers["retry-after"]) <= 100
    assert ask(OPEN).status_code == 200


def test_a_bucket_fills_again_and_belongs_to_one_client() -> None:
    now = [0.0]
    limit = RateLimit(2, 2, lambda: now[0])
    assert [limit.take("a").passes for _ in range(3)] == [True, True, False]
    assert limit.take("b").passes
    now[0] = 0.5
    assert limit.take("a").passes
    assert not limit.take("a").passes


# --- foreign pages ----------------------------------------------------------------------------------------


def test_only_pages_of_the_origins_named_may_ask(filled: Engine, make_app: Make) -> None:
    ask = asking(make_app(filled, cors_origins=["https://radio.example"]))
    seen = ask("/v1/artists", headers={"origin": "https://radio.example"})
    assert seen.headers["access-control-allow-origin"] == "https://radio.example"
    assert "Linernotes-Release" in seen.headers["access-control-expose-headers"]
    other = ask("/v1/artists", headers={"origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-origin" not in asking(make_app(filled))("/v1/artists").headers
