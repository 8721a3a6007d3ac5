"""Where artists stand on a map: two coordinates for each vector, such that neighbours stay neighbours.

t-SNE (van der Maaten and Hinton 2008), with interpolation by FFT (Linderman et al. 2019), early exaggeration
and a little of it to the end (Kobak and Berens 2019, "The art of using t-SNE for single-cell
transcriptomics"; Böhm et al. 2022 show that exaggeration leads from t-SNE towards UMAP). What was measured
and what was rejected stands in docs/map.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

Points = NDArray[np.float64]

# Neighbours that attract each other. A third of them is the perplexity, as usual: 16. On 12,006 artists,
# perplexities of 15 to 30 keep .43–.46 of the ten nearest neighbours.
NEIGHBOURS = 50
# More brings islands and white space between them, less keeps more neighbours: on 12,006 artists, 1 keeps .46
# of the ten nearest, 1.5 .45, 2 .42, 2.5 .38. Of the neighbours in the plane .446, .451, .447 and .442 are of
# one's genre (.480 of those in the vectors); 1 takes twice as long as 1.5.
EXAGGERATION = 1.5
EARLY_EXAGGERATION = 12.0  # as in openTSNE and Kobak and Berens
EARLY_STEPS, STEPS = 250, 400  # 750 later steps change .006 of the neighbours kept and nothing of the genre
# Fewer artists have no neighbourhoods; they are projected.
FEWEST = 8
# The last map is a start when it keeps this share of the ten nearest neighbours of those who are on it (a new
# map .45; .18 of 50,000 made-up artists), and when this share of the artists is on it.
WORTH_KEEPING, PERSISTING = 0.1, 0.5
# With 3 % of the artists gone, 3 % new and noise on the vectors, half of the others move by .015 of the half
# width and a tenth by .03; on a map drawn anew and turned to fit, by .05 and .18. Newcomers keep .43 of their
# neighbours, drawn anew .44.
STEPS_FROM_BEFORE = 250
# Half the width of a map before it is framed, for one artist: it grows with the root of their number.
_REACH = 0.41
# Fewer artists repel each other by a tree (Barnes and Hut), which takes .3 s of 240 artists and 3 s of 2,000
# where the grid of the FFT takes 7 and 8; from then on the grid grows more slowly (12,006: 12 s).
FEWEST_OF_GRID = 4_000
# How much of the projection is mixed into the last map, so that no two artists start at the same place.
_APART = 1e-3


def lay_out(
    vectors: NDArray[np.float32],
    numbers: NDArray[np.int64],
    similarities: NDArray[np.float32],
    before: Points | None = None,
) -> Points:
    """Return coordinates (artists, 2), centred, the farthest at ±1.

    `numbers` and `similarities`, (artists, k), are the nearest others of each, nearest first. `before` are
    the coordinates of the last map, NaN for those who were not on it: the new map starts from there and is
    turned so that it fits. The result is the same bit for bit for the same input, whatever the number of
    threads.
    """
    start = _projected(vectors)
    if len(vectors) < FEWEST or not start.any():
        return fitted(start, before)
    numbers, similarities = numbers[:, :NEIGHBOURS], similarities[:, :NEIGHBOURS]
    joint = _attraction(numbers, similarities)
    if before is None or not _is_worth_keeping(before, numbers):
        return fitted(_embedded(start, joint), before)
    start = _filled(before, numbers, similarities) + _APART * start
    return fitted(_moved_on(start, joint), before)


def _projected(vectors: NDArray[np.float32]) -> Points:
    """The two principal components; one thread, because the sums of several differ in the last bit."""
    parts = min(2, len(vectors) - 1, vectors.shape[1])
    plane = np.zeros((len(vectors), 2))
    if parts > 0 and np.ptp(vectors, axis=0).any():
        with threadpool_limits(1):
            plane[:, :parts] = PCA(
                parts, svd_solver="full" if len(vectors) < 500 else "covariance_eigh"
            ).fit_transform(vectors.astype(np.float64))
    return in_frame(plane)


def _attraction(numbers: NDArray[np.int64], similarities: NDArray[np.float32]) -> sp.csr_matrix:
    """How probably two artists are neighbours, by the distance of unit vectors with their dot product."""
    from openTSNE.affinity import joint_probabilities_nn  # noqa: PLC0415 - loads in a second; only mining pays

    distances = np.sqrt(2 - 2 * np.clip(similarities.astype(np.float64), 0, 1))
    perplexity = max(1.0, numbers.shape[1] / 3)
    return sp.csr_matrix(joint_probabilities_nn(numbers, distances, [perplexity], symmetrize=True, n_jobs=1))


def _embedded(start: Points, joint: sp.csr_matrix) -> Points:
    """A map drawn anew."""
    from openTSNE.initialization import rescale  # noqa: PLC0415 - as above

    return _optimised(
        rescale(start), joint, ((EARLY_STEPS, EARLY_EXAGGERATION, 0.5), (STEPS, EXAGGERATION, 0.8))
    )


def _moved_on(start: Points, joint: sp.csr_matrix) -> Points:
    """The last map, drawn on: at its full width, so that it neither collapses nor turns over."""
    width = _REACH * np.sqrt(len(start))
    return _optimised(width * start, joint, ((STEPS_FROM_BEFORE, EXAGGERATION, 0.8),))


def _optimised(start: Points, joint: sp.csr_matrix, phases: Sequence[tuple[int, float, float]]) -> Points:
    """Run the phases, each of (steps, exaggeration, momentum).

    One thread: several give the same bits, and on a busy machine wait for each other longer than they save.
    """
    from openTSNE import TSNEEmbedding, affinity  # noqa: PLC0415 - as above

    method = "bh" if len(start) < FEWEST_OF_GRID else "fft"
    attraction = affinity.PrecomputedAffinities(joint, normalize=False)
    plane = TSNEEmbedding(start, attraction, negative_gradient_method=method, random_state=0, n_jobs=1)
    for steps, exaggeration, momentum in phases:
        plane = plane.optimize(steps, exaggeration=exaggeration, momentum=momentum)
    return np.asarray(plane, dtype=np.float64)


def _is_worth_keeping(before: Points, numbers: NDArray[np.int64]) -> bool:
    known = np.flatnonzero(_known(before))
    return (
        len(known) >= max(FEWEST, PERSISTING * len(before))
        and neighbours_kept(before[known], _among(known, numbers)) >= WORTH_KEEPING
    )


def _among(known: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The neighbours of those in `known`, numbered within it; -1 for the others."""
    place = np.full(len(numbers), -1)
    place[known] = np.arange(len(known))
    return place[numbers[known]]


def neighbours_kept(plane: Points, numbers: NDArray[np.int64], k: int = 10) -> float:
    """The share of the k nearest others that are among the k nearest in the plane; -1 stands for none."""
    k = min(k, numbers.shape[1])
    if not k:
        return 0.0
    near = cKDTree(plane).query(plane, k + 1)[1]
    hits = (numbers[:, :k, None] == near[:, None, :]).any(axis=2)
    return float(hits.mean())


def _known(before: Points) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(before).any(axis=1))


def _filled(before: Points, numbers: NDArray[np.int64], similarities: NDArray[np.float32]) -> Points:
    """The last map with newcomers put amid those of their neighbours who are on it."""
    known = _known(before)
    weights = np.where(known[numbers], np.clip(similarities, 1e-6, 1), 0)
    placed = np.nan_to_num(before)
    middle = (
        np.einsum("ik,ikd->id", weights, placed[numbers]) / np.maximum(weights.sum(axis=1), 1e-9)[:, None]
    )
    return in_frame(np.where(known[:, None], placed, middle))


def fitted(plane: Points, before: Points | None) -> Points:
    """Turn, and mirror where needed, so that those on the last map stand as near to it as can be; then frame.

    The orthogonal Procrustes problem (Schönemann 1966).
    """
    plane = in_frame(plane)
    if before is None:
        return plane
    known = _known(before)
    if known.sum() < 2:
        return plane
    old, new = before[known], plane[known]
    left, _, right = np.linalg.svd((new - new.mean(axis=0)).T @ (old - old.mean(axis=0)))
    return in_frame(plane @ (left @ right))


def in_frame(plane: Points) -> Points:
    """Centre the box around all points and scale it to reach from -1 to 1 on its longer side."""
    middle = (plane.max(axis=0) + plane.min(axis=0)) / 2 if len(plane) else np.zeros(2)
    centred = plane - middle
    reach = np.abs(centred).max(initial=0)
    return centred / reach if reach > 0 else centred
