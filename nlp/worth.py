"""What a term is worth as a description, whomever it describes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus
from nlp.facets import Facet
from nlp.general_english import contrast

# How readily listeners use terms of a facet as tags, genre being 1. Three settings were tried on the tags
# of 1,095 artists: with all facets at 1 and "other" at .4, recall@50 was .26 and known@20 .32; with these .32
# and .43 (contrast included).
FACET_WORTH: dict[Facet, float] = {
    "genre": 1.0,
    "era": 0.8,
    "mood": 0.8,
    "instrument": 0.7,
    "place": 0.7,
    "theme": 0.5,
    "other": 0.25,
}
# A single year says when something came out rather than how it sounds.
YEAR_WORTH = 0.4
_YEAR = re.compile(r"\d{4}")
# A word that is as frequent in general English keeps this much of its worth.
LEAST_CONTRAST = 0.2


def term_worth(corpus: Corpus, terms: Sequence[str], facets: Sequence[Facet]) -> NDArray[np.float64]:
    """For each term, between 0 and 1: by its facet, and by how much its words belong to music writing.

    The second factor is the mean over the words of the common logarithm of their frequency here over that in
    general English, cut to LEAST_CONTRAST–1.
    """
    known = dict(zip(corpus.words, contrast(corpus).tolist(), strict=True))
    musical = [np.mean([known.get(word, 0.0) for word in term.split()]) for term in terms]
    facet = [YEAR_WORTH if _YEAR.fullmatch(t) else FACET_WORTH[f] for t, f in zip(terms, facets, strict=True)]
    return np.asarray(np.array(facet) * np.clip(np.array(musical), LEAST_CONTRAST, 1.0), dtype=np.float64)
