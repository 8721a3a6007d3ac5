"""What mining keeps document by document."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, update

from store import mining
from store.artists import add_artists
from store.documents import NewDocument, insert_documents
from store.mining import (
    MinedDocument,
    ReadDocument,
    UnreadDocument,
    all_words,
    artists_by_key,
    document_states,
    document_texts,
    mention_rows,
    mined_documents,
    parts_of_speech,
    registry_names,
    registry_size,
    save_parts_of_speech,
    save_read_documents,
    unread_documents,
    untagged_words,
    word_numbers,
)
from store.models import DocumentRow
from store.records import Artist, Document

ADDED = datetime(2024, 5, 6, 7, tzinfo=UTC)


def add(engine: Engine, *documents: Document) -> list[int]:
    new = [NewDocument(document, f"digest of {document.url}", 5) for document in documents]
    with engine.begin() as connection:
        return insert_documents(connection, new, at=ADDED)


def text_at(path: str, **fields: Any) -> Document:  # noqa: ANN401 - the fields of a document
    return Document(f"https://day.example/{path}", "Dreamy songs.", "day.example", **fields)


def as_read(document: int, digest: str = "d", *mentions: dict[str, Any]) -> ReadDocument:
    return ReadDocument(document, digest, b"tokens", b"sentences", mentions)


def mention(artist: int, start: int) -> dict[str, Any]:
    return {
        "artist_id": artist,
        "start": start,
        "end": start + 3,
        "role": "subject" if start < 0 else "passage",
        "first_sentence": 0,
        "last_sentence": 1,
        "confidence": 0.85,
    }


def states(engine: Engine, *languages: str) -> list[int]:
    with engine.begin() as connection:
        return [state.id for state in document_states(connection, languages)]


def test_originals_of_the_languages_and_of_unknown_language_count(engine: Engine) -> None:
    english, _, unknown, copy = add(
        engine,
        text_at("1", language="en"),
        text_at("2", language="de"),
        text_at("3"),
        text_at("4", language="en"),
    )
    with engine.begin() as connection:
        connection.execute(update(DocumentRow).where(DocumentRow.id == copy).values(duplicate_of=english))
    assert states(engine, "en") == [english, unknown]
    assert len(states(engine, "en", "de")) == 3
    assert states(engine) == [unknown]


def test_a_state_tells_what_a_release_depends_on(engine: Engine) -> None:
    (number,) = add(engine, text_at("1", title="Title", published=date(2024, 1, 2)))
    with engine.begin() as connection:
        (before,) = document_states(connection, ("en",))
        save_read_documents(connection, [as_read(number, "read so")])
        (after,) = document_states(connection, ("en",))
    assert (before.url, before.digest) == ("https://day.example/1", "digest of https://day.example/1")
    assert (before.title, before.source, before.published) == ("Title", "day.example", date(2024, 1, 2))
    assert (before.mined_digest, after.mined_digest) == (None, "read so")


def test_unread_documents_come_with_the_digest_they_will_be_kept_under(engine: Engine) -> None:
    first, second, _ = add(engine, text_at("1", label="Low"), text_at("2", title="Title"), text_at("3"))
    with engine.begin() as connection:
        found = unread_documents(connection, {second: "b", first: "a"})
    assert found == [
        UnreadDocument(first, None, "Dreamy songs.", "Low", "a"),
        UnreadDocument(second, "Title", "Dreamy songs.", None, "b"),
    ]


def test_reading_again_replaces_what_was_read(engine: Engine) -> None:
    first, second = add(engine, text_at("1"), text_at("2"))
    with engine.begin() as connection:
        add_artists(connection, [Artist("Mossglass"), Artist("Driftrelay")])
        old = [as_read(first, "old", mention(1, -1), mention(2, 4)), as_read(second, "old", mention(1, 8))]
        save_read_documents(connection, old)
        save_read_documents(connection, [as_read(first, "new", mention(2, -1))])
        rows = sorted(mention_rows(connection))
        digests = [state.mined_digest for state in document_states(connection, ())]
    assert rows == [
        (first, 2, -1, 2, "subject", 0, 1, 0.85, None, None),
        (second, 1, 8, 11, "passage", 0, 1, 0.85, None, None),
    ]
    assert digests == ["new", "old"]


def test_saving_nothing_changes_nothing(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        save_read_documents(connection, [])
        save_parts_of_speech(connection, {})
        assert list(mention_rows(connection)) == []


def test_mined_documents_come_by_the_bytes_of_their_url_however_they_were_added(engine: Engine) -> None:
    paths = ["b", "a/2", "B", "a-1", "é", "a"]
    numbers = add(engine, *[text_at(path) for path in paths], text_at("unread"))
    with engine.begin() as connection:
        save_read_documents(connection, [as_read(number) for number in numbers[:-1]])
        found = list(mined_documents(connection, ("en",)))
    urls = [document.url for document in found]
    assert urls == sorted((text_at(path).url for path in paths), key=str.encode)
    assert found[0] == MinedDocument(
        numbers[2], "https://day.example/B", "day.example", None, 5, b"tokens", b"sentences", "d", ADDED
    )


def test_words_are_numbered_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mining, "LOOKUP_CHUNK", 2)
    with engine.begin() as connection:
        first = word_numbers(connection, {"slow", "bass", "naïve", "don't", "r&b"})
        second = word_numbers(connection, {"slow", "fuzz"})
        assert second["slow"] == first["slow"]
        assert all_words(connection) == {number: word for word, number in (first | second).items()}
        assert word_numbers(connection, set()) == {}


def test_words_that_differ_in_accents_only_are_different(engine: Engine) -> None:
    with engine.begin() as connection:
        assert len(set(word_numbers(connection, {"resume", "résumé", "ß", "ss"}).values())) == 4


def test_parts_of_speech_are_kept_by_word(engine: Engine) -> None:
    with engine.begin() as connection:
        numbers = word_numbers(connection, {"slow", "bass", "hum"})
        save_parts_of_speech(
            connection, {numbers["slow"]: {"adjective": 2, "verb": 1}, numbers["bass"]: {"noun": 3}}
        )
        none = {"noun": 0, "adjective": 0, "proper": 0, "verb": 0, "other": 0}
        assert parts_of_speech(connection) == {
            "slow": none | {"adjective": 2, "verb": 1},
            "bass": none | {"noun": 3},
        }
        assert untagged_words(connection) == {numbers["hum"]}


def test_an_artist_is_known_by_the_keys_of_its_names_before_those_of_aliases(engine: Engine) -> None:
    with engine.begin() as connection:
        add_artists(
            connection,
            [Artist("Other", aliases=("The Lamps",)), Artist("Lamps"), Artist("Lamps", disambiguation="UK")],
        )
        assert artists_by_key(connection, {"lamps", "other", "nobody"}) == {"lamps": [2, 3, 1], "other": [1]}
        assert registry_names(connection) == [(1, "Other"), (1, "The Lamps"), (2, "Lamps"), (3, "Lamps")]
        assert registry_size(connection) == 3


def test_texts_are_found_by_document(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mining, "LOOKUP_CHUNK", 2)
    numbers = add(engine, text_at("1"), text_at("2"), text_at("3"))
    with engine.begin() as connection:
        assert document_texts(connection, numbers) == dict.fromkeys(numbers, "Dreamy songs.")
        assert document_texts(connection, []) == {}
