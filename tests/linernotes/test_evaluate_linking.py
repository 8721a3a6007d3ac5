"""Measuring whom texts are about, and which words are names."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

from linernotes.evaluation.linking import EVERY_CAPITAL, FIRST
from linernotes.evaluation.records import Evaluation, EvaluationOptions, Given
from linernotes.evaluation.run import evaluate
from linernotes.ground_truth import GroundTruthUnusable
from store.errors import LinernotesError
from tests.small_release import add_artist, publish

RIGHT = {
    "source": "blog",
    "artist": "Velvet Harbour",
    "title": "Velvet Harbour: Tides",
    "text": "Velvet Harbour make slow music. On this record Velvet Harbour sing of the sea.",
}
WRONG = {
    "source": "press",
    "artist": "Velvet Harbour",
    "title": None,
    "text": "Crimson Ledger sing again. Crimson Ledger are loud. Crimson Ledger toured with Velvet Harbour.",
}
NOBODY = {
    "source": "press",
    "artist": "Glass",
    "title": None,
    "text": "A record about glass and nothing else.",
}
NOT_NAMED = {"source": "press", "artist": "Crimson Ledger", "title": None, "text": "They are loud."}
UNKNOWN = {"source": "press", "artist": "Unheard Of", "title": None, "text": "Unheard Of play."}


@pytest.fixture
def registry(sqlite_engine: Engine) -> Engine:
    """A registry, and a release, without which there is nothing to evaluate."""
    with sqlite_engine.begin() as connection:
        artists = [add_artist(connection, name) for name in ("Velvet Harbour", "Crimson Ledger", "Glass")]
        publish(connection, {}, {artist: [1, 0] for artist in artists})
    return sqlite_engine


def table(path: Path, *rows: dict[str, str | None]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def measured(engine: Engine, *tables: Path, mentions: Path | None = None) -> Evaluation:
    return evaluate(engine, Given(linking=tables, mentions=mentions), EvaluationOptions(bootstrap=20))


def test_the_subject_is_looked_for_without_the_label(registry: Engine, tmp_path: Path) -> None:
    result = measured(registry, table(tmp_path / "t.jsonl", RIGHT, WRONG, NOBODY, NOT_NAMED, UNKNOWN))
    assert result.value("linking", "texts") == 5
    assert result.value("linking", "texts_naming_their_artist") == 3
    assert result.value("linking", "labels_not_in_registry") == 1
    assert result.value("linking", "subject_right") == pytest.approx(1 / 3)
    assert result.value("linking", "without_subject") == pytest.approx(1 / 3)
    assert result.value("linking", "subject_right", group="source blog") == 1
    assert result.value("linking", "without_subject", group="source press") == 1 / 2
    assert result.value("linking", "subject_right", method=FIRST) == pytest.approx(1 / 3)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_tables_are_those_that_can_be_imported(registry: Engine, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"texts.{ending}"
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist([RIGHT, WRONG]), path)
    else:
        path.write_text(f'Artist,Text\n{RIGHT["artist"]},"{RIGHT["text"]}"\n', encoding="utf-8")
    result = measured(registry, path)
    assert 0 < result.value("linking", "subject_right") <= 1


def place(row: dict[str, str | None], name: str, line: int, *judged: str, nth: int = 0) -> str:
    text = row["text"] or ""
    start = -1
    for _ in range(nth + 1):
        start = text.index(name, start + 1)
    return "\t".join(("t.jsonl", str(line), str(start), str(start + len(name)), *judged)) + "\n"


def test_names_are_told_from_words_with_precision_and_recall(registry: Engine, tmp_path: Path) -> None:
    tables = table(tmp_path / "t.jsonl", RIGHT, WRONG, NOBODY)
    mentions = tmp_path / "mentions.tsv"
    mentions.write_text(
        "file\tline\tstart\tend\tmeant\thalf\n"
        + place(RIGHT, "Velvet Harbour", 1, "yes", "tune", nth=1)
        + place(WRONG, "Velvet Harbour", 2, "yes", "tune")
        + place(WRONG, "Crimson Ledger", 2, "no", "test")
        + place(NOBODY, "glass", 3, "yes", "test"),
        encoding="utf-8",
    )
    result = measured(registry, tables, mentions=mentions)
    assert result.value("mentions", "places") == 4
    assert result.value("mentions", "precision") == pytest.approx(2 / 3)
    assert result.value("mentions", "recall") == pytest.approx(2 / 3)
    assert result.value("mentions", "recall", group="part tune") == 1
    assert result.value("mentions", "precision", group="part test") == 0
    assert result.value("mentions", "precision", method=EVERY_CAPITAL) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("t.jsonl\t9\t0\t3\tyes", r"t\.jsonl, line 9; no given table has that text"),
        ("t.jsonl\t1\t0\t999\tyes", "ends at character 999 of t.jsonl, line 1"),
        ("other.csv\t1\t0\t3\tyes", r"judges mentions in other\.csv; give that table to --linking"),
        ("t.jsonl\t1\t0\t3\tperhaps", 'line 2: meant is yes or no, not "perhaps"'),
        ("t.jsonl\tone\t0\t3\tyes", 'line 2: line is a whole number from 0, not "one"'),
        ("t.jsonl\t1\t3\t3\tyes", "line 2: lines count from 1, and end comes after start"),
        ("t.jsonl\t1", "line 2: expected 5 tab-separated columns"),
    ],
)
def test_a_judged_mention_that_is_none_is_told(registry: Engine, tmp_path: Path, row: str, told: str) -> None:
    mentions = tmp_path / "mentions.tsv"
    mentions.write_text(f"file\tline\tstart\tend\tmeant\n{row}\n", encoding="utf-8")
    with pytest.raises(GroundTruthUnusable, match=told):
        measured(registry, table(tmp_path / "t.jsonl", RIGHT), mentions=mentions)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.jsonl", '{"text": "A text."}\n', "no column artist; its columns are text"),
        ("t.csv", "artist,name\nA,B\n", "has no column text or html"),
        ("t.jsonl", json.dumps(RIGHT) + "\n{broken\n", r"t\.jsonl, line 2: not JSON"),
        ("t.jsonl", json.dumps(NOT_NAMED) + "\n", "has no text that names the artist of its label"),
        ("t.warc", "WARC/1.1", "is an archive of pages"),
        ("t.txt", "text", "has no ending that names its format"),
    ],
)
def test_a_table_of_another_shape_is_told(
    registry: Engine, tmp_path: Path, name: str, content: str, told: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LinernotesError, match=told):
        measured(registry, path)
