"""Releases: written beside the published one, switched to, returned to, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, text

from store import releases
from store.artists import add_artists
from store.errors import ReleaseNotFound
from store.models import Base
from store.records import Artist
from store.releases import (
    ReleaseRows,
    begin_release,
    finish_release,
    list_releases,
    prune_releases,
    publish_release,
    published_release,
    rollback_release,
    write_release,
)

EMPTY = ReleaseRows((), (), (), (), (), (), ())


def begin(connection: Connection) -> int:
    return begin_release(connection, engine="local", parameters={"seed": 1}, input_digest="0" * 64)


def finish(connection: Connection, release: int) -> int:
    finish_release(connection, release, documents=3, artists=2, terms=1, metrics={"words": 9})
    return release


def make(connection: Connection) -> int:
    """A complete release without rows."""
    return finish(connection, begin(connection))


def numbers(connection: Connection) -> list[int]:
    return [release.release_id for release in list_releases(connection)]


def sample_rows(connection: Connection) -> ReleaseRows:
    """A release of two artists and one document, which are added."""
    add_artists(connection, [Artist("Mossglass"), Artist("Driftrelay")])
    connection.execute(
        text(
            "INSERT INTO documents (id, url, source, text, words, digest, added_at) VALUES"
            " (1, 'https://day.example/1', 'day.example', 'Oh! Dreamy songs. End.', 4, '0', '2024-01-01')"
        )
    )
    unit = np.array([0.6, 0.8], dtype=np.float32)
    return ReleaseRows(
        terms=[(0, "dreamy", "adj", "mood", 2, 1.5, None)],
        descriptors=[(artist, 0, 0.5, 3, 2, 1, date(2024, 1, 2), None, False) for artist in (1, 2)],
        evidence=[(1, 0, 1, 4, 17)],
        neighbours=[(1, 1, 2, 0.25), (2, 1, 1, 0.25)],
        vectors=[(1, 2, unit), (2, 2, unit)],
        activity=[(1, date(2024, 1, 1), 2, 1, 0.5, 0.1)],
        words=[("dreamy", unit.tobytes())],
        artists=[(1, 40, 2, 1, 0.5, 0.1)],
        comparisons=[(1, 2, 1, 4, 17)],
        term_weeks=[(1, 0, date(2024, 1, 1), 1, 1)],
        candidates=[("Palehollow", 0.7, 5, 3, 2, None, date(2024, 1, 1))],
        candidate_evidence=[("Palehollow", 1, 4, 17)],
        overrides=[(1, "forbid", "Mossglass", "Driftrelay", None, 2, None, None)],
        regions=[(1, None, 0, 0.5, -0.5, 1, "dreamy", ["dreamy", "hazy"])],
        map=[(1, 0.5, -0.25, 1), (2, -0.5, 0.25, None)],
    )


def shown(connection: Connection, view: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(f"SELECT * FROM {view} ORDER BY 1")).mappings()]


def row_counts(connection: Connection) -> dict[str, int]:
    tables = [name for name in Base.metadata.tables if name.startswith("release_")]
    return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_the_views_show_the_rows_of_the_published_release(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = sample_rows(connection)
        release = begin(connection)
        write_release(connection, release, rows)
        finish(connection, release)
        assert shown(connection, "artist_descriptors") == []
        publish_release(connection, release)
        first, _ = shown(connection, "artist_descriptors")
        assert (first["artist"], first["term"], first["weight"], first["last_seen"]) == (
            "Mossglass",
            "dreamy",
            0.5,
            None,
        )
        (quote,) = shown(connection, "descriptor_evidence")
        assert (quote["quote"], quote["url"]) == ("Dreamy songs.", "https://day.example/1")
        nearest = shown(connection, "similar_artists")[0]
        assert (nearest["similar_artist"], nearest["rank"], nearest["similarity"]) == ("Driftrelay", 1, 0.25)
        assert [row["dimensions"] for row in shown(connection, "artist_vectors")] == [2, 2]
        assert shown(connection, "artist_activity")[0]["buzz"] == 0.1
        assert shown(connection, "artist_summary")[0]["words"] == 40
        assert shown(connection, "artist_comparisons")[0]["compared_artist"] == "Driftrelay"
        assert shown(connection, "term_activity")[0]["term"] == "dreamy"
        assert shown(connection, "artist_candidates")[0]["last_seen"] in (date(2024, 1, 1), "2024-01-01")
        assert shown(connection, "candidate_evidence")[0]["quote"] == "Dreamy songs."
        assert shown(connection, "applied_overrides")[0]["applied"] == 2
        assert [row["region_id"] for row in shown(connection, "artist_map")] == [1, None]
        assert shown(connection, "map_regions")[0]["label"] == "dreamy"
        assert shown(connection, "current_release")[0]["release_id"] == release


def test_a_release_is_written_whole_in_several_portions(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "WRITE_CHUNK", 1)
    with engine.begin() as connection:
        write_release(connection, begin(connection), sample_rows(connection))
        assert row_counts(connection) == {
            "release_terms": 1,
            "release_descriptors": 2,
            "release_evidence": 1,
            "release_neighbours": 2,
            "release_vectors": 2,
            "release_activity": 1,
            "release_words": 1,
            "release_artists": 1,
            "release_comparisons": 1,
            "release_term_weeks": 1,
            "release_candidates": 1,
            "release_candidate_evidence": 1,
            "release_overrides": 1,
            "release_regions": 1,
            "release_map": 2,
        }


def test_a_row_that_does_not_fit_its_table_is_refused(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection, pytest.raises(ValueError, match="zip"):
        write_release(connection, begin(connection), replace(EMPTY, terms=[(0, "dreamy")]))


def test_releases_are_listed_newest_first_with_what_is_known_of_them(engine: Engine) -> None:
    with engine.begin() as connection:
        first, second = make(connection), make(connection)
        publish_release(connection, first)
        unfinished = begin(connection)
        listed = list_releases(connection)
    assert [(each.release_id, each.state, each.published) for each in listed] == [
        (unfinished, "building", False),
        (second, "ready", False),
        (first, "ready", True),
    ]
    assert (listed[1].documents, listed[1].artists, listed[1].terms) == (3, 2, 1)
    assert (listed[1].engine, listed[1].parameters, listed[1].metrics) == ("local", {"seed": 1}, {"words": 9})
    assert datetime.now(UTC) - listed[1].created < timedelta(minutes=5)


def test_before_the_first_release_none_is_published(engine: Engine) -> None:
    with engine.begin() as connection:
        assert published_release(connection) is None
        assert list_releases(connection) == []
        assert shown(connection, "current_release") == []


def test_publishing_switches_and_there_is_one_published_release(engine: Engine) -> None:
    with engine.begin() as connection:
        for release in (make(connection), make(connection)):
            publish_release(connection, release)
            assert published_release(connection) == release
        assert sum(each.published for each in list_releases(connection)) == 1


def test_a_switch_that_is_not_committed_is_not_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        first, second = make(connection), make(connection)
        publish_release(connection, first)
    with engine.connect() as connection:
        publish_release(connection, second)
        connection.rollback()
        assert published_release(connection) == first


@pytest.mark.parametrize("which", ["unfinished", "missing"])
def test_only_a_complete_release_is_published(engine: Engine, which: str) -> None:
    with engine.begin() as connection:
        shown_now = make(connection)
        publish_release(connection, shown_now)
        number = begin(connection) if which == "unfinished" else 99
        with pytest.raises(ReleaseNotFound, match=f"no complete release {number}"):
            publish_release(connection, number)
        with pytest.raises(ReleaseNotFound, match=f"no complete release {number}"):
            rollback_release(connection, to=number)
        assert published_release(connection) == shown_now


def test_rolling_back_goes_to_the_complete_release_before_step_by_step(engine: Engine) -> None:
    with engine.begin() as connection:
        first, second, third = make(connection), make(connection), make(connection)
        publish_release(connection, third)
        assert rollback_release(connection) == second
        assert published_release(connection) == second
        assert rollback_release(connection) == first
        with pytest.raises(ReleaseNotFound, match="no earlier release"):
            rollback_release(connection)
        assert published_release(connection) == first


def test_a_release_can_be_returned_to_by_number_in_both_directions(engine: Engine) -> None:
    with engine.begin() as connection:
        first, _, third = make(connection), make(connection), make(connection)
        publish_release(connection, third)
        assert rollback_release(connection, to=first) == first
        assert rollback_release(connection, to=third) == third
        assert published_release(connection) == third


def test_without_any_release_there_is_none_to_go_back_to(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection, pytest.raises(ReleaseNotFound, match="no earlier release"):
        rollback_release(connection)


def test_beginning_a_release_removes_what_an_interrupted_one_left(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = sample_rows(connection)
        complete = make(connection)
        write_release(connection, begin(connection), rows)
        fresh = begin(connection)
        assert numbers(connection) == [fresh, complete]
        assert set(row_counts(connection).values()) == {0}


def test_pruning_keeps_the_newest_complete_releases(engine: Engine) -> None:
    with engine.begin() as connection:
        made = [make(connection) for _ in range(4)]
        publish_release(connection, made[3])
        assert prune_releases(connection, 2) == [made[1], made[0]]
        assert numbers(connection) == [made[3], made[2]]


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_pruning_never_removes_the_published_release(engine: Engine, keep: int) -> None:
    with engine.begin() as connection:
        made = [make(connection) for _ in range(4)]
        publish_release(connection, made[0])
        prune_releases(connection, keep)
        assert numbers(connection) == [*reversed(made[4 - keep :]), made[0]]
        assert published_release(connection) == made[0]


def test_a_pruned_release_leaves_no_row(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = sample_rows(connection)
        old = begin(connection)
        write_release(connection, old, rows)
        finish(connection, old)
        publish_release(connection, make(connection))
        assert prune_releases(connection, 1) == [old]
        assert set(row_counts(connection).values()) == {0}
