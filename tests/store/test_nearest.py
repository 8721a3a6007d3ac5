"""Nearest neighbours in PostgreSQL: the index of a release, the functions that use it, and doing without."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, insert, text

from linernotes.doctor import check_vectors
from store import nearest as nearest_module
from store import nearest_functions
from store.artist_removal import forget_artist
from store.engine import connect
from store.migrate import downgrade, upgrade
from store.models import ArtistRow
from store.nearest import PREFIX, index_release, statement, sweep_indexes, why_no_index, why_unindexed
from store.releases import (
    ReleaseRows,
    begin_release,
    finish_release,
    prune_releases,
    publish_release,
    rollback_release,
    write_release,
)
from tests.conftest import empty_postgres
from tests.small_release import add_artist, publish

ARTISTS, DIMENSIONS = 3000, 24
JOINED = """
SELECT n.artist, n.similarity, d.term, d.weight
FROM artist_summary AS s
CROSS JOIN LATERAL nearest_artists(s.artist_id, 20) AS n
JOIN artist_descriptors AS d ON d.artist_id = n.artist_id
WHERE s.artist = 'Artist 7' AND d.term = 'dreamy'
ORDER BY n.rank
"""


@pytest.fixture
def postgres(postgres_server: str, postgres_template: str) -> Iterator[Engine]:
    """An initialised PostgreSQL."""
    for url in empty_postgres(postgres_server, postgres_template):
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def crowd(postgres_server: str, postgres_template: str) -> Iterator[tuple[Engine, np.ndarray]]:
    """A published release of many artists, the even ones dreamy, and its vectors; for reading."""
    for url in empty_postgres(postgres_server, postgres_template):
        engine = connect(url)
        with engine.begin() as connection:
            vectors = write_crowd(connection)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ANALYZE"))
        yield engine, vectors
        engine.dispose()


def write_crowd(connection: Connection, dimensions: int = DIMENSIONS, artists: int = ARTISTS) -> np.ndarray:
    """Publish a release of random vectors around a few centres; the numbers of the artists begin with 1."""
    random = np.random.default_rng(3)
    centres = random.normal(size=(30, dimensions))
    vectors = centres[random.integers(0, 30, artists)] + random.normal(size=(artists, dimensions)) * 0.6
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    numbers = range(1, artists + 1)
    if not connection.scalar(text("SELECT count(*) FROM artists")):
        rows = [{"id": n, "name": f"Artist {n}", "key": f"artist{n}"} for n in numbers]
        connection.execute(insert(ArtistRow), rows)
    release = begin_release(connection, engine="local", parameters={}, input_digest="0" * 64)
    rows_of_release = ReleaseRows(
        terms=[(1, "dreamy", "adj", "mood", artists // 2, 1.0, None)],
        descriptors=[(n, 1, 0.5, 1, 1, 1, None, None, False) for n in numbers if n % 2 == 0],
        evidence=(),
        neighbours=(),
        vectors=[(n, dimensions, vectors[n - 1]) for n in numbers],
        activity=(),
        words=(),
        artists=[(n, 10, 1, 1, 0.5, 0.0) for n in numbers],
    )
    write_release(connection, release, rows_of_release)
    finish_release(connection, release, documents=1, artists=artists, terms=1, metrics={})
    publish_release(connection, release)
    return vectors


def nearest(connection: Connection, artist: int, k: int = 10) -> list[int]:
    found = connection.execute(text("SELECT artist_id FROM nearest_artists(:a, :k)"), {"a": artist, "k": k})
    return list(found.scalars())


def exactly(vectors: np.ndarray, artist: int, k: int = 10) -> list[int]:
    order = np.argsort(-(vectors @ vectors[artist - 1]), kind="stable") + 1
    return [int(n) for n in order if n != artist][:k]


def index_names(connection: Connection) -> list[str]:
    query = "SELECT indexname FROM pg_indexes WHERE starts_with(indexname, :prefix) ORDER BY 1"
    return list(connection.scalars(text(query), {"prefix": PREFIX}))


def scans(connection: Connection, release: int = 1) -> int:
    connection.execute(text("SELECT pg_stat_force_next_flush()"))
    connection.commit()
    query = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = :name"
    return int(connection.execute(text(query), {"name": f"{PREFIX}{release}"}).scalar_one())


def test_one_query_joins_descriptors_with_nearness_through_the_index(
    crowd: tuple[Engine, np.ndarray],
) -> None:
    engine, vectors = crowd
    with engine.connect() as connection:
        before = scans(connection)
        rows = connection.execute(text(JOINED)).all()
        after = scans(connection)
    dreamy = [n for n in exactly(vectors, 7, 20) if n % 2 == 0]
    assert [row.artist for row in rows] == [f"Artist {n}" for n in dreamy]
    assert {row.term for row in rows} == {"dreamy"}
    assert after == before + 1


def test_the_plan_of_the_functions_statement_scans_the_index_of_the_release(
    crowd: tuple[Engine, np.ndarray],
) -> None:
    engine, _ = crowd
    query = statement("1", f"::halfvec({DIMENSIONS})")
    vector = f"'{[0.1] * DIMENSIONS}'::vector"
    query = query.replace("$1", vector).replace("$2", "20")
    with engine.connect() as connection:
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {query}").scalars())
    assert f"Index Scan using {PREFIX}1" in plan, plan


def test_the_nearest_artists_are_those_of_an_exact_comparison(crowd: tuple[Engine, np.ndarray]) -> None:
    engine, vectors = crowd
    asked = range(1, 201)
    with engine.connect() as connection:
        right = sum(len({*nearest(connection, n)} & {*exactly(vectors, n)}) for n in asked)
    assert right / (10 * len(asked)) >= 0.97


@pytest.mark.parametrize("k", [1, 39, 150, 1200])
def test_as_many_artists_are_found_as_were_asked_for(crowd: tuple[Engine, np.ndarray], k: int) -> None:
    with crowd[0].connect() as connection:
        found = nearest(connection, 5, k)
    assert len(found) == len(set(found)) == k
    assert 5 not in found


def test_the_mean_of_two_artists_can_be_asked_for(crowd: tuple[Engine, np.ndarray]) -> None:
    engine, vectors = crowd
    query = """
    SELECT n.artist_id, n.similarity FROM nearest_to(
        (SELECT avg(vector) FROM artist_vectors WHERE artist IN ('Artist 3', 'Artist 4')), 5
    ) AS n ORDER BY n.rank
    """
    mean = (vectors[2] + vectors[3]) / 2
    expected = np.argsort(-(vectors @ mean))[:5]
    with engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    assert [row.artist_id - 1 for row in rows] == expected.tolist()
    assert [row.similarity for row in rows] == pytest.approx((vectors @ mean)[expected].tolist(), abs=1e-5)


def test_a_vector_of_another_length_is_refused_in_words(crowd: tuple[Engine, np.ndarray]) -> None:
    with crowd[0].connect() as connection, pytest.raises(Exception, match="have 24 dimensions, not 2"):
        connection.execute(text("SELECT * FROM nearest_to('[1,2]', 5)"))


def test_settings_of_the_session_are_as_before_after_a_call(crowd: tuple[Engine, np.ndarray]) -> None:
    with crowd[0].connect() as connection:
        connection.execute(text("SET hnsw.ef_search = 77"))
        nearest(connection, 5, 500)
        assert connection.execute(text("SHOW hnsw.ef_search")).scalar_one() == "77"
        assert connection.execute(text("SHOW hnsw.iterative_scan")).scalar_one() == "off"
        assert connection.execute(text("SHOW enable_sort")).scalar_one() == "on"


@pytest.mark.parametrize(
    "call", ["nearest_artists(99999999)", "nearest_artists(NULL)", "nearest_artists(5, 0)"]
)
def test_nobody_is_near_to_an_unknown_artist(crowd: tuple[Engine, np.ndarray], call: str) -> None:
    with crowd[0].connect() as connection:
        assert connection.execute(text(f"SELECT * FROM {call}")).all() == []


def test_before_the_first_release_nobody_is_near(postgres: Engine) -> None:
    with postgres.connect() as connection:
        assert connection.execute(text("SELECT * FROM nearest_to('[1,2]', 5)")).all() == []


def test_artists_kept_apart_by_an_editor_are_not_near(postgres: Engine) -> None:
    with postgres.begin() as connection:
        one, two, three = (add_artist(connection, name) for name in ("Mossglass", "Driftrelay", "Palehollow"))
        vectors = {one: (1, 0), two: (1, 0.1), three: (1, 0.2)}
        publish(connection, {}, vectors, forbidden=[(two, one)])
        assert nearest(connection, one) == [three]
        assert nearest(connection, two) == [three]
        assert nearest(connection, three) == [two, one]


def test_the_functions_answer_from_the_next_release_of_another_length_by_its_own_index(
    postgres: Engine,
) -> None:
    with postgres.begin() as connection:
        write_crowd(connection)
        assert index_names(connection) == [f"{PREFIX}1"]
        later = write_crowd(connection, dimensions=40)
        assert index_names(connection) == [f"{PREFIX}1", f"{PREFIX}2"]
    with postgres.connect() as connection:
        before = scans(connection, 2)
        assert nearest(connection, 9, 3) == exactly(later, 9, 3)
        assert scans(connection, 2) == before + 1


def test_a_reader_whose_snapshot_is_older_is_answered_from_its_own_release(postgres: Engine) -> None:
    with postgres.begin() as connection:
        earlier = write_crowd(connection, artists=500)
    reading = postgres.execution_options(isolation_level="REPEATABLE READ")
    with reading.connect() as reader:
        assert reader.execute(text("SELECT release_id FROM current_release")).scalar_one() == 1
        with postgres.begin() as connection:
            write_crowd(connection, dimensions=40, artists=500)
        assert nearest(reader, 9, 3) == exactly(earlier, 9, 3)


def test_a_release_gone_back_to_is_asked_by_its_index(postgres: Engine) -> None:
    with postgres.begin() as connection:
        earlier = write_crowd(connection, artists=500)
        write_crowd(connection, dimensions=40, artists=500)
        rollback_release(connection)
        assert nearest(connection, 9, 3) == exactly(earlier, 9, 3)


def test_the_index_of_a_removed_release_is_swept_away(postgres: Engine) -> None:
    with postgres.begin() as connection:
        for _ in range(2):
            write_crowd(connection, artists=100)
        prune_releases(connection, keep=1)
    assert sweep_indexes(postgres) is None
    with postgres.connect() as connection:
        assert index_names(connection) == [f"{PREFIX}2"]


def test_an_index_that_is_missing_is_told_of_by_doctor_and_built_by_the_sweep(postgres: Engine) -> None:
    with postgres.begin() as connection:
        assert why_unindexed(connection) is None
        write_crowd(connection, artists=100)
        assert why_unindexed(connection) is None
        connection.execute(text(f"DROP INDEX {PREFIX}1"))
        assert why_unindexed(connection) == "it was not built"
        assert len(nearest(connection, 9, 3)) == 3  # exactly, without an index
    assert check_vectors(postgres).state == "hint"
    sweep_indexes(postgres)
    assert check_vectors(postgres).state == "ok"
    with postgres.connect() as connection:
        assert index_names(connection) == [f"{PREFIX}1"]


def test_publishing_keeps_no_reader_waiting(postgres: Engine) -> None:
    with postgres.begin() as connection:
        write_crowd(connection, artists=100)
    with postgres.connect() as reader:
        assert len(nearest(reader, 9, 3)) == 3  # its transaction stays open, with a lock on the table
        with postgres.begin() as connection:
            connection.execute(text("SET lock_timeout = '2s'"))
            write_crowd(connection, artists=100)
            prune_releases(connection, keep=1)


def test_vectors_longer_than_pgvector_indexes_are_compared_exactly(postgres: Engine) -> None:
    with postgres.begin() as connection:
        vectors = write_crowd(connection, dimensions=4001, artists=12)
        reason = index_release(connection, 1)
        assert nearest(connection, 2, 3) == exactly(vectors, 2, 3)
        assert index_names(connection) == []
    assert reason == "vectors of 4001 dimensions are longer than the 4000 that pgvector indexes"


@pytest.mark.parametrize("dimensions", [2, 2001, 4000])
def test_vectors_up_to_the_limit_are_indexed(postgres: Engine, dimensions: int) -> None:
    with postgres.begin() as connection:
        vectors = write_crowd(connection, dimensions=dimensions, artists=30)
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_sort = off"))
        assert index_names(connection) == [f"{PREFIX}1"]
        found = nearest(connection, 2, 3)
    assert len({*found} & {*exactly(vectors, 2, 3)}) >= 2


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((0, 0, (0, 8, 5)), "no vectors"),
        ((9, 4001, (0, 8, 5)), "4001 dimensions"),
        ((9, 300, (0, 7, 4)), r"pgvector 0\.7\.4 is older"),
    ],
)
def test_a_release_without_an_index_has_a_reason(facts: tuple[Any, ...], words: str) -> None:
    assert re.search(words, why_no_index(*facts) or "")
    assert why_no_index(9, 4000, (0, 8)) is None


def test_an_index_that_cannot_be_built_leaves_the_transaction_whole(postgres: Engine) -> None:
    with postgres.begin() as connection:
        write_crowd(connection, artists=50)
        connection.execute(text(f"DROP INDEX {PREFIX}1"))
        connection.execute(text("UPDATE release_vectors SET vector = '[1,2]' WHERE artist_id = 50"))
        reason = index_release(connection, 1)
        assert connection.scalar(text("SELECT count(*) FROM artist_vectors")) == 50
    assert "expected 24 dimensions, not 2" in (reason or "")


def test_with_an_older_pgvector_the_functions_compare_exactly(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (nearest_module, nearest_functions):
        monkeypatch.setattr(module, "pgvector_version", lambda _: (0, 7, 4))
    upgrade(postgres)
    query = "SELECT array_to_string(proconfig, ' ') FROM pg_proc WHERE proname = 'nearest_to'"
    with postgres.begin() as connection:
        vectors = write_crowd(connection, artists=50)
        assert index_names(connection) == []
        assert nearest(connection, 9, 3) == exactly(vectors, 9, 3)
        assert "hnsw" not in str(connection.scalar(text(query)))


def test_an_index_that_a_reader_keeps_busy_is_left_to_the_next_sweep(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_module, "_WAIT_FOR_OTHERS", "100ms")
    with postgres.begin() as connection:
        write_crowd(connection, artists=100)
    with postgres.connect() as reader:
        assert len(nearest(reader, 9, 3)) == 3
        with postgres.begin() as connection:
            write_crowd(connection, artists=100)
            prune_releases(connection, keep=1)
        assert sweep_indexes(postgres) is None
        assert len(nearest(reader, 9, 3)) == 3
    sweep_indexes(postgres)
    with postgres.connect() as connection:
        assert index_names(connection) == [f"{PREFIX}2"]


def test_a_downgrade_leaves_neither_index_nor_function(postgres: Engine) -> None:
    with postgres.begin() as connection:
        write_crowd(connection, artists=50)
    downgrade(postgres, "0003")
    with postgres.connect() as connection:
        assert index_names(connection) == []
        left = "SELECT count(*) FROM pg_proc WHERE proname IN ('nearest_to', 'nearest_artists')"
        assert connection.scalar(text(left)) == 0
    upgrade(postgres)
    with postgres.connect() as connection:
        assert index_names(connection) == [f"{PREFIX}1"]


def test_on_sqlite_there_is_nothing_to_index(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        publish(connection, {}, {add_artist(connection, "Mossglass"): (1, 0)})
        assert index_release(connection, 1) is None
    assert sweep_indexes(sqlite_engine) is None


def test_an_artist_forgotten_while_a_release_is_written_costs_the_index_only_until_the_sweep(
    postgres: Engine,
) -> None:
    """Each would wait for the other: for the row of the artist, and to build on the table of vectors."""
    with postgres.begin() as connection:
        write_crowd(connection, artists=60)
    with ThreadPoolExecutor(1) as other, postgres.begin() as connection:
        connection.execute(
            text("SELECT 1 FROM artists WHERE id = 7 FOR KEY SHARE")
        )  # as writing a release does
        forgetting = other.submit(_forget, postgres, 7)
        _wait_for_a_waiter(postgres)
        write_crowd(connection, artists=60)
        connection.commit()
        forgetting.result(timeout=20)
    assert sweep_indexes(postgres) is None
    with postgres.connect() as connection:
        assert f"{PREFIX}2" in index_names(connection)
        assert connection.scalar(text("SELECT count(*) FROM artist_vectors")) == 59


def _forget(engine: Engine, artist: int) -> None:
    with engine.begin() as connection:
        forget_artist(connection, artist)


def _wait_for_a_waiter(engine: Engine) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for _ in range(200):
            if connection.scalar(text(waiting)):
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")
