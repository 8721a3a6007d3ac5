"""Hubs, artists that stand in everybody's list, and their opposites: both mended by the length of vectors.

With many dimensions some points are near to all others (Radovanović et al. 2010). Mutual proximity and local
scaling (Schnitzer et al. 2012) mend distances; we want vectors whose dot product is the similarity in Python,
SQL and pgvector alike, so a hub's vector is shortened and that of an artist in nobody's list is lengthened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.neighbours import nearest


@dataclass(frozen=True, slots=True)
class HubSettings:
    """Parameters, measured on 9,542 artists (docs/measurements.md).

    An artist should stand in `fewest` to `most` lists of the `depth` nearest; outside of that its vector is
    lengthened or shortened, in `rounds` steps. `softness` is the difference of similarity over which a place
    at the edge of a list counts in part. `candidates` nearest artists may come into a list.
    """

    depth: int = 10
    fewest: float = 4.0
    most: float = 30.0
    softness: float = 0.01
    rounds: int = 60
    rate: float = 0.5
    candidates: int = 200


def damping(vectors: NDArray[np.float32], settings: HubSettings) -> NDArray[np.float32]:
    """For each unit vector the length at which hubs and their opposites are fewer.

    1 for those that stand in a usual number of lists, so that the product of two of them is their cosine.

    The order of one artist's neighbours changes only by what is known of these: b's place in a's list depends
    on cos(a, b) times the length of b.
    """
    count = len(vectors)
    length = np.ones(count, dtype=np.float32)
    depth = min(settings.depth, count - 1)
    if depth < 1 or count <= 2 * settings.most:
        return length  # in so small a corpus everybody is in many lists
    candidates, similarities = _candidates(vectors, min(settings.candidates, count - 1))
    for _ in range(settings.rounds):
        degrees = _soft_degrees(candidates, similarities, length, depth, settings.softness)
        wanted = np.clip(degrees, settings.fewest, settings.most)
        step = settings.rate * settings.softness * np.log((wanted + 0.05) / (degrees + 0.05))
        length = (length * np.exp(step)).astype(np.float32)
    return length


def _candidates(vectors: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each artist those near to it and those to which it is near, and their cosines.

    Both of shape (artists, 2 · count); unused places have cosine -inf. Without the second kind, who is in
    nobody's list could never come into one.
    """
    numbers, cosines = nearest(vectors, count)
    rows = np.repeat(np.arange(len(vectors)), count)
    order = np.argsort(numbers.ravel(), kind="stable")
    near_to, of = numbers.ravel()[order], rows[order]
    rank = np.arange(len(near_to)) - np.searchsorted(near_to, near_to)
    kept = rank < count
    candidates = np.zeros((len(vectors), 2 * count), dtype=np.int64)
    similarities = np.full(candidates.shape, -np.inf, dtype=np.float32)
    candidates[:, :count], similarities[:, :count] = numbers, cosines
    candidates[near_to[kept], count + rank[kept]] = of[kept]
    similarities[near_to[kept], count + rank[kept]] = cosines.ravel()[order][kept]
    return candidates, _without_doubles(candidates, similarities)


def _without_doubles(candidates: NDArray[np.int64], similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """The similarities with -inf where a candidate stands a second time in its row."""
    marked = np.where(np.isfinite(similarities), candidates, -1)
    order = np.argsort(marked, axis=1, kind="stable")
    ordered = np.take_along_axis(marked, order, axis=1)
    double = np.zeros(ordered.shape, dtype=bool)
    double[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    kept = similarities.copy()
    rows, columns = np.nonzero(double)
    kept[rows, order[rows, columns]] = -np.inf
    return kept


def _soft_degrees(
    candidates: NDArray[np.int64],
    similarities: NDArray[np.float32],
    length: NDArray[np.float32],
    depth: int,
    softness: float,
) -> NDArray[np.float64]:
    """In how many lists of `depth` each artist stands, places at the edge counting in part."""
    damped = np.where(np.isfinite(similarities), similarities * length[candidates], -np.inf)
    edge = np.partition(damped, -depth, axis=1)[:, -depth][:, None]
    inside = 1 / (1 + np.exp(-np.clip((damped - edge) / softness, -30, 30)))
    inside[~np.isfinite(damped)] = 0
    degrees = np.bincount(candidates.ravel(), weights=inside.ravel(), minlength=len(length))
    return degrees.astype(np.float64)
