"""Counts by week as bars: of weeks, months, quarters or years, as the span asks for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.service.pages.timeline import HEIGHT, WIDTH, timeline

MONDAY = date(2020, 5, 4)
weeks = st.integers(0, 5000).map(lambda number: date(1930, 1, 6) + timedelta(weeks=number))


def test_nothing_to_count_is_no_drawing() -> None:
    assert timeline([]) is None
    assert timeline([(MONDAY, 0)]) is None


@pytest.mark.parametrize(
    ("later", "unit", "first", "last"),
    [
        (timedelta(weeks=20), "week", "week of 4 May 2020", "week of 21 Sep 2020"),
        (timedelta(weeks=100), "month", "May 2020", "April 2022"),
        (timedelta(weeks=600), "quarter", "Apr–Jun 2020", "Oct–Dec 2031"),
        (timedelta(weeks=2000), "year", "2020", "2058"),
    ],
)
def test_the_longer_the_span_the_longer_what_a_bar_stands_for(
    later: timedelta, unit: str, first: str, last: str
) -> None:
    line = timeline([(MONDAY, 3), (MONDAY + later, 1)])
    assert line is not None
    assert (line.unit, line.bars[0].label, line.bars[-1].label) == (unit, first, last)
    assert (line.total, line.most, len(line.filled)) == (4, 3, 2)


@given(st.lists(st.tuples(weeks, st.integers(1, 1000)), min_size=1, max_size=60))
def test_every_count_is_in_a_bar_and_every_bar_in_the_drawing(counts: list[tuple[date, int]]) -> None:
    line = timeline(counts)
    assert line is not None
    assert line.total == sum(count for _, count in counts) == sum(bar.count for bar in line.bars)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1 for bar in line.bars)
    assert all(0 <= bar.height <= HEIGHT and abs(bar.y + bar.height - HEIGHT) < 0.1 for bar in line.bars)
    assert all(0 <= tick.x <= WIDTH for tick in line.ticks) and line.ticks
    assert len({bar.label for bar in line.bars}) == len(line.bars)
