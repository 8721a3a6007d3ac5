"""Jobs: who does one now, so that nobody else does, and what each run of one did.

A lock is a row that its holder renews. One that is not renewed, because its holder died, ends by itself.
All moments are those of the database's own clock: the hosts that share a database may disagree about the
time by more than a lock lives, but they all ask the same server. (The processes that share a SQLite file
are on one host, whose clock is the same for all of them.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from store.models import JobLockRow, JobRunRow
from store.upserts import insert_or

Outcome = Literal["done", "interrupted", "failed"]
# A run a minute of three jobs is then 400,000 rows at most, and a quarter of a year can be looked back on.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class JobLock:
    """Who does a job, since when, and when the lock ends unless it is renewed."""

    name: str
    holder: str
    taken_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job; without end and outcome while it is under way, or when its process died."""

    run_id: int
    job: str
    holder: str
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    report: Mapping[str, Any]

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is under way."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


def database_now(connection: Connection) -> datetime:
    """Return the moment on the clock that all who share this database agree on."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    # Not now(): that is when the transaction began, which may have waited for a lock since.
    return cast(datetime, connection.scalar(select(func.clock_timestamp()))).astimezone(UTC)


def take_lock(connection: Connection, name: str, holder: str, lifetime: timedelta) -> JobLock:
    """Take a lock that is free or has expired; return it as it is now, whoever holds it.

    Atomic: of several processes that try at once, one gets it.
    """
    while True:
        now = database_now(connection)
        values = {"holder": holder, "taken_at": now, "expires_at": now + lifetime}
        statement = insert_or(connection, JobLockRow).values(name=name, **values)
        taken = statement.on_conflict_do_update(
            index_elements=["name"], set_=values, where=JobLockRow.expires_at <= now
        )
        connection.execute(taken)
        row = connection.execute(select(JobLockRow.__table__).where(JobLockRow.name == name)).first()
        if row is not None:  # else its holder gave it back between the two statements
            return _lock(row)


def renew_lock(connection: Connection, name: str, holder: str, lifetime: timedelta) -> bool:
    """Prolong a lock from now on; False when it is somebody else's by now, or nobody's."""
    renewed = update(JobLockRow).where(_held(name, holder))
    result = connection.execute(renewed.values(expires_at=database_now(connection) + lifetime))
    return bool(result.rowcount)


def release_lock(connection: Connection, name: str, holder: str) -> None:
    """Give a lock back, if it is still the holder's."""
    connection.execute(delete(JobLockRow).where(_held(name, holder)))


def list_locks(connection: Connection) -> list[JobLock]:
    """Return the locks that are held now, by name; those that have expired are nobody's."""
    held = select(JobLockRow.__table__).where(JobLockRow.expires_at > database_now(connection))
    return [_lock(row) for row in connection.execute(held.order_by(JobLockRow.name))]


def begin_run(connection: Connection, job: str, holder: str) -> int:
    """Note that a job begins, forget runs of it that are long past, and return the number of this one."""
    now = database_now(connection)
    old = and_(JobRunRow.job == job, JobRunRow.started_at < now - KEPT)
    connection.execute(delete(JobRunRow).where(old))
    values = {"job": job, "holder": holder, "started_at": now, "report": {}}
    number = connection.execute(insert(JobRunRow).values(values)).inserted_primary_key
    assert number is not None
    return int(number[0])


def finish_run(connection: Connection, run_id: int, outcome: Outcome, report: Mapping[str, Any]) -> None:
    """Note how a run ended and what it did, as counts by measure."""
    values = {"finished_at": database_now(connection), "outcome": outcome, "report": dict(report)}
    connection.execute(update(JobRunRow).where(JobRunRow.id == run_id).values(values))


def list_runs(connection: Connection, job: str | None = None, *, limit: int = 100) -> list[JobRun]:
    """Return the latest runs, of one job or of all, the newest first."""
    statement = select(JobRunRow.__table__).order_by(JobRunRow.started_at.desc(), JobRunRow.id.desc())
    if job is not None:
        statement = statement.where(JobRunRow.job == job)
    return [_run(row) for row in connection.execute(statement.limit(limit))]


def last_runs(connection: Connection, outcome: Outcome | None = None) -> dict[str, JobRun]:
    """Return the latest run of each job, or the latest with this outcome, by job."""
    wanted = () if outcome is None else (JobRunRow.outcome == outcome,)
    newest = select(func.max(JobRunRow.id)).where(*wanted).group_by(JobRunRow.job)
    rows = connection.execute(
        select(JobRunRow.__table__).where(JobRunRow.id.in_(newest)).order_by(JobRunRow.job)
    )
    return {row.job: _run(row) for row in rows}


def runs_since(connection: Connection, job: str, moment: datetime) -> list[JobRun]:
    """Return the runs of a job that ended after a moment, the oldest first."""
    ended = and_(JobRunRow.job == job, JobRunRow.finished_at > moment)
    rows = connection.execute(select(JobRunRow.__table__).where(ended).order_by(JobRunRow.id))
    return [_run(row) for row in rows]


def _held(name: str, holder: str) -> ColumnElement[bool]:
    return and_(JobLockRow.name == name, JobLockRow.holder == holder)


def _lock(row: Row[Any]) -> JobLock:
    return JobLock(row.name, row.holder, row.taken_at, row.expires_at)


def _run(row: Row[Any]) -> JobRun:
    return JobRun(
        run_id=row.id,
        job=row.job,
        holder=row.holder,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=row.outcome,
        report=row.report,
    )
