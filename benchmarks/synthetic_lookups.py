"""How quick every look-up is on a synthetic release: python benchmarks/synthetic_lookups.py [--database URL].

15,000 artists with about 100 descriptors of 20,000 terms, 50 neighbours and a vector of 128 dimensions each;
without --database, in a SQLite file that is gone afterwards. Prints median and 95th percentile of warm calls,
and how long a new process takes to import, to open and to answer first. More shared terms make it slower.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert

import linernotes
from linernotes.release_files.making import keep_files
from nlp.neighbours import nearest
from store.engine import connect
from store.migrate import upgrade
from store.models import ArtistRow
from store.names import registry_key
from store.releases import ReleaseRows, begin_release, finish_release, publish_release, write_release

ARTISTS, TERMS, PER_ARTIST, NEIGHBOURS, DIMENSIONS, WORDS = 15_000, 20_000, 100, 50, 128, 20_000
CALLS = 300

_FIRST = """
import json, sys
from time import perf_counter
started = perf_counter()
import linernotes
import linernotes.catalog
imported = perf_counter()
catalog = linernotes.open(sys.argv[1])
opened = perf_counter()
catalog.similar("Artist 77")
answered = perf_counter()
print(json.dumps({"import": imported - started, "open": opened - imported, "answer": answered - opened}))
"""


def main() -> None:
    """Make the database if need be, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="where to keep the release; filled when it has no artists")
    given = parser.parse_args().database
    with tempfile.TemporaryDirectory() as folder:
        _measure(given or f"sqlite:///{Path(folder) / 'synthetic.db'}")


def _measure(url: str) -> None:
    engine = connect(url)
    upgrade(engine)
    _fill_if_empty(engine)
    keep_files(engine)
    engine.dispose()
    first = subprocess.run([sys.executable, "-c", _FIRST, url], capture_output=True, text=True, check=True)
    print("new process, seconds:", json.loads(first.stdout))
    with linernotes.open(url) as catalog:
        for name, call in _calls(catalog).items():
            times = sorted(_milliseconds(call, turn) for turn in range(CALLS))
            print(f"{name:24} median {times[CALLS // 2]:8.2f} ms   95 % {times[CALLS * 95 // 100]:8.2f} ms")


def _calls(catalog: linernotes.Catalog) -> dict[str, Callable[[int], object]]:
    return {
        "similar, limit 10": lambda turn: catalog.similar(f"Artist {turn * 47}"),
        "similar, limit 50": lambda turn: catalog.similar(f"Artist {turn * 47}", limit=50),
        "similar, limit 200": lambda turn: catalog.similar(f"Artist {turn * 47}", limit=200),
        "similar, three seeds": lambda turn: catalog.similar([f"Artist {turn * n + 1}" for n in (3, 5, 7)]),
        "terms": lambda turn: catalog.terms(f"Artist {turn * 47}"),
        "explain": lambda turn: catalog.explain(f"Artist {turn * 47}", f"Artist {turn * 31 + 1}"),
        "search, three words": lambda turn: catalog.search(f"term{turn} term{turn + 9} -term{turn * 3 + 5}"),
        "vectors": lambda _: catalog.vectors(),
    }


def _milliseconds(call: Callable[[int], object], turn: int) -> float:
    started = perf_counter()
    call(turn)
    return (perf_counter() - started) * 1000


def _fill_if_empty(engine: Engine) -> None:
    with engine.begin() as connection:
        if connection.execute(ArtistRow.__table__.select().limit(1)).first() is not None:
            return
        names = [f"Artist {number}" for number in range(ARTISTS)]
        values = [{"id": n + 1, "name": name, "key": registry_key(name)} for n, name in enumerate(names)]
        connection.execute(insert(ArtistRow), values)
        release = begin_release(connection, engine="local", parameters={}, input_digest="0" * 64)
        write_release(connection, release, _rows(np.random.default_rng(1)))
        finish_release(connection, release, documents=0, artists=ARTISTS, terms=TERMS, metrics={})
        publish_release(connection, release)


def _rows(random: np.random.Generator) -> ReleaseRows:
    vectors = _units(random, ARTISTS)
    words = _units(random, WORDS)
    return ReleaseRows(
        terms=((n + 1, f"term{n}", "n1", "other", 1, 1.0, None) for n in range(TERMS)),
        descriptors=_descriptors(random),
        evidence=(),
        neighbours=_neighbours(vectors),
        vectors=((n + 1, DIMENSIONS, vector) for n, vector in enumerate(vectors)),
        activity=(),
        words=((f"term{n}", vector.tobytes()) for n, vector in enumerate(words)),
    )


def _units(random: np.random.Generator, count: int) -> Any:  # noqa: ANN401 - an array
    rows = random.normal(size=(count, DIMENSIONS)).astype("<f4")
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _descriptors(random: np.random.Generator) -> Iterator[tuple[object, ...]]:
    # Common terms are far more common than rare ones, as in texts (Zipf's law).
    chance = np.cumsum(1 / np.arange(1, TERMS + 1))
    for artist in range(1, ARTISTS + 1):
        drawn = np.unique(np.searchsorted(chance, random.random(2 * PER_ARTIST) * chance[-1]))
        terms = random.permutation(drawn)[:PER_ARTIST]
        for term, weight in zip(terms.tolist(), random.random(len(terms)).tolist(), strict=True):
            yield artist, term + 1, weight, 1, 1, 1, None, None, False


def _neighbours(vectors: Any) -> Iterator[tuple[object, ...]]:  # noqa: ANN401 - an array
    numbers, similarities = nearest(vectors, NEIGHBOURS)
    for artist, (others, values) in enumerate(zip(numbers.tolist(), similarities.tolist(), strict=True)):
        for rank, (other, value) in enumerate(zip(others, values, strict=True), start=1):
            yield artist + 1, rank, other + 1, value


if __name__ == "__main__":
    main()
