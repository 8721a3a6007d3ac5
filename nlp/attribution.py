"""What makes two artists similar: their similarity taken apart into terms, so that the parts add up to it.

Let x be the vector of an artist, w_t its weight of term t and u_t the direction of the term, what weight 1 of
it adds to a vector, fitted by least squares over all artists: x ≈ Σ w_t u_t. What the fit leaves is the
artist's own rest, r = x - Σ w_t u_t. Then, exactly and whatever the directions are,

    x_a · x_b = ½ [Σ w_at u_t · x_b + Σ w_bt u_t · x_a] + ½ [r_a · x_b + r_b · x_a]

The first bracket is a sum over terms; half of each side makes it the same for (a, b) and (b, a). As with the
integrated gradients of a bilinear form from the zero vector (Sundararajan, Taly and Yan, "Axiomatic
Attribution for Deep Networks", 2017), nothing is left over and what has no effect gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Attribution:
    """The parts of a dot product.

    `terms`, float64 of shape (terms,), is what each term adds, below zero where it tells the two apart;
    `rest` what no term accounts for. Their sum is `product`, up to rounding.
    """

    product: float
    terms: NDArray[np.float64]
    rest: float


def attribute(
    x_a: NDArray[np.floating],
    x_b: NDArray[np.floating],
    weights_a: NDArray[np.floating],
    weights_b: NDArray[np.floating],
    directions: NDArray[np.floating],
) -> Attribution:
    """Take the dot product of two vectors apart into what each term adds to it, and a rest.

    The vectors have the shape (dimensions,), the weights (terms,), 0 where a term does not describe the
    artist, and the directions (terms, dimensions), a row of zeros where none is known. Symmetric in a and b.
    """
    a, b = x_a.astype(np.float64), x_b.astype(np.float64)
    u = directions.astype(np.float64)
    terms = 0.5 * (weights_a * (u @ b) + weights_b * (u @ a))
    product = float(a @ b)
    rest_a, rest_b = a - weights_a @ u, b - weights_b @ u
    return Attribution(product, terms, 0.5 * float(rest_a @ b + rest_b @ a))


def share_out(product: float, strengths: NDArray[np.float64]) -> Attribution:
    """Share a dot product out among terms in proportion to their strengths; all of it is rest without any.

    A stand-in where no directions are known: it says what the two share, not how much that brings them near.
    """
    total = float(strengths.sum())
    if total <= 0:
        return Attribution(product, np.zeros(len(strengths)), product)
    return Attribution(product, (strengths / total) * product, 0.0)
