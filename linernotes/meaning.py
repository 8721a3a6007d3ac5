"""What a word or phrase of a description can mean: other spellings, other names, words used like it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from linernotes.description import FILLING, Wish
from linernotes.vectors import WordTable
from nlp.eras import same_years, years_of
from nlp.facets import normal_form
from nlp.places import is_named, names_of_place
from store.term_index import KnownTerm

LEAST_LIKENESS = 0.7
"""Cosine of word vectors from which on a term stands for a word that is no term.

Looked at for about 60 words on the release of 37,617 texts: above, most fit (glistening and watery .87,
crooning and breathy .77); between .5 and .7, few do (tuesday and chat .53, switch and kick .63).
"""

PHRASE_LIKENESS = 0.75
"""The same for the mean of the words of a phrase, which is nearer to everything.

Looked at for 16 phrases there: above, terms fit ("ethereal voice" and breathy .85, "fast aggressive" and
explosive .83); below, they fit one of the words ("rainy day" and afternoon .72, "road trip" and halfway .60).
"""

TERMS_ALIKE = 3
"""Terms that may stand for one word."""

TERMS_OF_A_FACET = 12
"""Descriptors, the most used first, that may stand for an era or a place."""

LEAST_SPELLING = 0.72
"""Share of letters that a term must have in common with an unknown word to be suggested for it.

Of one wrong letter in four (`jaz`) or two in eight (`shogaize`) the term is still found.
"""

SUGGESTIONS = 3

FEWEST_ARTISTS = 10
"""Artists from which on words in a row are one term; below, "political punk" is political and punk."""

# Names of nations of two letters. The others are codes; who writes "it", "in" or "no" means no nation.
_SHORT_NAMES = frozenset({"uk", "us"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """A wish and the terms that stand for it, each with its likeness; none when nobody uses the word."""

    wish: Wish
    terms: tuple[tuple[str, float], ...]


def spellings(term: str) -> list[str]:
    """Return other ways to write a term, likely ones first: accents, one word or two, singular or plural."""
    if term in FILLING:
        return []
    plain = normal_form(term)
    found = [plain, *spaced(plain), *_other_number(plain)]
    return [each for each in dict.fromkeys(found) if each and each != term]


def spaced(term: str) -> list[str]:
    """Return a term of one word as two, of two as one: "triphop", "trip hop"."""
    words = term.split()
    if len(words) == 1:
        return [f"{term[:place]} {term[place:]}" for place in range(2, len(term) - 1)]
    return ["".join(words)] if len(words) == 2 else []


def _other_number(term: str) -> list[str]:
    if term.endswith("ies") and len(term) > 4:
        return [f"{term[:-3]}y", f"{term[:-1]}"]
    if term.endswith("s") and not term.endswith("ss"):
        return [term[:-1]]
    return [f"{term}s", *([f"{term[:-1]}ies"] if term.endswith("y") else [])]


def names(term: str) -> frozenset[str]:
    """Return what else means the same decade or nation: "90s" and "1990s", "iceland" and "icelandic"."""
    same = frozenset(name for name in names_of_place(term) if len(name) > 2 or name in _SHORT_NAMES)
    return same_years(term) | (same if term in same and len(same) > 1 else frozenset())


def terms_of_era(era: str, terms: Iterable[KnownTerm]) -> list[tuple[str, float]]:
    """Return the descriptors of years within an era, the most used first; likeness 1 for the same years.

    The likeness of years within it is the square root of the share of the era that they are.
    """
    wanted = years_of(era)
    if wanted is None:
        return []
    spans = ((each, years_of(each.term)) for each in terms)
    inside = [
        (each, ((span[1] - span[0] + 1) / (wanted[1] - wanted[0] + 1)) ** 0.5)
        for each, span in spans
        if span is not None and wanted[0] <= span[0] and span[1] <= wanted[1]
    ]
    return _most_used(inside)


def terms_of_place(place: str, terms: Iterable[KnownTerm]) -> list[tuple[str, float]]:
    """Return the descriptors that name a place, the most used first."""
    called = names_of_place(place)
    return _most_used([(each, 1.0) for each in terms if is_named(each.term, called)])


def _most_used(terms: Sequence[tuple[KnownTerm, float]]) -> list[tuple[str, float]]:
    ordered = sorted(terms, key=lambda each: (-each[0].artists * each[1], each[0].term))
    return [(each.term, likeness) for each, likeness in ordered[:TERMS_OF_A_FACET]]


def used_alike(term: str, words: WordTable) -> list[tuple[str, float]]:
    """Return the terms that are used like a word, or like the words of a phrase together."""
    phrase = " " in term
    least = PHRASE_LIKENESS if phrase else LEAST_LIKENESS
    said = [word for word in term.split() if word not in FILLING]
    return words.nearest_terms(said, TERMS_ALIKE, least)


def suggestions(word: str, terms: Sequence[KnownTerm]) -> tuple[str, ...]:
    """Return terms that an unknown word may be a misspelling of: most alike first, then most used."""
    found = process.extract(
        word,
        [each.term for each in terms],
        scorer=OSA.normalized_similarity,
        score_cutoff=LEAST_SPELLING,
        limit=None,
    )
    ordered = sorted(found, key=lambda each: (-each[1], -terms[each[2]].artists, each[0]))
    return tuple(term for term, _, _ in ordered[:SUGGESTIONS])
