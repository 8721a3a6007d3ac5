"""How much more often a word stands in music writing than in general English (wordfreq, Speer 2022)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from wordfreq import zipf_frequency

from nlp.corpus import Corpus

# wordfreq's Zipf scale: the common logarithm of occurrences in 10⁹ words. Words it does not know count as
# this rare: its large lists end at 1.0, its small ones at 3.0.
UNKNOWN_ZIPF = 1.5


def contrast(corpus: Corpus) -> NDArray[np.float64]:
    """For each word of the corpus, the common logarithm of its frequency here over that in general English.

    2 means a hundred times as frequent ("shoegaze", "guitar"), 0 as frequent ("time", "house").
    """
    counts = np.bincount(corpus.numbers, minlength=len(corpus.words)).astype(np.float64)
    counts[0] = 0
    here = np.log10((counts + 1) / max(1.0, counts.sum())) + 9
    return np.asarray(here - general_zipf(corpus))


def general_zipf(corpus: Corpus) -> NDArray[np.float64]:
    """For each word of the corpus its frequency in general English, on the Zipf scale."""
    known = [zipf_frequency(word, "en") if word else 0.0 for word in corpus.words]
    return np.maximum(known, UNKNOWN_ZIPF)


def musical_worth(corpus: Corpus) -> NDArray[np.float64]:
    """For each word, between .2 and 1, how far it belongs to music writing rather than to English at large.

    Rises from no contrast to tenfold. Tried 0–1, 0–1.5, -.5–1 and .5–1.5, with floors .05–.2, on the
    similar artists of the sample site: LSA had nDCG@5 .62–.64 with each of them and .54 without.
    """
    return np.clip(contrast(corpus), 0.2, 1.0)
