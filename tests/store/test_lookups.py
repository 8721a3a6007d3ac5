"""The queries behind look-ups, where the catalog does not show them."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Engine, insert

from store import lookups
from store.described import Written, described_of, sentences_about, written_about
from store.models import MentionRow
from store.snapshot import snapshot
from store.term_index import known_terms, one_word_terms, term_uses, word_vectors
from store.vectors import artist_vectors
from store.view_tables import VIEW_TABLES, select_view
from tests.small_release import add_artist, add_document, publish


def test_every_query_keeps_to_the_release_it_was_asked_about(engine: Engine) -> None:
    with engine.begin() as connection:
        a, b = add_artist(connection, "A"), add_artist(connection, "B")
        old = publish(
            connection, {a: {"dub": 0.5}, b: {"dub": 0.4}}, {a: [1, 0], b: [1, 1]}, words={"dub": [1]}
        )
        new = publish(connection, {a: {"folk": 0.6}}, {a: [0, 0, 1]}, words={"folk": [1, 0], "tale": [0, 1]})
        assert lookups.shared_terms(connection, old, [a], [b]) == {b: [("dub", pytest.approx(0.2))]}
        assert lookups.shared_terms(connection, new, [a], [b]) == {}
        assert [each.term for each in lookups.descriptors(connection, new, a, limit=9)] == ["folk"]
        assert lookups.stored_neighbours(connection, new, a, 9) == []
        assert lookups.stored_rank(connection, old, a, b) == (1, pytest.approx(2**-0.5))
        assert lookups.stored_rank(connection, new, a, b) is None
        assert list(lookups.neighbour_lists(connection, old)) == [(a, b), (b, a)]
        assert set(described_of(connection, new, [a, b])) == {a}
        assert known_terms(connection, old, ["dub", "folk"]).keys() == {"dub"}
        assert one_word_terms(connection, new) == {"folk"}
        assert word_vectors(connection, new)[0] == ["folk", "tale"]
        assert lookups.vector_dimensions(connection, new) == 3


def test_the_published_key_changes_with_every_release(engine: Engine) -> None:
    with engine.begin() as connection:
        assert lookups.published_key(connection) is None
        publish(connection, {}, {})
        first = lookups.published_key(connection)
        publish(connection, {}, {})
        assert lookups.published_key(connection) != first


def test_vectors_come_back_as_they_were_written(engine: Engine) -> None:
    random = np.random.default_rng(7)
    rows = random.normal(size=(20, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    with engine.begin() as connection:
        numbers = [add_artist(connection, f"Artist {place}") for place in range(20)]
        release = publish(connection, {}, dict(zip(numbers, rows, strict=True)))
        ids, matrix = artist_vectors(connection, release)
        some, few = artist_vectors(connection, release, numbers[3:5])
        none, empty = artist_vectors(connection, release + 1)
    assert ids.tolist() == numbers
    assert matrix == pytest.approx(rows, abs=1e-6)
    assert (some.tolist(), few.shape) == (numbers[3:5], (2, 128))
    assert (len(none), len(empty)) == (0, 0)


def test_a_word_vector_is_read_as_it_was_written(engine: Engine) -> None:
    with engine.begin() as connection:
        release = publish(connection, {}, {}, words={"b": [0, 2], "a": [3, 4]})
        words, matrix = word_vectors(connection, release)
        assert (words, matrix.tolist()) == (["a", "b"], [pytest.approx([0.6, 0.8]), [0, 1]])
        assert word_vectors(connection, release + 1)[0] == []


def test_term_uses_lead_from_terms_to_artists(engine: Engine) -> None:
    with engine.begin() as connection:
        a, b = add_artist(connection, "A"), add_artist(connection, "B")
        release = publish(connection, {a: {"dub": 0.5, "folk": 0.25}, b: {"dub": 0.75}}, {a: [1], b: [1]})
        (dub,) = known_terms(connection, release, ["dub"])["dub"]
        uses = {(use.artist_id, use.weight) for use in term_uses(connection, release, [dub.number])}
    assert uses == {(a, 0.5), (b, 0.75)}


def test_the_strongest_terms_are_cut_for_each_artist(engine: Engine) -> None:
    with engine.begin() as connection:
        a, b = add_artist(connection, "A"), add_artist(connection, "B")
        weights = {a: {"x": 0.1, "z": 0.5, "y": 0.5}, b: {"x": 0.9}}
        release = publish(connection, weights, {a: [1], b: [1]})
        assert lookups.strongest_terms(connection, release, [a, b], 2) == {a: ["y", "z"], b: ["x"]}


def test_words_about_a_subject_count_copies_and_no_passing_mention(engine: Engine) -> None:
    with engine.begin() as connection:
        a, b = add_artist(connection, "A"), add_artist(connection, "B")
        text = add_document(connection, "https://a.example/1", "One. Two.", about=[a], words=30)
        add_document(connection, "https://b.example/1", "One. Two!", words=31, duplicate_of=text)
        passing = {"document_id": text, "artist_id": b, "start": 0, "end": 3, "role": "passage"}
        place = {"first_sentence": 0, "last_sentence": 0, "confidence": 1.0}
        connection.execute(insert(MentionRow).values(passing | place))
        assert written_about(connection) == {a: Written(words=61, documents=2, sources=2)}
        assert sentences_about(connection, [a, b]) == {a: 3, b: 1}


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(engine: Engine) -> None:
    with engine.begin() as connection:
        publish(connection, {}, {})
    with snapshot(engine.execution_options()) as reading:
        before = lookups.published_key(reading)
        if engine.dialect.name == "postgresql":  # the engine of the tests locks SQLite while it reads
            with engine.begin() as writing:
                publish(writing, {}, {})
        assert lookups.published_key(reading) == before


def test_every_view_can_be_read_with_its_types(engine: Engine) -> None:
    with engine.begin() as connection:
        a = add_artist(connection, "A")
        publish(connection, {a: {"dub": 0.5}}, {a: [3, 4]})
        for name, table in VIEW_TABLES.items():
            assert list(connection.execute(select_view(name)).keys()) == table.columns.keys()
        (row,) = connection.execute(select_view("artist_vectors"))
        assert row.vector.tolist() == pytest.approx([0.6, 0.8])
