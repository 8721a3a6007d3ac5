"""Which artists a description fits. Pure: wishes and numbers in, ranked artists out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linernotes.answers import Interpretation, MatchedTerm
from linernotes.description import Wish
from store.lookup_records import TermUse

LEAST_LIKENESS = 0.7
"""Cosine of word vectors from which on a term stands for a word that is no term.

Looked at for about 60 words on the release of 37,617 texts: above, most fit (glistening and watery .87,
crooning and breathy .77); between .5 and .7, few do (tuesday and chat .53, switch and kick .63).
"""

TERMS_ALIKE = 3
"""Terms that may stand for one word."""

NEGATED_WEIGHT = 0.2
"""Weight from which on a negated term keeps an artist out.

On the release of 37,617 texts one text alone gives a genre about .24, and "metal" has at least .2 for bands
with metal in their sound (L7 .27, Soundgarden .20), less for those beside whom it was named (Iggy Pop .17).
"""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A wish and the terms that stand for it, each with its likeness; none when nobody uses the word."""

    wish: Wish
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An artist a description fits: the score (0 to 1) and the terms that made it, largest part first."""

    artist_id: int
    score: float
    matched: tuple[MatchedTerm, ...]


def interpretation(meanings: Sequence[Meaning]) -> Interpretation:
    """Return how the wishes were understood."""
    matched = [
        (meaning.wish.negated, _matched(meaning, place)) for meaning in meanings for place in _places(meaning)
    ]
    return Interpretation(
        wanted=tuple(match for negated, match in matched if not negated),
        excluded=tuple(match for negated, match in matched if negated),
        unknown=tuple(meaning.wish.term for meaning in meanings if not meaning.terms),
    )


def _places(meaning: Meaning) -> range:
    return range(len(meaning.terms))


def _matched(meaning: Meaning, place: int) -> MatchedTerm:
    term, likeness = meaning.terms[place]
    return MatchedTerm(meaning.wish.term, term, likeness, meaning.wish.boost)


def rank_artists(
    meanings: Sequence[Meaning], numbers: Mapping[str, Sequence[int]], uses: Iterable[TermUse], limit: int
) -> list[Ranked]:
    """Return up to `limit` artists by how well the wishes fit, best first; equal ones in order of number.

    A wish counts with the largest product of likeness and weight among its terms, times its boost; the score
    is the sum over the wishes divided by the sum of boosts of those understood. Artists to which a negated
    wish applies with NEGATED_WEIGHT or more are left out. `numbers` leads from a term to its numbers in
    `uses`.
    """
    understood = [meaning for meaning in meanings if meaning.terms]
    strengths = _strengths(understood, numbers, uses)
    total = sum(meaning.wish.boost for meaning in understood if not meaning.wish.negated)
    if not total:
        return []
    ranked = [
        _ranked(artist_id, by_wish, understood, total)
        for artist_id, by_wish in strengths.items()
        if not _kept_out(by_wish, understood)
    ]
    ranked = [each for each in ranked if each.matched]
    return sorted(ranked, key=lambda each: (-each.score, each.artist_id))[:limit]


# For an artist: wish number to the strength (likeness × weight) and place of the term that fits best.
_ByWish = dict[int, tuple[float, int]]


def _strengths(
    meanings: Sequence[Meaning], numbers: Mapping[str, Sequence[int]], uses: Iterable[TermUse]
) -> dict[int, _ByWish]:
    asked: dict[int, list[tuple[int, int, float]]] = {}
    for wish, meaning in enumerate(meanings):
        for place, (term, likeness) in enumerate(meaning.terms):
            for number in numbers.get(term, ()):
                asked.setdefault(number, []).append((wish, place, likeness))
    strengths: dict[int, _ByWish] = {}
    for use in uses:
        by_wish = strengths.setdefault(use.artist_id, {})
        for wish, place, likeness in asked.get(use.term_id, ()):
            by_wish[wish] = max(by_wish.get(wish, (0.0, 0)), (likeness * use.weight, place))
    return strengths


def _kept_out(by_wish: _ByWish, meanings: Sequence[Meaning]) -> bool:
    return any(
        meanings[wish].wish.negated and strength >= NEGATED_WEIGHT for wish, (strength, _) in by_wish.items()
    )


def _ranked(artist_id: int, by_wish: _ByWish, meanings: Sequence[Meaning], total: float) -> Ranked:
    parts = [
        (strength * meanings[wish].wish.boost, wish, place)
        for wish, (strength, place) in by_wish.items()
        if not meanings[wish].wish.negated
    ]
    parts.sort(key=lambda part: (-part[0], part[1]))
    matched = tuple(_matched(meanings[wish], place) for _, wish, place in parts)
    return Ranked(artist_id, min(1.0, sum(part[0] for part in parts) / total), matched)
