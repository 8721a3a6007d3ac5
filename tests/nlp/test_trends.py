"""How much more than usual lately, how widely, and which days are days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.trends import familiarity, growth, known_to_the_day, monday_of, rising, week_of

NOW = 1_000
counted = st.dictionaries(st.integers(NOW - 200, NOW + 20), st.integers(0, 30), max_size=40)


def rise(texts: dict[int, float], **options: float) -> float:
    weeks = np.array(list(texts), dtype=np.int64)
    counts = np.array(list(texts.values()), dtype=np.float64)
    return rising(weeks, counts, NOW, **options)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(counted)
def test_rising_lies_between_0_and_1(texts: dict[int, float]) -> None:
    assert 0 <= rise(texts) < 1


@settings(max_examples=60)
@given(counted, st.randoms())
def test_the_order_of_weeks_does_not_matter(texts: dict[int, float], random: object) -> None:
    items = list(texts.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert rise(dict(items)) == pytest.approx(rise(texts))


@settings(max_examples=60)
@given(counted)
def test_one_more_recent_text_never_lowers_it(texts: dict[int, float]) -> None:
    more = texts | {NOW: texts.get(NOW, 0) + 1}
    assert rise(more) >= rise(texts | {NOW: texts.get(NOW, 0)})


def test_a_steady_flow_does_not_rise() -> None:
    assert rise(dict.fromkeys(range(NOW - 99, NOW + 1), 2)) == 0


def test_less_than_usual_does_not_rise() -> None:
    assert rise(dict.fromkeys(range(NOW - 99, NOW - 8), 2) | {NOW: 1}) == 0


def test_what_stopped_long_ago_does_not_rise() -> None:
    assert rise({NOW - 500: 40}) == 0


def test_one_text_alone_says_little_and_many_say_much() -> None:
    usual = {NOW - 400: 1.0}
    assert rise(usual | {NOW: 1}) < 0.2
    assert 0.45 < rise(usual | {NOW: 4}) < 0.5
    assert rise(usual | {NOW: 40}) > 0.9


def test_what_is_new_altogether_rises_by_the_same_measure() -> None:
    assert rise({NOW - 1: 3}) == pytest.approx(3 / 7)


def test_weeks_after_now_are_ignored() -> None:
    assert rise({NOW - 50: 1, NOW + 1: 100}) == 0


def test_when_everything_grows_alike_nothing_rises() -> None:
    usual = dict.fromkeys(range(NOW - 99, NOW - 7), 1)
    lately = dict.fromkeys(range(NOW - 7, NOW + 1), 5)
    weeks = np.array([*usual, *lately])
    counts = np.array([*usual.values(), *lately.values()], dtype=np.float64)
    grown = growth(weeks, counts, NOW, NOW - 99)
    assert grown == pytest.approx(5)
    assert rise(usual | lately) > 0.5
    assert rise(usual | lately, growth=grown) == 0


def test_growth_is_1_where_nothing_was_written_before() -> None:
    assert growth(np.array([NOW]), np.array([3.0]), NOW, NOW - 50) == 1
    assert growth(np.array([NOW]), np.array([3.0]), NOW, NOW) == 1


def test_a_second_source_makes_more_familiar_than_a_second_text() -> None:
    one, twice, two = familiarity(np.array([0.5, 0.75, 1.0]), np.array([1, 2, 2]), np.zeros(3)).tolist()
    assert one < twice < two == 1


def test_to_be_named_by_many_makes_less_familiar_than_one_text() -> None:
    named, written = familiarity(np.array([0, 0.5]), np.array([0, 1]), np.array([4.0, 0])).tolist()
    assert 0 < named < written


def test_without_texts_nobody_is_familiar() -> None:
    assert familiarity(np.zeros(2), np.zeros(2, dtype=np.int64), np.zeros(2)).tolist() == [0, 0]
    assert familiarity(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0)).tolist() == []


def days(*written: str | None) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return np.array(written, dtype="datetime64[D]")


def test_a_first_of_january_is_a_year_and_no_day() -> None:
    known = known_to_the_day(days("1981-01-01", "1981-01-02", None), np.zeros(3, dtype=np.int64))
    assert known.tolist() == [False, True, False]


def test_firsts_of_months_are_days_unless_the_source_has_hardly_others() -> None:
    months = [f"2001-{month:02}-01" for month in range(2, 8)]
    daily = [f"2001-03-{day:02}" for day in range(1, 31)]
    source = np.array([0] * len(months) + [1] * len(daily))
    known = known_to_the_day(days(*months, *daily), source)
    assert known.tolist() == [False] * len(months) + [True] * len(daily)


def test_of_a_source_with_few_days_a_first_is_believed() -> None:
    assert known_to_the_day(days("2001-02-01"), np.zeros(1, dtype=np.int64)).tolist() == [True]


@given(st.dates(date(1877, 1, 1), date(2100, 1, 1)))
def test_a_week_begins_on_the_monday_before(day: date) -> None:
    (monday,) = monday_of(week_of(np.array([day], dtype="datetime64[D]"))).tolist()
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7
