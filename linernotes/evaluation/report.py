"""The report: one HTML page with plots and the tables behind them, complete in itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from linernotes.evaluation.baselines import POPULARITY, RANDOM
from linernotes.evaluation.charts import Chart, intervals, series
from linernotes.evaluation.records import ALL, RELEASE, Evaluation, Measurement, Task
from linernotes.evaluation.wording import (
    HEADLINES,
    MEANINGS,
    TASKS,
    compact_interval,
    counts_of,
    name_of,
    shown_number,
    tasks_of,
)
from store.errors import LinernotesError

PAGE = "evaluation.html"
# Shown among the methods, not in every breakdown: they are near 0 in each.
CHANCE = frozenset({POPULARITY, RANDOM})


# Groups that have room beside each other; the tables have them all.
GROUPS_DRAWN = 10


class ReportUnwritable(LinernotesError):
    """The report cannot be written where it was asked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table as it is shown."""

    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a caption, the names of its columns, and rows of a name, how many queries, and cells."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Cell | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One task: what was measured, its plots and its tables."""

    task: Task
    title: str
    truth: str
    counts: tuple[tuple[str, str], ...]
    meanings: tuple[tuple[str, str], ...]
    methods: tuple[Chart, ...]
    table: Grid
    groups: tuple[Chart, ...]
    group_tables: tuple[Grid, ...]
    gains: tuple[Chart, ...]
    gain_table: Grid | None


def report_file(target: Path) -> Path:
    """Return where the page will stand: `target` (an .html file), or in it (a directory, which is made).

    Raises ReportUnwritable when nothing can be written there.
    """
    file = target if target.suffix.lower() in {".html", ".htm"} else target / PAGE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(file, error) from error
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        raise ReportUnwritable(f"The report {file} cannot be written; name another place with --report.")
    return file


def write_report(evaluation: Evaluation, file: Path) -> None:
    """Write the page. Raises ReportUnwritable."""
    try:
        file.write_text(report_page(evaluation), encoding="utf-8")
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> ReportUnwritable:
    return ReportUnwritable(f"The report {file} cannot be written: {error.strerror or error}.")


def report_page(evaluation: Evaluation) -> str:
    """The report as HTML."""
    environment = Environment(
        loader=PackageLoader("linernotes.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sections = [_section(evaluation, task) for task in tasks_of(evaluation)]
    page = environment.get_template("report.html.jinja")
    return page.render(release_id=evaluation.release_id, sections=sections)


def _section(evaluation: Evaluation, task: Task) -> Section:
    measured = [each for each in evaluation.measurements if each.task == task and each.measure in MEANINGS]
    overall = [(each.method, each) for each in measured if each.group == ALL and each.against is None]
    gains = [(each.against, each) for each in measured if each.against is not None]
    names = list(dict.fromkeys(each.measure for each in measured))
    return Section(
        task=task,
        title=TASKS[task],
        truth=measured[0].truth,
        counts=tuple((name_of(c.measure), shown_number(c.value)) for c in counts_of(evaluation, task)),
        meanings=tuple((name_of(name), MEANINGS[name]) for name in names),
        methods=tuple(_charts(overall, names)),
        table=_grid("All methods over all queries", "method", _by_measure(overall)),
        groups=tuple(_breakdowns(measured, task)),
        group_tables=tuple(_group_tables(measured, task)),
        gains=tuple(_charts(gains, HEADLINES[task])),
        gain_table=_grid(_GAINS, "than", _by_measure(gains)) if gains else None,
    )


def _group_tables(measured: Sequence[Measurement], task: Task) -> list[Grid]:
    """The release by all its measures, and each headline by all methods where there are several."""
    grouped = [each for each in measured if each.group != ALL]
    ours = [(each.group, name_of(each.measure), each) for each in grouped if each.method == RELEASE]
    tables = [_grid("The release by group", "group", ours)] if ours else []
    if len({each.method for each in grouped}) > 1:
        for measure in HEADLINES[task]:
            cells = [(each.group, each.method, each) for each in grouped if each.measure == measure]
            tables.append(_grid(f"{name_of(measure)} of all methods by group", "group", cells))
    return tables


def _charts(rows: Sequence[tuple[str, Measurement]], measures: Sequence[str]) -> list[Chart]:
    """A plot for each measure that several methods have; what one alone has stands together in another."""
    found = []
    alone = []
    for measure in measures:
        of_measure = [row for row in rows if row[1].measure == measure and not _is_off_scale(row[1])]
        if len(of_measure) > 1:
            found.append(intervals(name_of(measure), of_measure))
        else:
            alone += [(name_of(measure), each) for _, each in of_measure if isinstance(each.value, float)]
    return [*found, intervals("the release alone" if found else "the release", alone)] if alone else found


def _is_off_scale(measured: Measurement) -> bool:
    """One list for everybody makes a hub of everybody in it, beside which no other hub can be seen."""
    return measured.method == POPULARITY and measured.measure in {"max_hub", "anti_hub"}


def _breakdowns(measured: Sequence[Measurement], task: Task) -> list[Chart]:
    """For each headline a plot by each kind of group: words, familiarity, source or part."""
    grouped = [each for each in measured if each.group != ALL and each.method not in CHANCE]
    found = []
    for kind, title in _KINDS.items():
        for measure in HEADLINES[task]:
            of_kind = _largest([each for each in grouped if kind in each.group and each.measure == measure])
            methods = dict.fromkeys(each.method for each in of_kind)
            lines = [
                (method, [(each.group, each) for each in of_kind if each.method == method])
                for method in methods
            ]
            if lines:
                found.append(series(f"{name_of(measure)} by {title}", lines))
    return found


def _largest(measured: Sequence[Measurement]) -> list[Measurement]:
    """Those of the groups with the most queries, as many as have room side by side."""
    counts = {each.group: each.count or 0 for each in measured}
    drawn = sorted(counts, key=lambda group: (-counts[group], group))[:GROUPS_DRAWN]
    return [each for each in measured if each.group in drawn]


_GAINS = "How much better the release is, query by query"
_KINDS = {
    " words": "words of text about the artist",
    "familiarity": "tenth of all artists, least familiar first",
    "source ": "source",
    "part ": "part of the file",
}


def _by_measure(rows: Sequence[tuple[str, Measurement]]) -> list[tuple[str, str, Measurement]]:
    return [(label, name_of(each.measure), each) for label, each in rows]


def _grid(caption: str, corner: str, cells: Sequence[tuple[str, str, Measurement]]) -> Grid:
    """A table of (row, column, measurement), rows and columns in the order in which they come."""
    columns = tuple(dict.fromkeys(column for _, column, _ in cells))
    listed = []
    for name in dict.fromkeys(row for row, _, _ in cells):
        of_row = {column: each for row, column, each in cells if row == name}
        counts = {each.count for each in of_row.values() if each.count is not None}
        count = " / ".join(f"{number:,}" for number in sorted(counts))
        listed.append((name, count, tuple(_cell(of_row.get(column)) for column in columns)))
    return Grid(caption, corner, columns, tuple(listed))


def _cell(measured: Measurement | None) -> Cell | None:
    if measured is None:
        return None
    return Cell(shown_number(measured.value), compact_interval(measured))
