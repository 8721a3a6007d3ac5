"""The plain methods beside a release, and the command line, on texts that were really read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine

from linernotes.evaluation.baselines import FREQUENCY, LSA, PAIRS, POPULARITY, RANDOM, TFIDF
from linernotes.evaluation.records import EvaluationOptions, Given
from linernotes.evaluation.run import evaluate
from linernotes.jobs.editing import open_editing
from linernotes.jobs.mining import MiningSettings
from linernotes.jobs.read import read_documents
from tests.linernotes.conftest import Call
from tests.small_release import add_artist, add_document, publish

STYLES = {
    "slow": ("Low Lanterns", "Grey Meadow", "Winter Room"),
    "loud": ("Iron Orchard", "Black Kettle", "Hammer Street"),
}
SENTENCES = {
    "slow": "Dreamy hushed songs drift over reverb and brushed drums with a tender whisper. ",
    "loud": "Furious thrash riffs and pounding drums roar under screamed vocals without mercy. ",
}


def fill(engine: Engine) -> None:
    """Six artists of two kinds; the release has them all wrong, the words of their texts right."""
    with engine.begin() as connection:
        vectors = {}
        for style, names in STYLES.items():
            for place, name in enumerate(names):
                artist = add_artist(connection, name)
                body = f"{name} play on. " + SENTENCES[style] * 30
                url = f"https://{style}.example/{place}"
                add_document(connection, url, body, label=name, title=name, language="en")
                vectors[artist] = [1.0 if name != names[place - 1] else 0.0, float(place)]
        publish(connection, {artist: {"drums": 0.5} for artist in vectors}, vectors)
    settings = MiningSettings()
    with engine.begin() as connection:
        editing = open_editing(connection, settings.overrides)
    read_documents(engine, settings, editing, lambda event: None)


def truth(folder: Path) -> tuple[Path, Path]:
    pairs = [f"{a}\t{b}\n" for names in STYLES.values() for a in names for b in names if a != b]
    similar = folder / "similar.tsv"
    similar.write_text("artist\tsimilar\n" + "".join(pairs), encoding="utf-8")
    words = {
        "slow": ("dreamy", "hushed", "tender", "reverb"),
        "loud": ("thrash", "riffs", "screamed", "vocals"),
    }
    rows = [f"{a}\t{tag}\n" for style, names in STYLES.items() for a in names for tag in words[style]]
    tags = folder / "tags.tsv"
    tags.write_text("artist\ttag\n" + "".join(rows), encoding="utf-8")
    return similar, tags


def test_plain_methods_are_judged_on_the_same_texts_and_queries(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    similar, tags = truth(tmp_path)
    result = evaluate(engine, Given(similar=similar, tags=tags), EvaluationOptions(bootstrap=50))
    for method in (TFIDF, PAIRS, LSA):
        assert result.value("similarity", "ndcg_at_10", method=method) == pytest.approx(1)
    for method in (POPULARITY, RANDOM):
        assert result.value("similarity", "ndcg_at_10", method=method) < 1
        assert result.measurement("similarity", "ndcg_at_10", method=method).count == 6
    for method in (TFIDF, FREQUENCY):
        assert result.value("descriptors", "recall_at_50", method=method) == 1
    gains = {
        each.against: each.value
        for each in result.measurements
        if each.against and each.measure == "recall_at_50"
    }
    assert gains == {TFIDF: -1, FREQUENCY: -1}


def test_the_differences_are_those_of_the_means(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    similar, _ = truth(tmp_path)
    result = evaluate(sqlite_engine, Given(similar=similar), EvaluationOptions(bootstrap=50))
    for each in (each for each in result.measurements if each.against):
        release = result.value(each.task, each.measure)
        assert each.value == pytest.approx(
            release - result.value(each.task, each.measure, method=each.against)
        )
        assert each.low is not None
        assert each.high is not None
        assert each.low <= each.value <= each.high


def test_the_same_evaluation_twice_says_the_same(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    similar, tags = truth(tmp_path)
    given = Given(similar=similar, tags=tags)
    assert evaluate(sqlite_engine, given) == evaluate(sqlite_engine, given)


def test_the_command_prints_rows_and_writes_a_report(
    sqlite_engine: Engine, tmp_path: Path, call: Call
) -> None:
    fill(sqlite_engine)
    similar, tags = truth(tmp_path)
    database = ("--database", str(sqlite_engine.url))
    files = ("--similar", similar, "--tags", tags, "--bootstrap", "50")
    result = call("evaluate", *files, "--report", tmp_path / "out", "--json", *database)
    assert result.code == 0
    assert {row["method"] for row in result.rows} >= {"release", TFIDF, PAIRS, LSA, POPULARITY, RANDOM}
    page = BeautifulSoup((tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8"), "html.parser")
    assert {section["id"] for section in page.find_all("section")} == {"similarity", "descriptors"}
    assert "out/evaluation.html" in result.err

    listed = call("evaluate", *files, "--no-baselines", "--csv", *database)
    rows = list(csv.DictReader(io.StringIO(listed.out)))
    assert {row["method"] for row in rows} == {"release"}
    ours = {
        (r["task"], r["group"], r["measure"]): str(r["value"])
        for r in result.rows
        if not r["against"] and r["method"] == "release"
    }
    assert {(r["task"], r["group"], r["measure"]): r["value"] for r in rows} == ours


def test_the_command_without_resamples_gives_values_without_intervals(
    sqlite_engine: Engine, tmp_path: Path, call: Call
) -> None:
    fill(sqlite_engine)
    similar, _ = truth(tmp_path)
    database = ("--database", str(sqlite_engine.url))
    result = call("evaluate", "--similar", similar, "--bootstrap", "0", "--no-baselines", "--json", *database)
    assert {(row["low"], row["high"]) for row in result.rows} == {(None, None)}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--mentions", "m.tsv"), "give these with --linking FILE"),
        (("--artists", "a.txt", "--linking", "t.csv"), "--artists restricts --similar and --tags"),
        ((), "Give --similar FILE, --tags FILE, --linking FILE, --extraction FILE"),
    ],
)
def test_options_that_lack_another_are_told(call: Call, arguments: tuple[str, ...], told: str) -> None:
    result = call("evaluate", *arguments)
    assert result.code == 2
    assert told in result.err
