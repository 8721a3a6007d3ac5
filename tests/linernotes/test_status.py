"""`status`: who is at work, how the jobs ended, and why pages were kept away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from linernotes.jobs.locks import MINE, job_lock
from linernotes.status import StatusRow, status_rows
from store.jobs import begin_run, finish_run
from store.models import DomainRow, PageRow
from store.records import Source
from store.sources import add_source
from tests.linernotes.conftest import Call


def _of(rows: list[StatusRow], area: str) -> list[tuple[object, object, object]]:
    return [(row["measure"], row["reason"], row["value"]) for row in rows if row["area"] == area]


def test_domains_are_working_waiting_or_idle_and_it_is_told_who_works(engine: Engine) -> None:
    now = datetime.now(UTC)
    leased = {"lease_holder": "web-1:7:x", "lease_until": now + timedelta(minutes=1)}
    expired = {"lease_holder": "web-2:8:y", "lease_until": now - timedelta(minutes=1)}
    with engine.begin() as connection:
        for name, values in (
            ("a.org", {"ready_at": now, **leased}),
            ("b.org", {"ready_at": now, **expired}),
            ("c.org", {"ready_at": now}),
            ("d.org", {}),
        ):
            connection.execute(insert(DomainRow).values(domain=name, **values))
    assert _of(status_rows(engine), "domains") == [
        ("working", None, 1),
        ("leased", "process 7 on web-1", 1),
        ("waiting", None, 2),
        ("idle", None, 1),
    ]


def test_the_last_run_of_each_job_is_told_with_what_went_wrong(engine: Engine) -> None:
    with engine.begin() as connection:
        finish_run(connection, begin_run(connection, "crawl", "h:1:x"), "done", {"fetched": 3})
        finish_run(connection, begin_run(connection, "mine", "h:1:x"), "failed", {"error": "no artist"})
    rows = _of(status_rows(engine), "jobs")
    assert [row for row in rows if row[0] == "crawl outcome"] == [("crawl outcome", None, "done")]
    assert [row for row in rows if row[0] == "mine outcome"] == [("mine outcome", "no artist", "failed")]
    assert {"crawl began", "crawl seconds", "mine began", "mine seconds"} <= {row[0] for row in rows}


def test_a_job_under_way_is_told_with_its_process(engine: Engine) -> None:
    with job_lock(engine, MINE) as lock:
        with engine.begin() as connection:
            begin_run(connection, "mine", lock.holder)
        rows = _of(status_rows(engine), "jobs")
    assert rows[0][0] == "mine locked"
    assert ("mine outcome", None, "under way") in rows


def test_pages_that_were_kept_away_are_told_host_by_host_when_asked(engine: Engine) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        source = add_source(connection, Source("https://a.org/", "site"), now)
        for number, (host, reason) in enumerate(
            [("https://a.org:443", "robots.txt disallows it")] * 2 + [("https://b.org:443", "noindex")]
        ):
            known = {"source_id": source.id, "role": "page", "depth": 1, "priority": 1, "due_at": now}
            place = {"url": f"{host}/{number}", "host": host, "state": "refused", "reason": reason}
            connection.execute(insert(PageRow).values(**known, **place))
    assert _of(status_rows(engine), "refused") == []
    assert _of(status_rows(engine, by_host=True), "refused") == [
        ("https://a.org:443", "robots.txt disallows it", 2),
        ("https://b.org:443", "noindex", 1),
    ]


def test_the_command_lists_hosts_in_the_same_columns(call: Call) -> None:
    call("init")
    result = call("status", "--hosts", "--json")
    assert result.code == 0
    assert {tuple(row) for row in result.rows} == {("area", "measure", "reason", "value")}
