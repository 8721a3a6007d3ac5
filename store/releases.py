"""Releases: written beside the published one, switched to in one transaction, rolled back to, pruned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, update

from store.errors import ReleaseNotFound
from store.models import (
    Base,
    PublishedReleaseRow,
    ReleaseActivityRow,
    ReleaseArtistRow,
    ReleaseCandidateEvidenceRow,
    ReleaseCandidateRow,
    ReleaseComparisonRow,
    ReleaseDescriptorRow,
    ReleaseEvidenceRow,
    ReleaseMapRow,
    ReleaseNeighbourRow,
    ReleaseOverrideRow,
    ReleaseRegionRow,
    ReleaseRow,
    ReleaseTermRow,
    ReleaseTermWeekRow,
    ReleaseVectorRow,
    ReleaseWordRow,
)
from store.nearest import index_release
from store.statistics import refresh_statistics

T = TypeVar("T")

# Rows sent at a time: large enough for the driver to be busy, small enough to keep memory flat.
WRITE_CHUNK = 20_000

_PARTS: tuple[type[Base], ...] = (
    ReleaseEvidenceRow,
    ReleaseDescriptorRow,
    ReleaseTermRow,
    ReleaseNeighbourRow,
    ReleaseVectorRow,
    ReleaseActivityRow,
    ReleaseWordRow,
    ReleaseArtistRow,
    ReleaseComparisonRow,
    ReleaseTermWeekRow,
    ReleaseCandidateEvidenceRow,
    ReleaseCandidateRow,
    ReleaseOverrideRow,
    ReleaseMapRow,
    ReleaseRegionRow,
)


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """A release, and whether it is the one that the views show."""

    release_id: int
    created: datetime
    state: str
    engine: str
    parameters: Mapping[str, Any]
    input_digest: str
    documents: int
    artists: int
    terms: int
    metrics: Mapping[str, Any]
    published: bool


@dataclass(frozen=True, slots=True)
class ReleaseRows:
    """The rows of a release, each in the order of the table's columns after release_id."""

    terms: Iterable[Sequence[Any]]
    descriptors: Iterable[Sequence[Any]]
    evidence: Iterable[Sequence[Any]]
    neighbours: Iterable[Sequence[Any]]
    vectors: Iterable[Sequence[Any]]
    activity: Iterable[Sequence[Any]]
    words: Iterable[Sequence[Any]]
    artists: Iterable[Sequence[Any]] = ()
    comparisons: Iterable[Sequence[Any]] = ()
    term_weeks: Iterable[Sequence[Any]] = ()
    candidates: Iterable[Sequence[Any]] = ()
    candidate_evidence: Iterable[Sequence[Any]] = ()
    overrides: Iterable[Sequence[Any]] = ()
    regions: Iterable[Sequence[Any]] = ()
    map: Iterable[Sequence[Any]] = ()


def begin_release(
    connection: Connection, *, engine: str, parameters: Mapping[str, Any], input_digest: str
) -> int:
    """Start a new release and return its number. What an interrupted build left behind is removed first."""
    for unfinished in (
        connection.execute(select(ReleaseRow.id).where(ReleaseRow.state == "building")).scalars().all()
    ):
        remove_release(connection, unfinished)
    values = {
        "created": datetime.now(UTC),
        "state": "building",
        "engine": engine,
        "parameters": dict(parameters),
        "input_digest": input_digest,
        "metrics": {},
    }
    number = connection.execute(insert(ReleaseRow).values(values)).inserted_primary_key
    assert number is not None
    return int(number[0])


def write_release(connection: Connection, release_id: int, rows: ReleaseRows) -> None:
    """Write the rows of a release."""
    for model, given in (
        (ReleaseTermRow, rows.terms),
        (ReleaseDescriptorRow, rows.descriptors),
        (ReleaseEvidenceRow, rows.evidence),
        (ReleaseNeighbourRow, rows.neighbours),
        (ReleaseVectorRow, rows.vectors),
        (ReleaseActivityRow, rows.activity),
        (ReleaseWordRow, rows.words),
        (ReleaseArtistRow, rows.artists),
        (ReleaseComparisonRow, rows.comparisons),
        (ReleaseTermWeekRow, rows.term_weeks),
        (ReleaseCandidateRow, rows.candidates),
        (ReleaseCandidateEvidenceRow, rows.candidate_evidence),
        (ReleaseOverrideRow, rows.overrides),
        (ReleaseRegionRow, rows.regions),
        (ReleaseMapRow, rows.map),
    ):
        write_rows(connection, model, release_id, given)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def write_rows(
    connection: Connection, model: type[Base], release_id: int, rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows of one part of a release, each in the order of the table's columns after release_id."""
    table = _table(model)
    names = [column.name for column in table.columns if column.name != "release_id"]
    for chunk in _chunks(rows):
        connection.execute(
            insert(table), [{"release_id": release_id, **dict(zip(names, row, strict=True))} for row in chunk]
        )


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, WRITE_CHUNK)):
        yield chunk


def write_totals(
    connection: Connection,
    release_id: int,
    *,
    documents: int,
    artists: int,
    terms: int,
    metrics: Mapping[str, Any],
) -> None:
    """Write how much a release rests on and holds; it is not complete by that."""
    totals = {"documents": documents, "artists": artists, "terms": terms, "metrics": dict(metrics)}
    connection.execute(update(ReleaseRow).where(ReleaseRow.id == release_id).values(totals))


def complete_release(connection: Connection, release_id: int) -> None:
    """Mark a release as complete."""
    connection.execute(update(ReleaseRow).where(ReleaseRow.id == release_id).values(state="ready"))


def finish_release(
    connection: Connection,
    release_id: int,
    *,
    documents: int,
    artists: int,
    terms: int,
    metrics: Mapping[str, Any],
) -> None:
    """Mark a release as complete, with its totals."""
    write_totals(connection, release_id, documents=documents, artists=artists, terms=terms, metrics=metrics)
    complete_release(connection, release_id)


def publish_release(connection: Connection, release_id: int) -> None:
    """Let the views show this release, from the commit of the transaction on.

    Before that, PostgreSQL indexes its vectors, and the planner's statistics are brought up to it. Raises
    ReleaseNotFound unless the release exists and is complete.
    """
    state = connection.execute(select(ReleaseRow.state).where(ReleaseRow.id == release_id)).scalar()
    if state != "ready":
        raise ReleaseNotFound(f"There is no complete release {release_id}; see `linernotes releases`.")
    index_release(connection, release_id)
    refresh_statistics(connection)
    values = {"release_id": release_id, "published_at": datetime.now(UTC)}
    if connection.execute(update(PublishedReleaseRow).values(values)).rowcount == 0:
        connection.execute(insert(PublishedReleaseRow).values(id=1, **values))


def published_release(connection: Connection) -> int | None:
    """The number of the release that the views show; None before the first."""
    return connection.execute(select(PublishedReleaseRow.release_id)).scalar()


def rollback_release(connection: Connection, to: int | None = None) -> int:
    """Publish release `to` again, by default the newest complete one before it; return its number."""
    target = to if to is not None else _previous(connection)
    if target is None:
        raise ReleaseNotFound("There is no earlier release to go back to.")
    publish_release(connection, target)
    return target


def _previous(connection: Connection) -> int | None:
    shown = published_release(connection)
    query = select(ReleaseRow.id).where(ReleaseRow.state == "ready").order_by(ReleaseRow.id.desc())
    if shown is not None:
        query = query.where(ReleaseRow.id < shown)
    return connection.execute(query.limit(1)).scalar()


def list_releases(connection: Connection) -> list[ReleaseInfo]:
    """All releases, newest first."""
    shown = published_release(connection)
    columns = [getattr(ReleaseRow, name) for name in _INFO]
    query = select(ReleaseRow.id.label("release_id"), *columns).order_by(ReleaseRow.id.desc())
    rows = connection.execute(query).mappings()
    return [ReleaseInfo(**row, published=row["release_id"] == shown) for row in rows]


def release_parameters(connection: Connection, release_id: int) -> Mapping[str, Any]:
    """The methods, parameters and seeds that a release was made with; empty for one that is not there."""
    query = select(ReleaseRow.parameters).where(ReleaseRow.id == release_id)
    return connection.execute(query).scalar() or {}


_INFO = (
    "created",
    "state",
    "engine",
    "parameters",
    "input_digest",
    "documents",
    "artists",
    "terms",
    "metrics",
)


def prune_releases(connection: Connection, keep: int) -> list[int]:
    """Remove all but the newest `keep` complete releases (never the published one); return those removed."""
    ready = select(ReleaseRow.id).where(ReleaseRow.state == "ready").order_by(ReleaseRow.id.desc())
    shown = published_release(connection)
    old = [number for number in connection.execute(ready).scalars().all()[keep:] if number != shown]
    for number in old:
        remove_release(connection, number)
    return old


def remove_release(connection: Connection, release_id: int) -> None:
    """Remove a release that is not published."""
    for model in _PARTS:
        table = _table(model)
        connection.execute(delete(table).where(table.c.release_id == release_id))
    connection.execute(delete(ReleaseRow).where(ReleaseRow.id == release_id))
