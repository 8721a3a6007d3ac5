"""How much is written about artists, week by week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.activity import Activity, weekly_activity

MONDAY = date(2024, 1, 1)
days = st.dates(date(1960, 1, 1), date(2030, 1, 1))
texts = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc"), days), max_size=30)


def week(number: int, day: int = 0) -> date:
    return MONDAY + timedelta(weeks=number, days=day)


def of(artist: int, found: list[Activity]) -> list[Activity]:
    return [each for each in found if each.artist == artist]


def test_a_week_begins_on_monday_and_ends_on_sunday() -> None:
    found = weekly_activity([(0, "a", week(0)), (0, "a", week(0, 6)), (0, "a", week(1))])
    assert [(each.week, each.documents) for each in found] == [(week(0), 2), (week(1), 1)]


def test_documents_and_distinct_sources_of_the_week_are_counted() -> None:
    (found,) = weekly_activity([(0, "a", week(0)), (0, "a", week(0)), (0, "b", week(0))])
    assert (found.documents, found.sources) == (3, 2)


@settings(max_examples=40)
@given(texts)
def test_shares_lie_between_0_and_1_and_documents_add_up(given_texts: list[tuple[int, str, date]]) -> None:
    found = weekly_activity(given_texts)
    assert all(0 < each.familiarity <= 1 and 0 <= each.buzz < 1 for each in found)
    assert sum(each.documents for each in found) == len(given_texts)
    assert all(each.week.weekday() == 0 and each.sources <= each.documents for each in found)


@settings(max_examples=40)
@given(texts)
def test_familiarity_never_falls_and_the_widest_known_ends_at_1(
    given_texts: list[tuple[int, str, date]],
) -> None:
    found = weekly_activity(given_texts)
    for artist in range(4):
        shares = [each.familiarity for each in of(artist, found)]
        assert shares == sorted(shares)
    assert not found or max(each.familiarity for each in found) == pytest.approx(1)


@settings(max_examples=40)
@given(texts, st.randoms())
def test_the_order_of_texts_does_not_matter(given_texts: list[tuple[int, str, date]], random: object) -> None:
    shuffled = list(given_texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert weekly_activity(shuffled) == weekly_activity(given_texts)


def test_more_sources_make_an_artist_more_familiar_than_more_texts_do() -> None:
    found = weekly_activity([*[(0, "a", week(0))] * 9, (1, "a", week(0)), (1, "b", week(0))])
    assert of(0, found)[0].familiarity < of(1, found)[0].familiarity


def test_a_first_week_and_a_steady_flow_are_no_buzz() -> None:
    found = weekly_activity([(0, "a", week(number)) for number in range(5)])
    assert [each.buzz for each in found] == [0] * 5


def test_a_week_with_more_than_usual_has_buzz() -> None:
    steady = [(0, "a", week(number)) for number in range(5)]
    found = weekly_activity([*steady, *[(0, "b", week(5))] * 3])
    assert found[-1].buzz == pytest.approx((3 - 1) / (3 + 1))


def test_weeks_of_silence_lower_what_is_usual() -> None:
    found = weekly_activity([(0, "a", week(0)), (0, "a", week(9))])
    assert found[-1].buzz == pytest.approx((1 - 1 / 9) / (1 + 1 / 9))


def test_without_texts_there_is_no_activity() -> None:
    assert weekly_activity([]) == []
