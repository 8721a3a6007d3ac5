from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select

from store.frontier import (
    Body,
    NewPage,
    Page,
    PageChange,
    StateCount,
    count_pages,
    count_queued,
    count_states,
    enqueue,
    fail_pages,
    next_due,
    next_pages,
    record_changes,
    redirect_chain,
)
from store.hosts import Host, load_host, save_host
from store.models import ForgottenRow, PageBodyRow, PageRow
from store.records import Source
from store.sources import add_source

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def new(path: str, host: str = "http://h", priority: int = 10, source_id: int = 1) -> NewPage:
    return NewPage(host + path, host, source_id, "page", 1, priority)


def queue(connection: Connection, *pages: NewPage) -> int:
    add_source(connection, Source("http://home/", "site"), NOW)
    return enqueue(connection, pages, NOW).total()


def due(connection: Connection, domain: str = "h", **details: object) -> list[Page]:
    options = {"limit": 99} | details
    return next_pages(connection, domain, options.pop("now", NOW), **options)


def bodies(connection: Connection) -> list[tuple[int, bytes, str | None]]:
    return [tuple(row) for row in connection.execute(select(PageBodyRow.__table__))]


def test_a_url_is_queued_once(engine: Engine) -> None:
    with engine.begin() as connection:
        assert queue(connection, new("/a"), new("/b"), new("/a")) == 2
        assert queue(connection, new("/b"), new("/c")) == 1
        assert queue(connection) == 0
        assert [page.url for page in due(connection)] == ["http://h/a", "http://h/b", "http://h/c"]


def test_the_next_pages_come_by_priority_then_in_the_order_found(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, new("/late", priority=20), new("/first", priority=1), new("/a"), new("/b"))
        found = [page.url.removeprefix("http://h/") for page in due(connection)]
        assert found == ["first", "a", "b", "late"]
        assert [page.url for page in due(connection, limit=1)] == ["http://h/first"]


def test_pages_that_are_taken_postponed_or_of_other_domains_are_left_out(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, new("/a"), new("/b"), new("/x", host="http://x"))
        first, second = due(connection)
        later = NOW + timedelta(minutes=5)
        record_changes(connection, [PageChange(replace(second, due_at=later))])
        assert due(connection) == [first]
        assert due(connection, taken=[first.id]) == []
        assert due(connection, now=later) == [first, replace(second, due_at=later)]
        assert next_due(connection, "h") == NOW
        assert next_due(connection, "none") is None


def test_hosts_of_one_registered_domain_share_a_queue(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, new("/a", "https://www.band.co.uk"), new("/b", "http://shop.band.co.uk:8080"))
        assert [page.url for page in due(connection, "band.co.uk")] == [
            "https://www.band.co.uk/a",
            "http://shop.band.co.uk:8080/b",
        ]


def test_a_change_stores_the_page_and_its_body(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, new("/a"))
        (page,) = due(connection)
        fetched = replace(
            page, state="fetched", content_digest="d1", etag='"1"', http_status=200, fetched_at=NOW
        )
        record_changes(connection, [PageChange(fetched, Body(b"one", "utf-8"))])
        assert bodies(connection) == [(page.id, b"one", "utf-8")]
        record_changes(connection, [PageChange(replace(fetched, http_status=304))])
        assert bodies(connection) == [(page.id, b"one", "utf-8")]
        record_changes(connection, [PageChange(replace(fetched, content_digest="d2"), Body(b"two", None))])
        assert bodies(connection) == [(page.id, b"two", None)]
        record_changes(connection, [PageChange(replace(page, state="gone", content_digest=None))])
        assert bodies(connection) == [] and due(connection) == []


def test_a_page_that_was_removed_meanwhile_stays_away(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, new("/a"), new("/b"))
        first, second = due(connection)
        connection.execute(delete(PageRow).where(PageRow.id == first.id))
        kept = PageChange(replace(second, content_digest="d"), Body(b"two", None))
        assert record_changes(connection, [PageChange(first, Body(b"one", None)), kept]) == [kept]
        assert bodies(connection) == [(second.id, b"two", None)]


def test_no_changes_are_no_work(engine: Engine) -> None:
    with engine.begin() as connection:
        assert record_changes(connection, []) == []


def test_redirects_are_followed_from_page_to_page(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, new("/a"), new("/b"), new("/c"))
        targets = {"http://h/a": "http://h/b", "http://h/b": "http://h/c", "http://h/c": "http://h/a"}
        moved = [PageChange(replace(page, redirected_to=targets[page.url])) for page in due(connection)]
        record_changes(connection, moved)
        assert redirect_chain(connection, "http://h/a", 9) == ["http://h/b", "http://h/c", "http://h/a"]
        assert redirect_chain(connection, "http://h/a", 2) == ["http://h/b", "http://h/c"]
        assert redirect_chain(connection, "http://h/z", 9) == []


def test_states_are_counted_with_their_reasons(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, *(new(f"/{n}") for n in range(4)), new("/x", host="http://x"))
        fail_pages(connection, ["http://h/0", "http://h/1", "http://x/x"], "no answer")
        assert count_states(connection) == [
            StateCount(None, "failed", "no answer", 3),
            StateCount(None, "queued", None, 2),
        ]
        assert StateCount("http://x", "failed", "no answer", 1) in count_states(connection, by_host=True)
        assert (count_pages(connection, [1]), count_queued(connection, [1])) == ({1: 5}, {1: 2})


@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        ("url", "http://h/a", ["http://h/b", "http://h:8080/c"]),
        ("host", "h", []),
        ("host", "h:8080", ["http://h/a", "http://h/b"]),
        ("host", "http://h:8080", ["http://h/a", "http://h/b"]),
        ("host", "other", ["http://h/a", "http://h/b", "http://h:8080/c"]),
    ],
)
def test_what_was_forgotten_is_not_queued(
    sqlite_engine: Engine, kind: str, value: str, left: list[str]
) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(insert(ForgottenRow).values(kind=kind, value=value, forgotten_at=NOW))
        pages = [new("/a"), new("/b"), new("/c", host="http://h:8080")]
        assert queue(connection, *pages) == len(left)
        found = due(connection) + due(connection, "h:8080")
        assert [page.url for page in found] == left


def test_thousands_of_urls_are_queued_at_once(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(ForgottenRow).values(kind="url", value="http://h/7", forgotten_at=NOW))
        assert queue(connection, *(new(f"/{n}") for n in range(20_000))) == 19_999


def test_what_is_known_of_a_host_is_kept(engine: Engine) -> None:
    with engine.begin() as connection:
        assert load_host(connection, "http://h") == Host("http://h")
        known = Host("http://h", 200, "User-agent: *", NOW, None, 2)
        save_host(connection, known)
        save_host(connection, replace(known, failures=0, not_before=NOW))
        assert load_host(connection, "http://h") == replace(known, failures=0, not_before=NOW)
