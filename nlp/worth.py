"""What a term is worth as a description, whomever it describes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus
from nlp.facets import DESCRIPTIVE_FACETS, Facet, lexicon
from nlp.general_english import contrast

# Logarithmic odds, fitted together with those of `nlp.weights` (see there for how), but for instruments, of
# which -9.1 was fitted: listeners seldom tag them, and readers want them all the same (recall@50 is equal,
# known@20 .002 less).
FACET_ODDS: dict[Facet, float] = {
    "genre": -6.1,
    "mood": -6.15,
    "instrument": -8.1,
    "era": -3.0,
    "place": -6.6,
    "theme": -7.2,
    "other": -6.2,
}
# A term that stands in a list of `nlp/lexicon` as it is, rather than by a rule ("pop rock band").
LISTED = 4.3
# A word that is ten times as frequent in music writing as in general English, or 30 times.
CONTRAST = 0.95
MOST_CONTRAST = 1.5
# Each further word: "progressive rock" says more than "rock".
LONGER = 0.7
# A single year says when something came out rather than how it sounds.
YEAR = -5.4
_YEAR = re.compile(r"\d{4}")


def term_worth(corpus: Corpus, terms: Sequence[str], facets: Sequence[Facet]) -> NDArray[np.float64]:
    """For each term the logarithmic odds that it is a description at all.

    By its facet, by whether the lexicon lists it, by its length, and by how much its words belong to music
    writing: the mean over the words of the common logarithm of their frequency here over that in general
    English, cut to 0–MOST_CONTRAST.
    """
    known = dict(zip(corpus.words, contrast(corpus).tolist(), strict=True))
    listed = listed_terms()
    musical = np.array([np.mean([known.get(word, 0.0) for word in term.split()]) for term in terms])
    odds = np.array([FACET_ODDS[facet] for facet in facets])
    odds += LISTED * np.array([term in listed for term in terms], dtype=np.float64)
    odds += YEAR * np.array([bool(_YEAR.fullmatch(term)) for term in terms], dtype=np.float64)
    odds += LONGER * np.array([term.count(" ") for term in terms], dtype=np.float64)
    return np.asarray(odds + CONTRAST * np.clip(musical, 0.0, MOST_CONTRAST), dtype=np.float64)


def listed_terms() -> frozenset[str]:
    """All terms of the lexicon that describe something."""
    return frozenset().union(*map(lexicon, DESCRIPTIVE_FACETS))
