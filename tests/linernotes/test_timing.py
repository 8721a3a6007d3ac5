"""What a release says of when, how widely and with which terms artists are written about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text, update

from crawler.documents.deposit import deposit
from linernotes.jobs.mine import mine
from store.artists import add_artists
from store.models import DocumentRow
from store.records import Artist, Document
from tests.linernotes.test_mine import DREAMERS, MACHINES, SETTINGS, corpus


def document(path: str, artist: str, day: date | None, *, source: str = "extra.example") -> Document:
    own = " ".join(f"{path}{number}" for number in range(12))  # else it would be a copy of the next one
    words = f"{artist} play heavy guitars, with whispered vocals and a slow drum: {own}."
    return Document(
        url=f"https://{source}/{path}", text=words, source=source, published=day, language="en", label=artist
    )


def mined(engine: Engine, *more: Document) -> Engine:
    with engine.begin() as connection:
        add_artists(connection, [Artist(name) for name in (*DREAMERS, *MACHINES, "Loner")])
        deposit(connection, [*corpus(), *more])
    mine(engine, SETTINGS)
    return engine


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def summary(engine: Engine, artist: str) -> dict[str, Any]:
    query = text("SELECT * FROM artist_summary WHERE artist = :artist")
    with engine.connect() as connection:
        return dict(connection.execute(query, {"artist": artist}).mappings().one())


def test_every_artist_has_a_summary(engine: Engine) -> None:
    mined(engine, document("one", "Loner", None))
    found = rows(engine, "SELECT artist, words, documents, sources, familiarity, buzz FROM artist_summary")
    assert {row[0] for row in found} == {*DREAMERS, *MACHINES, "Loner"}
    assert all(words > 0 and documents > 0 and sources > 0 for _, words, documents, sources, _, _ in found)
    assert all(0 < familiarity <= 1 and 0 <= buzz < 1 for *_, familiarity, buzz in found)


def test_a_second_source_makes_more_familiar_and_dates_do_not_matter(sqlite_engine: Engine) -> None:
    engine = mined(sqlite_engine, document("one", "Loner", None))
    assert summary(engine, "Loner")["sources"] == 1
    assert summary(engine, "Loner")["familiarity"] < summary(engine, "Mossglass")["familiarity"]


def test_many_recent_texts_are_buzz(sqlite_engine: Engine) -> None:
    usual = [
        document(f"{artist[0]}{year}x{month}", artist, date(year, month, 9))
        for artist in (*DREAMERS, *MACHINES, "Loner")
        for year in (2022, 2023)
        for month in range(1, 13)
    ]
    lately = [document(f"n{day}", "Loner", date(2024, 4, day)) for day in range(2, 10)]
    engine = mined(sqlite_engine, *usual, *lately)
    assert summary(engine, "Loner")["buzz"] > 0.3
    assert summary(engine, "Loner")["buzz"] > summary(engine, "Mossglass")["buzz"]


def test_a_year_alone_is_no_week(sqlite_engine: Engine) -> None:
    engine = mined(sqlite_engine, document("one", "Loner", date(2024, 1, 1)))
    assert rows(engine, "SELECT * FROM artist_activity WHERE artist = 'Loner'") == []
    assert rows(engine, "SELECT * FROM artist_activity WHERE artist = 'Mossglass'") != []


def test_of_an_artist_with_undated_texts_a_first_dated_one_is_no_buzz(sqlite_engine: Engine) -> None:
    engine = mined(sqlite_engine, document("a", "Loner", None), document("b", "Loner", date(2024, 4, 2)))
    assert summary(engine, "Loner")["buzz"] == 0


def test_terms_are_counted_by_week(engine: Engine) -> None:
    mined(engine)
    found = rows(
        engine,
        "SELECT week, documents, sources FROM term_activity "
        "WHERE artist = 'Mossglass' AND term = 'heavy guitars' ORDER BY week",
    )
    weeks = [str(week) for week, _, _ in found]
    assert weeks == ["2024-02-26", "2024-03-04"]
    assert [row[1:] for row in found] == [(1, 1), (1, 1)]


@pytest.mark.parametrize("day", [date(2091, 5, 6), date(1850, 1, 2)])
def test_a_date_that_cannot_be_is_not_believed_however_it_was_stored(
    sqlite_engine: Engine, day: date
) -> None:
    with sqlite_engine.begin() as connection:
        add_artists(connection, [Artist(name) for name in (*DREAMERS, *MACHINES)])
        deposit(connection, corpus())
        chosen = DocumentRow.url == "https://day.example/mossglass"
        stored = datetime(2024, 5, 1, tzinfo=UTC)
        connection.execute(update(DocumentRow).where(chosen).values(published=day, added_at=stored))
    mine(sqlite_engine, SETTINGS)
    seen = rows(sqlite_engine, "SELECT min(first_seen), max(last_seen) FROM artist_descriptors")
    assert [value[:4] for value in seen[0]] == ["2024", "2024"]
    weeks = rows(sqlite_engine, "SELECT min(week), max(week) FROM artist_activity")
    assert [value[:4] for value in weeks[0]] == ["2024", "2024"]


def test_a_document_that_is_stored_again_may_be_newer(sqlite_engine: Engine) -> None:
    mined(sqlite_engine)
    (first,) = rows(
        sqlite_engine, "SELECT added_at FROM documents WHERE url = 'https://day.example/mossglass'"
    )
    with sqlite_engine.begin() as connection:
        deposit(connection, [document("mossglass", "Mossglass", date(2024, 4, 2), source="day.example")])
    (second,) = rows(
        sqlite_engine, "SELECT added_at FROM documents WHERE url = 'https://day.example/mossglass'"
    )
    assert second > first
