"""Progress of long jobs: a job tells its stages how far they are; who shows it is chosen elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as RichProgress
from rich.text import Text

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from structlog.stdlib import BoundLogger

# A log is read later, or not at all: one line in this many seconds tells enough of a stage.
LOG_SECONDS = 10.0
Fact = str | int | float | bool | None


class Stage(Protocol):
    """One stage of a job, such as crawling."""

    def update(self, done: int, total: int | None = None, facts: Mapping[str, Fact] | None = None) -> None:
        """Tell how far the stage is: `done` of `total` units, and what else is worth seeing now."""

    def detail(self, event: str, facts: Mapping[str, Fact]) -> None:
        """Tell one single event, shown only when asked for."""


class Progress(Protocol):
    """Shows the stages of a job, one after the other."""

    def stage(self, name: str, unit: str) -> AbstractContextManager[Stage]:
        """Begin a stage that counts `unit`s ("pages"); it ends with the context."""

    def note(self, event: str, facts: Mapping[str, Fact] | None = None, *, warning: bool = False) -> None:
        """Tell something that is worth keeping: a source that failed, a stage that was skipped."""


class SilentProgress:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Stage]:
        """Begin a stage nobody sees."""
        yield self

    def update(self, done: int, total: int | None = None, facts: Mapping[str, Fact] | None = None) -> None:
        """Show nothing."""

    def detail(self, event: str, facts: Mapping[str, Fact]) -> None:
        """Show nothing."""

    def note(self, event: str, facts: Mapping[str, Fact] | None = None, *, warning: bool = False) -> None:
        """Show nothing."""


class LogProgress:
    """Writes structured log lines: begin and end of each stage, and one line every ten seconds between."""

    def __init__(self, log: BoundLogger) -> None:
        self._log = log

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Stage]:
        """Log the stage; when it fails, its last line says how far it came."""
        stage = _LoggedStage(self._log.bind(stage=name), unit)
        self._log.info("stage begins", stage=name)
        try:
            yield stage
        except BaseException:
            stage.end("stage stopped")
            raise
        stage.end("stage ends")

    def note(self, event: str, facts: Mapping[str, Fact] | None = None, *, warning: bool = False) -> None:
        """Log a line."""
        (self._log.warning if warning else self._log.info)(event, **(facts or {}))


class _LoggedStage:
    def __init__(self, log: BoundLogger, unit: str) -> None:
        self._log = log
        self._unit = unit
        self._began = self._told = time.monotonic()
        self._state: dict[str, Fact] = {}

    def update(self, done: int, total: int | None = None, facts: Mapping[str, Fact] | None = None) -> None:
        self._state = {self._unit: done, "total": total, **(facts or {})}
        if time.monotonic() - self._told >= LOG_SECONDS:
            self._told = time.monotonic()
            self._tell("progress")

    def detail(self, event: str, facts: Mapping[str, Fact]) -> None:
        self._log.debug(event, **facts)

    def end(self, event: str) -> None:
        self._tell(event)

    def _tell(self, event: str) -> None:
        seconds = time.monotonic() - self._began
        done = self._state.get(self._unit)
        if isinstance(done, int) and seconds > 0:
            self._state[f"{self._unit}_per_second"] = round(done / seconds, 1)
        known = {name: value for name, value in self._state.items() if value is not None}
        self._log.info(event, **known, seconds=round(seconds, 1))


class TerminalProgress:
    """Draws one bar a stage on a terminal; finished stages stay above the current one."""

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self._console = console
        self._verbose = verbose

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Stage]:
        """Draw the stage until it ends."""
        bars = RichProgress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("[bold]{task.description:<10}"),
            BarColumn(bar_width=20),
            _Counts(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[facts]}", style="dim", markup=False),
            console=self._console,
            redirect_stdout=False,
        )
        with bars:
            task = bars.add_task(name, total=None, facts="", unit=unit)
            yield _DrawnStage(bars, task, verbose=self._verbose)
            known = bars.tasks[0]
            # What was skipped or turned out shorter than expected is finished all the same.
            bars.update(
                task, total=max(known.completed, 1), completed=max(known.completed, 1), done=known.completed
            )

    def note(self, event: str, facts: Mapping[str, Fact] | None = None, *, warning: bool = False) -> None:
        """Print a line above the bars."""
        told = f"{event}: {_joined(facts)}" if facts else event
        self._console.print(Text(told, style="yellow" if warning else "dim"))


class _DrawnStage:
    def __init__(self, bars: RichProgress, task: TaskID, *, verbose: bool) -> None:
        self._bars = bars
        self._task = task
        self._verbose = verbose

    def update(self, done: int, total: int | None = None, facts: Mapping[str, Fact] | None = None) -> None:
        self._bars.update(self._task, completed=done, total=total, facts=_joined(facts or {}))

    def detail(self, event: str, facts: Mapping[str, Fact]) -> None:
        if self._verbose:
            self._bars.console.print(Text(f"{event}: {_joined(facts)}", style="dim"))


class _Counts(ProgressColumn):
    """`120/309 pages 15.2/s`."""

    def render(self, task: Task) -> Text:
        """Return the counts of a task, with its speed over the whole stage."""
        done = int(task.fields.get("done", task.completed))
        of = f"/{int(task.total):,}" if task.total is not None and not task.finished else ""
        seconds = task.finished_time or task.elapsed or 0.0
        unit = task.fields.get("unit", "")
        speed = f" {done / seconds:,.1f}/s" if done and seconds > 1 and unit != "steps" else ""
        return Text(f"{done:,}{of} {unit}{speed}", style="cyan")


def _joined(facts: Mapping[str, Fact]) -> str:
    return " · ".join(
        f"{value:,} {name}" if isinstance(value, int) and not isinstance(value, bool) else f"{name} {value}"
        for name, value in facts.items()
        if value is not None
    )
