"""Where things stand: the counts behind `linernotes status`, as rows of (area, measure, reason, value)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine

from store.counts import DatabaseCounts, count_everything, database_bytes
from store.frontier import StateCount, count_states
from store.releases import ReleaseInfo, list_releases

COLUMNS = ("area", "measure", "reason", "value")
StatusRow = dict[str, object]


def status_rows(engine: Engine) -> list[StatusRow]:
    """Return the state of the database; the measures are stable names."""
    with engine.connect() as connection:
        counts = count_everything(connection, datetime.now(UTC))
        pages = count_states(connection)
        published = next((known for known in list_releases(connection) if known.published), None)
    rows = [*_sources(counts), *_pages(pages), *_texts(counts), *_release(published)]
    rows.append(_row("release", "kept", counts.releases))
    rows.append(_row("database", "forgotten", counts.forgotten))
    rows.append(_row("database", "bytes", database_bytes(engine)))
    return rows


def _sources(counts: DatabaseCounts) -> Iterator[StatusRow]:
    yield _row("sources", "all", counts.sources)
    yield _row("sources", "due", counts.sources_due)
    yield _row("sources", "failing", counts.sources_failing)


def _pages(pages: list[StateCount]) -> Iterator[StatusRow]:
    order = ("queued", "fetched", "refused", "failed", "gone")
    for count in sorted(pages, key=lambda count: (order.index(count.state), -count.pages)):
        yield _row("pages", count.state, count.pages, count.reason)


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
