"""Floors under extraction, linking, descriptors and similarity on the sample site.

Each floor is a little below what was measured on the texts of DIGEST. Whoever changes these texts measures
again; whoever lowers a floor says why in the changelog.
"""

from __future__ import annotations

import statistics

from sqlalchemy import text

from linernotes.evaluate import evaluate_descriptors, evaluate_similar
from linernotes.sample_site.content import load_content
from nlp.metrics import token_f1
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
    scores = [token_f1(texts[title], body) for title, (body, _) in written().items() if title in texts]
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


def test_descriptors_are_what_a_listener_would_say(mined: Mined) -> None:
    found = evaluate_descriptors(mined.engine, mined.truth / "tags.tsv")
    assert found.scores.recall_at_50 >= 0.48
    assert found.scores.known_at_20 >= 0.28


def test_similar_artists_are_those_a_listener_nods_at(mined: Mined) -> None:
    found = evaluate_similar(mined.engine, mined.truth / "similar.tsv")
    assert found.scores.ndcg_at_10 >= 0.70


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
