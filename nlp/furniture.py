"""Terms that say nothing about an artist: the furniture of reviews, dates, and what is said of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from nlp.facets import Facet, lexicon
from nlp.ngrams import stop_words

# A term without a facet that is used of more artists than this share is how reviewers talk.
EVERYBODY = 0.2
# In a corpus of fewer artists a share says nothing.
FEWEST_ARTISTS = 40


def is_furniture(terms: Sequence[str]) -> NDArray[np.bool_]:
    """For each term, whether it is of the furniture: "new album", "opening track", "march 2007".

    So are terms that are made of listed words alone, and terms with a month or a day of the week in them,
    unless the lexicon knows them as a description.
    """
    return np.array([_is_furniture(term) for term in terms], dtype=np.bool_)


def is_of_calendar(word: str) -> bool:
    """Whether a word is a month or a day of the week."""
    return word in _words("calendar")


def said_of_everybody(
    artists_of_term: NDArray[np.int64], facets: Sequence[Facet], artists: int
) -> NDArray[np.bool_]:
    """For each term, whether it has no facet and is used of so many artists that it tells none from others.

    `artists_of_term` counts the artists that a term is used of, `artists` all that have text.
    """
    other = np.array([facet == "other" for facet in facets], dtype=np.bool_)
    common: NDArray[np.bool_] = artists_of_term > EVERYBODY * max(artists, FEWEST_ARTISTS)
    return other & common


def _is_furniture(term: str) -> bool:
    words = term.split(" ")
    if any(map(is_of_calendar, words)):
        return term not in _described()
    content = [word for word in words if word not in stop_words()]
    return term in _words("furniture") or all(word in _words("furniture") for word in content)


@cache
def _described() -> frozenset[str]:
    facets: tuple[Facet, ...] = ("genre", "mood", "instrument", "place")
    return frozenset().union(*map(lexicon, facets))


@cache
def _words(name: str) -> frozenset[str]:
    text = files(__package__).joinpath("lexicon", f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
