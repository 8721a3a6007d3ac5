"""Doing a job in one process at a time, and keeping a record of its runs.

    with job_lock(engine, MINE) as lock, job_run(engine, "mine", lock.holder) as report:
        report["documents"] = 12

The lock is a row of the database that a thread renews, because a database is all that several hosts, and
all containers of a cluster, certainly share. Rejected: `flock`, which knows one host; PostgreSQL's advisory
locks, which are lost with the connection, so that a restart of the database would let two miners in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from linernotes.holders import shown_holder
from linernotes.moments import iso
from store.errors import LinernotesError
from store.holders import is_gone, new_holder
from store.jobs import JobLock, Outcome, begin_run, finish_run, release_lock, renew_lock, take_lock

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

# The locks there are. RUN: a run of what is due, as schedulers start it. EXTRACT: turning pages into
# documents. MINE: making a release.
RUN = "run"
EXTRACT = "extract"
MINE = "mine"

# A holder that died is waited for as long as a lock lives. It is renewed more than four times in its life,
# so that neither a restart of the database nor a long transaction (SQLite has one writer) ends it.
LIFETIME = timedelta(seconds=90)
RENEWAL_SECONDS = 20.0
# After a renewal that failed: the database may be back any moment.
_RETRY_SECONDS = 2.0
# How often somebody who waits for a lock looks whether it is free.
_LOOK_SECONDS = 0.5

_log = logging.getLogger("linernotes.jobs")
_P = ParamSpec("_P")
_T = TypeVar("_T")


class JobBusy(LinernotesError):
    """Another process is doing the job; trying again later helps."""

    # sysexits.h, EX_TEMPFAIL.
    exit_code = 75

    def __init__(self, lock: JobLock) -> None:
        super().__init__(
            f"`{lock.name}` is under way already: {shown_holder(lock.holder)} has been at it since "
            f"{iso(lock.taken_at)}; its lock ends at {iso(lock.expires_at)} unless it is renewed."
        )
        self.lock = lock


class RunUnderWay(JobBusy):
    """What is due is being done already: of two runs that a scheduler let overlap, this one has no work."""

    exit_code = 0


@contextmanager
def job_lock(engine: Engine, name: str, *, wait: bool = False) -> Iterator[JobLock]:
    """Hold a lock while the context lasts.

    Raises JobBusy when a live process has it, unless `wait`. A lock that has expired, or whose holder was a
    process of this host that is no more, is taken at once.
    """
    holder = new_holder()
    lock = _take(engine, name, holder)
    while lock.holder != holder:
        if not wait:
            raise RunUnderWay(lock) if name == RUN else JobBusy(lock)
        time.sleep(_LOOK_SECONDS)
        lock = _take(engine, name, holder)
    done = threading.Event()
    renewing = threading.Thread(target=_keep, args=(engine, lock, done), name=f"lock {name}", daemon=True)
    renewing.start()
    try:
        yield lock
    finally:
        done.set()
        _give_back(engine, lock)


def due_lock(engine: Engine, *, due_only: bool) -> AbstractContextManager[object]:
    """The lock of a run that a scheduler started, which raises RunUnderWay; none when a person did."""
    return job_lock(engine, RUN) if due_only else nullcontext()


@contextmanager
def job_run(engine: Engine, job: str, holder: str | None = None) -> Iterator[dict[str, Any]]:
    """Record a run of a job; what the job puts into the yielded dictionary is its report.

    The outcome is "failed" after an exception, "interrupted" after Ctrl-C or SIGTERM, and else what the
    report says under "outcome", or "done".
    """
    report: dict[str, Any] = {}
    with engine.begin() as connection:
        run_id = begin_run(connection, job, holder or new_holder())
    try:
        yield report
    except BaseException as error:
        interrupted = not isinstance(error, Exception)
        report.update({} if interrupted else {"error": " ".join(str(error).split()) or type(error).__name__})
        _try(engine, finish_run, run_id, "interrupted" if interrupted else "failed", report)
        raise
    outcome: Outcome = report.pop("outcome", "done")
    with engine.begin() as connection:
        finish_run(connection, run_id, outcome, report)


def _take(engine: Engine, name: str, holder: str) -> JobLock:
    with engine.begin() as connection:
        lock = take_lock(connection, name, holder, LIFETIME)
        if lock.holder != holder and is_gone(lock.holder):
            release_lock(connection, name, lock.holder)
            lock = take_lock(connection, name, holder, LIFETIME)
    return lock


def _keep(engine: Engine, lock: JobLock, done: threading.Event) -> None:
    """Renew a lock until the job is done; a database that is away is asked again."""
    pause = RENEWAL_SECONDS
    while not done.wait(pause):
        held = _try(engine, renew_lock, lock.name, lock.holder, LIFETIME)
        pause = _RETRY_SECONDS if held is None else RENEWAL_SECONDS
        if held is False and not done.is_set():
            _log.warning("the lock of `%s` expired and is lost; another process may do the same", lock.name)
            return


def _give_back(engine: Engine, lock: JobLock) -> None:
    _try(engine, release_lock, lock.name, lock.holder)


def _try(
    engine: Engine, ask: Callable[Concatenate[Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
) -> _T | None:
    """Ask the database; None, with a line in the log, when it does not answer."""
    try:
        with engine.begin() as connection:
            return ask(connection, *args, **kwargs)
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        _log.warning("the database did not answer (%s): %s", getattr(ask, "__name__", "question"), reason)
        return None
