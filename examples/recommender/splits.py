"""What is held back from training: artists with all their plays (cold start), or single plays (warm)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from examples.recommender.listens import Listens

# The first of five parts is for choosing parameters; results are told of the others.
FOLDS = 5
SEED = 1


@dataclass(frozen=True, slots=True)
class ColdFold:
    """One part of the artists is held back: nobody in `plays` plays them.

    `plays` is float32 (listeners, artists), the columns of `candidates` empty in it. `candidates` are columns
    of artists to rank: those held back and, when asked for, those that nobody plays anyway. `wanted` is bool
    (listeners, candidates): what each listener played in truth. `seed` is for methods that draw lots.
    """

    plays: sp.csr_matrix
    candidates: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    seed: int


@dataclass(frozen=True, slots=True)
class WarmFold:
    """One part of the plays is held back: `plays` and `wanted` are (listeners, artists), without overlap."""

    plays: sp.csr_matrix
    wanted: sp.csr_matrix
    seed: int


def cold_folds(
    listens: Listens, described: NDArray[np.bool_], folds: int = FOLDS, seed: int = SEED
) -> Iterator[ColdFold]:
    """Hold back one part after the other of the played artists that linernotes describes.

    `described` says of each column whether it has a vector. Every played and described artist is held back
    once. Described artists whom nobody plays are candidates in each fold.
    """
    played = listens.plays.getnnz(axis=0) > 0
    shuffled = np.random.default_rng(seed).permutation(np.flatnonzero(described & played))
    never = np.flatnonzero(described & ~played)
    truth = listens.played.tocsc()
    for place, held in enumerate(np.array_split(shuffled, folds)):
        candidates = np.sort(np.concatenate([held, never]))
        wanted = truth[:, candidates].toarray() > 0
        yield ColdFold(_without_columns(listens.plays, held), candidates, wanted, seed + place)


def warm_folds(listens: Listens, folds: int = FOLDS, seed: int = SEED) -> Iterator[WarmFold]:
    """Hold back one part after the other of all pairs of a listener and an artist."""
    pairs = listens.plays.tocoo()
    part = np.random.default_rng(seed).permutation(pairs.nnz) % folds
    for place in range(folds):
        held = part == place
        plays, wanted = (
            sp.csr_matrix((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=pairs.shape)
            for kept in (~held, held)
        )
        yield WarmFold(plays, wanted, seed + place)


def _without_columns(plays: sp.csr_matrix, columns: NDArray[np.int64]) -> sp.csr_matrix:
    kept = np.ones(plays.shape[1], dtype=np.float32)
    kept[columns] = 0
    rest = (plays @ sp.diags(kept)).tocsr().astype(np.float32)
    rest.eliminate_zeros()
    return rest
