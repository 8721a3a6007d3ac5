"""The neighbourhoods of a map: regions within regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError, cKDTree
from sklearn.cluster import ward_tree

from nlp.layout import Points

# Regions at each level of a large map: as many as one can read at a glance, in half, and in a quarter of it.
MOST = (10, 40, 150)
# Artists of a region on average, at the finest level at least: fewer have no terms in common that say much.
FEWEST_ARTISTS = 12
# A level must divide the one before: with fewer than this many times its regions it would repeat it.
DIVIDES = 1.8
# A region stands where its densest artist and this many of its nearest ones are.
_CROWD = 10


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its `artists` by number ascending, and where it is densest; `parent` is its number in the list."""

    level: int
    parent: int | None
    artists: NDArray[np.int64]
    x: float
    y: float


def levels(artists: int) -> tuple[int, ...]:
    """How many regions the map of so many artists has at each level; none for a handful."""
    counts: list[int] = []
    for most in MOST:
        count = min(most, artists // FEWEST_ARTISTS)
        if count >= 2 and (not counts or count >= DIVIDES * counts[-1]):
            counts.append(count)
    return tuple(counts)


def divide(plane: Points) -> list[Region]:
    """Divide a map into regions, the coarsest level first, each within one of the level before.

    Ward's clustering of the points, joining only what touches (in the Delaunay triangulation). Clustering the
    vectors, or both, gave regions no purer in genre.
    """
    counts = levels(len(plane))
    touching = _touching(plane) if counts else None
    if touching is None:
        return []
    merges = ward_tree(plane, connectivity=touching)[0]
    regions: list[Region] = []
    outer = np.full(len(plane), -1)
    for level, count in enumerate(counts):
        labels = _cut(merges, len(plane), count)
        inner = np.empty(len(plane), dtype=np.int64)
        for members in _groups(labels):
            inner[members] = len(regions)
            x, y = _densest(plane[members])
            parent = int(outer[members[0]])
            regions.append(Region(level, None if parent < 0 else parent, members, x, y))
        outer = inner
    return regions


def _touching(plane: Points) -> sp.csr_matrix | None:
    """Which points are neighbours in the triangulation; None when all lie in a line."""
    try:
        triangles = Delaunay(plane)
    except QhullError:
        return None
    corners = triangles.simplices
    # A point that coincides with another is no corner; it touches the nearest one.
    pairs = np.concatenate(
        [corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]], triangles.coplanar[:, [0, 2]]]
    )
    size = len(plane)
    graph = sp.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return graph + graph.T


def _cut(merges: NDArray[np.int64], size: int, count: int) -> NDArray[np.int64]:
    """The cluster of each point when the last `count` - 1 merges are undone, numbered by their first point."""
    parent = np.arange(size + len(merges))
    for number, (one, other) in enumerate(merges[: size - count].tolist(), start=size):
        parent[one] = parent[other] = number
    root = parent
    while not np.array_equal(above := root[root], root):
        root = above
    _, first, labels = np.unique(root[:size], return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.asarray(order[labels], dtype=np.int64)


def _groups(labels: NDArray[np.int64]) -> Sequence[NDArray[np.int64]]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _densest(points: Points) -> tuple[float, float]:
    """Where a crowd stands closest together."""
    crowd = min(_CROWD, len(points))
    if crowd < 2:
        return float(points[0, 0]), float(points[0, 1])
    distances, near = cKDTree(points).query(points, crowd)
    x, y = points[near[int(distances[:, -1].argmin())]].mean(axis=0)
    return float(x), float(y)
