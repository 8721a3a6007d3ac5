"""What each descriptor adds to the vectors: the link between terms and similarity that explanations need."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

# Of a term's direction: how much is held back for terms that few artists have. 1 to 10 change little.
RIDGE = 1.0
# Conjugate gradients end here.
ROUNDS = 40
_CLOSE_ENOUGH = 1e-3


def term_directions(
    weights: sp.csr_matrix, vectors: NDArray[np.float32], *, ridge: float = RIDGE, rounds: int = ROUNDS
) -> NDArray[np.float32]:
    """The directions U, shape (terms, dimensions), for which `weights` @ U is closest to `vectors`.

    `weights` has shape (artists, terms), `vectors` (artists, dimensions). Ridge regression of all dimensions
    at once by conjugate gradients on the normal equations (Hestenes & Stiefel 1952).
    """
    turned = weights.T.tocsr()
    directions = np.zeros((weights.shape[1], vectors.shape[1]), dtype=np.float32)
    residual = np.asarray(turned @ vectors, dtype=np.float32)
    search, error = residual.copy(), _squares(residual)
    goal = _CLOSE_ENOUGH**2 * np.maximum(error, 1e-12)
    for _ in range(rounds):
        if np.all(error <= goal):
            break
        image = turned @ (weights @ search) + ridge * search
        length = error / np.maximum((search * image).sum(axis=0), 1e-12)
        directions = (directions + length * search).astype(np.float32)
        residual = (residual - length * image).astype(np.float32)
        before, error = error, _squares(residual)
        search = (residual + (error / np.maximum(before, 1e-12)) * search).astype(np.float32)
    return directions


def _squares(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((columns**2).sum(axis=0), dtype=np.float32)
