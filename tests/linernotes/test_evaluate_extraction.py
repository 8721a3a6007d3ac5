"""Measuring how pages were read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from linernotes.evaluation.extraction import path_of
from linernotes.evaluation.records import Evaluation, EvaluationOptions, Given
from linernotes.evaluation.run import evaluate
from linernotes.ground_truth import GroundTruthUnusable
from tests.small_release import add_artist, add_document, publish

BASE = "https://magazine.example"


def gold(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        artist = add_artist(connection, "The Quiet Engine")
        add_document(
            connection,
            f"{BASE}/reviews/one/",
            "Quiet songs about engines.",
            about=[artist],
            title="Review: Night Shift",
            published=date(2020, 5, 17),
        )
        add_document(connection, f"{BASE}/index.html%3Fp=7", "Two words.", title="Other")
        for post in ("a", "b"):
            url = f"{BASE}/list/#{post}"
            add_document(connection, url, f"Part {post}.", thread=f"{BASE}/list/", kind="passage")
        remarks = {"thread": f"{BASE}/reviews/one/", "kind": "comments"}
        add_document(connection, f"{BASE}/reviews/one/#comments", "First!", **remarks)
        publish(connection, {}, {artist: [1, 0]})


def measured(engine: Engine, file: Path) -> Evaluation:
    return evaluate(engine, Given(extraction=file), EvaluationOptions(bootstrap=20))


def test_pages_are_compared_with_what_their_authors_kept(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    facts = {"title": "Night shift", "published": "2020-05-17", "artist": "Quiet Engine"}
    file = gold(
        tmp_path / "gold.jsonl",
        {"path": "reviews/one", "text": "Quiet songs about engines.", **facts},
        {"path": "else/where", "twin": "index.html?p=7", "text": "Two other", "published": "2001-01-01"},
        {"url": "http://127.0.0.1:8000/list/", "text": "Part a. Part b."},
        {"url": f"{BASE}/missing", "text": "Not there."},
    )
    result = measured(engine, file)
    assert result.value("extraction", "pages") == 4
    assert result.value("extraction", "page_stored") == 3 / 4
    assert result.value("extraction", "stored_once") == 3 / 4
    assert result.value("extraction", "token_f1") == pytest.approx((1 + 1 / 2 + 1) / 3)
    assert result.value("extraction", "token_f1_median") == 1
    assert result.value("extraction", "title_right") == 1
    assert result.value("extraction", "date_right") == 1 / 2
    assert result.value("extraction", "artist_right") == 1


def test_a_page_that_is_stored_at_both_its_addresses_is_not_stored_once(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    fill(sqlite_engine)
    row = {"path": "reviews/one", "twin": "index.html?p=7", "text": "Quiet songs about engines."}
    result = measured(sqlite_engine, gold(tmp_path / "gold.jsonl", row))
    assert result.value("extraction", "page_stored") == 1
    assert result.value("extraction", "stored_once") == 0


def test_addresses_meet_by_their_path() -> None:
    assert path_of("https://a.example/x/y/?p=1#z") == path_of("x/y/?p=1")
    assert path_of("https://a.example/index.html%3Fp=1") == path_of("/index.html?p=1")
    assert path_of("https://a.example/") == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"path": "a", "text": "x"}\n{broken\n', "line 2: not JSON"),
        ('["a"]\n', "line 1: expected a JSON object"),
        ('{"text": "x"}\n', "line 1: expected url or path, and text; found text"),
        ('{"path": "a", "text": ""}\n', "line 1: expected url or path, and text"),
        ('{"path": "a", "text": "x", "published": "May"}\n', 'line 1: published is a day .* not "May"'),
        ("\n", "holds no page"),
        ('{"path": "nowhere", "text": "x"}\n', "has no page whose path a document of this database has"),
    ],
)
def test_a_file_of_another_shape_is_told(
    sqlite_engine: Engine, tmp_path: Path, content: str, told: str
) -> None:
    fill(sqlite_engine)
    file = tmp_path / "gold.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(GroundTruthUnusable, match=told):
        measured(sqlite_engine, file)


def test_a_missing_or_foreign_file_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    with pytest.raises(GroundTruthUnusable, match="cannot be read: No such file"):
        measured(sqlite_engine, tmp_path / "none.jsonl")
    file = tmp_path / "latin.jsonl"
    file.write_bytes(b'{"path": "a", "text": "\xff"}')
    with pytest.raises(GroundTruthUnusable, match="is not UTF-8"):
        measured(sqlite_engine, file)
