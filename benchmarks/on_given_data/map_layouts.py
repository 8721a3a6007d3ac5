"""Layouts for the map of artists, compared on a mined release or on made-up vectors; see docs/map.md.

    python -m benchmarks.on_given_data.map_layouts sqlite:///release.db
    python -m benchmarks.on_given_data.map_layouts --artists 50000

For each layout: seconds of processor time, the share of the ten nearest neighbours that are among the ten
nearest in the plane, trustworthiness (Venna and Kaski 2001, of 1,500 artists), and the share of
neighbours in the plane with the same strongest genre. UMAP is tried when umap-learn is installed.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nlp import layout
from nlp.layout import NEIGHBOURS, Points, lay_out, neighbours_kept
from nlp.neighbours import nearest
from store.engine import connect
from store.lookups import published_key
from store.map_material import strongest_terms
from store.vectors import artist_vectors

K, SAMPLE = 10, 1_500
Near = tuple[NDArray[np.int64], NDArray[np.float32]]


def main() -> None:
    """Compare the layouts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", nargs="?")
    parser.add_argument("--artists", type=int, default=50_000)
    given = parser.parse_args()
    vectors, genres = _release(given.database) if given.database else _made_up(given.artists)
    near = nearest(vectors, NEIGHBOURS)
    print(f"{len(vectors):,} artists; {_same(near[0][:, :K], genres):.3f} of the nearest share a genre")
    for exaggeration in (1.5, 1.0, 2.0, 2.5) if given.database else (1.5,):
        layout.EXAGGERATION = exaggeration
        plane = _measured(
            f"t-SNE, exaggeration {exaggeration}", lambda: lay_out(vectors, *near), vectors, near, genres
        )
        if exaggeration == 1.5:
            _measured(
                "the same, from the last map",
                lambda before=plane: lay_out(vectors, *near, before),
                vectors,
                near,
                genres,
            )
    if given.database and find_spec("umap"):
        for distance in (0.1, 0.0):
            _measured(
                f"UMAP, min_dist {distance}",
                lambda d=distance: _umap(vectors, near, d),
                vectors,
                near,
                genres,
            )


def _release(url: str) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    with connect(url).connect() as connection:
        release = published_key(connection)
        assert release is not None
        ids, vectors = artist_vectors(connection, release.release_id)
        strongest = strongest_terms(connection, release.release_id, "genre")
    return vectors, np.array([strongest.get(artist, "") for artist in ids.tolist()])


def _made_up(artists: int) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    """Scenes of a hundred artists around directions that are near each other in groups of ten."""
    random = np.random.default_rng(1)
    groups = random.normal(size=(max(1, artists // 1000), 100))
    scenes = np.repeat(groups, 10, axis=0) + random.normal(scale=0.7, size=(10 * len(groups), 100))
    scene = random.integers(len(scenes), size=artists)
    rows = scenes[scene] + random.normal(scale=0.7, size=(artists, 100))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), scene.astype(np.str_)


def _umap(vectors: NDArray[np.float32], near: Near, distance: float) -> Points:
    from umap import UMAP  # noqa: PLC0415 - not installed everywhere, and slow to load

    own = np.arange(len(vectors), dtype=np.int32)[:, None]
    numbers = np.hstack([own, near[0][:, :14].astype(np.int32)])
    distances = np.hstack([np.zeros_like(own, dtype=np.float32), 1 - near[1][:, :14]])
    model = UMAP(
        15,
        min_dist=distance,
        metric="cosine",
        random_state=0,
        init="pca",
        precomputed_knn=(numbers, distances),
    )
    return np.asarray(model.fit_transform(vectors), dtype=np.float64)


def _measured(
    name: str, draw: Callable[[], Points], vectors: NDArray[np.float32], near: Near, genres: NDArray[np.str_]
) -> Points:
    began = time.process_time()
    plane = draw()
    seconds = time.process_time() - began
    in_plane = cKDTree(plane).query(plane, K + 1)[1][:, 1:]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name:32} {seconds:6.1f} s  kept {neighbours_kept(plane, near[0]):.3f}  "
        f"trustworthy {_trustworthiness(vectors, in_plane):.3f}  genre {_same(in_plane, genres):.3f}  "
        f"{memory} MiB",
        flush=True,
    )
    return plane


def _same(numbers: NDArray[np.int64], genres: NDArray[np.str_]) -> float:
    known = genres != ""
    return float((genres[numbers] == genres[:, None])[known].mean())


def _trustworthiness(vectors: NDArray[np.float32], in_plane: NDArray[np.int64]) -> float:
    some = np.random.default_rng(0).choice(len(vectors), min(SAMPLE, len(vectors)), replace=False)
    excess = 0
    for row in some.tolist():
        products = vectors @ vectors[row]
        products[row] = np.inf
        rank = np.empty(len(vectors), dtype=np.int64)
        rank[np.argsort(-products, kind="stable")] = np.arange(len(vectors))
        excess += int(np.maximum(rank[in_plane[row]] - K, 0).sum())
    return 1 - 2 * excess / (len(some) * K * (2 * len(vectors) - 3 * K - 1))


if __name__ == "__main__":
    main()
