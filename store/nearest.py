"""Nearest neighbours inside PostgreSQL: an HNSW index of pgvector for each release.

An index needs one length of vectors, and lengths may differ between releases; so each release has a partial
index of its own, on an expression of that length. A view cannot lead to it: which release is published is
known only when a query runs, and an index with a condition is chosen when it is planned. To put the number of
the release into the views at each switch would lock them against readers, and show a reader whose snapshot is
older the vectors of a release that it does not have. So functions ask for the published release and plan a
statement for it (`store.nearest_functions`); where there is no index, they compare with all vectors.

The index is built in the transaction that publishes, before the switch, which keeps nobody from reading;
unless somebody is writing vectors (an artist is forgotten), who would wait for it in turn: then it is built
right after. Dropping an index does keep readers waiting; so those of removed releases are dropped afterwards,
concurrently.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from store.engine import reason_of

PREFIX: Final = "ix_release_vectors_nearest_"
"""The name of an index is this and the number of its release."""
# Half precision, of which an index takes up to 4,000 dimensions; float32 ends at 2,000.
MOST_DIMENSIONS: Final = 4000
# The first with iterative scans, without which an index finds at most hnsw.ef_search artists.
OLDEST_PGVECTOR: Final = (0, 8)
# A build whose graph does not fit into this memory takes several times as long.
MOST_BUILD_MEMORY: Final = 1 << 30
_GRAPH_BYTES: Final = 1500
_WAIT_FOR_OTHERS: Final = "10s"


def index_release(connection: Connection, release_id: int, patience: str = "1ms") -> str | None:
    """Build the index of a release unless it is there; return why there is none, or None.

    `patience` is how long others who write vectors are waited for: next to nothing in a transaction that has
    written a release, which they may wait for in turn. On SQLite, where nearest neighbours come from the
    precomputed table, nothing is done.
    """
    if connection.dialect.name != "postgresql" or _exists(connection, release_id):
        return None
    vectors, dimensions = _size(connection, release_id)
    reason = why_no_index(vectors, dimensions, pgvector_version(connection))
    reason = reason or _lock(connection, patience)
    return reason or _build(connection, release_id, vectors, dimensions)


def why_no_index(vectors: int, dimensions: int, pgvector: tuple[int, ...]) -> str | None:
    """Why vectors cannot be indexed, in words; None when they can."""
    if not vectors:
        return "the release has no vectors"
    if dimensions > MOST_DIMENSIONS:
        return (
            f"vectors of {dimensions} dimensions are longer than the {MOST_DIMENSIONS} that pgvector indexes"
        )
    if pgvector < OLDEST_PGVECTOR:
        return f"pgvector {'.'.join(map(str, pgvector))} is older than 0.8"
    return None


def why_unindexed(connection: Connection) -> str | None:
    """Why the published release has no index; None when it has one, or there is no release, or on SQLite."""
    if connection.dialect.name != "postgresql":
        return None
    shown = connection.scalar(text("SELECT release_id FROM published_release"))
    if shown is None or _exists(connection, shown):
        return None
    return why_no_index(*_size(connection, shown), pgvector_version(connection)) or "it was not built"


def sweep_indexes(engine: Engine) -> str | None:
    """Index the published release unless it is, and drop the indexes of releases that are gone.

    Call it outside a transaction. Return why the published release has no index, or None. What others
    keep busy for long is left to the next time.
    """
    if engine.dialect.name != "postgresql":
        return None
    with engine.begin() as connection:
        shown = connection.scalar(text("SELECT release_id FROM published_release"))
        reason = None if shown is None else index_release(connection, shown, _WAIT_FOR_OTHERS)
        orphans = _orphans(connection)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for name in orphans:
            _drop(connection, name)
    return reason


def drop_indexes(connection: Connection) -> None:
    """Drop the indexes of all releases, for a schema that does not know them."""
    if connection.dialect.name == "postgresql":
        for name in _names(connection):
            connection.exec_driver_sql(f"DROP INDEX {name}")


def statement(release_id: str, cast: str) -> str:
    """The query for the artists of a release nearest to the vector $1, at most $2, as (artist_id, distance).

    `cast` brings a vector to what is indexed, such as `::halfvec(300)`; nothing stands for exact comparison.
    """
    return (
        "SELECT v.artist_id, v.vector <#> $1 AS distance FROM release_vectors v"  # noqa: S608 - ours or a number
        f" WHERE v.release_id = {release_id} ORDER BY (v.vector{cast}) <#> ($1{cast}) LIMIT $2"
    )


def pgvector_version(connection: Connection) -> tuple[int, ...]:
    """The version of the extension in this database; () without it."""
    found = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    return tuple(map(int, re.findall(r"\d+", found or "")))


def _exists(connection: Connection, release_id: int) -> bool:
    return connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{PREFIX}{release_id}"}) is not None


def _size(connection: Connection, release_id: int) -> tuple[int, int]:
    query = "SELECT count(*), coalesce(max(dimensions), 0) FROM release_vectors WHERE release_id = :release"
    vectors, dimensions = connection.execute(text(query), {"release": release_id}).one()
    return int(vectors), int(dimensions)


def _lock(connection: Connection, patience: str) -> str | None:
    """Keep others from writing vectors, as the build of an index does; return why that cannot be, or None."""
    before = connection.scalar(text("SHOW lock_timeout"))
    reason = None
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL lock_timeout = '{patience}'"))
            connection.execute(text("LOCK TABLE release_vectors IN SHARE MODE"))
    except DBAPIError as error:
        reason = reason_of(error)
    connection.execute(text(f"SET LOCAL lock_timeout = '{before}'"))
    return reason


def _build(connection: Connection, release_id: int, vectors: int, dimensions: int) -> str | None:
    _give_memory(connection, vectors * (2 * dimensions + _GRAPH_BYTES))
    # A container's /dev/shm is often too small to build in parallel; then one process has to do.
    for workers in (None, 0):
        if workers is not None:
            connection.execute(text(f"SET LOCAL max_parallel_maintenance_workers = {workers}"))
        try:
            with connection.begin_nested():
                connection.execute(text(_definition(release_id, dimensions)))
        except DBAPIError as error:
            reason = reason_of(error)
        else:
            return None
    return reason


def _definition(release_id: int, dimensions: int) -> str:
    return (
        f"CREATE INDEX {PREFIX}{release_id} ON release_vectors"
        f" USING hnsw ((vector::halfvec({dimensions})) halfvec_ip_ops) WHERE release_id = {release_id}"
    )


def _give_memory(connection: Connection, wanted: int) -> None:
    """Allow the build as much memory as its graph takes, up to a bound; never less than the server does."""
    now = "SELECT pg_size_bytes(current_setting('maintenance_work_mem'))"
    given = max(connection.execute(text(now)).scalar_one(), min(wanted, MOST_BUILD_MEMORY))
    connection.execute(text(f"SET LOCAL maintenance_work_mem = '{given // 1024}kB'"))


def _names(connection: Connection) -> list[str]:
    query = (
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = to_regclass('release_vectors') AND starts_with(c.relname, :prefix)"
    )
    return list(connection.scalars(text(query), {"prefix": PREFIX}))


def _orphans(connection: Connection) -> list[str]:
    kept = {f"{PREFIX}{number}" for number in connection.scalars(text("SELECT id FROM releases"))}
    return [name for name in _names(connection) if name not in kept]


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f"SET lock_timeout = '{_WAIT_FOR_OTHERS}'"))
    try:
        connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
    finally:
        if not connection.invalidated:
            connection.execute(text("SET lock_timeout = DEFAULT"))
