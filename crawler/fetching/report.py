"""What a crawl tells while it runs and when it ends."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from crawler.fetching.policy import Outcome


@dataclass(frozen=True, slots=True)
class CrawlEvent:
    """One visit of a page, told after it was stored.

    `reason` says why the page was not fetched; `size` is in bytes on the wire; `queued` counts the pages
    that still wait.
    """

    url: str
    source_id: int
    outcome: Outcome
    reason: str | None
    status: int | None
    size: int
    queued: int


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of the pages of one source; `finished` tells whether its round is complete."""

    source_id: int
    url: str
    outcomes: dict[Outcome, int]
    error: str | None
    finished: bool


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a crawl did: visits by outcome, and how often each reason kept a page away.

    `size` is in bytes on the wire. `queued` pages were left for the next crawl: it was interrupted, limited
    by `max_pages`, or a host asked for a long pause.
    """

    outcomes: dict[Outcome, int]
    reasons: dict[tuple[Outcome, str], int]
    size: int
    seconds: float
    queued: int
    interrupted: bool
    sources: tuple[SourceReport, ...]

    @property
    def visits(self) -> int:
        """How many pages were visited, retries not counted."""
        return sum(count for outcome, count in self.outcomes.items() if outcome != "retried")

    @property
    def pages_per_second(self) -> float:
        """How fast it went."""
        return self.visits / self.seconds if self.seconds > 0 else 0.0

    def count(self, outcome: Outcome) -> int:
        """How many visits ended in `outcome`."""
        return self.outcomes.get(outcome, 0)


@dataclass(slots=True)
class Tally:
    """The counts of a crawl under way."""

    queued: int = 0
    size: int = 0
    started: float = field(default_factory=time.monotonic)
    outcomes: Counter[tuple[int, Outcome]] = field(default_factory=Counter)
    reasons: Counter[tuple[Outcome, str]] = field(default_factory=Counter)

    def add(self, event: CrawlEvent) -> None:
        """Count one visit."""
        self.outcomes[event.source_id, event.outcome] += 1
        self.size += event.size
        if event.reason is not None:
            self.reasons[event.outcome, event.reason] += 1

    def of_source(self, source_id: int) -> dict[Outcome, int]:
        """Return the outcomes of one source."""
        return {outcome: count for (source, outcome), count in self.outcomes.items() if source == source_id}

    def report(self, sources: tuple[SourceReport, ...], *, queued: int, interrupted: bool) -> CrawlReport:
        """Return the report of the crawl that ends now."""
        total: Counter[Outcome] = Counter()
        for (_, outcome), count in self.outcomes.items():
            total[outcome] += count
        return CrawlReport(
            outcomes=dict(total),
            reasons=dict(self.reasons),
            size=self.size,
            seconds=time.monotonic() - self.started,
            queued=queued,
            interrupted=interrupted,
            sources=sources,
        )
