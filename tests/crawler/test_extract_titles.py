from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.titles import ParsedTitle, parse_title, without_rank, without_review


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Ruth Fen – Ebb (Quay Records, 2019)", ParsedTitle("Ruth Fen", "Ebb", "Quay Records", 2019)),
        ("Ruth Fen - Ebb [2019, Quay]", ParsedTitle("Ruth Fen", "Ebb", "Quay", 2019)),
        ("Album Review: Ruth Fen – Ebb", ParsedTitle("Ruth Fen", "Ebb")),
        ("Ruth Fen – Ebb | Album Review", ParsedTitle("Ruth Fen", "Ebb")),
        ("[Review] Ruth Fen — Ebb", ParsedTitle("Ruth Fen", "Ebb")),
        ("Ruth Fen: Ebb", ParsedTitle("Ruth Fen", "Ebb")),
        ("12. Ruth Fen: Ebb (Quay, 2019)", ParsedTitle("Ruth Fen", "Ebb", "Quay", 2019)),
        ("No. 3: Ruth Fen – Ebb", ParsedTitle("Ruth Fen", "Ebb")),
        ("Ruth Fen, ‘Ebb’", ParsedTitle("Ruth Fen", "Ebb")),
        ("“Ebb” // Ruth Fen", ParsedTitle("Ruth Fen", "Ebb")),
        ("Ebb by Ruth Fen review", ParsedTitle("Ruth Fen", "Ebb")),
        ("Ruth Fen – Ebb (2019 Remaster)", ParsedTitle("Ruth Fen", "Ebb (2019 Remaster)")),
        ("Ebb (Quay, 2019)", ParsedTitle(None, "Ebb", "Quay", 2019)),
    ],
)
def test_a_title_is_parsed(title: str, said: ParsedTitle) -> None:
    assert parse_title(title) == said


@pytest.mark.parametrize(
    "title",
    ["", "Ebb", "Ebb // Ruth Fen", "Ebb Review", "Step by step", "The Year in Review", "A-Z of noise"],
)
def test_nothing_is_claimed_where_nothing_is_said(title: str) -> None:
    assert parse_title(title) == ParsedTitle()


@given(st.text())
def test_every_part_stands_in_the_title(title: str) -> None:
    parsed, line = parse_title(title), " ".join(title.split())
    assert all(part in line for part in (parsed.artist, parsed.work, parsed.label) if part)
    assert parsed.year is None or str(parsed.year) in line


def test_places_in_a_list_are_taken_off() -> None:
    assert [without_rank(title) for title in ("10. Ebb", "#3 Ebb", "7) Ebb", "1975", "24 Hours")] == [
        *("Ebb", "Ebb", "Ebb"),
        "1975",
        "24 Hours",
    ]


@pytest.mark.parametrize(
    ("title", "says"), [("Ebb Review", True), ("The Year in Review", False), ("Ebb", False)]
)
def test_a_title_says_whether_it_is_of_a_review(title: str, says: bool) -> None:
    assert without_review(title)[1] is says
