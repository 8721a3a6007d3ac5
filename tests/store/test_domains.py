from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, select

from store.domains import (
    Claim,
    Outlook,
    claim_domains,
    domain_of,
    drop_empty_domains,
    free_dead_leases,
    outlook,
    pages_of_domains,
    release_all,
    release_domain,
    renew_leases,
    wake_domains,
)
from store.frontier import NewPage, enqueue
from store.holders import new_holder
from store.models import DomainRow
from store.records import Source
from store.sources import add_source

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://www.band.co.uk", "band.co.uk"),
        ("http://shop.band.co.uk:8080", "band.co.uk"),
        ("https://one.blogspot.com", "one.blogspot.com"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:81", "[::1]:81"),
        ("http://intranet:81", "intranet:81"),
        ("https://co.uk", "co.uk"),
    ],
)
def test_the_registered_domain_of_a_host_is_that_of_the_public_suffix_list(origin: str, domain: str) -> None:
    assert domain_of(origin) == domain


def claim(connection: Connection, holder: str = "me", *, now: datetime = NOW, limit: int = 9) -> list[str]:
    claims = claim_domains(connection, holder, now=now, until=now + MINUTE, limit=limit)
    return [found.domain for found in claims]


def test_domains_are_leased_to_one_holder_at_a_time(engine: Engine) -> None:
    with engine.begin() as connection:
        wake_domains(connection, {"a": 1, "b": 1, "c": 1}, NOW)
        assert claim(connection, "one", limit=2) == ["a", "b"]
        assert claim(connection, "two") == ["c"]
        assert claim(connection, "three") == []


def test_the_domain_that_waited_longest_comes_first(engine: Engine) -> None:
    with engine.begin() as connection:
        wake_domains(connection, {"a": 1}, NOW)
        wake_domains(connection, {"z": 1}, NOW - MINUTE)
        wake_domains(connection, {"a": 2, "z": 1}, NOW - MINUTE / 2)
        assert claim(connection) == ["z", "a"]
        assert pages_of_domains(connection, ["a", "z", "none"]) == {"a": 3, "z": 2}


def test_the_lease_of_a_dead_holder_ends_by_itself(engine: Engine) -> None:
    with engine.begin() as connection:
        wake_domains(connection, {"a": 1, "b": 1}, NOW)
        claim(connection, "dead")
        assert renew_leases(connection, "dead", ["b"], until=NOW + 5 * MINUTE) == {"a", "b"}
        assert claim(connection, "next", now=NOW + 2 * MINUTE) == ["a"]
        assert renew_leases(connection, "dead", ["a", "b"], until=NOW + 9 * MINUTE) == {"b"}


def test_a_released_domain_waits_for_its_pace_and_its_next_page(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, Source("http://h/", "site"), NOW)
        enqueue(connection, [NewPage("http://h/a", "http://h", 1, "page", 1, 1)], NOW)
        claim(connection)
        release_domain(connection, "other", "h", now=NOW, not_before=None)
        assert claim(connection, "two") == []
        release_domain(connection, "me", "h", now=NOW, not_before=NOW + MINUTE)
        assert claim(connection) == []
        assert outlook(connection, NOW) == Outlook(NOW + MINUTE, 0)
        later = NOW + MINUTE
        assert claim_domains(connection, "me", now=later, until=later + MINUTE, limit=1) == [
            Claim("h", NOW + MINUTE)
        ]


def test_a_domain_without_queued_pages_is_left_alone_until_it_gets_one(engine: Engine) -> None:
    with engine.begin() as connection:
        wake_domains(connection, {"h": 0}, NOW)
        claim(connection)
        assert outlook(connection, NOW) == Outlook(None, 1)
        release_domain(connection, "me", "h", now=NOW, not_before=None)
        assert claim(connection) == [] and outlook(connection, NOW) == Outlook(None, 0)
        wake_domains(connection, {"h": 1}, NOW)
        assert claim(connection) == ["h"]


def test_a_crawl_that_ends_gives_everything_back(engine: Engine) -> None:
    with engine.begin() as connection:
        wake_domains(connection, {"a": 1, "b": 1}, NOW)
        claim(connection)
        release_all(connection, "me")
        assert claim(connection, "next") == ["a", "b"]


def test_domains_without_pages_can_be_dropped(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, Source("http://h/", "site"), NOW)
        enqueue(connection, [NewPage("http://h/a", "http://h", 1, "page", 1, 1)], NOW)
        wake_domains(connection, {"empty": 0}, NOW)
        drop_empty_domains(connection, {"h", "empty", "never met"})
        assert list(connection.scalars(select(DomainRow.domain))) == ["h"]


def test_processes_that_claim_at_once_never_get_the_same_domain(engine: Engine) -> None:
    with engine.begin() as connection:
        wake_domains(connection, {f"d{n}": 1 for n in range(60)}, NOW)
    taken: list[str] = []

    def work(holder: str) -> None:
        for _ in range(10):
            with engine.begin() as connection:
                taken.extend(claim(connection, holder, limit=3))

    threads = [Thread(target=work, args=(f"holder {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"d{n}" for n in range(60))


def test_leases_of_dead_processes_of_this_host_are_free_at_once(engine: Engine) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    mine = new_holder()
    dead = mine.replace(f":{os.getpid()}:", f":{process.pid}:")
    with engine.begin() as connection:
        wake_domains(connection, {"a": 1, "b": 1, "c": 1}, NOW)
        for holder in (mine, dead, f"elsewhere{dead}"):
            claim(connection, holder, limit=1)
        free_dead_leases(connection)
        assert claim(connection) == ["b"]
