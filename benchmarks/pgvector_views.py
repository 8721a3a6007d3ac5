"""Nearest artists in PostgreSQL: python benchmarks/pgvector_views.py [--artists N] [--release FILE] [--full].

What the HNSW index of a release costs to build, and what `nearest_artists` and the query that joins it with
descriptors take with the index and without, with the recall of the first ten against an exact comparison. On
made-up vectors with neighbourhoods (4,000 artists of 300 dimensions; with --full, 12,000 and 100,000), or on
the published release of a SQLite database (--release FILE). More dimensions, or vectors without
neighbourhoods, make recall worse; a graph larger than the memory given to its build makes that several times
slower.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, insert, text
from web.databases import temporary_postgres

from store.engine import connect
from store.models import ArtistRow
from store.nearest import PREFIX, index_release
from store.releases import ReleaseRows, begin_release, finish_release, publish_release, write_release
from store.vectors import artist_vectors

Floats = NDArray[np.float32]

DIMENSIONS, TOPICS, CALLS, K = 300, 40, 200, 10
LEAST_RECALL = 0.95
NEAREST = text("SELECT artist_id FROM nearest_artists(:artist, 10)")
JOINED = text(
    "SELECT n.artist, n.similarity, d.term, d.weight FROM nearest_artists(:artist, 100) AS n"
    " JOIN artist_descriptors AS d ON d.artist_id = n.artist_id WHERE d.term = 'term 1' ORDER BY n.rank"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of one query, median and 95th percentile, and what it found for each artist asked for."""

    median: float
    slow: float
    found: list[set[int]]


def main() -> None:
    """Measure each size; exit with 1 when too few of the nearest are found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artists", type=int, action="append", help="how many, instead of 4,000")
    parser.add_argument("--release", type=Path, help="a SQLite database whose published release is used")
    parser.add_argument("--full", action="store_true", help="12,000 and 100,000 artists")
    given = parser.parse_args()
    sizes = given.artists or ([12_000, 100_000] if given.full else [4_000])
    sets = [_published(given.release)] if given.release else (_made_up(size) for size in sizes)
    recalls = [_measure(vectors) for vectors in sets]
    if min(recalls) < LEAST_RECALL:
        sys.exit(f"Of the nearest artists only {min(recalls):.3f} were found.")


def _published(file: Path) -> Floats:
    with connect(f"sqlite:///{file}", read_only=True).connect() as connection:
        shown = connection.execute(text("SELECT release_id FROM published_release")).scalar_one()
        return artist_vectors(connection, shown)[1]


def _made_up(artists: int) -> Floats:
    """Unit vectors, each a mixture of a few of 40 topics and of its own, as of artists of several genres."""
    random = np.random.default_rng(7)
    topics = random.normal(size=(TOPICS, DIMENSIONS)).astype(np.float32)
    shares = random.dirichlet(np.full(TOPICS, 0.1), size=artists).astype(np.float32)
    vectors = shares @ topics + 0.3 * random.normal(size=(artists, DIMENSIONS)).astype(np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _measure(vectors: Floats) -> float:
    with temporary_postgres() as server:
        engine = connect(server.url)
        release, seconds = _write(engine, vectors)
        asked = np.random.default_rng(1).choice(len(vectors), CALLS, replace=False) + 1
        with engine.connect() as connection:
            indexed = [_run(connection, query, asked) for query in (NEAREST, JOINED)]
            size = connection.scalar(text(f"SELECT pg_relation_size('{PREFIX}{release}')"))
        with engine.begin() as connection:
            connection.execute(text(f"DROP INDEX {PREFIX}{release}"))
        with engine.connect() as connection:
            exact = [_run(connection, query, asked[:30]) for query in (NEAREST, JOINED)]
        engine.dispose()
    recall = _recall(indexed[0].found, vectors, asked)
    _print(
        vectors,
        seconds,
        int(size or 0),
        list(zip(("nearest", "joined"), indexed, exact, strict=True)),
        recall,
    )
    return recall


def _write(engine: Engine, vectors: Floats) -> tuple[int, float]:
    """Write and publish a release of these vectors; return its number and the seconds that its index took."""
    with engine.begin() as connection:
        numbers = range(1, len(vectors) + 1)
        connection.execute(
            insert(ArtistRow), [{"id": n, "name": f"Artist {n}", "key": f"a{n}"} for n in numbers]
        )
        release = begin_release(connection, engine="local", parameters={}, input_digest="0" * 64)
        write_release(connection, release, _rows(vectors))
        finish_release(connection, release, documents=0, artists=len(vectors), terms=20, metrics={})
        started = perf_counter()
        reason = index_release(connection, release)
        seconds = perf_counter() - started
        publish_release(connection, release)
    if reason:
        sys.exit(f"There is no index: {reason}.")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return release, seconds


def _rows(vectors: Floats) -> ReleaseRows:
    numbers = range(1, len(vectors) + 1)
    return ReleaseRows(
        terms=[(term, f"term {term}", "n1", "genre", 1, 1.0, None) for term in range(20)],
        descriptors=((n, n % 20, 0.5, 1, 1, 1, None, None, False) for n in numbers),
        evidence=(),
        neighbours=(),
        vectors=((n, vectors.shape[1], vectors[n - 1]) for n in numbers),
        activity=(),
        words=(),
    )


def _run(connection: Connection, query: object, asked: Sequence[int] | NDArray[np.int64]) -> Measured:
    def ask(artist: int) -> set[int]:
        rows = connection.execute(query, {"artist": artist}).all()  # type: ignore[call-overload]  # two kinds of text()
        return {row[0] for row in rows}

    for artist in asked[:10]:
        ask(int(artist))
    timed = list(_timed(ask, [int(artist) for artist in asked]))
    times = [milliseconds for milliseconds, _ in timed]
    return Measured(float(np.median(times)), float(np.percentile(times, 95)), [found for _, found in timed])


def _timed(ask: Callable[[int], set[int]], asked: Sequence[int]) -> Iterator[tuple[float, set[int]]]:
    for artist in asked:
        started = perf_counter()
        found = ask(artist)
        yield 1000 * (perf_counter() - started), found


def _recall(found: Sequence[set[int]], vectors: Floats, asked: NDArray[np.int64]) -> float:
    """The share of the exact ten nearest that was found."""
    right = 0
    for near, artist in zip(found, asked, strict=True):
        products = vectors @ vectors[artist - 1]
        products[artist - 1] = -np.inf
        right += len(near & set((np.argpartition(-products, K)[:K] + 1).tolist()))
    return right / (K * len(asked))


def _print(
    vectors: Floats, seconds: float, size: int, queries: list[tuple[str, Measured, Measured]], recall: float
) -> None:
    artists, dimensions = vectors.shape
    print(f"{artists:,} artists × {dimensions}: index built in {seconds:.1f} s, {size / 1e6:.0f} MB")
    for name, indexed, exact in queries:
        print(
            f"  {name:8} with the index {indexed.median:7.2f} ms (p95 {indexed.slow:.2f}),"
            f" without {exact.median:8.2f} ms (p95 {exact.slow:.2f})"
        )
    print(f"  recall@10 {recall:.4f}")


if __name__ == "__main__":
    main()
