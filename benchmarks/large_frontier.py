"""A frontier of millions of URLs: python benchmarks/large_frontier.py [--full | --pages N].

Fills `pages` and `domains` of a temporary database by SQL: 20,000 domains (one for 250 pages where there are
fewer), one of which has a twentieth of all pages; a fifth of the pages has been fetched, the rest waits. Then
a new process does what a crawl does, each step in a transaction of its own, and tells how long each takes:
leasing domains, the next 100 pages of one, storing 16 visits with their bodies, queueing 50 links of which
half are known, giving the domain back. Exits 1 when 95 % of the next batches (leasing and the 100 pages) do
not come in 50 ms, or the process needs 500 MB or more.

What would make it worse: an order that no index has, counting what waits, reading the queue into memory.
Default: 200,000 pages on SQLite and on PostgreSQL; --full: ten million, for which 10 GB must be free: a page
takes about 500 bytes with its indexes. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Index, Table, bindparam, insert, text
from web.databases import temporary_postgres, temporary_sqlite
from web.machine import machine, mebibytes

from store.engine import connect
from store.models import DomainRow, PageRow, SourceRow
from store.types import UtcTime

MOST_MILLISECONDS, MOST_BYTES = 50.0, 500_000_000
DOMAINS, PAGES_OF_A_DOMAIN, SOURCES = 20_000, 250, 200
TURNS = 200
# A million pages took 486 MiB on SQLite and 531 MiB on PostgreSQL; as much again for the write-ahead log.
BYTES_A_PAGE = 1_000
_AT_ONCE = 500_000
_MEASURE = Path(__file__).parent / "web" / "measure_frontier.py"

# Consecutive pages belong to different domains, as when many are crawled at once.
_PAGES = """
INSERT INTO pages (url, host, domain, source_id, role, depth, priority, state, due_at, attempts, found_at,
                   http_status, content_digest, fetched_at, misses)
SELECT 'https://www.domain' || d || '.test/articles/2024/a-page-with-a-name-of-some-length-' || i,
       'https://www.domain' || d || '.test', 'domain' || d || '.test', 1 + d % :sources, 'page',
       1 + drawn % 9, CASE WHEN seen THEN 10001 ELSE 1001 END + drawn % 9,
       CASE WHEN seen THEN 'fetched' ELSE 'queued' END, :due, 0, :now,
       CASE WHEN seen THEN 200 END, CASE WHEN seen THEN :digest END, CASE WHEN seen THEN :now END, 0
FROM (SELECT i, drawn, CASE WHEN drawn % 20 = 0 THEN 0 ELSE i % :domains END AS d,
             i / :domains % 5 = 0 AS seen
      FROM (SELECT i, i * 7919 % 1000003 AS drawn FROM numbers) AS mixed) AS placed
"""
_NUMBERS = {
    "sqlite": "RECURSIVE numbers(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM numbers WHERE i < :last)",
    "postgresql": "numbers(i) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)))",
}
_DOMAINS = (
    "INSERT INTO domains (domain, ready_at, pages) SELECT domain, :now, count(*) FROM pages GROUP BY domain"
)


def main() -> None:
    """Fill, measure and print, for each database."""
    pages, databases = _arguments()
    print(machine())
    needed, free = pages * BYTES_A_PAGE, shutil.disk_usage(tempfile.gettempdir()).free
    if free < needed:
        raise SystemExit(
            f"{tempfile.gettempdir()} has {mebibytes(free)} free, and {pages:,} pages need about "
            f"{mebibytes(needed)}; name another folder with TMPDIR, or fewer pages with --pages."
        )
    wrong: list[str] = []
    for name in databases:
        with _database(name) as url:
            wrong += [f"{name}: {what}" for what in _measured(url, pages)]
    if wrong:
        raise SystemExit("Not as promised: " + "; ".join(wrong) + ".")


def _arguments() -> tuple[int, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="ten million pages")
    parser.add_argument("--pages", type=int, default=200_000)
    parser.add_argument("--on", choices=list(_NUMBERS), action="append", help="only on this database")
    given = parser.parse_args()
    return (10_000_000 if given.full else given.pages), given.on or list(_NUMBERS)


@contextmanager
def _database(name: str) -> Iterator[str]:
    if name == "sqlite":
        with temporary_sqlite() as url:
            yield url
        return
    with temporary_postgres() as server:
        yield server.url


def _measured(url: str, pages: int) -> list[str]:
    """Fill a database and measure in a new process; return what is worse than promised."""
    engine = connect(url)
    began = time.monotonic()
    domains = _fill(engine, pages)
    size = _size(engine)
    print(
        f"\n{engine.dialect.name}: {pages:,} pages of {domains:,} domains, {mebibytes(size)}, "
        f"filled in {time.monotonic() - began:.0f} s"
    )
    engine.dispose()
    command = [sys.executable, str(_MEASURE), url, str(TURNS)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(ended.stdout)
    _print(told)
    batches = ("next batch", "the largest domain's next 100 pages")
    late = max(told["milliseconds"][name][1] for name in batches)
    wrong = [f"the next batch takes {late:.0f} ms"] if late >= MOST_MILLISECONDS else []
    return wrong + ([f"{mebibytes(told['memory'])} in memory"] if told["memory"] >= MOST_BYTES else [])


def _print(told: dict[str, Any]) -> None:
    print(f"{'milliseconds':44}{'median':>9}{'95 %':>9}{'most':>9}")
    for name, (middle, late, most) in told["milliseconds"].items():
        print(f"{name:44}{middle:9.2f}{late:9.2f}{most:9.2f}")
    for name, seconds in told["seconds"].items():
        print(f"{name:44}{seconds:9.2f} s, once")
    print(f"{'resident memory of the process, peak':44}{mebibytes(told['memory']):>13}")


def _fill(engine: Engine, pages: int) -> int:
    domains = max(1, min(DOMAINS, pages // PAGES_OF_A_DOMAIN))
    table: Table = PageRow.__table__  # type: ignore[assignment]  # a mapped class has a real table
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    with engine.begin() as connection:
        _add_sources(connection)
        for index in indexes:
            index.drop(connection)
    for first in range(1, pages + 1, _AT_ONCE):
        with engine.begin() as connection:
            _add_pages(connection, first, min(first + _AT_ONCE - 1, pages), domains)
    _finish(engine, indexes)
    return domains


def _add_sources(connection: Connection) -> None:
    now = datetime.now(UTC)
    rows = [
        {
            "url": f"https://www.domain{number}.test/",
            "kind": "site",
            "interval_seconds": 86_400,
            "added_at": now,
            # One is due; the others are in the middle of their rounds.
            "due_at": now if number == 1 else now + timedelta(days=1),
            "round_started_at": None if number == 1 else now,
        }
        for number in range(SOURCES)
    ]
    connection.execute(insert(SourceRow), rows)


def _add_pages(connection: Connection, first: int, last: int, domains: int) -> None:
    if connection.dialect.name == "sqlite":
        # The index of URLs is filled in random order; this keeps it in memory for the time being.
        connection.exec_driver_sql("PRAGMA cache_size = -2000000")
    statement = text(_with_numbers(connection)).bindparams(
        bindparam("now", type_=UtcTime), bindparam("due", type_=UtcTime)
    )
    now = datetime.now(UTC)
    values = {"now": now, "due": now - timedelta(hours=1), "digest": "0" * 64}
    span = {"first": first, "last": last, "domains": domains, "sources": SOURCES}
    connection.execute(statement, values | span)


def _with_numbers(connection: Connection) -> str:
    """Return the statement; SQLite has the numbers before INSERT, PostgreSQL may have them there as well."""
    return f"WITH {_NUMBERS[connection.dialect.name]} {_PAGES.strip()}"


def _finish(engine: Engine, indexes: list[Index]) -> None:
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
        filled = text(_DOMAINS).bindparams(bindparam("now", type_=UtcTime))
        connection.execute(filled, {"now": datetime.now(UTC)})
    # What PostgreSQL does by itself some minutes later; SQLite's statistics stay as a crawl leaves them.
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM ANALYZE {PageRow.__tablename__}, {DomainRow.__tablename__}"))


def _size(engine: Engine) -> int:
    query = "SELECT pg_database_size(current_database())"
    if engine.dialect.name == "sqlite":
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


if __name__ == "__main__":
    main()
