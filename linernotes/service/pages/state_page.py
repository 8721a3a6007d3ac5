"""How the crawl stands: sources, pages, documents and the last runs, without who runs it where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from store.jobs import JobRun, list_runs

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
    """How the crawl stands: counts by area, pages by state, the last runs."""

    numbers: dict[str, tuple[Number, ...]]
    states: tuple[PageState, ...]
    pages: int
    to_extract: int
    runs: tuple[Run, ...]


def state_page(rows: Sequence[Mapping[str, object]], runs: Sequence[JobRun]) -> StatePage:
    """Return the page of the counts that `linernotes.service.routes.state` gives, and of the latest runs."""
    states = tuple(_states(rows))
    return StatePage(
        {area: tuple(_numbers(rows, area, names)) for area, names in _NUMBERS.items()},
        states,
        sum(each.pages for each in states),
        next((each.value for each in _numbers(rows, "pages", ("to extract",))), 0),
        tuple(_run(each) for each in runs),
    )


def latest_runs(engine: Engine) -> list[JobRun]:
    """Return the latest runs of all jobs, the newest first."""
    with engine.connect() as connection:
        return list_runs(connection, limit=RUNS)


def _numbers(rows: Sequence[Mapping[str, object]], area: str, names: Iterable[str]) -> list[Number]:
    wanted = set(names)
    return [
        Number(str(row["measure"]), int(str(row["value"])))
        for row in rows
        if row["area"] == area and row["measure"] in wanted
    ]


def _states(rows: Sequence[Mapping[str, object]]) -> Iterable[PageState]:
    for state in STATES:
        of_state = [row for row in rows if row["area"] == "pages" and row["measure"] == state]
        if of_state:
            reasons: Counter[str] = Counter()  # two reasons can be one, since what is private of them is cut
            for row in of_state:
                if row["reason"]:
                    reasons[str(row["reason"])] += int(str(row["value"]))
            why = tuple(Number(*each) for each in reasons.most_common())
            yield PageState(state, sum(int(str(row["value"])) for row in of_state), why)


def _run(run: JobRun) -> Run:
    return Run(run.job, run.started_at, run.outcome or "under way", run.seconds)
