"""Which runs of words are descriptor terms, and of which kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus, Spans
from nlp.ngrams import Occurrences, is_stop_word, occurrences, read_key
from nlp.records import Kind
from nlp.tagging import PARTS_OF_SPEECH, PartOfSpeech
from nlp.tokens import Case, tokenize

LONGEST_TERM = 3
# A word written with a capital more often than this, inside sentences, is a name. Genre names such as Britpop
# are written both ways; "Manchester" is let in by its facet (see `nlp.weights`).
NAME_SHARE = 0.6

# A text with fewer words than this share capitalised is written without capitals.
LEAST_CAPITALS = 0.02
# A name that is let in counts where it is capitalised if it is so this often: "Krautrock", "Chicago"; in "Rock
# Band" the word is part of a title.
ADMITTED_SHARE = 0.3

_LISTED_KINDS: dict[int, Kind] = {1: "n1", 2: "n2", 3: "n3"}
_PHRASE: frozenset[PartOfSpeech] = frozenset({"noun", "adjective", "proper"})
_ENDS: frozenset[PartOfSpeech] = frozenset({"noun", "adjective"})


@dataclass(frozen=True, slots=True)
class TermCounts:
    """The candidate terms of a corpus and where they stand.

    `terms[i]` and `kinds[i]` describe term i. The other arrays are parallel, one entry an occurrence: term
    number, span number and position in the corpus.
    """

    terms: tuple[str, ...]
    kinds: tuple[Kind, ...]
    term: NDArray[np.int64]
    span: NDArray[np.int64]
    position: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> TermCounts:
        """The uses where `chosen` holds, a mask over terms; the terms keep their numbers."""
        kept = chosen[self.term]
        return TermCounts(self.terms, self.kinds, self.term[kept], self.span[kept], self.position[kept])


def word_classes(corpus: Corpus, parts: Mapping[str, Mapping[PartOfSpeech, int]]) -> NDArray[np.int8]:
    """For each word of the corpus the index of its commonest part of speech in PARTS_OF_SPEECH."""
    other = PARTS_OF_SPEECH.index("other")
    classes = np.full(len(corpus.words), other, dtype=np.int8)
    for number, word in enumerate(corpus.words):
        counts = parts.get(word)
        if counts:
            best = max(PARTS_OF_SPEECH, key=lambda part: (counts.get(part, 0), -PARTS_OF_SPEECH.index(part)))
            classes[number] = PARTS_OF_SPEECH.index(best)
        elif word[:1].isdigit():
            classes[number] = PARTS_OF_SPEECH.index("noun")
    return classes


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


def find_terms(
    corpus: Corpus,
    spans: Spans,
    classes: NDArray[np.int8],
    *,
    fewest_artists: int,
    admitted_names: Collection[str] = (),
    listed: Collection[str] = (),
    silent: NDArray[np.bool_] | None = None,
) -> TermCounts:
    """The candidate terms of up to three words: those of fitting parts of speech that several artists share.

    A word that is usually capitalised counts as a name and takes no part, unless it is in `admitted_names`
    (places, genres). `listed` terms are found whatever their parts of speech. A capital inside a sentence
    marks a title or a name, and is no use of the term (`_as_name`); neither is an occurrence with a word
    whose position is `silent` (denied, or said of another artist).
    """
    found = _Finder(corpus, spans, classes, admitted_names, listed, silent)
    terms: list[str] = []
    kinds: list[Kind] = []
    parts: list[tuple[NDArray[np.int64], Occurrences]] = []
    for length in range(1, LONGEST_TERM + 1):
        each = found.of_length(length, fewest_artists)
        kept, number = np.unique(each.keys, return_inverse=True)
        chosen = np.full(len(kept), -1, dtype=np.int64)
        for index, key in enumerate(kept.tolist()):
            words = read_key(corpus, key, length)
            kind = _kind(corpus, classes, key, length)
            term = " ".join(words)
            if kind is None and term in found.listed:
                kind = _LISTED_KINDS[length]
            if kind:
                chosen[index] = len(terms)
                terms.append(term)
                kinds.append(kind)
        parts.append((chosen[number], each))
    return _join(terms, kinds, parts)


class _Finder:
    """What tells the uses of terms from other runs of words, worked out once for all lengths."""

    def __init__(
        self,
        corpus: Corpus,
        spans: Spans,
        classes: NDArray[np.int8],
        admitted: Collection[str],
        listed: Collection[str],
        silent: NDArray[np.bool_] | None,
    ) -> None:
        self.corpus, self.spans = corpus, spans
        self.listed = frozenset(listed)
        self._share = capital_share(corpus)
        self._admitted = _among(corpus, admitted)
        self._usable = _usable(corpus, classes, self._share, self._admitted)
        self._silent = silent
        self._cased = cased_documents(corpus)
        # Names that are let in may be capitalised, if that is how they are often written.
        self._may_be_capital = self._admitted & (self._share > ADMITTED_SHARE)

    def of_length(self, length: int, fewest_artists: int) -> Occurrences:
        """The uses of terms of so many words that enough artists share."""
        listed_words, listed_keys = self._listed_of(length)
        found = occurrences(self.corpus, self.spans, length, self._usable | listed_words)
        numbers = self.corpus.numbers
        ends = self._usable[numbers[found.positions]] & self._usable[numbers[found.positions + length - 1]]
        found = _only(found, ends | np.isin(found.keys, listed_keys))
        if self._silent is not None:
            found = _only(found, ~_any_word(self._silent, found))
        found = self._without_names(found)
        return _frequent(found, self.spans, fewest_artists)

    def _listed_of(self, length: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which words begin or end a listed term of this length, and the keys of these terms."""
        number = {word: index for index, word in enumerate(self.corpus.words) if word}
        base, keys = len(self.corpus.words), []
        ends = np.zeros(base, dtype=np.bool_)
        for term in self.listed:
            words = term.split(" ")
            if len(words) == length and all(word in number for word in words):
                key = 0
                for word in words:
                    key = key * base + number[word]
                keys.append(key)
                ends[[number[words[0]], number[words[-1]]]] = True
        return ends, np.array(keys, dtype=np.int64)

    def _without_names(self, found: Occurrences) -> Occurrences:
        """Leave out uses as a name: capitalised ones, and all of an artist or a term that mostly has such."""
        named = self._as_name(found)
        plain = ~named & self._cased[found.positions] & (self.corpus.cases[found.positions] == Case.LOWER)
        artist = self.spans.artist[found.spans]
        kept, number = np.unique(found.keys, return_inverse=True)
        pair = number.astype(np.int64) * (int(self.spans.artist.max(initial=0)) + 1) + artist
        let_in = ~_any_word(~self._admitted[self.corpus.numbers], found)
        listed = let_in | np.isin(found.keys, self._listed_of(found.length)[1])
        title = (_mostly(named, plain, pair, 0.5) & ~let_in) | (
            _mostly(named, plain, number, NAME_SHARE) & ~listed
        )
        return _only(found, ~named & ~title)

    def _as_name(self, found: Occurrences) -> NDArray[np.bool_]:
        """Whether a word of the run is capitalised inside a sentence without being let in as a name."""
        cases, numbers = self.corpus.cases, self.corpus.numbers
        capital = ((cases == Case.CAPITAL) | (cases == Case.UPPER)) & ~self._may_be_capital[numbers]
        return _any_word(capital, found)


def _among(corpus: Corpus, words: Collection[str]) -> NDArray[np.bool_]:
    return np.array([word in words for word in corpus.words], dtype=np.bool_)


def _any_word(marked: NDArray[np.bool_], found: Occurrences) -> NDArray[np.bool_]:
    """For each run, whether one of its words stands at a marked position."""
    result = marked[found.positions]
    for offset in range(1, found.length):
        result |= marked[found.positions + offset]
    return result


def _only(found: Occurrences, chosen: NDArray[np.bool_]) -> Occurrences:
    return Occurrences(found.length, found.keys[chosen], found.positions[chosen], found.spans[chosen])


def _mostly(
    some: NDArray[np.bool_], others: NDArray[np.bool_], group: NDArray[np.int64], share: float
) -> NDArray[np.bool_]:
    """For each entry, whether in its group `some` are more than this share of `some` and `others`."""
    number = np.unique(group, return_inverse=True)[1]
    left, right = np.bincount(number, some), np.bincount(number, others)
    most: NDArray[np.bool_] = (left > share * (left + right))[number]
    return most


def _join(
    terms: list[str], kinds: list[Kind], parts: list[tuple[NDArray[np.int64], Occurrences]]
) -> TermCounts:
    term = np.concatenate([number[number >= 0] for number, _ in parts])
    span = np.concatenate([each.spans[number >= 0] for number, each in parts])
    position = np.concatenate([each.positions[number >= 0] for number, each in parts])
    return TermCounts(tuple(terms), tuple(kinds), term, span, position)


def _usable(
    corpus: Corpus, classes: NDArray[np.int8], share: NDArray[np.float64], admitted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    ends = np.isin(classes, [PARTS_OF_SPEECH.index(part) for part in _ENDS])
    usable: NDArray[np.bool_] = ((ends & (share <= NAME_SHARE)) | admitted) & ~is_stop_word(corpus)
    return usable


def _frequent(found: Occurrences, spans: Spans, fewest_artists: int) -> Occurrences:
    kept, number = np.unique(found.keys, return_inverse=True)
    base = int(spans.artist.max(initial=0)) + 1
    pairs = np.unique(number.astype(np.int64) * base + spans.artist[found.spans])
    artists = np.bincount(pairs // base, minlength=len(kept))
    return _only(found, artists[number] >= fewest_artists)


def _kind(corpus: Corpus, classes: NDArray[np.int8], key: int, length: int) -> Kind | None:
    parts = []
    for _ in range(length):
        key, number = divmod(key, len(corpus.words))
        parts.append(PARTS_OF_SPEECH[classes[number]])
    return kind_of(tuple(reversed(parts)))


def kind_of(parts: tuple[PartOfSpeech, ...]) -> Kind | None:
    """The kind of a term whose words have these parts of speech; None if it describes nothing.

    One adjective is `adj`, another single word `n1`. Adjectives and nouns that end in a noun are a noun
    phrase `np` ("heavy guitars"). Other runs are `n2` or `n3` ("drum and bass", "loud quiet").
    """
    if len(parts) == 1:
        return "adj" if parts[0] == "adjective" else "n1"
    if set(parts) <= _PHRASE and parts[-1] != "adjective":
        return "np"
    if "verb" in parts:
        return None
    return "n2" if len(parts) == 2 else "n3"


def own_name_terms(
    terms: Sequence[str], facets: Sequence[str], names: Iterable[tuple[int, str]]
) -> frozenset[tuple[int, int]]:
    """The pairs (artist row, term number) in which a term is the artist's own name or a part of it.

    A part that names a genre stays: Metal Church may well be metal. `names` are (artist row, name).
    """
    number_of = {term: number for number, term in enumerate(terms)}
    found = set()
    for artist, name in names:
        words = [word for word in tokenize(name).words if word]
        for part in _parts_of_name(words):
            number = number_of.get(part)
            if number is not None and (facets[number] != "genre" or part == " ".join(words)):
                found.add((artist, number))
    return frozenset(found)


def _parts_of_name(words: Sequence[str]) -> Iterator[str]:
    for length in range(1, LONGEST_TERM + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])
