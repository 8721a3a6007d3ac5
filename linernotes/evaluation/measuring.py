"""From what was measured of each query to measurements with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from linernotes.evaluation.groups import Groups
from linernotes.evaluation.records import ALL, RELEASE, Measurement, Task
from nlp.bootstrap import mean_interval
from nlp.metrics import PerQuery


@dataclass(frozen=True, slots=True)
class Judged:
    """The task, the name of its truth, the groups of its queries, and how often to resample."""

    task: Task
    truth: str
    groups: Groups
    times: int

    def count(self, measure: str, value: float, method: str = RELEASE) -> Measurement:
        """A plain number, without an interval: it is no mean over queries."""
        return Measurement(self.task, self.truth, method, ALL, measure, value)

    def means(self, method: str, found: PerQuery[str]) -> Iterator[Measurement]:
        """Every measure over all queries, then over each group."""
        everybody = np.ones(len(found.queries), dtype=bool)
        for group, members in {ALL: everybody, **self.groups}.items():
            for measure, values in found.values.items():
                yield self._mean(method, group, measure, values[members])

    def differences(self, found: PerQuery[str], others: Mapping[str, PerQuery[str]]) -> Iterator[Measurement]:
        """How much better the release is than each of the others, query by query."""
        for other, theirs in others.items():
            for measure, values in theirs.values.items():
                yield self._mean(RELEASE, ALL, measure, found.values[measure] - values, against=other)

    def _mean(
        self, method: str, group: str, measure: str, values: np.ndarray, against: str | None = None
    ) -> Measurement:
        span = mean_interval(values, times=self.times)
        return Measurement(
            self.task,
            self.truth,
            method,
            group,
            measure,
            span.value,
            span.low,
            span.high,
            len(values),
            against,
        )
