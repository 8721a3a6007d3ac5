"""Where the terms of the lexicon stand in the corpus, whatever their parts of speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus, Spans
from nlp.names import any_word
from nlp.ngrams import Occurrences, occurrences, read_key
from nlp.records import Kind

_KINDS: dict[int, Kind] = {1: "n1", 2: "n2", 3: "n3"}


@dataclass(frozen=True, slots=True)
class ListedRuns:
    """The listed terms of one length in the words of a corpus.

    `ends` marks the words that begin or end one, `keys` are their n-gram keys in order, and `bound` (shape
    (keys, length)) marks those of their words that mean nothing by themselves in the term. `places` marks the
    names of places, which are written with capitals.
    """

    length: int
    ends: NDArray[np.bool_]
    keys: NDArray[np.int64]
    bound: NDArray[np.bool_]
    places: NDArray[np.bool_]

    def find(self, found: Occurrences) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For each run, whether it is listed, and whether as a place of several words."""
        if not len(self.keys):
            none = np.zeros(len(found.keys), dtype=np.bool_)
            return none, none
        place = np.minimum(np.searchsorted(self.keys, found.keys), len(self.keys) - 1)
        listed: NDArray[np.bool_] = self.keys[place] == found.keys
        return listed, listed & self.places[place] & (self.length > 1)

    def kind(self, key: int) -> Kind | None:
        """The kind of a listed run that has none by its parts of speech; None if it is not listed."""
        place = int(np.searchsorted(self.keys, key))
        listed = place < len(self.keys) and int(self.keys[place]) == key
        return _KINDS[self.length] if listed else None

    def bind(self, found: Occurrences, positions: NDArray[np.bool_]) -> None:
        """Mark the positions at which a word of a listed run is bound."""
        if not len(self.keys):
            return
        place = np.minimum(np.searchsorted(self.keys, found.keys), len(self.keys) - 1)
        listed = self.keys[place] == found.keys
        for offset in range(self.length):
            bound = listed & self.bound[place, offset]
            positions[found.positions[bound] + offset] = True


def listed_runs(corpus: Corpus, listed: Mapping[str, str], length: int) -> ListedRuns:
    """The terms of `listed`, given with their facets, that have `length` words.

    A word is bound in a longer term of another facet ("hip", "drum" and "bass" in genres), and in a place
    ("york" in "new york"); "rock" is a genre in "folk rock" too.
    """
    number = {word: index for index, word in enumerate(corpus.words) if word}
    ends = np.zeros(len(corpus.words), dtype=np.bool_)
    rows: list[tuple[int, list[bool], bool]] = []
    for term, facet in listed.items():
        words = term.split(" ")
        if len(words) != length or not all(word in number for word in words):
            continue
        key = 0
        for word in words:
            key = key * len(corpus.words) + number[word]
        alone = length == 1
        flags = [not alone and (facet == "place" or listed.get(word) != facet) for word in words]
        rows.append((key, flags, facet == "place"))
        ends[[number[words[0]], number[words[-1]]]] = True
    rows.sort()
    bound = np.array([flags for _, flags, _ in rows], dtype=np.bool_).reshape(-1, length)
    keys = np.array([key for key, _, _ in rows], dtype=np.int64)
    return ListedRuns(length, ends, keys, bound, np.array([place for _, _, place in rows], dtype=np.bool_))


def uses_of_listed(
    corpus: Corpus, spans: Spans, listed: Mapping[str, str], marked: NDArray[np.bool_]
) -> frozenset[tuple[int, str]]:
    """The pairs (artist row, listed term) with a use in the artist's spans at a marked position."""
    pairs: set[tuple[int, str]] = set()
    for length in (1, 2, 3):
        runs = listed_runs(corpus, listed, length)
        found = occurrences(corpus, spans, length, runs.ends)
        found = found.only(any_word(marked, found))
        found = found.only(runs.find(found)[0])
        artists = spans.artist[found.spans].tolist()
        for key, artist in set(zip(found.keys.tolist(), artists, strict=True)):
            pairs.add((artist, " ".join(read_key(corpus, key, length))))
    return frozenset(pairs)
