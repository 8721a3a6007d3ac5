"""How many look-ups a second the service answers: python benchmarks/serve_load.py [--full].

Makes a database of made-up artists (5,000; with --full 100,000), runs `linernotes serve` on it with one
worker, and has wrk ask for the artists similar to another artist in every request, over 8 connections, from a
process of its own on the same machine; without wrk, threads of this process ask, which takes time from it.
Then it asks all kinds of questions, wrong ones among them (--mixed SECONDS), and publishes releases and rolls
them back while it asks (--publish SECONDS): no answer may fail or mix two releases. What else runs on the
machine makes all of it worse.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.load.asking import MIXED, Asked, Question, ask_for, percentile
from benchmarks.load.process import Served, service
from benchmarks.load.publishing import MARKED, Agreement, publishing
from benchmarks.load.synthetic import add_artists, add_release, mark_of
from store.engine import connect
from store.migrate import upgrade

CONNECTIONS = 8
SCRIPT = Path(__file__).with_name("load") / "seeds.lua"
LEAST_PER_SECOND, MOST_P99 = 800, 30.0


def main() -> None:
    """Measure what was asked for, and say what does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="100,000 artists, and hold the figures to it")
    parser.add_argument("--artists", type=int, help="how many artists; made once with --database")
    parser.add_argument("--database", metavar="FILE", help="an SQLite file to keep and use again")
    parser.add_argument("--similar", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--mixed", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--publish", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--cache", type=int, metavar="MB", help="memory for answers of the mixed questions")
    given = parser.parse_args()
    artists = given.artists or (100_000 if given.full else 5_000)
    with tempfile.TemporaryDirectory() as folder:
        engine = _database(Path(given.database or Path(folder) / "load.db"), artists)
        failed = _measure(engine, artists, given)
        engine.dispose()
    for sentence in failed:
        print(f"FAILED: {sentence}")
    sys.exit(1 if failed else 0)


def _database(file: Path, artists: int) -> Engine:
    fresh = not file.exists()
    engine = connect(f"sqlite:///{file}")
    if fresh:
        began = time.monotonic()
        upgrade(engine)
        add_artists(engine, artists)
        add_release(engine, artists, 1)
        print(f"a release of {artists:,} artists written in {time.monotonic() - began:.0f} s", flush=True)
    return engine


def _measure(engine: Engine, artists: int, given: argparse.Namespace) -> list[str]:
    failed: list[str] = []
    url = engine.url.render_as_string()
    if given.similar:
        with service(url, _free_port()) as served:
            failed += _similar(served, artists, given.similar, hold=given.full)
    if given.mixed:
        cache = () if given.cache is None else (f"service.cache_megabytes={given.cache}",)
        with service(url, _free_port(), *cache) as served:
            failed += _mixed(served, artists, given.mixed)
    if given.publish:
        with service(url, _free_port()) as served:
            failed += _published(engine, served, artists, given.publish)
    return failed


def _similar(served: Served, artists: int, seconds: float, *, hold: bool) -> list[str]:
    ask_for(2, served.port, artists, MIXED[:1])  # so that the release is in memory
    if shutil.which("wrk") is None:
        print("wrk is not installed: threads of this process ask")
        asked = ask_for(seconds, served.port, artists, MIXED[:1], clients=CONNECTIONS)
        times = asked.times["similar"]
        rate, middle, late = len(times) / seconds, percentile(times, 0.5), percentile(times, 0.99)
        wrong = sum(asked.wrong.values())
    else:
        rate, middle, late, wrong = _wrk(served.port, artists, seconds)
    print(
        f"similar: {rate:,.0f} requests/s, p50 {middle:.1f} ms, p99 {late:.1f} ms, {wrong} failed;",
        served.growth(),
    )
    failed = [f"{wrong} requests of similar artists failed"] if wrong else []
    if hold and (rate < LEAST_PER_SECOND or late >= MOST_P99):
        failed.append(f"similar should be {LEAST_PER_SECOND} requests/s with p99 below {MOST_P99:g} ms")
    return failed


def _wrk(port: int, artists: int, seconds: float) -> tuple[float, float, float, int]:
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}"]
    told = subprocess.run(["wrk", *options, "--", str(artists)], capture_output=True, text=True, check=True)
    line = next(line for line in told.stdout.splitlines() if line.startswith("RESULT"))
    requests, took, middle, late, statuses, broken = map(float, line.split()[1:])
    return requests / took, middle, late, int(statuses + broken)


def _mixed(served: Served, artists: int, seconds: float) -> list[str]:
    asked = ask_for(seconds, served.port, artists)
    print(f"mixed: {asked.count():,} requests, {asked.count() / seconds:,.0f}/s;", served.growth())
    _table(asked, MIXED)
    return [f"{times} × {what}" for what, times in asked.wrong.most_common(10)]


def _published(engine: Engine, served: Served, artists: int, seconds: float) -> list[str]:
    marks = {1: mark_of(1), add_release(engine, artists, 2): mark_of(2)}
    agreement = Agreement()
    with publishing(engine, artists, marks) as published:
        asked = ask_for(seconds, served.port, artists, MARKED, check=agreement.check)
    print(
        f"published during the questions: {len(published)} times, {len(marks)} releases;",
        f"{asked.count():,} requests, of {len(agreement.seen)} releases;",
        served.growth(),
    )
    _table(asked, MARKED)
    return [f"{times} × {what}" for what, times in asked.wrong.most_common(10)] + agreement.mixed(marks)


def _table(asked: Asked, questions: tuple[Question, ...]) -> None:
    for question in questions:
        if times := asked.times.get(question.name):
            middle, late = percentile(times, 0.5), percentile(times, 0.99)
            print(f"  {question.name:20} {len(times):7,} p50 {middle:7.1f} ms  p99 {late:7.1f} ms")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
