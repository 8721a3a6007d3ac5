"""What an evaluation is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Task = Literal["similarity", "descriptors", "linking", "mentions", "extraction"]

RELEASE = "release"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Given:
    """The files to measure against; what is not given is not measured.

    `artists` restricts whom similarity and descriptors are asked for.
    """

    similar: Path | None = None
    tags: Path | None = None
    linking: tuple[Path, ...] = ()
    mentions: Path | None = None
    extraction: Path | None = None
    artists: Path | None = None


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """Whether plain methods are measured as well, and how often is resampled for intervals (0 for none)."""

    baselines: bool = True
    bootstrap: int = 1_000


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measure of one method over one group of queries.

    `count` says over how many queries `value` is a mean or share; `low` and `high` bound its 95 % interval
    and are None where none was taken. Where `against` names another method, `value` is how much better
    (or, below 0, worse) `method` is than that one on the same queries.
    """

    task: Task
    truth: str
    method: str
    group: str
    measure: str
    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None
    against: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All measurements of one release, in the order in which they are told."""

    release_id: int
    measurements: tuple[Measurement, ...]

    def rows(self) -> list[Mapping[str, Any]]:
        """The measurements as the rows of a listing."""
        return [{"release_id": self.release_id, **asdict(each)} for each in self.measurements]

    def value(self, task: Task, measure: str, *, method: str = RELEASE, group: str = ALL) -> float:
        """The value of one measure; KeyError when it was not measured."""
        return self.measurement(task, measure, method=method, group=group).value

    def measurement(
        self, task: Task, measure: str, *, method: str = RELEASE, group: str = ALL
    ) -> Measurement:
        """One measurement; KeyError when there is none."""
        wanted = (task, measure, method, group, None)
        for each in self.measurements:
            if (each.task, each.measure, each.method, each.group, each.against) == wanted:
                return each
        raise KeyError(wanted)
