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

# Regions at each level of a large map: as many names as one can read at a glance, on half of it, and on a
# quarter. Of 12,006 artists, ten regions put hip hop and reggae into one, twelve do not.
MOST = (12, 40, 150)
# Artists of a region on average, at the finest level at least: fewer have no terms in common that say much.
FEWEST_ARTISTS = 12
# A level must divide the one before: with fewer than this many times its regions it would repeat it.
DIVIDES = 1.8
# How many make a crowd: a share of all, but at least a few.
_CROWD, _CROWD_SHARE = 10, 0.05


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its `artists` by number, ascending; `parent` is the place in the list of the one around."""

    level: int
    parent: int | None
    artists: NDArray[np.int64]


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
            parent = int(outer[members[0]])
            regions.append(Region(level, None if parent < 0 else parent, members))
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
    """The cluster of each point when `count` are left, numbered by their first point."""
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


def densest(points: Points) -> tuple[float, float]:
    """Where a crowd of them stands closest together."""
    crowd = min(max(_CROWD, round(_CROWD_SHARE * len(points))), len(points))
    distances, near = cKDTree(points).query(points, [crowd] if crowd == 1 else list(range(1, crowd + 1)))
    x, y = points[near[int(distances[:, -1].argmin())]].mean(axis=0)
    return float(x), float(y)
