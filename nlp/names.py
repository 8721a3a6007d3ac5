"""Which uses of a run of words are names or titles: written with a capital where a description has none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import distinct
from nlp.corpus import Corpus, Spans
from nlp.ngrams import Occurrences
from nlp.tokens import Case

# A word written with a capital more often than this, inside sentences, is a name. Genre names such as Britpop
# are written both ways; "Manchester" is let in by its facet.
NAME_SHARE = 0.6
# A text with fewer words than this share capitalised is written without capitals.
LEAST_CAPITALS = 0.02
# A name that is let in counts where it is capitalised if it is so this often: "Krautrock", "Chicago"; in
# "Rock Band" the word is part of a title. With 0, recall@50 and known@20 are the same to .002.
ADMITTED_SHARE = 0.3
# An artist of whom a run is written as a name more often than this has a song, record or member of that name.
TITLE_SHARE = 0.5


def cased_documents(corpus: Corpus) -> NDArray[np.bool_]:
    """For each position, whether its document has capitals at all: speech-to-text mostly has none."""
    capital = np.append(0, np.cumsum(corpus.cases != Case.LOWER))
    per_document = capital[corpus.bounds[1:]] - capital[corpus.bounds[:-1]]
    length = np.diff(corpus.bounds)
    return np.repeat(per_document > LEAST_CAPITALS * length, length)


def capital_share(corpus: Corpus) -> NDArray[np.float64]:
    """For each word, the share of its occurrences inside sentences that are capitalised; 0 without any.

    Texts without capitals have no say.
    """
    numbers, cases = corpus.numbers, corpus.cases
    inside = (cases != Case.INITIAL) & cased_documents(corpus)
    total = np.bincount(numbers[inside], minlength=len(corpus.words))
    capital = np.bincount(numbers[inside & (cases != Case.LOWER)], minlength=len(corpus.words))
    return capital / np.maximum(total, 1)


class NameUse:
    """Tells uses of runs as names; `share` is from `capital_share`, `admitted` marks words let in."""

    def __init__(
        self, corpus: Corpus, spans: Spans, share: NDArray[np.float64], admitted: NDArray[np.bool_]
    ) -> None:
        cases, numbers = corpus.cases, corpus.numbers
        capital = (cases == Case.CAPITAL) | (cases == Case.UPPER)
        self._artist = spans.artist
        self._not_admitted = ~admitted[numbers]
        self._capital = capital & ~(admitted & (share > ADMITTED_SHARE))[numbers]
        self._lower = (cases == Case.LOWER) & cased_documents(corpus)

    def find(
        self, found: Occurrences, number: NDArray[np.int64], listed: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """For each occurrence, whether it is a name; `number` counts the runs, `listed` marks those in lists.

        It is one where a word of it is capitalised inside a sentence. Where letter case does not tell (first
        in a sentence, a text without capitals) the other texts do: those about the same artist, and for runs
        that are in no list all of them.
        """
        named = any_word(self._capital, found)
        plain = ~named & self._lower[found.positions]
        let_in = ~any_word(self._not_admitted, found)
        pair = number.astype(np.int64) * (int(self._artist.max(initial=0)) + 1) + self._artist[found.spans]
        of_artist = _mostly(named, plain, pair, TITLE_SHARE) & ~let_in
        of_all = _mostly(named, plain, number, NAME_SHARE) & ~(listed | let_in)
        return named | of_artist | of_all


def any_word(marked: NDArray[np.bool_], found: Occurrences) -> NDArray[np.bool_]:
    """For each run, whether one of its words stands at a marked position."""
    result: NDArray[np.bool_] = marked[found.positions]
    for offset in range(1, found.length):
        result |= marked[found.positions + offset]
    return result


def _mostly(
    some: NDArray[np.bool_], others: NDArray[np.bool_], group: NDArray[np.int64], share: float
) -> NDArray[np.bool_]:
    """For each entry, whether in its group `some` are more than this share of `some` and `others`."""
    groups = distinct(group[some])
    if not len(groups):
        return np.zeros(len(group), dtype=np.bool_)
    place = np.minimum(np.searchsorted(groups, group), len(groups) - 1)
    inside = groups[place] == group
    left = np.bincount(place[some], minlength=len(groups))
    right = np.bincount(place[others & inside], minlength=len(groups))
    most: NDArray[np.bool_] = inside & (left > share * (left + right))[place]
    return most
