"""How the crawl stands: sources, pages, documents and the last runs, without who runs it where."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Engine

from linernotes.status import StatusRow, status_rows
from store.jobs import JobRun, list_runs

FRESH_SECONDS = 30.0
"""How long one count is shown: counting takes seconds at a million documents, and anybody may ask."""

RUNS = 12
STATES = ("fetched", "queued", "refused", "failed", "gone")
# Of the measures that `status` has, what names processes and hosts is left out.
_NUMBERS = {
    "sources": ("all", "due", "failing"),
    "domains": ("working", "waiting", "idle"),
    "documents": ("all", "copies", "words", "mined", "unmined"),
    "artists": ("registered", "written about"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A count and what it counts."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class PageState:
    """How many pages are in a state; `reasons` say why, the most frequent one first."""

    state: str
    pages: int
    reasons: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: how it ended ("under way" when it has not) and how long it took, in seconds."""

    job: str
    started: datetime
    outcome: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class StatePage:
    """How the crawl stands, at the moment of `counted`."""

    counted: datetime
    numbers: dict[str, tuple[Number, ...]]
    states: tuple[PageState, ...]
    pages: int
    to_extract: int
    runs: tuple[Run, ...]


class StateCache:
    """The latest count; several threads may ask, of whom one counts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted = float("-inf")
        self._page: StatePage | None = None

    def get(self, engine: Engine) -> StatePage:
        """Return the latest count, a new one when that is older than FRESH_SECONDS."""
        with self._lock:
            if self._page is None or time.monotonic() - self._counted > FRESH_SECONDS:
                self._page = state_page(engine)
                self._counted = time.monotonic()
            return self._page


def state_page(engine: Engine) -> StatePage:
    """Count, and read the latest runs."""
    rows = status_rows(engine)
    with engine.connect() as connection:
        runs = list_runs(connection, limit=RUNS)
    states = tuple(_states(rows))
    return StatePage(
        datetime.now(UTC),
        {area: tuple(_numbers(rows, area, names)) for area, names in _NUMBERS.items()},
        states,
        sum(each.pages for each in states),
        next((each.value for each in _numbers(rows, "pages", ("to extract",))), 0),
        tuple(_run(each) for each in runs),
    )


def _numbers(rows: Sequence[StatusRow], area: str, names: Iterable[str]) -> list[Number]:
    wanted = set(names)
    return [
        Number(str(row["measure"]), int(str(row["value"])))
        for row in rows
        if row["area"] == area and row["measure"] in wanted
    ]


def _states(rows: Sequence[StatusRow]) -> Iterable[PageState]:
    for state in STATES:
        of_state = [row for row in rows if row["area"] == "pages" and row["measure"] == state]
        if of_state:
            reasons = [
                Number(str(row["reason"]), int(str(row["value"]))) for row in of_state if row["reason"]
            ]
            yield PageState(state, sum(int(str(row["value"])) for row in of_state), tuple(reasons))


def _run(run: JobRun) -> Run:
    return Run(run.job, run.started_at, run.outcome or "under way", run.seconds)
