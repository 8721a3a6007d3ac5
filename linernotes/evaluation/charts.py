"""Where the marks of a plot stand: measurements in, coordinates out. The template draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from linernotes.evaluation.records import RELEASE, Measurement
from linernotes.evaluation.wording import compact_interval, shown_number

# Units of the viewBox, which the page scales.
WIDTH = 640
LABELS = 210
VALUES = 170
ROW = 28
TOP, BOTTOM = 8, 28
SERIES_HEIGHT = 240
SERIES_LEFT, SERIES_BOTTOM = 48, 44
MOST_TICKS = 6
SERIES_STYLES = 6
# Letters of a group's name that fit below an axis with ten groups.
LABEL = 12


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its interval, along the axis; `across` is its place on the other one."""

    label: str
    place: float
    low: float
    high: float
    across: float
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot: `title` and `description` are its text alternative, `zero` where the axis has its 0."""

    title: str
    description: str
    width: float
    height: float
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    zero: float
    groups: tuple[Tick, ...] = ()
    legend: tuple[Tick, ...] = ()


def intervals(title: str, rows: Sequence[tuple[str, Measurement]]) -> Chart:
    """One row for each label, its value on a horizontal axis that begins at 0 or below."""
    axis = _Axis([each for _, each in rows], LABELS, WIDTH - VALUES)
    height = TOP + ROW * len(rows) + BOTTOM
    marks = tuple(
        _mark(axis, label, each, across=TOP + ROW * (row + 0.5), style="ours" if _ours(each) else "plain")
        for row, (label, each) in enumerate(rows)
    )
    return Chart(title, _told(title, rows), WIDTH, height, axis.ticks, marks, axis.at(0))


def series(title: str, lines: Sequence[tuple[str, Sequence[tuple[str, Measurement]]]]) -> Chart:
    """Groups side by side on the horizontal axis, for each method a mark in each group."""
    names = list(dict.fromkeys(group for _, line in lines for group, _ in line))
    everything = [each for _, line in lines for _, each in line]
    axis = _Axis(everything, SERIES_HEIGHT - SERIES_BOTTOM, TOP)
    step = (WIDTH - SERIES_LEFT) / len(names)
    shift = step * 0.6 / max(1, len(lines))
    marks = []
    for number, (method, line) in enumerate(lines):
        for group, each in line:
            middle = SERIES_LEFT + step * (names.index(group) + 0.5)
            across = middle + shift * (number - (len(lines) - 1) / 2)
            marks.append(_mark(axis, f"{method}, {group}", each, across=across, style=_style(number)))
    groups = tuple(Tick(SERIES_LEFT + step * (n + 0.5), _short(name)) for n, name in enumerate(names))
    legend = tuple(Tick(number, method) for number, (method, _) in enumerate(lines))
    told = _told(title, [(f"{method}, {group}", each) for method, line in lines for group, each in line])
    return Chart(title, told, WIDTH, SERIES_HEIGHT, axis.ticks, tuple(marks), axis.at(0), groups, legend)


def nice_ticks(low: float, high: float) -> list[float]:
    """Some MOST_TICKS round numbers from `low` or less to `high` or more; `high` must be the larger."""
    rough = (high - low) / (MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, last + 1)]


class _Axis:
    """A linear axis from the unit at `start` to that at `end`, over all values and intervals and 0."""

    def __init__(self, measured: Sequence[Measurement], start: float, end: float) -> None:
        ends = [bound for m in measured for bound in (m.value, m.low, m.high) if bound is not None]
        low, high = min(0.0, *ends, 0.0), max(0.0, *ends, 0.0)
        values = nice_ticks(low, high if high > low else low + 1)
        self._first, self._last = values[0], values[-1]
        self._start, self._end = start, end
        self.ticks = tuple(Tick(self.at(value), f"{value:,.10g}") for value in values)

    def at(self, value: float) -> float:
        share = (value - self._first) / (self._last - self._first)
        return round(self._start + share * (self._end - self._start), 2)


def _mark(axis: _Axis, label: str, each: Measurement, *, across: float, style: str) -> Mark:
    low = each.value if each.low is None else each.low
    high = each.value if each.high is None else each.high
    interval = compact_interval(each)
    text = f"{shown_number(each.value)} ({interval})" if interval else shown_number(each.value)
    return Mark(label, axis.at(each.value), axis.at(low), axis.at(high), round(across, 2), text, style)


def _ours(each: Measurement) -> bool:
    return each.method == RELEASE


def _style(number: int) -> str:
    return f"series-{number % SERIES_STYLES}"


def _short(group: str) -> str:
    """A group as it fits below an axis."""
    for long, short in (("familiarity decile ", ""), ("source ", ""), (" words", ""), ("part ", "")):
        group = group.replace(long, short)
    return group if len(group) <= LABEL else f"{group[: LABEL - 1]}…"


def _told(title: str, rows: Sequence[tuple[str, Measurement]]) -> str:
    told = [f"{label} {shown_number(each.value)}" for label, each in rows]
    return f"{title}: {'; '.join(told)}."
