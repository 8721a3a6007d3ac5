"""An evaluation on a terminal: for each task the methods beside each other, then what the release gains."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from linernotes.evaluation.records import ALL, RELEASE, Evaluation, Measurement, Task
from linernotes.evaluation.wording import (
    MEANINGS,
    TASKS,
    counts_of,
    name_of,
    shown_interval,
    shown_number,
    tasks_of,
)


def print_tables(evaluation: Evaluation) -> None:
    """Print the summary of an evaluation, and what its intervals mean."""
    console = Console()
    for task in tasks_of(evaluation):
        for table in _tables(evaluation, task):
            console.print(table)
            console.print()
    console.print(Text("Below each value: its 95 % interval, by resampling the queries.", style="dim"))


def _tables(evaluation: Evaluation, task: Task) -> Iterator[Table]:
    measured = [each for each in evaluation.measurements if each.task == task and each.measure in MEANINGS]
    counts = [f"{shown_number(c.value)} {name_of(c.measure)}" for c in counts_of(evaluation, task)]
    title = f"{TASKS[task]} — {measured[0].truth}: {', '.join(counts)}"
    overall = [each for each in measured if each.group == ALL and each.against is None]
    yield _grid(title, "method", [(each.method, each) for each in overall])
    groups = [each for each in measured if each.group != ALL and each.method == RELEASE]
    if groups:
        yield _grid("The release by group", "group", [(each.group, each) for each in groups])
    gains = [each for each in measured if each.against is not None]
    if gains:
        yield _grid("The release minus", "method", [(each.against or "", each) for each in gains])


def _grid(title: str, corner: str, cells: list[tuple[str, Measurement]]) -> Table:
    """Rows in the order in which they come, one column a measure."""
    columns = list(dict.fromkeys(each.measure for _, each in cells))
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    table.add_column(corner)
    for column in columns:
        table.add_column(name_of(column), justify="right")
    for row in dict.fromkeys(name for name, _ in cells):
        of_row = {each.measure: each for name, each in cells if name == row}
        table.add_row(Text(row), *(_cell(of_row.get(column)) for column in columns))
    return table


def _cell(measured: Measurement | None) -> Text:
    if measured is None:
        return Text("")
    interval = shown_interval(measured).replace(" to ", "…")
    return Text.assemble(shown_number(measured.value), (f"\n{interval}" if interval else "", "dim"))
