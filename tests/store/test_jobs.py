"""Locks that one process holds at a time, and the record of what jobs did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine, update

from store.jobs import (
    KEPT,
    begin_run,
    database_now,
    finish_run,
    last_runs,
    list_locks,
    list_runs,
    release_lock,
    renew_lock,
    runs_since,
    take_lock,
)
from store.models import JobLockRow, JobRunRow

LIFE = timedelta(seconds=60)


def _expire(engine: Engine) -> None:
    with engine.begin() as connection:
        past = database_now(connection) - timedelta(seconds=1)
        connection.execute(update(JobLockRow).values(expires_at=past))


def test_a_free_lock_is_taken_for_its_lifetime(engine: Engine) -> None:
    with engine.begin() as connection:
        lock = take_lock(connection, "mine", "a:1:x", LIFE)
        assert list_locks(connection) == [lock]
    assert lock.holder == "a:1:x"
    assert lock.expires_at - lock.taken_at == LIFE


def test_a_lock_that_is_held_stays_with_its_holder(engine: Engine) -> None:
    with engine.begin() as connection:
        held = take_lock(connection, "mine", "a:1:x", LIFE)
        assert take_lock(connection, "mine", "b:2:y", LIFE) == held


def test_locks_of_different_names_have_nothing_to_do_with_each_other(engine: Engine) -> None:
    with engine.begin() as connection:
        take_lock(connection, "mine", "a:1:x", LIFE)
        assert take_lock(connection, "run", "b:2:y", LIFE).holder == "b:2:y"


def test_of_many_that_try_at_once_one_gets_the_lock(engine: Engine) -> None:
    def attempt(number: int) -> bool:
        with engine.begin() as connection:
            holder = f"host:{number}:x"
            return take_lock(connection, "run", holder, LIFE).holder == holder

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 1


def test_a_lock_that_expired_goes_to_the_next_and_is_not_renewed_for_the_first(engine: Engine) -> None:
    with engine.begin() as connection:
        take_lock(connection, "mine", "a:1:x", LIFE)
    _expire(engine)
    with engine.begin() as connection:
        assert list_locks(connection) == []
        assert take_lock(connection, "mine", "b:2:y", LIFE).holder == "b:2:y"
        assert not renew_lock(connection, "mine", "a:1:x", LIFE)


def test_a_lock_that_expired_unnoticed_is_renewed_for_its_holder(engine: Engine) -> None:
    with engine.begin() as connection:
        take_lock(connection, "mine", "a:1:x", LIFE)
    _expire(engine)
    with engine.begin() as connection:
        assert renew_lock(connection, "mine", "a:1:x", LIFE)
        assert take_lock(connection, "mine", "b:2:y", LIFE).holder == "a:1:x"


def test_a_lock_is_given_back_by_its_holder_only(engine: Engine) -> None:
    with engine.begin() as connection:
        take_lock(connection, "mine", "a:1:x", LIFE)
        release_lock(connection, "mine", "b:2:y")
        assert [lock.holder for lock in list_locks(connection)] == ["a:1:x"]
        release_lock(connection, "mine", "a:1:x")
        assert list_locks(connection) == []


def test_a_run_is_recorded_from_its_beginning_to_its_report(engine: Engine) -> None:
    with engine.begin() as connection:
        number = begin_run(connection, "crawl", "a:1:x")
        (under_way,) = list_runs(connection)
        finish_run(connection, number, "done", {"fetched": 12})
        (run,) = list_runs(connection)
    assert (under_way.outcome, under_way.seconds) == (None, None)
    assert (run.job, run.holder, run.outcome, run.report) == ("crawl", "a:1:x", "done", {"fetched": 12})
    assert run.seconds is not None
    assert 0 <= run.seconds < 60


def test_the_last_run_of_each_job_is_found_and_the_last_with_an_outcome(engine: Engine) -> None:
    with engine.begin() as connection:
        for job, outcome in (("mine", "done"), ("crawl", "done"), ("mine", "failed")):
            finish_run(connection, begin_run(connection, job, "a:1:x"), outcome, {})  # type: ignore[arg-type]
        assert {job: run.outcome for job, run in last_runs(connection).items()} == {
            "crawl": "done",
            "mine": "failed",
        }
        assert last_runs(connection, "done")["mine"].run_id == 1
        assert [run.run_id for run in list_runs(connection, "mine")] == [3, 1]


def test_runs_that_ended_after_a_moment_are_found(engine: Engine) -> None:
    with engine.begin() as connection:
        first = begin_run(connection, "extract", "a:1:x")
        second = begin_run(connection, "extract", "a:1:x")
        finish_run(connection, first, "done", {})
        (moment,) = [run.finished_at for run in list_runs(connection) if run.run_id == first]
        assert moment is not None
        finish_run(connection, second, "done", {})
        assert [run.run_id for run in runs_since(connection, "extract", moment)] == [second]


def test_runs_of_long_ago_are_forgotten_when_their_job_begins_again(engine: Engine) -> None:
    with engine.begin() as connection:
        for job in ("crawl", "mine"):
            begin_run(connection, job, "a:1:x")
        long_ago = database_now(connection) - KEPT - timedelta(days=1)
        connection.execute(update(JobRunRow).values(started_at=long_ago))
        begin_run(connection, "crawl", "a:1:x")
        assert sorted((run.run_id, run.job) for run in list_runs(connection)) == [(2, "mine"), (3, "crawl")]
