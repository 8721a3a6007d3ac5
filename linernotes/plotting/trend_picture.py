"""The picture of a trend: how much was written, week by week, month by month, or year by year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from linernotes.plotting.canvas import Look, picture

# Bars that can still be told apart.
MOST_BARS = 160
_WEEKS_OF_MONTH = 4.35


@dataclass(frozen=True, slots=True)
class TrendContent:
    """What the picture shows: `title`, what is counted, and (Monday, documents), earliest first."""

    title: str
    counted: str
    weeks: Sequence[tuple[date, int]]


def draw_trend_picture(content: TrendContent, look: Look, file: Path) -> None:
    """Draw the documents of each week, month or year as bars, as narrow as can be told apart."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - an extra, and slow to load

    unit, bars = binned(content.weeks)
    with picture(look, file) as figure:
        axes = figure.subplots()
        axes.bar(
            np.array([place for place, _ in bars], dtype="datetime64[D]"),
            [count for _, count in bars],
            color=look.colours[0],
            width=_WIDTH[unit],
        )
        axes.set_title(content.title, loc="left", size=13, weight="bold")
        axes.set_ylabel(f"{content.counted} a {unit}", size=9)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(labelsize=9)
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(x=0.01)
        figure.tight_layout()


_WIDTH = {"week": 6.0, "month": 25.0, "year": 300.0}


def binned(weeks: Sequence[tuple[date, int]]) -> tuple[str, list[tuple[date, int]]]:
    """Add weeks up until there are few enough bars; return the unit and its (first day, documents)."""
    span = (weeks[-1][0] - weeks[0][0]).days / 7 if weeks else 0
    if span <= MOST_BARS:
        return "week", list(weeks)
    month = span <= MOST_BARS * _WEEKS_OF_MONTH
    start: Callable[[date], date] = (lambda day: day.replace(day=1)) if month else _new_year
    counts: dict[date, int] = {}
    for week, documents in weeks:
        counts[start(week)] = counts.get(start(week), 0) + documents
    return ("month" if month else "year"), sorted(counts.items())


def _new_year(day: date) -> date:
    return day.replace(month=1, day=1)
