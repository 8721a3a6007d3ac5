"""Which runs of words are descriptor terms, and of which kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import distinct
from nlp.corpus import Corpus, Spans
from nlp.listed import ListedRuns, listed_runs
from nlp.names import NAME_SHARE, NameUse, any_word, capital_share
from nlp.ngrams import Occurrences, is_stop_word, occurrences, read_key
from nlp.records import Kind
from nlp.tagging import PARTS_OF_SPEECH, PartOfSpeech
from nlp.tokens import tokenize

LONGEST_TERM = 3

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


def find_terms(
    corpus: Corpus,
    spans: Spans,
    classes: NDArray[np.int8],
    *,
    fewest_artists: int,
    admitted_names: Collection[str] = (),
    listed: Mapping[str, str] | None = None,
    silent: NDArray[np.bool_] | None = None,
) -> TermCounts:
    """The candidate terms of up to three words: those of fitting parts of speech that several artists share.

    A word that is usually capitalised counts as a name and takes no part, unless it is in `admitted_names`
    (places, genres). `listed` terms, with their facets, are found whatever their parts of speech. Where a
    term is used as a title or a name (`nlp.names`) it is not used as a term; neither where one of its words
    stands at a `silent` position (denied, or said of another artist) or belongs to a longer listed term of
    another facet, as "hip" does in "hip hop".
    """
    share = capital_share(corpus)
    admitted = _among(corpus, admitted_names)
    nouns = np.isin(classes, [PARTS_OF_SPEECH.index(part) for part in _ENDS])
    usable = ((nouns & (share <= NAME_SHARE)) | admitted) & ~is_stop_word(corpus)
    names = NameUse(corpus, spans, share, admitted)
    blocked = np.zeros(len(corpus.codes), dtype=np.bool_) if silent is None else silent
    bound = np.zeros(len(corpus.codes), dtype=np.bool_)
    found: list[_Found] = []
    for length in range(LONGEST_TERM, 0, -1):
        lexicon = listed_runs(corpus, listed or {}, length)
        each = occurrences(corpus, spans, length, usable | lexicon.ends)
        in_lexicon, is_place = lexicon.find(each)
        ends = usable[corpus.numbers[each.positions]]
        ends &= usable[corpus.numbers[each.positions + length - 1]]
        kept = (ends | in_lexicon) & ~any_word(blocked, each)
        if length == 1:
            kept &= ~bound[each.positions]
        each, in_lexicon, is_place = each.only(kept), in_lexicon[kept], is_place[kept]
        keys, number = np.unique(each.keys, return_inverse=True)
        kept = is_place | ~names.find(each, number, in_lexicon)
        each, number = each.only(kept), number[kept]
        lexicon.bind(each, bound)
        kept = _shared(number, spans.artist[each.spans], fewest_artists)
        found.append(_named(corpus, classes, lexicon, keys=keys, number=number[kept], uses=each.only(kept)))
    return _join(found[::-1])


@dataclass(frozen=True, slots=True)
class _Found:
    """The terms of one length, and the number of each use among them."""

    terms: tuple[str, ...]
    kinds: tuple[Kind, ...]
    term: NDArray[np.int64]
    uses: Occurrences


def _named(
    corpus: Corpus,
    classes: NDArray[np.int8],
    lexicon: ListedRuns,
    *,
    keys: NDArray[np.int64],
    number: NDArray[np.int64],
    uses: Occurrences,
) -> _Found:
    """Read the keys in use as terms, leaving out runs that are of no kind."""
    used = np.flatnonzero(np.bincount(number, minlength=len(keys)))
    chosen = np.full(len(keys), -1, dtype=np.int64)
    terms: list[str] = []
    kinds: list[Kind] = []
    for index in used.tolist():
        key = int(keys[index])
        kind = _kind(corpus, classes, key, uses.length) or lexicon.kind(key)
        if kind:
            chosen[index] = len(terms)
            terms.append(" ".join(read_key(corpus, key, uses.length)))
            kinds.append(kind)
    term = chosen[number]
    return _Found(tuple(terms), tuple(kinds), term[term >= 0], uses.only(term >= 0))


def _join(found: Sequence[_Found]) -> TermCounts:
    first = np.cumsum([0, *(len(each.terms) for each in found)])
    return TermCounts(
        tuple(term for each in found for term in each.terms),
        tuple(kind for each in found for kind in each.kinds),
        np.concatenate([each.term + start for each, start in zip(found, first, strict=False)]),
        np.concatenate([each.uses.spans for each in found]),
        np.concatenate([each.uses.positions for each in found]),
    )


def _among(corpus: Corpus, words: Collection[str]) -> NDArray[np.bool_]:
    return np.array([word in words for word in corpus.words], dtype=np.bool_)


def _shared(number: NDArray[np.int64], artist: NDArray[np.int64], fewest: int) -> NDArray[np.bool_]:
    """Whether each entry's number stands with enough different artists."""
    base = int(artist.max(initial=0)) + 1
    artists = np.bincount(distinct(number.astype(np.int64) * base + artist) // base)
    return np.asarray(artists[number] >= fewest) if len(number) else np.zeros(0, dtype=np.bool_)


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
