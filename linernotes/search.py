"""Which artists a description fits. Pure: wishes and numbers in, ranked artists out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.answers import Interpretation, MatchedTerm
from linernotes.meaning import Meaning
from linernotes.vectors import VectorTable
from store.lookup_records import TermUse

NEGATED_WEIGHT = 0.12
"""Weight from which on a negated term keeps an artist out.

On the release of 37,617 texts "metal" has more for bands with metal in their sound (L7 .14, Soundgarden .16),
less for those beside whom it was named (Iggy Pop .07).
"""

NEARNESS = 1.0
"""How much being near to those who are described with a term counts, beside being described with it.

By pairs of crowd tags (docs/measurements.md) nDCG@10 is .085 at 0, .153 at .5, .164 at 1, .167 at 2; with 1,
the word itself counts half.
"""

EXAMPLES = 30
"""Artists, the most strongly described ones, whose mean vector stands for a term.

nDCG@10 is .144 with 30 and .136 with 100; with the weights before, it rose from .160 at 20 to .167 at 200.
"""

SOFTNESS = 0.02
"""Added to what a wish brings, so that one that fails does not undo the others: .165 from .005 to .1."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An artist a description fits: the score (0 to 1) and the terms that made it, largest part first."""

    artist_id: int
    score: float
    matched: tuple[MatchedTerm, ...]


def interpretation(
    meanings: Sequence[Meaning], suggestions: Mapping[str, tuple[str, ...]] | None = None
) -> Interpretation:
    """Return how the wishes were understood, with terms that unknown words may be misspellings of."""
    matched = [
        (meaning.wish.negated, _matched(meaning, place))
        for meaning in meanings
        for place in range(len(meaning.terms))
    ]
    return Interpretation(
        wanted=tuple(match for negated, match in matched if not negated),
        excluded=tuple(match for negated, match in matched if negated),
        unknown=tuple(meaning.wish.term for meaning in meanings if not meaning.terms),
        suggestions=dict(suggestions or {}),
    )


def _matched(meaning: Meaning, place: int) -> MatchedTerm:
    term, likeness = meaning.terms[place]
    return MatchedTerm(meaning.wish.term, term, likeness, meaning.wish.boost)


def rank_artists(
    meanings: Sequence[Meaning],
    numbers: Mapping[tuple[str, str | None], Sequence[int]],
    uses: Sequence[TermUse],
    limit: int,
    vectors: VectorTable | None = None,
) -> list[Ranked]:
    """Return up to `limit` artists by how well the wishes fit, best first; equal ones in order of number.

    What a wish brings to an artist is the largest product of likeness and weight among its terms, w, and how
    near the artist is to those described so, n (the product of its vector and the mean of those of the
    EXAMPLES most strongly described, cut to 0 and 1): s = (w + NEARNESS n) / (1 + NEARNESS), or w alone
    without vectors. The score is the geometric mean of s + SOFTNESS over the wishes, weighted by their
    boosts, less SOFTNESS; so an artist that all wishes fit comes before one that a single wish fits well.
    Only artists that are described with something asked for are found, and none to which a negated wish
    applies with NEGATED_WEIGHT or more. `numbers` leads from a term, and the facet that was asked for, to its
    numbers in `uses`.
    """
    understood = [meaning for meaning in meanings if meaning.terms]
    wanted = [meaning for meaning in understood if not meaning.wish.negated]
    if not wanted or not uses:
        return []
    table = np.array(uses, dtype=np.float64)
    artists, row = np.unique(table[:, 0].astype(np.int64), return_inverse=True)
    of_term = _weights_by_term(table, row)
    strength = np.stack([_strength(each, numbers, of_term, len(artists)).max(axis=0) for each in wanted])
    kept = (strength > 0).any(axis=0)
    for meaning in understood:
        if meaning.wish.negated:
            kept &= _strength(meaning, numbers, of_term, len(artists)).max(axis=0) < NEGATED_WEIGHT
    boosts = np.array([meaning.wish.boost for meaning in wanted])
    score = _score(_with_nearness(strength, artists, vectors), boosts)
    rows = np.flatnonzero(kept)
    best = rows[np.argsort(-score[rows], kind="stable")][:limit]
    parts = [_strength(each, numbers, of_term, len(artists))[:, best] for each in wanted]
    return [
        Ranked(int(artists[each]), float(score[each]), _matches(wanted, [part[:, place] for part in parts]))
        for place, each in enumerate(best.tolist())
    ]


# For a number of a term: rows of the artists described with it, and the weights.
_ByTerm = Mapping[int, tuple[NDArray[np.intp], NDArray[np.float64]]]


def _weights_by_term(table: NDArray[np.float64], row: NDArray[np.intp]) -> _ByTerm:
    order = np.argsort(table[:, 1], kind="stable")
    numbers, starts = np.unique(table[order, 1].astype(np.int64), return_index=True)
    pieces = np.split(order, starts[1:])
    return {int(number): (row[piece], table[piece, 2]) for number, piece in zip(numbers, pieces, strict=True)}


def _strength(
    meaning: Meaning, numbers: Mapping[tuple[str, str | None], Sequence[int]], of_term: _ByTerm, artists: int
) -> NDArray[np.float64]:
    """Likeness × weight of each term of a meaning for each artist, shape (terms, artists)."""
    strength = np.zeros((len(meaning.terms), artists))
    for place, (term, likeness) in enumerate(meaning.terms):
        for number in numbers.get((term, meaning.wish.facet), ()):
            if number in of_term:
                rows, weights = of_term[number]
                np.maximum.at(strength[place], rows, likeness * weights)
    return strength


def _with_nearness(
    strength: NDArray[np.float64], artists: NDArray[np.int64], vectors: VectorTable | None
) -> NDArray[np.float64]:
    if vectors is None:
        return strength
    near = np.zeros_like(strength)
    place = np.isin(artists, vectors.ids)
    matrix = vectors.matrix[vectors.rows_of(artists.tolist())]
    for wish, weights in enumerate(strength[:, place]):
        examples = np.argsort(-weights, kind="stable")[:EXAMPLES]
        mean = weights[examples].astype(np.float32) @ matrix[examples]
        length = float(np.linalg.norm(mean))
        if length > 0:
            near[wish, place] = np.clip(matrix @ (mean / np.float32(length)), 0, 1)
    return (strength + NEARNESS * near) / (1 + NEARNESS)


def _score(brought: NDArray[np.float64], boosts: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = boosts / boosts.sum()
    score: NDArray[np.float64] = np.exp(shares @ np.log(brought + SOFTNESS)) - SOFTNESS
    return np.clip(score, 0, 1)


def _matches(wanted: Sequence[Meaning], parts: Sequence[NDArray[np.float64]]) -> tuple[MatchedTerm, ...]:
    """The term of each wish that fits best, those that fit at all, the largest part first."""
    fits = [float(part.max()) * each.wish.boost for each, part in zip(wanted, parts, strict=True)]
    order = sorted((wish for wish, fit in enumerate(fits) if fit > 0), key=lambda wish: (-fits[wish], wish))
    return tuple(_matched(wanted[wish], int(parts[wish].argmax())) for wish in order)
