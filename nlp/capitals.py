"""Runs of capitalised words: what may be a name, wherever it stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus
from nlp.ngrams import is_stop_word
from nlp.tokens import Case, tokenize

# Capitalised words of a name: "Godspeed You Black Emperor" has four, longer runs are titles and headings.
MOST_CAPITALS = 4
# Words, small ones included: "King Gizzard and the Lizard Wizard" has six.
LONGEST_NAME = 7
# Written small within names. "and" also joins two names; which of both it does shows in how they are used.
SMALL_WORDS = frozenset({"of", "the", "and", "de", "la", "del", "du", "der", "den", "van", "von", "y", "e"})
# Odd and large: sums of word numbers times its powers, modulo 2⁶⁴, tell runs of words apart. With a million
# different runs, two share a number with a probability of 10⁻⁷.
_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of words that are written like a name; parallel arrays.

    `key` is one number for one run of words, `first` its position in `Corpus.codes` and `length` its words.
    `inside` tells those whose first word is capitalised though it begins no sentence. `joined` marks runs
    over an "and" or "of" between capitals, whose parts are runs as well.
    """

    key: NDArray[np.uint64]
    first: NDArray[np.int64]
    length: NDArray[np.int64]
    inside: NDArray[np.bool_]
    joined: NDArray[np.bool_]

    def only(self, chosen: NDArray[np.bool_]) -> Runs:
        """The runs where `chosen` holds."""
        return Runs(
            self.key[chosen],
            self.first[chosen],
            self.length[chosen],
            self.inside[chosen],
            self.joined[chosen],
        )


# English writes these with a capital wherever they stand.
_PRONOUNS = frozenset({"i'm", "i've", "i'd", "i'll"})


def capitalised_runs(corpus: Corpus) -> Runs:
    """All runs of capitalised words that end at another word or a break, and those joined by small words.

    A leading "The" is left out, since writers write it or not. So is a usual word that is capitalised only
    because it opens a sentence.
    """
    place = np.flatnonzero(~_after_initials(corpus))
    numbers, cases = corpus.numbers[place], corpus.cases[place]
    small = _is_small(corpus)[numbers] & (cases == Case.LOWER)
    capital = (numbers > 0) & (cases != Case.LOWER)
    capital &= ~((cases == Case.INITIAL) & is_stop_word(corpus)[numbers])
    capital &= ~np.array([word in _PRONOUNS for word in corpus.words])[numbers]
    starts, ends = _stretches(capital)
    whole_starts, whole_ends = _joined(starts, ends, small)
    first = np.concatenate([starts, whole_starts])
    last = np.concatenate([ends, whole_ends])
    joined = np.arange(len(first)) >= len(starts)
    first = first + ((numbers[first] == _the(corpus)) & (last - first > 1))
    length = last - first
    short = (length <= np.where(joined, LONGEST_NAME, MOST_CAPITALS)) & (length > 0)
    first, length, joined = first[short], length[short], joined[short]
    begin, end = place[first], place[first + length - 1] + 1
    inside = cases[first] != Case.INITIAL
    return Runs(run_keys(numbers, first, length), begin, end - begin, inside, joined)


def _after_initials(corpus: Corpus) -> NDArray[np.bool_]:
    """The breaks within a name: the full stops of "Mary J. Blige" and "The Notorious B.I.G.".

    Not that of "Vitamin C. The band": no usual word follows within a name.
    """
    numbers, cases = corpus.numbers, corpus.cases
    letter = np.array([len(word) == 1 for word in corpus.words])[numbers] & (cases != Case.LOWER)
    capital = ~is_stop_word(corpus)[numbers] & (cases != Case.LOWER)
    capital |= letter
    found: NDArray[np.bool_] = numbers == 0
    found[1:] &= letter[:-1]
    found[:-1] &= capital[1:]
    found[-1:] = False
    return found


def run_keys(
    numbers: NDArray[np.int64], first: NDArray[np.int64], length: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """One number for each run of words."""
    keys = np.zeros(len(first), dtype=np.uint64)
    power = np.uint64(1)
    for offset in range(int(length.max(initial=0))):
        place = np.minimum(first + offset, len(numbers) - 1)
        words = np.where(offset < length, numbers[place] + 1, 0).astype(np.uint64)
        keys += words * power
        power = np.uint64((int(power) * int(_BASE)) % 2**64)
    return keys


def name_keys(corpus: Corpus, names: Iterable[str]) -> NDArray[np.uint64]:
    """The keys under which names would stand in the runs of the corpus; names with unknown words are none."""
    number_of = {word: number for number, word in enumerate(corpus.words)}
    spelt = {tuple(number_of.get(word, 0) for word in name_words(name)) for name in names}
    known = sorted(words for words in spelt if words and all(words))
    if not known:
        return np.zeros(0, dtype=np.uint64)
    length = np.array([len(words) for words in known], dtype=np.int64)
    flat = np.array([number for words in known for number in words], dtype=np.int64)
    return np.unique(run_keys(flat, np.cumsum(length) - length, length))


def name_words(name: str) -> Sequence[str]:
    """The folded words of a name, without a leading "the"."""
    words = [word for word in tokenize(name).words if word]
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def _is_small(corpus: Corpus) -> NDArray[np.bool_]:
    return np.array([word in SMALL_WORDS for word in corpus.words])


def _the(corpus: Corpus) -> int:
    place = bisect_left(corpus.words, "the")
    return place if corpus.words[place : place + 1] == ("the",) else -1


def _stretches(chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Begin and end (exclusive) of each stretch where `chosen` holds."""
    edges = np.diff(chosen.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _joined(
    starts: NDArray[np.int64], ends: NDArray[np.int64], small: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stretches that one or two small words join, from the first to the last of each chain."""
    if not len(starts):
        return starts, ends
    upto = np.append(0, np.cumsum(small))
    gap = starts[1:] - ends[:-1]
    linked = (gap <= 2) & (upto[starts[1:]] - upto[ends[:-1]] == gap)
    chain_starts, chain_ends = _stretches(linked)
    return starts[chain_starts], ends[chain_ends]
