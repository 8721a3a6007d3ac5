"""Names for the neighbourhoods of a map: the two or three terms that tell each apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.facets import Facet
from nlp.layout import Points
from nlp.regions import Region, densest

# How much a term of each facet says to somebody who looks for music; terms of others name nothing.
FACETS: Mapping[Facet, float] = {
    "genre": 1.0,
    "place": 0.6,
    "instrument": 0.6,
    "era": 0.4,
    "mood": 0.35,
    "theme": 0.25,
}
# A weight that anything may have, so that a term of two artists is not told from one of none.
_CAUTION = 0.003
# How much it counts that a term is unusual around the region, rather than on the whole map.
_AROUND = 0.5
# A first term that is a genre may be this much weaker than the best, a third than the first.
_GENRE_FIRST, _THIRD = 0.4, 0.45
FEWEST_TERMS, MOST_TERMS = 2, 3
# A term speaks for a region when it describes this many of its artists: in a small one, a word of one text is
# unusual enough to be its name.
_FEWEST, _LEAST_SHARE = 2, 0.1
# Terms kept of a region.
KEPT = 12


@dataclass(frozen=True, slots=True)
class RegionName:
    """A `label` of two or three terms, the `terms` that tell the region apart, and where the name stands."""

    label: str
    terms: tuple[str, ...]
    x: float
    y: float


def name_regions(
    plane: Points,
    regions: Sequence[Region],
    weights: sp.csr_matrix,
    terms: Sequence[str],
    facets: Sequence[Facet],
) -> list[RegionName]:
    """Name each region; `weights`, of shape (artists, terms), says how well terms describe artists.

    A term scores by its mean weight in the region, times the logarithm of how much that exceeds the usual:
    half on the whole map, half in the region around (for the coarsest, the whole map). No two regions of a
    level have one label unless there are no terms left to tell them apart. A name stands where those
    artists of the region are densest whom its first term describes.
    """
    worth = np.array([FACETS.get(facet, 0.0) for facet in facets])
    if not regions:
        return []
    usual = _mean(weights, np.arange(weights.shape[0]))
    means = [_mean(weights, region.artists) for region in regions]
    taken: set[tuple[int, str]] = set()
    names: list[RegionName] = []
    for region, mean in zip(regions, means, strict=True):
        around = usual if region.parent is None else means[region.parent]
        scores = worth * mean * _unusual(mean, usual, around) * _is_shared(weights, region)
        best = [
            (terms[n], facets[n], float(scores[n]))
            for n in np.argsort(-scores, kind="stable")[: 5 * KEPT].tolist()
            if scores[n] > 0
        ]
        label = next(
            (label for label in _labels(best) if (region.level, label) not in taken), _unnamed(region)
        )
        taken.add((region.level, label))
        place = densest(plane[_described(region, label.split(", ")[0], weights, terms)])
        names.append(RegionName(label, tuple(term for term, _, _ in best[:KEPT]), *place))
    return names


def _described(region: Region, term: str, weights: sp.csr_matrix, terms: Sequence[str]) -> NDArray[np.int64]:
    """The artists of a region whom a term describes no worse than most; all when it is no term."""
    if term not in terms:
        return region.artists
    found = weights[region.artists][:, [terms.index(term)]].toarray().ravel()
    return np.asarray(region.artists[found >= found.mean()])


def _mean(weights: sp.csr_matrix, artists: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(weights[artists].mean(axis=0), dtype=np.float64).ravel()


def _is_shared(weights: sp.csr_matrix, region: Region) -> NDArray[np.bool_]:
    """Which terms describe enough of a region's artists to speak for it."""
    artists = np.asarray(weights[region.artists].getnnz(axis=0))
    return np.asarray(artists >= max(_FEWEST, _LEAST_SHARE * len(region.artists)))


def _unusual(
    mean: NDArray[np.float64], usual: NDArray[np.float64], around: NDArray[np.float64]
) -> NDArray[np.float64]:
    logs = [np.log((mean + _CAUTION) / (base + _CAUTION)) for base in (usual, around)]
    return np.asarray(np.maximum((1 - _AROUND) * logs[0] + _AROUND * logs[1], 0), dtype=np.float64)


def _unnamed(region: Region) -> str:
    return f"{len(region.artists)} artists"


def _labels(best: Sequence[tuple[str, Facet, float]]) -> Iterator[str]:
    """Labels, the best first: two or three terms that are not spellings of one another, led by a genre."""
    if not best:
        return
    genres = [each for each in best if each[1] == "genre" and each[2] >= _GENRE_FIRST * best[0][2]]
    first = (genres or list(best))[0]
    others: list[tuple[str, Facet, float]] = []
    for each in best:
        if not any(alike(each[0], chosen[0]) for chosen in (first, *others)):
            others.append(each)
    for skipped in range(max(1, len(others))):
        rest = others[skipped:]
        count = 1 if len(rest) > 1 and rest[1][2] < _THIRD * first[2] else 2
        yield ", ".join(term for term, _, _ in (first, *rest[: min(count, MOST_TERMS - 1)]))


def alike(one: str, other: str) -> bool:
    """Whether the words of one term are those of the other, or begin like them: shoegaze, shoegazing."""
    a, b = sorted((one.split(), other.split()), key=len)
    return all(any(_akin(word, candidate) for candidate in b) for word in a)


def _akin(one: str, other: str) -> bool:
    """Whether two words begin alike: most of the shorter one, at least three letters."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return one == other or (shared >= 3 and shared >= 0.75 * min(len(one), len(other)))
