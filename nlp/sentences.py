"""Sentences of the corpus: where they stand, which are the same, and how well one reads by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus
from nlp.names import cased_documents
from nlp.tokens import Case

# A sentence of about this many words reads well as a quote: it says something and is quick to read.
GOOD_WORDS = 20
# What speaks against a sentence, in words that it might be too long instead. Set by reading quotes.
FRAGMENT = 10
LIST = 15
LEANING = 4
# More breaks or capitals than these shares of the words make a list of titles or names.
MOST_BREAKS = 0.3
MOST_CAPITALS = 0.5
# A sentence that begins so leans on the one before.
_LEANING = frozenset(
    [
        "also",
        "and",
        "anyway",
        "but",
        "even",
        "he",
        "her",
        "his",
        "however",
        "it",
        "its",
        "nor",
        "or",
        "she",
        "so",
        "such",
        "that",
        "their",
        "then",
        "these",
        "they",
        "this",
        "those",
        "though",
        "thus",
        "too",
        "yet",
    ]
)


def sentence_starts(corpus: Corpus) -> NDArray[np.int64]:
    """The position of each sentence's first token."""
    before = np.repeat(corpus.bounds[:-1], np.diff(corpus.sentence_bounds))
    return corpus.sentences[:, 0].astype(np.int64) + before


def sentence_of(corpus: Corpus, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sentence that each position belongs to."""
    number: NDArray[np.int64] = np.searchsorted(sentence_starts(corpus), positions, side="right") - 1
    return number


def sentence_digests(corpus: Corpus) -> NDArray[np.uint64]:
    """A number for each sentence of the corpus that depends on its words and their order alone."""
    starts = sentence_starts(corpus)
    if not len(starts):
        return np.zeros(0, dtype=np.uint64)
    place = np.arange(len(corpus.codes)) - np.repeat(starts, np.diff(np.append(starts, len(corpus.codes))))
    with np.errstate(over="ignore"):
        mixed = (corpus.numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(2) * place.astype(np.uint64) + np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        return np.add.reduceat(mixed, starts)


def any_within(corpus: Corpus, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each sentence, whether one of its positions is marked."""
    return _count(corpus, marked) > 0


def awkwardness(corpus: Corpus) -> NDArray[np.float64]:
    """How badly each sentence reads by itself, counted in words that it is too long or too short.

    Fragments (no capital at the beginning, in a text that has capitals), lists, titles and sentences that
    lean on the one before count as so many words more.
    """
    starts, cases, numbers = sentence_starts(corpus), corpus.cases, corpus.numbers
    words = np.maximum(_count(corpus, numbers > 0), 1)
    # The break that ends every sentence is none within it.
    breaks = _count(corpus, numbers == 0) - 1
    capitals = _count(corpus, (cases == Case.CAPITAL) | (cases == Case.UPPER))
    leaning = np.array([word in _LEANING for word in corpus.words], dtype=np.bool_)
    fragment = (cases[starts] == Case.LOWER) & cased_documents(corpus)[starts]
    return np.asarray(
        np.abs(words - GOOD_WORDS)
        + FRAGMENT * fragment
        + LIST * ((breaks > MOST_BREAKS * words) | (capitals > MOST_CAPITALS * words))
        + LEANING * leaning[numbers[starts]],
        dtype=np.float64,
    )


def _count(corpus: Corpus, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    upto = np.append(0, np.cumsum(marked))
    starts = sentence_starts(corpus)
    counts: NDArray[np.int64] = (
        upto[np.append(starts[1:], len(marked))] - upto[starts] if len(starts) else starts
    )
    return counts
