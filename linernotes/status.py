"""Where things stand: the counts behind `linernotes status`, as rows of (area, measure, reason, value)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine

from linernotes.holders import shown_holder
from store.counts import (
    DatabaseCounts,
    DomainCounts,
    count_domains,
    count_everything,
    count_kept_away,
    database_bytes,
)
from store.frontier import StateCount, count_states
from store.holders import is_gone
from store.jobs import JobLock, JobRun, last_runs, list_locks
from store.releases import ReleaseInfo, list_releases

COLUMNS = ("area", "measure", "reason", "value")
StatusRow = dict[str, object]


def status_rows(engine: Engine, *, by_host: bool = False) -> list[StatusRow]:
    """Return the state of the database; the measures are stable names.

    With `by_host`, also why pages of each host were refused, failed or are gone: the area is the state, the
    measure the host.
    """
    with engine.connect() as connection:
        now = datetime.now(UTC)
        counts = count_everything(connection, now)
        pages = count_states(connection)
        domains = count_domains(connection, now)
        locks, runs = list_locks(connection), last_runs(connection)
        kept_away = count_kept_away(connection, by_host=True) if by_host else []
        published = next((known for known in list_releases(connection) if known.published), None)
    rows = [*_sources(counts), *_pages(pages), *_domains(domains), *_jobs(locks, runs), *_texts(counts)]
    rows += _release(published)
    rows.append(_row("release", "kept", counts.releases))
    rows.append(_row("database", "forgotten", counts.forgotten))
    rows.append(_row("database", "bytes", database_bytes(engine)))
    rows += [_row(count.state, count.host or "", count.pages, count.reason) for count in kept_away]
    return rows


def _sources(counts: DatabaseCounts) -> Iterator[StatusRow]:
    yield _row("sources", "all", counts.sources)
    yield _row("sources", "due", counts.sources_due)
    yield _row("sources", "failing", counts.sources_failing)


def _pages(pages: list[StateCount]) -> Iterator[StatusRow]:
    order = ("queued", "fetched", "refused", "failed", "gone")
    for count in sorted(pages, key=lambda count: (order.index(count.state), -count.pages)):
        yield _row("pages", count.state, count.pages, count.reason)


def _domains(domains: DomainCounts) -> Iterator[StatusRow]:
    """Domains under way, then how many of them each crawl process has, then the others."""
    yield _row("domains", "working", domains.working)
    for holder, number in sorted(domains.holders.items()):
        yield _row("domains", "leased", number, shown_holder(holder))
    yield _row("domains", "waiting", domains.waiting)
    yield _row("domains", "idle", domains.idle)


def _jobs(locks: Sequence[JobLock], runs: Mapping[str, JobRun]) -> Iterator[StatusRow]:
    """Locks that are held now, and the last run of each job: when it began, how long, how it ended."""
    for lock in locks:
        yield _row("jobs", f"{lock.name} locked", lock.taken_at, shown_holder(lock.holder))
    for job, run in runs.items():
        yield _row("jobs", f"{job} began", run.started_at)
        if run.seconds is not None:
            yield _row("jobs", f"{job} seconds", round(run.seconds, 1))
        yield _row("jobs", f"{job} outcome", _outcome(run), run.report.get("error"))


def _outcome(run: JobRun) -> str:
    """How a run ended; one without an end is under way, unless its process is known to have died."""
    return run.outcome or ("died" if is_gone(run.holder) else "under way")


def _texts(counts: DatabaseCounts) -> Iterator[StatusRow]:
    yield _row("pages", "to extract", counts.unextracted)
    yield _row("documents", "all", counts.documents)
    yield _row("documents", "copies", counts.copies)
    yield _row("documents", "words", counts.words)
    yield _row("documents", "mined", counts.mined)
    yield _row("documents", "unmined", counts.unmined)
    yield _row("artists", "registered", counts.artists)
    yield _row("artists", "written about", counts.written_about)


def _release(release: ReleaseInfo | None) -> Iterator[StatusRow]:
    yield _row("release", "current", release.release_id if release else None)
    if release is not None:
        yield _row("release", "created", release.created)
        yield _row("release", "engine", release.engine)
        yield _row("release", "documents", release.documents)
        yield _row("release", "artists", release.artists)
        yield _row("release", "terms", release.terms)


def _row(area: str, measure: str, value: object, reason: str | None = None) -> StatusRow:
    return {"area": area, "measure": measure, "reason": reason, "value": value}
