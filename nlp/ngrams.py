"""Counting words and runs of words by artist, on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from nlp.corpus import Corpus, Spans


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Runs of `length` words, where they stand: parallel arrays of n-gram key, position and span number.

    A key holds the word numbers in base `len(corpus.words)`, so that it can be read back (`read_key`).
    """

    length: int
    keys: NDArray[np.int64]
    positions: NDArray[np.int64]
    spans: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> Occurrences:
        """The occurrences where `chosen` holds."""
        return Occurrences(self.length, self.keys[chosen], self.positions[chosen], self.spans[chosen])


@cache
def stop_words() -> frozenset[str]:
    """English words that carry no description (scikit-learn's list, and what contractions leave)."""
    return frozenset(ENGLISH_STOP_WORDS) | {
        "don't",
        "it",
        "that",
        "i'm",
        "can't",
        "didn't",
        "doesn't",
        "isn't",
    }


def is_stop_word(corpus: Corpus) -> NDArray[np.bool_]:
    """For each word of the corpus, whether it is a stop word; the break counts as one."""
    stops = stop_words()
    return np.array([not word or word in stops or len(word) < 2 for word in corpus.words])


def occurrences(corpus: Corpus, spans: Spans, length: int, usable: NDArray[np.bool_]) -> Occurrences:
    """All runs of `length` words within `spans` that cross no break and start and end with a usable word.

    `usable[w]` says so of word number w; inner words may be any. Raises OverflowError when keys of this
    length would not fit 63 bits (three words allow vocabularies up to two million).
    """
    base = len(corpus.words)
    if base**length >= 2**63:
        raise OverflowError(f"{base} words are too many for runs of {length}")
    positions, span = spans.positions()
    numbers = corpus.numbers
    fits = positions + length <= spans.last[span]
    positions, span = positions[fits], span[fits]
    kept = usable[numbers[positions]] & usable[numbers[positions + length - 1]]
    for inner in range(1, length - 1):
        kept &= numbers[positions + inner] > 0
    positions, span = positions[kept], span[kept]
    keys = numbers[positions]
    for offset in range(1, length):
        keys = keys * base + numbers[positions + offset]
    return Occurrences(length, keys, positions, span)


def read_key(corpus: Corpus, key: int, length: int) -> tuple[str, ...]:
    """The words of an n-gram key."""
    words = []
    for _ in range(length):
        key, number = divmod(key, len(corpus.words))
        words.append(corpus.words[number])
    return tuple(reversed(words))


def count_pairs(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct pairs (left, right) in order, and how often each occurs; `right` must be small numbers."""
    base = int(right.max(initial=0)) + 1
    pairs, counts = np.unique(left * base + right, return_counts=True)
    return pairs // base, pairs % base, counts


def count_matrix(
    rows: NDArray[np.int64], keys: NDArray[np.int64], *, size: int, fewest_rows: int
) -> tuple[sp.csr_matrix, NDArray[np.int64]]:
    """How often each key occurs in each row: float32 of shape (size, keys kept), and the keys kept.

    Keys that stand in fewer than `fewest_rows` rows are left out.
    """
    kept, column = np.unique(keys, return_inverse=True)
    row, column, counts = count_pairs(rows, column.astype(np.int64))
    matrix = sp.csr_matrix((counts.astype(np.float32), (row, column)), shape=(size, len(kept)))
    enough = np.bincount(column, minlength=len(kept)) >= fewest_rows
    return matrix[:, enough].tocsr(), kept[enough]
