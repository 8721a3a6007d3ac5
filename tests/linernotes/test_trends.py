"""Rising terms and artists, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

import linernotes
from linernotes import BadQuestion, Catalog
from tests.small_release import add_artist, publish

NOW = date(2020, 6, 1)
STEADY = [(NOW - timedelta(weeks=back), 1, 1) for back in range(0, 100, 4)]
RISING = [*STEADY, (NOW - timedelta(weeks=3), 9, 4)]
GONE = [(NOW - timedelta(weeks=60), 9, 3)]


def fill(engine: Engine, *, weeks: bool = True) -> None:
    with engine.begin() as connection:
        a, b, c = (add_artist(connection, name) for name in ("Riser", "Steady", "Quiet"))
        term_weeks = [
            *((a, "ambient", *count) for count in RISING),
            *((a, "live", *count) for count in STEADY),
            *((a, "techno", *count) for count in GONE),
            *((b, "ambient", *count) for count in STEADY),
        ]
        publish(
            connection,
            {a: dict.fromkeys(("ambient", "live", "techno"), 0.5), b: {"ambient": 0.5}},
            {a: [1, 0], b: [0, 1], c: [1, 1]},
            facets={"ambient": "genre"},
            activity=[(a, NOW - timedelta(weeks=back), 10, 5, 0.5, 0.1) for back in range(150) if back != 3],
            term_weeks=term_weeks if weeks else [],
        )


@pytest.fixture
def catalog(engine: Engine, database_url: str) -> Iterator[Catalog]:
    fill(engine)
    with linernotes.open(database_url) as opened:
        yield opened


def test_rising_terms_are_those_used_more_than_usual_lately(catalog: Catalog) -> None:
    (found,) = catalog.rising_terms("Riser")
    assert (found.term, found.facet, found.documents) == ("ambient", "genre", 11)
    assert 0.5 < found.rising < 1
    assert found.weeks[0].week < found.weeks[-1].week == NOW
    assert sum(each.documents for each in found.weeks) == len(STEADY) + 9


def test_rising_artists_are_those_described_so_more_than_usual_lately(catalog: Catalog) -> None:
    (found,) = catalog.rising_artists("Ambient")
    assert (found.artist, found.documents) == ("Riser", 11)
    assert catalog.rising_terms("Riser")[0].rising == found.rising


def test_nothing_rises_where_nothing_is_known(catalog: Catalog) -> None:
    assert catalog.rising_terms("Quiet") == []
    assert catalog.rising_artists("polka") == []


def test_a_release_without_weeks_of_terms_says_to_mine_again(engine: Engine, database_url: str) -> None:
    fill(engine, weeks=False)
    with (
        linernotes.open(database_url) as catalog,
        pytest.raises(BadQuestion, match="linernotes mine"),
    ):
        catalog.rising_terms("Riser")


def test_without_dated_texts_nothing_rises(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        artist = add_artist(connection, "A")
        publish(connection, {artist: {"dub": 0.5}}, {artist: [1, 0]})
    with linernotes.open(database_url) as catalog:
        assert catalog.rising_terms("A") == []
