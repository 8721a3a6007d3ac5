"""Where things stand, for Prometheus: one gauge for each count of `linernotes status`.

Names follow prometheus.io/docs/practices/naming: base units, no unit of ours. Everything is read from the
database, so that it tells the same whoever is asked, also by `linernotes metrics` without a scheduler.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from store.counts import (
    DatabaseCounts,
    DomainCounts,
    count_domains,
    count_everything,
    count_kept_away,
    count_page_states,
    database_bytes,
)
from store.engine import connect
from store.errors import LinernotesError
from store.frontier import StateCount
from store.jobs import JobRun, database_now, last_runs
from store.releases import ReleaseInfo, list_releases

# Counting goes over whole tables: not at every scrape, and never for more than a twentieth of the time.
CACHE_SECONDS = 60.0
CACHE_SHARE = 20
# After a failure the database is asked again sooner.
_RETRY_SECONDS = 5.0
# Reasons are words, and words can name anything; a label may not have more values than a graph has lines.
MOST_REASONS = 30
_OTHER = "other"
# Groups fetched from the database; what is rarer counts as another reason.
_REASONS_READ = 1_000

_DETAIL = re.compile(r"(?:[;(]|,(?!\d)|:(?!/)).*")
_NAME = re.compile(r"(?<!\S)(?!robots\.txt\b)(?:\S*[./@]\S*\w\S*|\S+://\S*)")
_NUMBER = re.compile(r"(?<![\d,.])(?!\d{3}(?![\d,.]))\d[\d,.]*")

Samples: TypeAlias = Iterable[tuple[Sequence[str], float]]


def exposition(engine: Engine) -> str:
    """Return all metrics in the text format of Prometheus, counted now."""
    registry = CollectorRegistry()
    registry.register(_Fixed(read_metrics(engine)))
    return generate_latest(registry).decode()


def read_metrics(engine: Engine) -> list[Metric]:
    """Count everything and return it as metrics; seconds at a million documents or ten million pages."""
    began = time.monotonic()
    with engine.connect() as connection:
        now = database_now(connection)
        counts = count_everything(connection, now)
        states = count_page_states(connection)
        reasons = count_kept_away(connection, limit=_REASONS_READ)
        domains = count_domains(connection, now)
        runs = last_runs(connection)
        fine = last_runs(connection, "done")
        published = next((known for known in list_releases(connection) if known.published), None)
    found = [*_pages(states, reasons, counts), *_domains(domains), *_texts(counts)]
    found += [*_jobs(runs, fine, now), *_release(published, counts)]
    found.append(_gauge("database_size_bytes", "Disk space of the database", [((), database_bytes(engine))]))
    spent = [((), time.monotonic() - began)]
    found.append(_gauge("count_duration_seconds", "How long the counting of these metrics took", spent))
    return found


class MetricsCache(Collector):
    """The metrics of a database, counted again when they are old; a scrape waits only for the first count."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._known: list[Metric] = []
        self._good_until = float("-inf")

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as last counted."""
        if not self._known:
            with self._lock:  # a second scrape waits for the count of the first
                if not self._known:
                    self._count()
        elif self._clock() >= self._good_until and self._lock.acquire(blocking=False):
            threading.Thread(target=self._count_and_release, daemon=True).start()
        yield from self._known

    def _count_and_release(self) -> None:
        try:
            self._count()
        finally:
            self._lock.release()

    def _count(self) -> None:
        began = self._clock()
        try:
            engine = connect(self._url, read_only=True)
            try:
                found = read_metrics(engine)
            finally:
                engine.dispose()
        except (SQLAlchemyError, LinernotesError):
            # What was counted before is no longer true, or not known to be.
            self._known = [_up(0)]
            self._good_until = self._clock() + _RETRY_SECONDS
            return
        self._known = [_up(1), *found]
        now = self._clock()
        self._good_until = now + max(CACHE_SECONDS, CACHE_SHARE * (now - began))


def reason_class(reason: str) -> str:
    """Return a reason without its particulars: hosts, media types, numbers other than HTTP statuses."""
    plain = _NUMBER.sub("N", _NAME.sub("…", _DETAIL.sub("", reason)))
    return " ".join(plain.split())[:80] or _OTHER


def reason_totals(reasons: Iterable[StateCount], states: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Add up pages by state and class of reason; the rarest classes, and what was not listed, are "other"."""
    classes: Counter[tuple[str, str]] = Counter()
    for count in reasons:
        classes[count.state, reason_class(count.reason or "")] += count.pages
    totals = Counter(dict(classes.most_common(MOST_REASONS)))
    for state in ("refused", "failed", "gone"):
        listed = sum(number for (of, _), number in totals.items() if of == state)
        if states.get(state, 0) > listed:
            totals[state, _OTHER] += states[state] - listed
    return dict(totals)


class _Fixed(Collector):
    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Sequence[Metric]:
        return self._metrics


def _pages(
    states: Mapping[str, int], reasons: Iterable[StateCount], counts: DatabaseCounts
) -> Iterator[Metric]:
    every = ("queued", "fetched", "refused", "failed", "gone")
    by_state = [((state,), states.get(state, 0)) for state in every]
    yield _gauge("pages", "URLs of the frontier by state", by_state, ["state"])
    yield _gauge(
        "pages_kept_away",
        "Pages refused, failed or gone, by kind of reason",
        sorted(reason_totals(reasons, states).items()),
        ["state", "reason"],
    )
    waiting = [((), counts.unextracted)]
    yield _gauge("pages_unextracted", "Fetched pages that are not turned into documents yet", waiting)


def _domains(domains: DomainCounts) -> Iterator[Metric]:
    by_state = [(("working",), domains.working), (("waiting",), domains.waiting), (("idle",), domains.idle)]
    yield _gauge("domains", "Registered domains: being crawled, waiting, without work", by_state, ["state"])
    waits = [((), domains.longest_wait)]
    yield _gauge("domains_longest_wait_seconds", "How long a domain with work has waited at most", waits)
    yield _gauge("crawl_processes", "Crawl processes that hold a domain", [((), len(domains.holders))])


def _texts(counts: DatabaseCounts) -> Iterator[Metric]:
    yield _gauge("sources", "Sources", [((), counts.sources)])
    yield _gauge("sources_due", "Sources whose next round is due", [((), counts.sources_due)])
    yield _gauge(
        "sources_failing", "Sources that could not be read in the last round", [((), counts.sources_failing)]
    )
    kinds = [(("original",), counts.documents), (("copy",), counts.copies)]
    yield _gauge("documents", "Documents: originals, and copies that do not count", kinds, ["kind"])
    yield _gauge("documents_unmined", "Original documents that mining has not read", [((), counts.unmined)])
    yield _gauge("words", "Words of the original documents", [((), counts.words)])
    yield _gauge("artists", "Artists of the registry", [((), counts.artists)])


def _jobs(runs: Mapping[str, JobRun], fine: Mapping[str, JobRun], now: datetime) -> Iterator[Metric]:
    began = [((job,), run.started_at.timestamp()) for job, run in runs.items()]
    yield _gauge("job_last_start_timestamp_seconds", "When the job began last", began, ["job"])
    took = [((job,), run.seconds or (now - run.started_at).total_seconds()) for job, run in runs.items()]
    yield _gauge("job_last_duration_seconds", "How long it took, or is taking", took, ["job"])
    ended = [((job,), run.finished_at.timestamp()) for job, run in fine.items() if run.finished_at]
    yield _gauge("job_last_success_timestamp_seconds", "When the job last ended well", ended, ["job"])
    outcomes = [
        ((job, outcome), float(outcome == (run.outcome or "unfinished")))
        for job, run in runs.items()
        for outcome in ("done", "interrupted", "failed", "unfinished")
    ]
    yield _gauge("job_last_outcome", "1 for how the last run ended", outcomes, ["job", "outcome"])


def _release(release: ReleaseInfo | None, counts: DatabaseCounts) -> Iterator[Metric]:
    yield _gauge("releases", "Complete releases kept", [((), counts.releases)])
    if release is None:
        return
    created = [((), release.created.timestamp())]
    yield _gauge("release_created_timestamp_seconds", "When the published release was made", created)
    yield _gauge("release_documents", "Documents the published release rests on", [((), release.documents)])
    yield _gauge("release_artists", "Artists with a vector", [((), release.artists)])
    yield _gauge("release_terms", "Distinct descriptor terms", [((), release.terms)])


def _up(value: int) -> Metric:
    return _gauge("database_up", "Whether the database answered when it was asked last", [((), value)])


def _gauge(name: str, meaning: str, samples: Samples, labels: Sequence[str] = ()) -> Metric:
    family = GaugeMetricFamily(f"linernotes_{name}", f"{meaning}.", labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family
