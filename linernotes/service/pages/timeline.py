"""Counts by week, drawn: summed up to months, quarters or years as the span asks for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 640.0, 96.0
"""Of the drawing, in its own units; the page stretches it to the width there is."""

_LONGEST_IN_WEEKS = 60
_LONGEST_IN_MONTHS = 72
_LONGEST_IN_QUARTERS = 80
"""Spans up to which bars of that length are wide enough to tell apart on a phone (about 4 pixels)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of time: what it is called, how many there were, and where its bar stands."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark below the bars."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars of equal width from the earliest to the latest stretch of time, empty ones among them.

    `unit` is week, month, quarter or year; `total` and `most` are sums and the largest count of a bar.
    """

    unit: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    total: int
    most: int

    @property
    def filled(self) -> tuple[Bar, ...]:
        """The bars that are not empty, for a table."""
        return tuple(bar for bar in self.bars if bar.count)


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    number: Callable[[date], int]
    begin: Callable[[int], date]
    label: Callable[[date], str]


_UNITS = (
    _Unit(
        "week",
        lambda day: (day.toordinal() - 1) // 7,
        lambda number: date.fromordinal(number * 7 + 1),
        lambda day: f"week of {day:%-d %b %Y}",
    ),
    _Unit(
        "month",
        lambda day: day.year * 12 + day.month - 1,
        lambda number: date(number // 12, number % 12 + 1, 1),
        lambda day: f"{day:%B %Y}",
    ),
    _Unit(
        "quarter",
        lambda day: day.year * 4 + (day.month - 1) // 3,
        lambda number: date(number // 4, number % 4 * 3 + 1, 1),
        lambda day: f"{day:%b}–{day + timedelta(days=62):%b} {day.year}",
    ),
    _Unit("year", lambda day: day.year, lambda number: date(number, 1, 1), lambda day: f"{day.year}"),
)


def timeline(counts: Iterable[tuple[date, int]]) -> Timeline | None:
    """Return the bars of (Monday of a week, count); None when there is nothing to draw."""
    known = [(day, count) for day, count in counts if count > 0]
    if not known:
        return None
    first, last = min(day for day, _ in known), max(day for day, _ in known)
    unit = _unit(first, last)
    start, end = unit.number(first), unit.number(last)
    sums = [0] * (end - start + 1)
    for day, count in known:
        sums[unit.number(day) - start] += count
    days = [unit.begin(number) for number in range(start, end + 1)]
    return Timeline(
        unit.name,
        _bars([unit.label(day) for day in days], sums),
        _ticks(days),
        sum(sums),
        max(sums),
    )


def _unit(first: date, last: date) -> _Unit:
    week, month, quarter, year = _UNITS
    if (last - first).days <= 7 * _LONGEST_IN_WEEKS:
        return week
    if month.number(last) - month.number(first) <= _LONGEST_IN_MONTHS:
        return month
    return quarter if quarter.number(last) - quarter.number(first) <= _LONGEST_IN_QUARTERS else year


def _bars(labels: Sequence[str], sums: Sequence[int]) -> tuple[Bar, ...]:
    step, most = WIDTH / len(sums), max(sums)
    # Few bars would be slabs: none is wider than a fortieth of the drawing.
    width = min(step * 0.78, WIDTH / 40)
    return tuple(
        Bar(
            label,
            count,
            x=round(place * step + (step - width) / 2, 2),
            y=round(HEIGHT * (1 - count / most), 2),
            width=round(width, 2),
            height=round(HEIGHT * count / most, 2),
        )
        for place, (label, count) in enumerate(zip(labels, sums, strict=True))
    )


def _ticks(days: Sequence[date]) -> tuple[Tick, ...]:
    """Years where they begin, every so many that they do not touch; without any, the first and last day."""
    step = WIDTH / len(days)
    years: dict[int, float] = {}
    for place, day in enumerate(days):
        years.setdefault(day.year, place * step)
    every = next(each for each in (1, 2, 5, 10, 20, 50, 100) if len(years) <= 8 * each)
    chosen = [Tick(round(x, 2), str(year)) for year, x in years.items() if year % every == 0]
    return tuple(chosen or [Tick(0.0, f"{days[0].year}")])
