"""Forgetting URLs, hosts and artists, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from store.forgetting import forget_artist, forget_host, forget_url
from store.hosts import Host, save_host
from store.models import (
    ArtistAliasRow,
    ArtistRow,
    Base,
    DocumentRow,
    ForgottenRow,
    MentionRow,
    PageBodyRow,
    PageRow,
    ReleaseNeighbourRow,
    ReleaseRow,
    ReleaseTermRow,
    SourceRow,
)
from store.records import Source
from store.sources import SourceForgotten, add_source, list_sources
from tests.small_release import add_artist, add_document, add_page, publish

NOW = datetime(2024, 5, 6, tzinfo=UTC)
SECRET = "A sentence that somebody regrets."


def source(connection: Connection, url: str = "https://a.example/") -> int:
    number = add_source(connection, Source(url, "site"), NOW).id
    assert number is not None
    return number


def count(connection: Connection, row: type[Base]) -> int:
    return connection.execute(select(func.count()).select_from(row)).scalar_one()


def blocked(connection: Connection) -> set[tuple[str, str]]:
    return {
        (row.kind, row.value) for row in connection.execute(select(ForgottenRow.kind, ForgottenRow.value))
    }


def urls(connection: Connection, row: type[PageRow] | type[DocumentRow]) -> set[str]:
    return set(connection.scalars(select(row.url)))


def test_a_forgotten_url_is_gone_with_all_that_was_made_of_it(engine: Engine) -> None:
    with engine.begin() as connection:
        artist = add_artist(connection, "A")
        page = add_page(connection, "https://a.example/1", source(connection))
        text = add_document(connection, "https://a.example/1", SECRET, about=[artist], page_id=page)
        kept = add_document(connection, "https://a.example/2", "So dub.", about=[artist])
        quotes = [(artist, "dub", text, SECRET), (artist, "dub", kept, "So dub.")]
        publish(connection, {artist: {"dub": 0.5}}, {artist: [1]}, evidence=quotes)
        removed = forget_url(connection, "https://a.example/1")
        assert (removed.pages, removed.bodies, removed.documents, removed.mined_documents) == (1, 1, 1, 1)
        assert (removed.mentions, removed.evidence, removed.remine) == (1, 1, True)
        assert urls(connection, DocumentRow) == {"https://a.example/2"}
        assert urls(connection, PageRow).isdisjoint({"https://a.example/1"})
        assert count(connection, MentionRow) == 1
        quoted = connection.exec_driver_sql("SELECT quote FROM descriptor_evidence").scalars().all()
        assert quoted == ["So dub."]
        assert blocked(connection) == {("url", "https://a.example/1")}


def test_other_ways_to_a_forgotten_page_go_with_it(engine: Engine) -> None:
    text = "https://a.example/text"
    with engine.begin() as connection:
        found_by = source(connection)
        page = add_page(connection, "https://a.example/index.html?p=1", found_by, canonical_url=text)
        add_document(connection, text, SECRET, page_id=page)
        add_page(connection, "https://a.example/old", found_by, redirected_to=text)
        add_page(connection, "https://a.example/amp", found_by, canonical_url=text)
        wrong = add_page(connection, "https://a.example/other", found_by, canonical_url=text)
        add_document(connection, "https://a.example/other", "Its own text.", page_id=wrong)
        removed = forget_url(connection, text)
        assert (removed.pages, removed.documents) == (3, 1)
        assert urls(connection, DocumentRow) == {"https://a.example/other"}
        assert {value for _, value in blocked(connection)} == {
            text,
            "https://a.example/index.html?p=1",
            "https://a.example/old",
            "https://a.example/amp",
        }


def test_copies_of_a_forgotten_text_stay_and_one_becomes_the_original(engine: Engine) -> None:
    with engine.begin() as connection:
        original = add_document(connection, "https://a.example/1", SECRET)
        late = add_document(
            connection, "https://b.example/1", SECRET, duplicate_of=original, published=date(2020, 1, 1)
        )
        early = add_document(
            connection, "https://c.example/1", SECRET, duplicate_of=original, published=date(2010, 1, 1)
        )
        assert forget_url(connection, "https://a.example/1").documents == 1
        found = dict(connection.execute(select(DocumentRow.id, DocumentRow.duplicate_of)).all())
        assert found == {early: None, late: early}


def test_a_url_never_met_is_blocked_all_the_same(engine: Engine) -> None:
    with engine.begin() as connection:
        for _ in range(2):
            removed = forget_url(connection, "https://a.example/none")
            assert (removed.pages, removed.documents, removed.remine) == (0, 0, False)
        assert blocked(connection) == {("url", "https://a.example/none")}


def test_a_forgotten_source_is_off_the_list_and_cannot_come_back(engine: Engine) -> None:
    with engine.begin() as connection:
        feed = source(connection, "https://a.example/feed")
        page = add_page(connection, "https://b.example/1", feed)
        add_document(connection, "https://b.example/1", "Found through the feed.", page_id=page)
        assert forget_url(connection, "https://a.example/feed").sources == 1
        assert list_sources(connection) == []
        assert urls(connection, DocumentRow) == {"https://b.example/1"}
        with pytest.raises(SourceForgotten):
            source(connection, "https://a.example/feed")


@pytest.mark.parametrize(
    ("host", "gone"),
    [
        ("a.example", {"http://a.example/1", "https://a.example:8080/2", "https://a.example"}),
        ("A.example/", {"http://a.example/1", "https://a.example:8080/2", "https://a.example"}),
        ("a.example:8080", {"https://a.example:8080/2"}),
        ("http://a.example", {"http://a.example/1"}),
        ("nowhere.example", set()),
    ],
)
def test_a_forgotten_host_takes_its_pages_and_no_others(
    sqlite_engine: Engine, host: str, gone: set[str]
) -> None:
    every = {
        "http://a.example/1",
        "https://a.example:8080/2",
        "https://a.example",
        "https://sub.a.example/3",
        "https://a.example.org/4",
        "https://axexample/5",
        "https://other.example/?u=https://a.example/",
    }
    with sqlite_engine.begin() as connection:
        found_by = source(connection, "https://list.example/")
        for url in sorted(every):
            page = add_page(connection, url, found_by)
            add_document(connection, url, f"Text of {url}.", page_id=page)
        removed = forget_host(connection, host)
        assert (removed.pages, removed.documents) == (len(gone), len(gone))
        assert urls(connection, DocumentRow) == every - gone
        assert blocked(connection) == {("host", host.lower().rstrip("/"))}


def test_a_forgotten_host_takes_imports_robots_and_sources(engine: Engine) -> None:
    with engine.begin() as connection:
        source(connection, "https://a.example/")
        save_host(connection, Host("https://a.example", robots_status=200, robots_txt="User-agent: *"))
        save_host(connection, Host("https://b.example"))
        add_document(connection, "https://a.example/1", "Crawled.")
        add_document(connection, "urn:import:7", "Imported.", source="a.example")
        removed = forget_host(connection, "a.example")
        assert (removed.documents, removed.sources, count(connection, SourceRow)) == (2, 1, 0)
        assert connection.exec_driver_sql("SELECT host FROM hosts").scalars().all() == ["https://b.example"]
        with pytest.raises(SourceForgotten):
            source(connection, "https://a.example/feed")


def test_a_host_with_a_per_cent_sign_or_underscore_is_no_pattern(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        add_document(connection, "https://a.example/1", "Stays.")
        assert forget_host(connection, "%").documents == 0
        assert forget_host(connection, "a_example").documents == 0


def test_forgotten_text_cannot_be_read_from_the_database_file(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        page = add_page(connection, "https://a.example/1", source(connection))
        add_document(connection, "https://a.example/1", SECRET, page_id=page)
    with sqlite_engine.begin() as connection:
        forget_url(connection, "https://a.example/1")
    with sqlite_engine.connect() as connection:
        connection.rollback()
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sqlite_engine.url.database is not None
    assert SECRET.encode() not in Path(sqlite_engine.url.database).read_bytes()


def test_a_forgotten_artist_is_gone_from_registry_and_releases(engine: Engine) -> None:
    with engine.begin() as connection:
        gone = add_artist(connection, "Gone", aliases=["Going"])
        near, far = add_artist(connection, "Near"), add_artist(connection, "Far")
        text = add_document(connection, "https://a.example/1", "So dub.", about=[gone, near])
        for _ in range(2):
            publish(
                connection,
                {gone: {"dub": 0.5, "own": 0.5}, near: {"dub": 0.4}},
                {gone: [1, 0], near: [1, 0.1], far: [1, 1]},
                evidence=[(gone, "dub", text, "So dub."), (near, "dub", text, "So dub.")],
                activity=[(gone, date(2024, 1, 1), 1, 1, 0.1, 0.1)],
            )
        removed = forget_artist(connection, gone)
        assert (removed.artists, removed.aliases, removed.mentions, removed.evidence) == (1, 1, 1, 2)
        assert (removed.descriptors, removed.terms, removed.vectors, removed.activity) == (4, 2, 2, 2)
        # In each release its own two, and one in each of the two others' lists.
        assert (removed.neighbours, removed.remine) == (8, True)
        assert set(connection.scalars(select(ArtistRow.name))) == {"Near", "Far"}
        assert count(connection, ArtistAliasRow) == 0
        assert set(connection.scalars(select(ReleaseTermRow.term))) == {"dub"}
        assert set(connection.execute(select(ReleaseRow.artists, ReleaseRow.terms)).all()) == {(2, 1)}
        assert urls(connection, DocumentRow) == {"https://a.example/1"}


def test_other_artists_neighbours_move_up(engine: Engine) -> None:
    with engine.begin() as connection:
        numbers = [add_artist(connection, name) for name in "ABCDE"]
        angles = dict(zip(numbers, [[1, 0], [1, 0.1], [1, 0.2], [1, 0.4], [1, 0.9]], strict=True))
        publish(connection, {}, angles)
        forget_artist(connection, numbers[2])
        row = ReleaseNeighbourRow
        listed = select(row.rank, row.neighbour_id).where(row.artist_id == numbers[0]).order_by(row.rank)
        assert connection.execute(listed).all() == [(1, numbers[1]), (2, numbers[3]), (3, numbers[4])]


def test_forgetting_an_artist_that_is_not_there_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        add_artist(connection, "A")
        removed = forget_artist(connection, 4711)
        assert (removed.artists, removed.remine, count(connection, ArtistRow)) == (0, False, 1)
        assert count(connection, PageBodyRow) == 0
