"""Floors under extraction, linking, descriptors and similarity on the sample site.

Each floor is a little below what was measured on the texts of DIGEST. Whoever changes these texts measures
again; whoever lowers a floor says why in the changelog.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from linernotes.evaluation.baselines import TFIDF
from linernotes.evaluation.records import Evaluation, EvaluationOptions, Given, Task
from linernotes.evaluation.run import evaluate
from linernotes.sample_site.content import load_content
from nlp.metrics import token_f1, words_of
from store.names import name_key
from tests.quality.conftest import Mined, content_digest

DIGEST = "5aae1a855ccf8332"

SUBJECT = (
    "SELECT d.title, d.text, a.name FROM documents d"
    " LEFT JOIN mentions m ON m.document_id = d.id AND m.role = 'subject'"
    " LEFT JOIN artists a ON a.id = m.artist_id"
)


def subjects(mined: Mined) -> dict[str, set[str]]:
    """The artists that each document is linked to, by title."""
    found: dict[str, set[str]] = {}
    with mined.engine.connect() as connection:
        for title, _, artist in connection.execute(text(SUBJECT)):
            found.setdefault(title, set()).update([artist] if artist else [])
    return found


def written() -> dict[str, tuple[str, tuple[str, ...]]]:
    """What was written: text and artists, by title."""
    content = load_content()
    posts = {p.title: (p.body, p.artists) for p in content.posts if not p.draft and not p.preface}
    reviews = {r.title: (r.body, r.artists) for r in content.reviews}
    return posts | reviews


def test_the_floors_were_measured_on_these_texts() -> None:
    assert content_digest() == DIGEST


def test_extraction_keeps_what_was_written(mined: Mined) -> None:
    with mined.engine.connect() as connection:
        texts = {row.title: row.text for row in connection.execute(text(SUBJECT))}
    scores = [
        token_f1(words_of(texts[title]), words_of(body))
        for title, (body, _) in written().items()
        if title in texts
    ]
    assert len(scores) >= 62
    assert statistics.median(scores) >= 0.95


def test_linking_finds_whom_a_post_or_review_is_about(mined: Mined) -> None:
    found = subjects(mined)
    about = {title: set(artists) for title, (_, artists) in written().items() if artists}
    right = [found.get(title) == artists for title, artists in about.items()]
    assert statistics.mean(right) >= 0.93


def test_an_off_topic_post_is_about_no_artist(mined: Mined) -> None:
    found = subjects(mined)
    off_topic = [title for title, (_, artists) in written().items() if not artists]
    assert off_topic
    assert all(not found.get(title) for title in off_topic)


@pytest.fixture(scope="module")
def evaluation(mined: Mined, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """All that `linernotes evaluate` measures, on the sample site and its truth."""
    folder = tmp_path_factory.mktemp("gold")
    given = Given(
        similar=mined.truth / "similar.tsv",
        tags=mined.truth / "tags.tsv",
        linking=(labelled_texts(folder / "texts.jsonl"),),
        extraction=gold_pages(mined, folder / "gold.jsonl"),
    )
    return evaluate(mined.engine, given, EvaluationOptions(bootstrap=500))


def labelled_texts(file: Path) -> Path:
    """The posts and reviews about one artist, as a table."""
    rows = [
        {"title": title, "text": body, "artist": artists[0]}
        for title, (body, artists) in written().items()
        if len(artists) == 1
    ]
    return in_lines(file, rows)


def gold_pages(mined: Mined, file: Path) -> Path:
    """The pages that were stored under the title of something written, with what was written."""
    with mined.engine.connect() as connection:
        stored = connection.execute(text("SELECT title, url FROM documents WHERE duplicate_of IS NULL"))
        urls = {row.title: row.url for row in stored}
    rows = [
        {"url": urls[title], "title": title, "text": body}
        | ({"artist": artists[0]} if len(artists) == 1 else {})
        for title, (body, artists) in written().items()
        if title in urls
    ]
    return in_lines(file, rows)


def in_lines(file: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def test_descriptors_are_what_a_listener_would_say(evaluation: Evaluation) -> None:
    assert evaluation.value("descriptors", "recall_at_50") >= 0.46
    assert evaluation.value("descriptors", "known_at_20") >= 0.28


def test_similar_artists_are_those_a_listener_nods_at(evaluation: Evaluation) -> None:
    assert evaluation.value("similarity", "ndcg_at_10") >= 0.76
    assert evaluation.value("similarity", "ndcg_at_200") >= 0.82


def test_no_artist_is_everybodys_neighbour_and_few_are_nobodys(evaluation: Evaluation) -> None:
    assert evaluation.value("similarity", "max_hub") <= 26
    assert evaluation.value("similarity", "anti_hub") <= 0.04


@pytest.mark.parametrize(
    ("task", "measure", "least"), [("similarity", "ndcg_at_10", 0.28), ("descriptors", "recall_at_50", 0.22)]
)
def test_the_gain_over_plain_words_is_no_accident(
    evaluation: Evaluation, task: Task, measure: str, least: float
) -> None:
    gain = next(
        each
        for each in evaluation.measurements
        if (each.task, each.measure, each.against) == (task, measure, TFIDF)
    )
    assert gain.low is not None
    assert gain.low >= least


def test_the_subject_is_found_without_its_label(evaluation: Evaluation) -> None:
    assert evaluation.value("linking", "subject_right") >= 0.93
    assert evaluation.value("linking", "without_subject") <= 0.05


def test_pages_are_read_as_they_were_written(evaluation: Evaluation) -> None:
    assert evaluation.value("extraction", "token_f1_median") >= 0.99
    assert evaluation.value("extraction", "token_f1") >= 0.97
    assert evaluation.value("extraction", "stored_once") >= 0.98
    assert evaluation.value("extraction", "artist_right") >= 0.95


def test_a_syndicated_copy_counts_once(mined: Mined) -> None:
    with mined.engine.connect() as connection:
        copies = connection.execute(text("SELECT count(*) FROM documents WHERE duplicate_of IS NOT NULL"))
        assert copies.scalar_one() == 1


def test_nothing_came_from_the_corner_that_robots_txt_disallows(mined: Mined) -> None:
    with mined.engine.connect() as connection:
        drafts = connection.execute(text("SELECT count(*) FROM documents WHERE url LIKE '%/drafts/%'"))
        assert drafts.scalar_one() == 0


def test_every_artist_is_found_under_its_own_name(mined: Mined) -> None:
    with mined.engine.connect() as connection:
        known = {
            name_key(row.artist) for row in connection.execute(text("SELECT artist FROM artist_vectors"))
        }
    wanted = {name_key(artist) for _, artists in written().values() for artist in artists}
    assert wanted <= known
