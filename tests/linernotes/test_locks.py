"""One process at a time: who waits, who is told, and what becomes of a lock whose holder died."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from linernotes.holders import shown_holder
from linernotes.jobs import locks
from linernotes.jobs.locks import (
    EXTRACT,
    LIFETIME,
    MINE,
    RUN,
    JobBusy,
    RunUnderWay,
    due_lock,
    job_lock,
    job_run,
)
from store.engine import connect
from store.holders import is_gone, new_holder
from store.jobs import database_now, list_locks, list_runs, release_lock, take_lock
from tests.linernotes.conftest import Call

ROOT = Path(__file__).parent.parent.parent
# Holds a lock until it is killed; says so on stdout when it has it.
_HOLD = (
    "import sys, time\n"
    "from linernotes.jobs.locks import job_lock\n"
    "from store.engine import connect\n"
    "with job_lock(connect(sys.argv[1]), 'mine'):\n"
    "    print('held', flush=True)\n"
    "    time.sleep(60)\n"
)


@pytest.fixture
def holder_process(engine: Engine) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of mining."""
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, url],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_lock_lasts_as_long_as_its_context(engine: Engine) -> None:
    with job_lock(engine, MINE) as lock, engine.connect() as connection:
        assert list_locks(connection) == [lock]
    with engine.connect() as connection:
        assert list_locks(connection) == []


def test_who_comes_second_is_told_who_is_at_it_and_until_when(
    engine: Engine, holder_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(JobBusy) as busy, job_lock(engine, MINE):
        pass
    assert f"process {holder_process.pid} on " in str(busy.value)
    assert str(busy.value).startswith("`mine` is under way already: ")
    assert busy.value.exit_code == 75


def test_a_holder_of_this_host_that_was_killed_is_not_waited_for(
    engine: Engine, holder_process: subprocess.Popen[str]
) -> None:
    holder_process.kill()
    holder_process.wait()
    with job_lock(engine, MINE) as lock:
        assert f":{os.getpid()}:" in lock.holder


def test_a_holder_of_another_host_is_believed_until_its_lock_expires(engine: Engine) -> None:
    with engine.begin() as connection:
        take_lock(connection, MINE, "elsewhere:1:00000000", LIFETIME)
    with pytest.raises(JobBusy, match="process 1 on elsewhere"), job_lock(engine, MINE):
        pass


def test_an_overlapping_run_of_what_is_due_is_no_failure(engine: Engine) -> None:
    with due_lock(engine, due_only=True):
        with pytest.raises(RunUnderWay) as busy, due_lock(engine, due_only=True):
            pass
        with due_lock(engine, due_only=False):  # what a person starts is not kept from working
            pass
    assert busy.value.exit_code == 0


def test_who_wants_to_wait_gets_the_lock_when_it_is_given_back(engine: Engine) -> None:
    with engine.begin() as connection:
        take_lock(connection, EXTRACT, "elsewhere:1:0", LIFETIME)

    def give_back() -> None:
        with engine.begin() as connection:
            release_lock(connection, EXTRACT, "elsewhere:1:0")

    timer = threading.Timer(0.2, give_back)
    timer.start()
    with job_lock(engine, EXTRACT, wait=True) as lock:
        assert lock.holder != "elsewhere:1:0"
    timer.join()


def test_a_lock_is_renewed_while_the_job_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "RENEWAL_SECONDS", 0.05)
    with job_lock(engine, MINE) as taken:
        _until(lambda: _expiry(engine) > taken.expires_at)


def test_a_renewal_that_fails_is_tried_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "RENEWAL_SECONDS", 0.05)
    monkeypatch.setattr(locks, "_RETRY_SECONDS", 0.05)
    with job_lock(engine, MINE) as taken:
        real = engine.dialect.connect
        engine.dispose()

        def refuse(*_: object, **__: object) -> object:
            error: Exception = engine.dialect.dbapi.OperationalError("the server went away")  # type: ignore[union-attr]
            raise error

        monkeypatch.setattr(engine.dialect, "connect", refuse)
        _until(lambda: "the server went away" in caplog.text)
        monkeypatch.setattr(engine.dialect, "connect", real)
        _until(lambda: _expiry(engine) > taken.expires_at)


def test_the_loss_of_a_lock_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "RENEWAL_SECONDS", 0.05)
    with job_lock(engine, MINE) as lock:
        with engine.begin() as connection:
            release_lock(connection, MINE, lock.holder)
        _until(lambda: "the lock of `mine` expired and is lost" in caplog.text)


def test_two_runs_of_one_process_have_different_holders() -> None:
    assert new_holder() != new_holder()


def test_a_live_process_is_not_gone_and_neither_is_one_that_nobody_can_know() -> None:
    ours = new_holder()
    host, process, mark = ours.split(":")
    assert not is_gone(ours)
    assert not is_gone(f"another-host:{process}:{mark}")
    assert not is_gone(f"{host}:999999999:0000000000000000")  # another container of the same host name
    assert not is_gone("nonsense")
    assert is_gone(f"{host}:999999999:{mark}")


def test_a_holder_is_shown_as_a_process_on_a_host() -> None:
    assert shown_holder("web-1:17:abc") == "process 17 on web-1"


def test_a_run_that_ends_well_is_recorded_with_its_counts(engine: Engine) -> None:
    with job_run(engine, "mine") as report:
        report["documents"] = 3
    with engine.connect() as connection:
        (run,) = list_runs(connection)
    assert (run.job, run.outcome, run.report) == ("mine", "done", {"documents": 3})


def test_a_run_can_say_itself_that_it_was_interrupted(engine: Engine) -> None:
    with job_run(engine, "crawl") as report:
        report |= {"fetched": 3, "outcome": "interrupted"}
    with engine.connect() as connection:
        (run,) = list_runs(connection)
    assert (run.outcome, run.report) == ("interrupted", {"fetched": 3})


@pytest.mark.parametrize(
    ("error", "outcome", "report"),
    [
        (ValueError("no\nartist"), "failed", {"pages": 1, "error": "no artist"}),
        (KeyboardInterrupt(), "interrupted", {"pages": 1}),
    ],
)
def test_a_run_that_does_not_end_well_is_recorded_too(
    engine: Engine, error: BaseException, outcome: str, report: dict[str, object]
) -> None:
    with pytest.raises(type(error)), job_run(engine, "mine") as counts:
        counts["pages"] = 1
        raise error
    with engine.connect() as connection:
        (run,) = list_runs(connection)
    assert (run.outcome, run.report) == (outcome, report)


def _expiry(engine: Engine) -> object:
    with engine.connect() as connection:
        (lock,) = list_locks(connection)
        assert lock.expires_at > database_now(connection)
    return lock.expires_at


def _until(condition: object, seconds: float = 5.0) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_second_run_of_what_is_due_says_who_is_at_it_and_ends_well(call: Call, home: Path) -> None:
    call("init")
    engine = connect(f"sqlite:///{home}/linernotes.db")
    with job_lock(engine, RUN):
        for job in ("run", "crawl"):
            result = call(job, "--due")
            assert (result.code, result.out) == (0, "")
            assert result.error.startswith("`run` is under way already: ")
    engine.dispose()


def test_mining_while_another_mines_is_to_be_tried_again_later(call: Call, home: Path) -> None:
    call("init")
    engine = connect(f"sqlite:///{home}/linernotes.db")
    with job_lock(engine, MINE):
        result = call("mine")
        assert result.code == 75
        assert result.error.startswith("Error: `mine` is under way already: ")
        assert call("run", "--due").code == 75
    engine.dispose()
