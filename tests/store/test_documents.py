from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, func, select

from store import documents
from store.documents import NewDocument
from store.models import DocumentBandRow, DocumentRow
from store.records import Document

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def new(number: int, *, digest: str | None = None, published: date | None = None) -> NewDocument:
    url = f"https://a.example/{number}"
    return NewDocument(
        Document(url, f"text {number}", "a.example", published=published), digest or f"d{number}", 2
    )


def band_owners(connection: Connection) -> set[int]:
    return set(connection.scalars(select(DocumentBandRow.document_id)))


def test_numbers_come_back_in_the_order_of_the_documents(engine: Engine) -> None:
    with engine.begin() as connection:
        ids = documents.insert_documents(connection, [new(n) for n in (5, 3, 4)], at=NOW)
        found = documents.documents_at(connection, ["https://a.example/3", "https://nowhere.example/"])
    assert {url: item.id for url, item in found.items()} == {"https://a.example/3": ids[1]}


def test_more_addresses_than_a_statement_takes_are_looked_up(engine: Engine) -> None:
    with engine.begin() as connection:
        documents.insert_documents(connection, [new(n) for n in range(20)], at=NOW)
        urls = [f"https://a.example/{n}" for n in range(70_000)]
        assert len(documents.documents_at(connection, urls)) == 20


def test_documents_that_share_a_band_are_candidates(engine: Engine) -> None:
    with engine.begin() as connection:
        one, two, three = documents.insert_documents(connection, [new(n) for n in (1, 2, 3)], at=NOW)
        documents.insert_bands(connection, {one: [-(2**63), 7, 7], two: [7], three: [2**63 - 1]})
        assert sorted(documents.digests_of_bands(connection, [7, 8])) == [(7, "d1"), (7, "d2")]
        assert documents.digests_of_bands(connection, [8]) == []


def test_copies_are_no_candidates_unless_asked_for(engine: Engine) -> None:
    with engine.begin() as connection:
        one, two = documents.insert_documents(connection, [new(1), new(2)], at=NOW)
        documents.insert_bands(connection, {one: [7, 9]})
        documents.insert_bands(connection, {two: [7, 9]}, of_copies=True)
        assert sorted(documents.digests_of_bands(connection, [7, 9])) == [(7, "d1"), (9, "d1")]
        found = documents.digests_of_bands(connection, [7, 9], of_copies=True)
        assert sorted(found) == [(7, "d2"), (9, "d2")]


def test_bands_pass_to_another_document_of_the_digest(engine: Engine) -> None:
    with engine.begin() as connection:
        one, two, three = documents.insert_documents(
            connection, [new(1, digest="d"), new(2, digest="d"), new(3)], at=NOW
        )
        documents.insert_bands(connection, {one: [1, 2], three: [3]})
        documents.release_bands(connection, [one, three])
        assert band_owners(connection) == {two}


def test_removing_an_original_promotes_its_best_copy(engine: Engine) -> None:
    with engine.begin() as connection:
        one, late, early = documents.insert_documents(
            connection,
            [new(1), new(2, published=date(2021, 1, 2)), new(3, published=date(2021, 1, 1))],
            at=NOW,
        )
        documents.set_originals(connection, {late: one, early: one})
        assert documents.remove_documents(connection, [one]) == 1
        rows = connection.execute(select(DocumentRow.id, DocumentRow.duplicate_of)).all()
    assert {row.id: row.duplicate_of for row in rows} == {early: None, late: early}


def test_the_promoted_copy_is_a_candidate_then(engine: Engine) -> None:
    with engine.begin() as connection:
        one, copy = documents.insert_documents(connection, [new(1), new(2)], at=NOW)
        documents.insert_bands(connection, {one: [7]})
        documents.insert_bands(connection, {copy: [7, 8]}, of_copies=True)
        documents.set_originals(connection, {copy: one})
        documents.remove_documents(connection, [one])
        assert sorted(documents.digests_of_bands(connection, [7, 8])) == [(7, "d2"), (8, "d2")]


def test_removing_takes_the_bands_along(engine: Engine) -> None:
    with engine.begin() as connection:
        (one,) = documents.insert_documents(connection, [new(1)], at=NOW)
        documents.insert_bands(connection, {one: [1]})
        documents.remove_documents(connection, [one])
        assert connection.scalar(select(func.count()).select_from(DocumentBandRow)) == 0


def test_removing_nothing_is_allowed(engine: Engine) -> None:
    with engine.begin() as connection:
        assert documents.remove_documents(connection, []) == 0


@pytest.mark.parametrize("urls", [[], ["https://a.example/1"]])
def test_nothing_is_forgotten_in_a_new_database(sqlite_engine: Engine, urls: list[str]) -> None:
    with sqlite_engine.connect() as connection:
        assert documents.forgotten_among(connection, urls) == set()
