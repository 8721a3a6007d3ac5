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


def capital_share(corpus: Corpus) -> NDArray[np.float64]:
    """For each word, the share of its occurrences inside sentences that are capitalised; 0 without any."""
    numbers, cases = corpus.numbers, corpus.cases
    inside = cases != Case.INITIAL
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
) -> TermCounts:
    """The candidate terms of up to three words: those of fitting parts of speech that several artists share.

    A word that is usually capitalised counts as a name and takes no part, unless it is in `admitted_names`
    (places, genres).
    """
    usable = _usable(corpus, classes, admitted_names)
    found = [
        _frequent(occurrences(corpus, spans, length, usable), spans, fewest_artists)
        for length in range(1, LONGEST_TERM + 1)
    ]
    terms: list[str] = []
    kinds: list[Kind] = []
    parts: list[tuple[NDArray[np.int64], Occurrences]] = []
    for each in found:
        kept, number = np.unique(each.keys, return_inverse=True)
        chosen = np.full(len(kept), -1, dtype=np.int64)
        for index, key in enumerate(kept.tolist()):
            kind = _kind(corpus, classes, key, each.length)
            if kind:
                chosen[index] = len(terms)
                terms.append(" ".join(read_key(corpus, key, each.length)))
                kinds.append(kind)
        parts.append((chosen[number], each))
    return _join(terms, kinds, parts)


def _join(
    terms: list[str], kinds: list[Kind], parts: list[tuple[NDArray[np.int64], Occurrences]]
) -> TermCounts:
    term = np.concatenate([number[number >= 0] for number, _ in parts])
    span = np.concatenate([each.spans[number >= 0] for number, each in parts])
    position = np.concatenate([each.positions[number >= 0] for number, each in parts])
    return TermCounts(tuple(terms), tuple(kinds), term, span, position)


def _usable(corpus: Corpus, classes: NDArray[np.int8], admitted: Collection[str]) -> NDArray[np.bool_]:
    let_in = np.array([word in admitted for word in corpus.words])
    ends = np.isin(classes, [PARTS_OF_SPEECH.index(part) for part in _ENDS])
    name = capital_share(corpus) > NAME_SHARE
    usable: NDArray[np.bool_] = ((ends & ~name) | let_in) & ~is_stop_word(corpus)
    return usable


def _frequent(found: Occurrences, spans: Spans, fewest_artists: int) -> Occurrences:
    kept, number = np.unique(found.keys, return_inverse=True)
    pairs = np.unique(
        number.astype(np.int64) * (int(spans.artist.max(initial=0)) + 1) + spans.artist[found.spans]
    )
    artists = np.bincount(pairs // (int(spans.artist.max(initial=0)) + 1), minlength=len(kept))
    chosen = artists[number] >= fewest_artists
    return Occurrences(found.length, found.keys[chosen], found.positions[chosen], found.spans[chosen])


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
