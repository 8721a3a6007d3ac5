"""Reading dates, naming texts, and surviving any value a table can hold."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.imports.identity import Addresses
from crawler.imports.mapping import documents_of, plan_columns
from crawler.imports.published import published_of
from crawler.imports.rows import BadRow, Row
from crawler.imports.tables import open_csv
from store.records import Document

TODAY = date(2026, 1, 15)
PLAN = plan_columns(
    ["text", "url", "title", "published", "author", "source", "artist"], None, path=Path("t.csv")
)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2003-06-17", date(2003, 6, 17)),
        (" 2003-06-17T23:30:00-05:00 ", date(2003, 6, 17)),
        ("2003-06-17 10:11:12.5", date(2003, 6, 17)),
        ("20030617", date(2003, 6, 17)),
        ("2003/06/17", date(2003, 6, 17)),
        ("2003-06", date(2003, 6, 1)),
        ("2003", date(2003, 1, 1)),
        (2003, date(2003, 1, 1)),
        (2003.0, date(2003, 1, 1)),
        ("2003-06-00", date(2003, 6, 1)),
        ("Tue, 17 Jun 2003 10:11:12 +0000", date(2003, 6, 17)),
        ("17 Jun 2003 10:11:12 GMT", date(2003, 6, 17)),
        ("June 17, 2003", date(2003, 6, 17)),
        ("17 June 2003", date(2003, 6, 17)),
        ("Jun 2003", date(2003, 6, 1)),
        (datetime(2003, 6, 17, 23, 59, tzinfo=UTC), date(2003, 6, 17)),
        (date(2003, 6, 17), date(2003, 6, 17)),
        ("2026-01-16", date(2026, 1, 16)),
    ],
)
def test_a_date_of_publication_is_read(written: object, day: date) -> None:
    assert published_of(written, today=TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "",
        None,
        "soon",
        "2091-03-01",
        "2026-01-17",
        "1876",
        "0000-00-00",
        "2003-13-01",
        "2003-02-30",
        "06/07/2003",
        "12",
        [],
    ],
)
def test_what_is_no_believable_date_is_left_out(written: object) -> None:
    assert published_of(written, today=TODAY) is None


@given(st.dates(date(1900, 1, 2), date(2026, 1, 16)))
def test_every_iso_date_is_read_back(day: date) -> None:
    assert published_of(day.isoformat(), today=TODAY) == day


VALUES = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.datetimes(),
)


@given(st.fixed_dictionaries(dict.fromkeys(PLAN.columns, VALUES)))
def test_any_row_becomes_documents_that_can_be_stored_or_is_told(values: dict[str, object]) -> None:
    found = documents_of(Row(7, values), PLAN)
    if isinstance(found, BadRow):
        assert found.line == 7
        return
    for document in found:
        assert document.text
        assert document.url
        assert document.source
        for value in (document.text, document.url, document.source, document.title, document.author):
            assert "\0" not in (value or "")
            (value or "").encode("utf-8")


def test_a_row_with_the_page_of_a_thread_gives_a_document_for_each_post() -> None:
    said = ("The bass walks in, unhurried, and the room tilts.", "Only on the second side, if you ask me.")
    posts = "".join(
        f"<div class='post' id='p{number}'><b class='username'>ida</b><div class='postbody'>"
        f"<div class='content'>{text} {text}</div></div></div>"
        for number, text in enumerate(said)
    )
    plan = plan_columns(["html", "url", "title"], None, path=Path("a.csv"))
    row = Row(
        1, {"html": f"<html><body>{posts}</body></html>", "url": "https://b.example/t/1", "title": "Ebb"}
    )
    found = documents_of(row, plan)
    assert not isinstance(found, BadRow)
    assert [document.url for document in found] == ["https://b.example/t/1#p0", "https://b.example/t/1#p1"]
    assert {(document.source, document.kind) for document in found} == {("b.example", "post")}


@given(st.lists(st.tuples(st.sampled_from(["u", "u#2", "u#3", "u#2-2", "v"]), st.sampled_from("abcd"))))
def test_every_text_of_a_url_keeps_a_url_of_its_own(rows: list[tuple[str, str]]) -> None:
    given_out = [_tell_apart(rows), _tell_apart(rows)]
    assert given_out[0] == given_out[1]
    found = [document for document in given_out[0] if document is not None]
    assert len({document.url for document in found}) == len(found) == len(set(rows))
    assert [document.text for document in found] == [text for _, text in dict.fromkeys(rows)]


def _tell_apart(rows: list[tuple[str, str]]) -> list[Document | None]:
    addresses = Addresses()
    return [addresses.tell_apart(Document(url, text, "s")) for url, text in rows]


def test_one_url_for_all_rows_of_a_large_file_costs_no_more_than_many() -> None:
    addresses = Addresses()
    names = {
        document.url for n in range(20_000) if (document := addresses.tell_apart(Document("u", str(n), "s")))
    }
    assert len(names) == 20_000


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6), delimiter=st.sampled_from(",;|\t"))
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["text", "url", "x"], *rows])
    with open_csv(path) as table:
        read = [list(row.values.values()) for row in table.rows if isinstance(row, Row)]
    assert read == rows


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_the_reading_of_a_csv_but_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    from crawler.imports.errors import ImportFailed

    path = tmp_path / "t.csv"
    path.write_bytes(data)
    try:
        with open_csv(path) as table:
            list(table.rows)
    except ImportFailed as error:
        assert str(path) in str(error)
