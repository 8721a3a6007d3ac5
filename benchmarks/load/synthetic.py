"""A database with releases of made-up artists, large and quick to write.

Artists come in clusters of 50, the others of which are the neighbours. Every artist is described with the
mark of its release, most strongly, so that an answer tells which release it was read from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, insert

from linernotes.release_files.making import make_files
from store.models import ArtistRow
from store.names import registry_key
from store.releases import ReleaseRows, begin_release, finish_release, publish_release, write_release

CLUSTER, DIMENSIONS, TERMS, PER_ARTIST = 50, 64, 20_000, 20
FACETS = ("genre", "mood", "instrument", "era", "place", "theme", "other")


def name_of(number: int) -> str:
    """Return the name of an artist."""
    return f"Artist {number}"


def mark_of(turn: int) -> str:
    """Return the term that describes every artist of a release."""
    return f"mark{turn}"


def add_artists(engine: Engine, artists: int) -> None:
    """Fill the registry with artists of the numbers from 1 on."""
    values = [
        {"id": number, "name": name_of(number), "key": registry_key(name_of(number))}
        for number in range(1, artists + 1)
    ]
    with engine.begin() as connection:
        connection.execute(insert(ArtistRow), values)


def add_release(engine: Engine, artists: int, turn: int) -> int:
    """Write and publish a release whose mark is that of `turn`; return its number."""
    random = np.random.default_rng(turn)
    vectors = _vectors(random, artists)
    rows = ReleaseRows(
        terms=_terms(turn),
        descriptors=_descriptors(random, artists),
        evidence=(),
        neighbours=_neighbours(vectors),
        vectors=((n + 1, DIMENSIONS, vector) for n, vector in enumerate(vectors)),
        activity=(),
        words=(),
        artists=((n + 1, 500, 9, 3, n / artists, 0.1) for n in range(artists)),
    )
    with engine.begin() as connection:
        release = begin_release(connection, engine="local", parameters={}, input_digest="0" * 64)
        write_release(connection, release, rows)
        finish_release(connection, release, documents=0, artists=artists, terms=TERMS + 1, metrics={})
        publish_release(connection, release)
    make_files(engine, release_id=release)
    return release


def _terms(turn: int) -> Iterator[tuple[object, ...]]:
    yield 1, mark_of(turn), "n1", "other", 1, 1.0, None
    for number in range(TERMS):
        yield number + 2, f"term{number}", "n1", FACETS[number % len(FACETS)], 1, 1.0, None


def _vectors(random: np.random.Generator, artists: int) -> NDArray[np.float32]:
    centres = np.repeat(random.normal(size=(-(-artists // CLUSTER), DIMENSIONS)), CLUSTER, axis=0)[:artists]
    rows = (centres + random.normal(size=(artists, DIMENSIONS))).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _descriptors(random: np.random.Generator, artists: int) -> Iterator[tuple[object, ...]]:
    for artist in range(artists):
        yield artist + 1, 1, 1.0, 1, 1, 1, None, None, False
        start = artist // CLUSTER * 7
        own = (start + random.choice(2 * PER_ARTIST, PER_ARTIST, replace=False)) % TERMS
        for term, weight in zip(own.tolist(), random.random(PER_ARTIST).tolist(), strict=True):
            yield artist + 1, term + 2, weight * 0.9, 1, 1, 1, None, None, False


def _neighbours(vectors: NDArray[np.float32]) -> Iterator[tuple[object, ...]]:
    for start in range(0, len(vectors), CLUSTER):
        block = vectors[start : start + CLUSTER]
        products = block @ block.T
        for row, others in enumerate(np.argsort(-products, axis=1).tolist()):
            ranked = (other for other in others if other != row)
            for rank, other in enumerate(ranked, start=1):
                similarity = min(1.0, max(0.0, float(products[row, other])))
                yield start + row + 1, rank, start + other + 1, similarity
