"""What the texts about similar artists suggest, for artists that few have written about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.facets import Facet
from nlp.support import Support

# What sounds alike is of one genre, mood and line-up; it need not come from one place or time.
INFERRED_FACETS: frozenset[Facet] = frozenset({"genre", "mood", "instrument"})
# Artists as near as this are asked (20 are .014 worse in recall@50).
NEIGHBOURS = 50
# … but no more than this share of all, at least a few: in a small corpus the fiftieth neighbour is nobody's
# like.
NEAREST_SHARE = 0.2
FEWEST_NEIGHBOURS = 3
# The usual share counts as much as a neighbour of similarity 1, so that distant neighbours say little.
CAUTION = 1.0
# A term that a smaller share of the texts about similar artists uses is not inferred, nor one of fewer
# artists.
LEAST_SHARE = 0.004
FEWEST_ARTISTS = 3
# One use is about this share of what is written about an artist: what exceeds it comes from several
# neighbours.
MOST_OF_ONE = 0.3
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest artists of each artist that has a vector.

    `rows` are numbers of artists; `numbers` and `similarities`, of shape (rows, k), index into `rows`.
    """

    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]
    similarities: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearby:
    """Pairs of artist and term, and how large a `share` of the texts about similar artists uses the term.

    Parallel arrays, sorted by artist and term. They hold all pairs that own texts support and those that can
    be inferred. Where an artist has no vector, the share is the usual one.
    """

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    share: NDArray[np.float64]


def neighbours_asked(artists: int) -> int:
    """How many neighbours speak for an artist where so many artists have vectors."""
    return min(NEIGHBOURS, max(FEWEST_NEIGHBOURS, int(artists * NEAREST_SHARE)))


def look_nearby(
    support: Support,
    exposure: NDArray[np.float64],
    usual: NDArray[np.float64],
    facets: tuple[Facet, ...],
    neighbours: Neighbours,
    *,
    barred: frozenset[tuple[int, int]] = frozenset(),
) -> Nearby:
    """Find how usual each artist's terms are near it, and terms that only similar artists have.

    The share is the mean over the neighbours, weighted by the square of their similarity and drawn towards
    the usual share (`CAUTION`). `barred` pairs (own names, what a text denies) are not inferred.
    """
    artists, terms = len(exposure), len(usual)
    share = sp.csr_matrix(
        (support.amount / (exposure[support.artist] + 1), (support.artist, support.term)),
        shape=(artists, terms),
    )
    pairs = support.artist * terms + support.term
    level = usual[support.term].copy()
    inferable = _inferable(support, facets, terms)
    bars = np.sort(np.array([a * terms + t for a, t in barred], dtype=np.int64))
    found = [np.zeros(0, dtype=np.int64)]
    shares = [np.zeros(0)]
    for rows, near in _blocks(share, usual, neighbours, artists):
        keys = np.repeat(rows, np.diff(near.indptr)) * terms + near.indices
        own = _of_artists(support.artist, rows)
        level[own] = (
            _looked_up(keys, near.data, pairs[own])
            + level[own] * _pull(rows, neighbours)[np.searchsorted(rows, support.artist[own])]
        )
        least = np.repeat(_least(rows, neighbours), np.diff(near.indptr))
        guess = inferable[near.indices] & (near.data > least)
        guess &= ~(_looked_up(pairs[own], np.ones(len(own)), keys) > 0) & ~np.isin(keys, bars)
        found.append(keys[guess])
        pull = np.repeat(_pull(rows, neighbours), np.diff(near.indptr))[guess]
        shares.append(near.data[guess] + pull * usual[near.indices[guess]])
    everything, values = np.concatenate([pairs, *found]), np.concatenate([level, *shares])
    order = np.argsort(everything, kind="stable")
    return Nearby(everything[order] // terms, everything[order] % terms, values[order])


def _inferable(support: Support, facets: tuple[Facet, ...], terms: int) -> NDArray[np.bool_]:
    known = np.bincount(support.term, minlength=terms) >= FEWEST_ARTISTS
    fits: NDArray[np.bool_] = np.array([facet in INFERRED_FACETS for facet in facets], dtype=np.bool_) & known
    return fits


def _blocks(
    share: sp.csr_matrix, usual: NDArray[np.float64], neighbours: Neighbours, artists: int
) -> Iterator[tuple[NDArray[np.int64], sp.csr_matrix]]:
    """Some artists at a time (ascending numbers), and the shares of terms among their neighbours."""
    order = np.argsort(neighbours.rows)
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        strength = _strength(neighbours)[block]
        weights = strength / (strength.sum(axis=1, keepdims=True) + CAUTION)
        left = np.repeat(np.arange(len(block)), strength.shape[1])
        right = neighbours.rows[neighbours.numbers[block].ravel()]
        mean = sp.csr_matrix((weights.ravel(), (left, right)), shape=(len(block), artists))
        near = (mean @ share).tocsr()
        near.sort_indices()
        near.indices = near.indices.astype(np.int64)
        yield neighbours.rows[block], near


def _strength(neighbours: Neighbours) -> NDArray[np.float64]:
    strength: NDArray[np.float64] = np.clip(neighbours.similarities.astype(np.float64), 0, 1) ** 2
    return strength


def _pull(rows: NDArray[np.int64], neighbours: Neighbours) -> NDArray[np.float64]:
    """How much of the usual share is in the mean of each of the artists."""
    order = np.argsort(neighbours.rows)
    total = _strength(neighbours).sum(axis=1)[order]
    pull: NDArray[np.float64] = CAUTION / (total[np.searchsorted(neighbours.rows[order], rows)] + CAUTION)
    return pull


def _least(rows: NDArray[np.int64], neighbours: Neighbours) -> NDArray[np.float64]:
    """For each of the artists the share that a term must exceed: more than one neighbour alone gives."""
    order = np.argsort(neighbours.rows)
    strength = _strength(neighbours)[order][np.searchsorted(neighbours.rows[order], rows)]
    nearest = strength.max(axis=1, initial=0.0) / (strength.sum(axis=1) + CAUTION)
    least: NDArray[np.float64] = np.maximum(LEAST_SHARE, MOST_OF_ONE * nearest)
    return least


def _of_artists(artist: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The entries of the sorted column `artist` that are of one of `rows`."""
    first = np.searchsorted(artist, rows)
    lengths = np.searchsorted(artist, rows, side="right") - first
    starts = np.cumsum(lengths) - lengths
    entries: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(first - starts, lengths)
    return entries


def _looked_up(
    keys: NDArray[np.int64], values: NDArray[np.float64], asked: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The value of each asked key; 0 for one that is not there. The keys are sorted."""
    if not len(keys):
        return np.zeros(len(asked))
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[place] == asked, values[place], 0.0)
