from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pyarrow as pa
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from linernotes.service.examples import EXAMPLES
from tests.linernotes.service.conftest import LANTERNS, MBID, TIDE, Ask, asking

# A question of each operation: path, and the body of a POST.
QUESTIONS: dict[str, tuple[str, Any]] = {
    "list_artists": ("/v1/artists?limit=2", None),
    "get_map": ("/v1/map", None),
    "look_up_artist": ("/v1/artists/lookup?name=Glass/Orchard", None),
    "get_artist": (f"/v1/artists/{LANTERNS}", None),
    "list_artist_terms": ("/v1/artists/Paper Lanterns/terms?limit=1", None),
    "list_evidence": ("/v1/artists/1/evidence?term=guitars", None),
    "list_activity": ("/v1/artists/1/activity", None),
    "list_rising_terms": ("/v1/artists/1/rising-terms", None),
    "list_similar_of_artist": ("/v1/artists/1/similar?explain=true", None),
    "list_dissimilar_of_artist": ("/v1/artists/1/dissimilar", None),
    "list_similar": ("/v1/similar?seed=1^2&seed=Slow Tide&explain=1", None),
    "list_dissimilar": ("/v1/dissimilar?seed=1&seed=2^-0.5", None),
    "get_explanation": ("/v1/explanation?a=1&b=2", None),
    "get_comparison": ("/v1/comparison?a=Paper Lanterns&b=Slow Tide", None),
    "suggest_artists": ("/v1/suggest?q=pap", None),
    "search_artists": ("/v1/search?q=haze -brass", None),
    "list_candidates": ("/v1/candidates", None),
    "list_terms": ("/v1/terms?facet=mood", None),
    "get_term": ("/v1/terms/haze", None),
    "list_term_artists": ("/v1/terms/haze/artists", None),
    "list_rising_artists": ("/v1/terms/haze/rising-artists", None),
    "look_up_many": (
        "/v1/bulk",
        {"artists": [1, MBID, "Nobody"], "include": ["terms", "similar", "summary", "vector"]},
    ),
    "list_vectors": ("/v1/vectors?limit=2", None),
    "get_release": ("/v1/releases/current", None),
    "get_state": ("/v1/state", None),
    "get_liveness": ("/health/live", None),
    "get_readiness": ("/health/ready", None),
    "get_health": ("/health", None),
}


def _operations(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    paths = described["paths"].values()
    return {operation["operationId"]: operation for item in paths for operation in item.values()}


def _validator(described: dict[str, Any], operation: str) -> Draft202012Validator:
    answer = _operations(described)[operation]["responses"]["200"]["content"]["application/json"]
    schema = {**answer["schema"], "components": described["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _asked(ask: Ask, operation: str) -> httpx.Response:
    path, body = QUESTIONS[operation]
    return ask(path) if body is None else ask(path, "POST", json=body)


@pytest.mark.parametrize("operation", QUESTIONS)
def test_an_answer_has_the_form_that_openapi_tells(ask: Ask, operation: str) -> None:
    answer = _asked(ask, operation)
    assert answer.status_code == 200, answer.text
    described = ask("/openapi.json").json()
    assert list(_validator(described, operation).iter_errors(answer.json())) == []


def test_every_operation_is_described_with_an_example_of_its_form(ask: Ask) -> None:
    described = ask("/openapi.json").json()
    operations = _operations(described)
    assert set(operations) == {*QUESTIONS, "get_metrics"}
    assert set(EXAMPLES) == set(QUESTIONS)
    for name in EXAMPLES:
        shown = operations[name]["responses"]["200"]["content"]["application/json"]["example"]
        assert list(_validator(described, name).iter_errors(shown)) == [], name


def test_the_description_is_openapi_3_1_and_tells_the_errors(ask: Ask) -> None:
    described = ask("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for name, operation in _operations(described).items():
        assert operation["tags"], name
        assert operation["summary"], name
        assert "503" in operation["responses"] or name == "get_liveness", name


@pytest.mark.parametrize("reference", ["1", "Paper Lanterns", "paper lanterns", "PL", "name:PL", "%231"])
def test_an_artist_is_found_by_number_name_and_alias(ask: Ask, reference: str) -> None:
    assert ask(f"/v1/artists/{reference}").json()["artist"]["id"] == LANTERNS


def test_an_artist_is_found_by_mbid(ask: Ask) -> None:
    assert ask(f"/v1/artists/{MBID}").json()["artist"]["id"] == TIDE


def test_a_name_of_digits_is_asked_for_as_a_name(ask: Ask) -> None:
    assert ask("/v1/artists/1975").status_code == 404
    assert ask("/v1/artists/name:1975").json()["artist"]["name"] == "1975"
    assert ask("/v1/artists/lookup?name=1975").json()["artist"]["name"] == "1975"


def test_an_artist_with_too_little_text_says_so(ask: Ask) -> None:
    answer = ask("/v1/artists/1975 Engine/similar").json()
    assert answer["items"] == []
    assert "at least 100 are needed" in answer["notes"][0]
    assert ask("/v1/artists/1975 Engine").json()["not_enough_text"]["needed"] == 100


def test_similar_artists_are_those_of_the_catalog(ask: Ask) -> None:
    found = ask("/v1/artists/1/similar").json()
    assert [near["artist_id"] for near in found["items"]] == [2, 3]
    assert found["items"][0]["shared"] == ["haze"]
    assert found["seeds"] == [{"artist_id": 1, "artist": "Paper Lanterns", "mbid": None}]


def test_seeds_have_weights_and_artists_can_be_left_out(ask: Ask) -> None:
    away = ask("/v1/similar?seed=2&seed=Glass/Orchard^-1").json()
    assert [near["artist_id"] for near in away["items"]] == [1]
    assert ask("/v1/similar?seed=2&exclude=1").json()["items"][0]["artist_id"] == 3


def test_filters_reach_the_catalog(ask: Ask) -> None:
    assert ask("/v1/artists/2/similar?era=1990s").json()["items"][0]["artist_id"] == 1
    assert ask("/v1/artists/1/similar?min_familiarity=0.9").json()["items"] == []


def test_reasons_add_what_makes_each_similar(ask: Ask) -> None:
    near = ask("/v1/artists/1/similar?explain=true&limit=1").json()["items"][0]
    assert near["reasons"][0]["seed"]["artist_id"] == 1
    assert near["reasons"][0]["shared"][0]["term"] == "haze"


def test_evidence_quotes_with_the_address(ask: Ask) -> None:
    (quote,) = ask("/v1/artists/1/evidence?term=guitars").json()["items"]
    assert quote["url"] == "https://magazine.example/1"
    assert "guitars" in quote["quote"]


def test_a_search_tells_how_it_was_understood(ask: Ask) -> None:
    found = ask("/v1/search?q=haze -brass zzz").json()
    assert found["items"][0]["artist_id"] == 1
    assert found["interpretation"]["unknown"] == ["zzz"]


def test_two_artists_are_compared_side_by_side(ask: Ask) -> None:
    found = ask("/v1/comparison?a=1&b=2").json()
    assert found["shared_terms"] == ["haze"]
    assert found["a"]["own_terms"] == ["guitars", "1990s"]


def test_bulk_tells_who_is_unknown(ask: Ask) -> None:
    found = ask("/v1/bulk", "POST", json={"artists": [1, "Nobody", 99], "include": ["vector"]}).json()
    assert found["not_found"] == ["Nobody", 99]
    assert [len(item["vector"]) for item in found["items"]] == [3]


def test_vectors_come_as_an_arrow_stream(ask: Ask) -> None:
    answer = ask("/v1/vectors?format=arrow")
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.column("artist_id").to_pylist() == [1, 2, 3]
    assert table.schema.field("vector").type == pa.list_(pa.float32(), 3)


def test_vectors_go_on_after_the_last_number(ask: Ask) -> None:
    first = ask("/v1/vectors?limit=2").json()
    assert [row["artist_id"] for row in first["items"]] == [1, 2]
    second = ask(first["next"]).json()
    assert [row["artist_id"] for row in second["items"]] == [3]
    assert second["next"] is None


def test_pages_follow_one_another_until_the_last(ask: Ask) -> None:
    seen, path = [], "/v1/artists?limit=2"
    while path:
        answer = ask(path)
        seen += [each["artist_id"] for each in answer.json()["items"]]
        path = answer.json()["next"]
        assert ("link" in answer.headers) == (path is not None)
    assert sorted(seen) == [1, 2, 3]


def test_a_page_keeps_the_question(ask: Ask) -> None:
    following = ask("/v1/terms?facet=mood&limit=1").json()["next"]
    assert [each["facet"] for each in ask(following).json()["items"]] == ["mood"]


def test_the_state_names_no_process_and_no_host(ask: Ask) -> None:
    rows = ask("/v1/state").json()["items"]
    assert {"area": "release", "measure": "artists", "reason": None, "value": 3} in rows
    assert not [row for row in rows if row["measure"] == "leased"]


def test_metrics_count_requests_by_route(ask: Ask) -> None:
    ask("/v1/artists/1/similar")
    ask("/v1/artists/1/similar")
    text = ask("/metrics").text
    route = 'route="/v1/artists/{artist}/similar"'
    assert f'linernotes_http_requests_total{{method="GET",{route},status="200"}} 2.0' in text
    assert 'linernotes_http_cache_lookups_total{outcome="hit"} 1.0' in text
    assert "linernotes_http_release 1.0" in text


def test_health_says_whether_there_is_a_release(engine: Engine, make_app: Callable[..., FastAPI]) -> None:
    ask = asking(make_app(engine))
    assert ask("/health/live").status_code == 200
    answer = ask("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/no-release")


def test_head_says_what_get_would_say_without_the_body(ask: Ask) -> None:
    whole, head = ask("/v1/artists/1/similar"), ask("/v1/artists/1/similar", "HEAD")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]
