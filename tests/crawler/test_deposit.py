from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, insert, select

from crawler.documents.deposit import Deposit, deposit, withdraw
from crawler.documents.duplicates import Candidate, fingerprints, rank, same_text
from store.documents import remove_documents
from store.models import DocumentBandRow, DocumentRow, ForgottenRow
from store.records import Document
from tests.crawler.test_duplicates import LONG, edited

FIRST = Document(url="https://a.example/1", text=LONG, source="a.example", published=date(2020, 5, 1))


def store(engine: Engine, *documents: Document) -> Deposit:
    with engine.begin() as connection:
        return deposit(connection, documents)


def originals(engine: Engine) -> dict[str, str | None]:
    """The address of each document's original."""
    with engine.connect() as connection:
        rows = connection.execute(select(DocumentRow.id, DocumentRow.url, DocumentRow.duplicate_of)).all()
    urls = {row.id: row.url for row in rows}
    return {row.url: None if row.duplicate_of is None else urls[row.duplicate_of] for row in rows}


def ids(engine: Engine, *urls: str) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(DocumentRow.id).where(DocumentRow.url.in_(urls))))


def remove(engine: Engine, *urls: str) -> None:
    gone = ids(engine, *urls)
    with engine.begin() as connection:
        withdraw(connection, gone)


def test_a_document_is_stored_whole(engine: Engine) -> None:
    full = replace(
        FIRST,
        title="T",
        author="A",
        language="en",
        label="L",
        reviewed_work="W",
        rating=0.8,
        text=LONG + " ž",
    )
    assert store(engine, full) == Deposit(added=1)
    with engine.connect() as connection:
        row = connection.execute(select(DocumentRow)).one()
    assert {name: getattr(row, name) for name in Document.__dataclass_fields__} == {
        name: getattr(full, name) for name in Document.__dataclass_fields__
    }
    assert row.words == 121


def test_the_same_document_again_changes_nothing(engine: Engine) -> None:
    store(engine, FIRST)
    assert store(engine, FIRST) == Deposit(unchanged=1)


def test_a_document_of_a_known_address_replaces_it_under_its_number(engine: Engine) -> None:
    store(engine, FIRST)
    before = ids(engine, FIRST.url)
    assert store(engine, replace(FIRST, text="Something else was written here.")) == Deposit(changed=1)
    assert ids(engine, FIRST.url) == before


def test_of_several_with_one_address_the_last_counts(sqlite_engine: Engine) -> None:
    done = store(sqlite_engine, FIRST, replace(FIRST, title="Last"))
    assert done == Deposit(added=1, refused=1)
    with sqlite_engine.connect() as connection:
        assert connection.scalar(select(DocumentRow.title)) == "Last"


def test_a_file_does_not_cut_a_document_off_from_its_page(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        deposit(connection, [replace(FIRST, page_id=7)])
        assert deposit(connection, [replace(FIRST, title="New")]).changed == 1
        assert connection.scalar(select(DocumentRow.page_id)) == 7
        connection.execute(delete(DocumentRow))


def test_texts_without_a_word_are_refused(sqlite_engine: Engine) -> None:
    assert store(sqlite_engine, replace(FIRST, text=" … ")) == Deposit(refused=1)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("url", "https://a.example:8080/1"),
        ("host", "a.example"),
        ("host", "a.example:8080"),
        ("host", "https://a.example:8080"),
    ],
)
def test_what_was_forgotten_does_not_come_back(engine: Engine, kind: str, value: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(ForgottenRow).values(kind=kind, value=value, forgotten_at=datetime.now(UTC))
        )
    mine = replace(FIRST, url="https://a.example:8080/1")
    other = replace(FIRST, url="https://b.example/1")
    assert store(engine, mine, other) == Deposit(added=1, refused=1)
    assert list(originals(engine)) == [other.url]


def test_characters_that_databases_refuse_are_dropped(engine: Engine) -> None:
    store(engine, replace(FIRST, text="nul\x00 and half \ud83c a pair", title="\x00T", author="\x00"))
    with engine.connect() as connection:
        row = connection.execute(select(DocumentRow.text, DocumentRow.title, DocumentRow.author)).one()
    assert tuple(row) == ("nul and half  a pair", "T", None)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2091, 1, 5)])
def test_a_date_that_cannot_be_is_left_out(sqlite_engine: Engine, day: date) -> None:
    store(sqlite_engine, replace(FIRST, published=day))
    with sqlite_engine.connect() as connection:
        assert connection.scalar(select(DocumentRow.published)) is None


class TestCopies:
    def test_a_near_copy_points_at_the_earlier_one(self, engine: Engine) -> None:
        later = Document(
            "https://b.example/copy", edited(LONG, 0.03), "b.example", published=date(2021, 1, 1)
        )
        assert store(engine, later, FIRST) == Deposit(added=2, copies=1)
        assert originals(engine) == {FIRST.url: None, later.url: FIRST.url}

    def test_copies_under_different_labels_are_none(self, sqlite_engine: Engine) -> None:
        one, other = (
            replace(FIRST, label="Ruth Fen"),
            replace(FIRST, url="https://a.example/2", label="Harbour"),
        )
        near = replace(one, url="https://a.example/3", label="Harbour Lights", text=edited(LONG, 0.03))
        assert store(sqlite_engine, one, other, near).copies == 0

    def test_very_short_texts_are_copies_word_for_word(self, sqlite_engine: Engine) -> None:
        short = [
            Document(f"https://{n}.example/", text, f"{n}.example")
            for n, text in enumerate(("So it goes.", "so it goes", "So it went."))
        ]
        store(sqlite_engine, *short)
        assert originals(sqlite_engine) == {
            "https://0.example/": None,
            "https://1.example/": "https://0.example/",
            "https://2.example/": None,
        }

    def test_an_earlier_one_that_comes_later_takes_over(self, engine: Engine) -> None:
        copies = [replace(FIRST, url=f"https://{n}.example/", published=date(2021, 1, n)) for n in (3, 2)]
        store(engine, *copies)
        store(engine, FIRST)
        assert originals(engine) == {FIRST.url: None} | dict.fromkeys(
            (copy.url for copy in copies), FIRST.url
        )

    def test_a_copy_whose_text_changes_becomes_an_original(self, engine: Engine) -> None:
        copy = replace(FIRST, url="https://b.example/copy")
        store(engine, FIRST, copy)
        store(engine, replace(copy, text=edited(LONG, 0.9)))
        assert originals(engine) == {FIRST.url: None, copy.url: None}

    def test_when_an_original_changes_its_copies_stay_together(self, engine: Engine) -> None:
        copies = [
            replace(FIRST, url=f"https://{n}.example/longer", published=date(2021, 1, n)) for n in (1, 2)
        ]
        store(engine, FIRST, *copies)
        store(engine, replace(FIRST, text=edited(LONG, 0.9)))
        assert originals(engine) == {FIRST.url: None, copies[0].url: None, copies[1].url: copies[0].url}

    def test_a_corrected_date_changes_the_original(self, sqlite_engine: Engine) -> None:
        copy = replace(FIRST, url="https://b.example/copy", published=date(2021, 1, 1))
        store(sqlite_engine, FIRST, copy)
        store(sqlite_engine, replace(copy, published=date(2019, 1, 1)))
        assert originals(sqlite_engine) == {FIRST.url: copy.url, copy.url: None}

    def test_identical_texts_keep_their_bands_once(self, engine: Engine) -> None:
        store(engine, *(replace(FIRST, url=f"https://{n}.example/") for n in range(5)))
        with engine.connect() as connection:
            assert connection.scalar(select(func.count(DocumentBandRow.document_id.distinct()))) == 1

    def test_the_bands_outlive_their_bearer(self, engine: Engine) -> None:
        twin = replace(FIRST, url="https://b.example/")
        store(engine, FIRST, twin)
        remove(engine, FIRST.url)
        near = Document("https://c.example/", edited(LONG, 0.03), "c.example")
        assert store(engine, near).copies == 1


class TestRemoval:
    @pytest.mark.parametrize("way", [withdraw, remove_documents])
    def test_a_copy_is_promoted_when_its_original_goes(self, engine: Engine, way: object) -> None:
        copies = [replace(FIRST, url=f"https://{n}.example/", published=date(2021, 1, n)) for n in (3, 2)]
        store(engine, FIRST, *copies)
        gone = ids(engine, FIRST.url)
        with engine.begin() as connection:
            assert callable(way)
            assert way(connection, gone) == 1
        assert originals(engine) == {copies[1].url: None, copies[0].url: copies[1].url}

    def test_copies_of_the_removed_that_are_none_of_each_other_part(self, sqlite_engine: Engine) -> None:
        left, right = edited(LONG, 0.05, seed=3), edited(LONG, 0.05, seed=4)
        others = [Document(f"https://{n}.example/", text, "x") for n, text in enumerate((left, right))]
        store(sqlite_engine, FIRST, *others)
        remove(sqlite_engine, FIRST.url)
        fresh = originals(sqlite_engine)
        with sqlite_engine.begin() as connection:
            connection.execute(delete(DocumentRow))
        store(sqlite_engine, *others)
        assert originals(sqlite_engine) == fresh


BASES = [" ".join(f"{letter}{n}" for n in range(60)) for letter in "xy"]


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[Document], list[Document], list[int]]:
    documents = [
        Document(
            url=f"https://{n}.example/{'p' * draw(st.integers(0, 3))}",
            text=edited(
                draw(st.sampled_from(BASES)),
                draw(st.sampled_from([0, 0.02, 0.06])),
                seed=draw(st.integers(0, 3)),
            ),
            source="x",
            published=draw(st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 3))),
            label=draw(st.sampled_from([None, "L"])),
        )
        for n in range(draw(st.integers(2, 7)))
    ]
    return documents, draw(st.permutations(documents)), draw(st.lists(st.integers(0, 6), max_size=2))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batches())
def test_the_order_of_arrival_makes_no_difference(
    sqlite_engine: Engine, case: tuple[list[Document], list[Document], list[int]]
) -> None:
    documents, shuffled, extra = case

    def outcome(parts: Sequence[Sequence[Document]], removed: Sequence[str]) -> dict[str, str | None]:
        with sqlite_engine.begin() as connection:
            connection.execute(delete(DocumentRow))
        for part in parts:
            store(sqlite_engine, *part)
        remove(sqlite_engine, *removed)
        return originals(sqlite_engine)

    surplus = [
        replace(documents[n % len(documents)], url=f"https://extra{k}.example/") for k, n in enumerate(extra)
    ]
    at_once = outcome([documents], [])
    one_by_one = outcome([[document] for document in shuffled], [])
    detour = outcome([surplus, shuffled], [document.url for document in surplus])
    assert at_once == one_by_one == detour
    assert all(at_once[original] is None for original in at_once.values() if original)


def expected(documents: Sequence[Document]) -> dict[str, str | None]:
    """The rule, said plainly: the best first, each a copy of the best original it is like, if any."""
    prints = fingerprints((document.label, document.text) for document in documents)
    found = {document.url: each for document, each in zip(documents, prints, strict=True)}
    ranked = sorted(documents, key=lambda d: rank(Candidate(0, d.url, "", d.published)))
    chosen: dict[str, str | None] = {}
    for document in ranked:
        earlier = [other for other in ranked if chosen.get(other.url, "") is None]
        same = [other for other in ranked if found[other.url].digest == found[document.url].digest]
        if same[0] is not document:
            chosen[document.url] = chosen[same[0].url] or same[0].url
            continue
        near = (
            other.url
            for other in earlier
            if same_label(other, document)
            and set(found[other.url].bands) & set(found[document.url].bands)
            and same_text(other.text, document.text)
        )
        chosen[document.url] = next(near, None)
    return chosen


def same_label(one: Document, other: Document) -> bool:
    return one.label == other.label or not one.label or not other.label


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batches())
def test_each_copy_has_the_best_original_it_is_like(
    sqlite_engine: Engine, case: tuple[list[Document], list[Document], list[int]]
) -> None:
    documents, shuffled, _ = case
    with sqlite_engine.begin() as connection:
        connection.execute(delete(DocumentRow))
    for document in shuffled:
        store(sqlite_engine, document)
    assert originals(sqlite_engine) == expected(documents)


def notices(count: int) -> list[Document]:
    return [
        replace(FIRST, url=f"https://a.example/{n:05}", text=f"{LONG} number {n}", published=None)
        for n in range(count)
    ]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_thousand_texts_that_differ_in_a_word_are_stored_in_seconds(
    sqlite_engine: Engine, backwards: bool
) -> None:
    documents = notices(1000)
    begun = datetime.now(UTC)
    for start in range(0, 1000, 250):
        part = slice(start, start + 250)
        store(sqlite_engine, *(documents[::-1] if backwards else documents)[part])
    assert datetime.now(UTC) - begun < timedelta(seconds=15)
    assert [url for url, original in originals(sqlite_engine).items() if original is None] == [
        documents[0].url
    ]


def test_a_thousand_texts_are_stored_in_seconds(sqlite_engine: Engine) -> None:
    rng = random.Random(5)
    texts = [" ".join(f"w{rng.randrange(9000)}" for _ in range(200)) for _ in range(1000)]
    begun = datetime.now(UTC)
    store(sqlite_engine, *(Document(f"https://x.example/{n}", text, "x") for n, text in enumerate(texts)))
    assert datetime.now(UTC) - begun < timedelta(seconds=20)
