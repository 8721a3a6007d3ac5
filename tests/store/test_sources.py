from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, update

from store.frontier import NewPage, enqueue, next_pages
from store.models import ForgottenRow, PageRow
from store.records import Source
from store.sources import (
    FRESH_PRIORITY,
    SourceForgotten,
    add_source,
    begin_rounds,
    correct_source,
    finish_rounds,
    list_sources,
    set_source_error,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = Source("http://h/", "site", interval_seconds=3600)


def visit_all(
    connection: Connection, state: str = "fetched", status: int = 200, changed_at: datetime | None = NOW
) -> None:
    connection.execute(update(PageRow).values(state=state, http_status=status, changed_at=changed_at))


def page(url: str, source_id: int = 1) -> NewPage:
    return NewPage(url, "http://h", source_id, "page", 1, 10)


def queued(connection: Connection) -> list[int]:
    return [status.queued for status in list_sources(connection)]


def test_a_source_added_twice_is_one_with_the_newer_settings(engine: Engine) -> None:
    with engine.begin() as connection:
        first = add_source(connection, SITE, NOW)
        again = add_source(connection, Source("http://h/", "feed", 60, "http://h/a/"), NOW + HOUR)
        (listed,) = list_sources(connection)
    assert first.id == again.id
    assert listed.source == again == Source("http://h/", "feed", 60, "http://h/a/", again.id)
    assert (listed.added_at, listed.due_at, listed.pages) == (NOW, NOW, 0)


def test_the_first_round_queues_the_source_itself(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        begin_rounds(connection, NOW, due_only=True)
        (listed,) = list_sources(connection)
    assert (listed.queued, listed.round_started_at, listed.round_finished_at) == (1, NOW, None)


def test_a_round_ends_when_nothing_is_queued_and_the_next_is_due_an_interval_later(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        begin_rounds(connection, NOW, due_only=False)
        assert finish_rounds(connection, NOW) == []
        visit_all(connection)
        assert len(finish_rounds(connection, NOW + HOUR)) == 1
        assert finish_rounds(connection, NOW + HOUR) == []
        assert list_sources(connection)[0].due_at == NOW + 2 * HOUR
        assert begin_rounds(connection, NOW + HOUR, due_only=True) == []
        assert len(begin_rounds(connection, NOW + 2 * HOUR, due_only=True)) == 1


def test_a_source_that_brings_nothing_new_is_looked_at_less_and_less_often(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        waits = []
        for changed_at in (NOW, None, None, NOW + 99 * HOUR, *[None] * 9):
            (source,) = list_sources(connection)
            begin_rounds(connection, source.due_at, due_only=True)
            visit_all(connection, changed_at=changed_at)
            finish_rounds(connection, source.due_at)
            waits.append((list_sources(connection)[0].due_at - source.due_at) / HOUR)
    assert waits[:4] == [1, 1.5, 2.25, 1.125]
    assert waits[-1] == 8


def test_a_round_that_is_due_takes_only_pages_whose_time_has_come(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        begin_rounds(connection, NOW, due_only=False)
        enqueue(connection, [page("http://h/a"), page("http://h/b")], NOW)
        visit_all(connection)
        later = update(PageRow).where(PageRow.url == "http://h/b").values(due_at=NOW + 99 * HOUR)
        connection.execute(later)
        finish_rounds(connection, NOW)
        begin_rounds(connection, NOW + HOUR, due_only=True)
        assert [found.url for found in next_pages(connection, "h", NOW + HOUR, limit=9)] == [
            "http://h/",
            "http://h/a",
        ]


def test_feeds_come_before_fresh_pages_and_these_before_known_ones(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        begin_rounds(connection, NOW, due_only=False)
        enqueue(connection, [page("http://h/old"), replace(page("http://h/feed"), role="feed")], NOW)
        visit_all(connection)
        finish_rounds(connection, NOW)
        begin_rounds(connection, NOW + HOUR, due_only=False)
        enqueue(connection, [replace(page("http://h/new"), priority=FRESH_PRIORITY)], NOW)
        found = next_pages(connection, "h", NOW + HOUR, limit=9)
    assert [known.url for known in found] == ["http://h/", "http://h/feed", "http://h/new", "http://h/old"]


def test_an_unfinished_round_is_continued_not_begun_again(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        begin_rounds(connection, NOW, due_only=False)
        visit_all(connection)
        enqueue(connection, [page("http://h/a")], NOW)
        assert len(begin_rounds(connection, NOW + HOUR, due_only=True)) == 1
        (listed,) = list_sources(connection)
    assert (listed.queued, listed.pages, listed.round_started_at) == (1, 2, NOW)


@pytest.mark.parametrize(
    ("state", "status", "again"),
    [("fetched", 200, 2), ("failed", 500, 2), ("gone", 404, 2), ("gone", 410, 1)],
)
def test_a_new_round_queues_known_pages_unless_gone_for_good(
    engine: Engine, state: str, status: int, again: int
) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        begin_rounds(connection, NOW, due_only=False)
        enqueue(connection, [page("http://h/a")], NOW)
        visit_all(connection, state, status)
        finish_rounds(connection, NOW)
        begin_rounds(connection, NOW + HOUR, due_only=False)
        assert queued(connection) == [again]


def test_a_source_takes_over_its_url_from_another_that_found_it(engine: Engine) -> None:
    with engine.begin() as connection:
        add_source(connection, SITE, NOW)
        enqueue(connection, [page("http://h/feed")], NOW)
        feed = add_source(connection, Source("http://h/feed", "feed"), NOW)
        begin_rounds(connection, NOW, due_only=False)
        rows = connection.execute(PageRow.__table__.select().where(PageRow.url == "http://h/feed")).all()
    assert [(row.source_id, row.role, row.depth) for row in rows] == [(feed.id, "feed", 0)]


def test_errors_are_kept_until_the_next_round(engine: Engine) -> None:
    with engine.begin() as connection:
        source = add_source(connection, SITE, NOW)
        set_source_error(connection, source.id or 0, "no answer")
        assert list_sources(connection)[0].error == "no answer"
        begin_rounds(connection, NOW, due_only=False)
        assert list_sources(connection)[0].error is None


def test_kind_and_scope_can_be_corrected(engine: Engine) -> None:
    with engine.begin() as connection:
        source = add_source(connection, SITE, NOW)
        correct_source(connection, source.id or 0)
        correct_source(connection, source.id or 0, kind="feed", scope="http://w/")
        found = list_sources(connection)[0].source
    assert (found.kind, found.scope) == ("feed", "http://w/")


@pytest.mark.parametrize(
    ("url", "kind", "value"),
    [
        ("http://h/feed", "url", "http://h/feed"),
        ("http://h/feed", "host", "h"),
        ("http://h:81/feed", "host", "h"),
        ("http://h:81/feed", "host", "h:81"),
        ("http://[::1]:81/feed", "host", "[::1]"),
        ("http://h/feed", "host", "http://h"),
    ],
)
def test_what_was_forgotten_cannot_be_a_source(
    sqlite_engine: Engine, url: str, kind: str, value: str
) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(insert(ForgottenRow).values(kind=kind, value=value, forgotten_at=NOW))
        with pytest.raises(SourceForgotten, match="forgotten"):
            add_source(connection, Source(url, "feed"), NOW)
        add_source(connection, Source("http://other/feed", "feed"), NOW)
