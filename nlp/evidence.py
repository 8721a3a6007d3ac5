"""The best sentences in which an artist is described with a term."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import rank
from nlp.corpus import Corpus, Spans
from nlp.sentences import any_within, awkwardness, sentence_digests, sentence_of
from nlp.support import DocumentFacts
from nlp.terms import TermCounts
from nlp.tokens import tokenize
from nlp.weights import Weighted

# What speaks for a sentence that names the artist, and against one about somebody else, in words of length.
NAMED = 6.0
OTHERS = 25.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sentences as parallel arrays: artist, term, document, and the sentence's characters in the text."""

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    document: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def choose_evidence(
    corpus: Corpus,
    spans: Spans,
    counts: TermCounts,
    facts: DocumentFacts,
    weighted: Weighted,
    *,
    terms: int,
    sentences: int,
    names: Iterable[tuple[int, str]] = (),
    about_others: NDArray[np.bool_] | None = None,
) -> Evidence:
    """Up to `sentences` sentences for each of the `terms` strongest descriptors that an artist's texts use.

    Each from another document and, as far as there are several, from another source, and none twice. Of
    several the one that reads best alone (`nlp.sentences.awkwardness`), better if it has one of the artist's
    `names`, given as (artist row, name), and much worse if it stands where `about_others` marks the passages
    about others.
    """
    pair, wanted = _wanted(weighted, spans, counts, terms)
    occurrence = np.flatnonzero(wanted)
    pair, span, position = pair[occurrence], counts.span[occurrence], counts.position[occurrence]
    sentence, document = sentence_of(corpus, position), spans.document[span]
    start, end = corpus.sentences[sentence, 1], corpus.sentences[sentence, 2]
    misfit = awkwardness(corpus)[sentence]
    misfit -= NAMED * any_within(corpus, _own_names(corpus, spans, names))[sentence]
    if about_others is not None:
        misfit += OTHERS * (about_others[position] & spans.subject[span])
    order = np.lexsort((start, document, misfit, pair))
    order = _first_of_each(order, pair, document)
    order = _first_of_each(order, pair, sentence_digests(corpus)[sentence].astype(np.int64))
    order = _sources_in_turn(order, pair, facts.source[document])
    order = order[rank(pair[order]) < sentences]
    chosen = occurrence[order]
    return Evidence(spans.artist[span[order]], counts.term[chosen], document[order], start[order], end[order])


def _own_names(corpus: Corpus, spans: Spans, names: Iterable[tuple[int, str]]) -> NDArray[np.bool_]:
    """The positions within spans at which the longest word of one of their artist's names stands."""
    number = {word: index for index, word in enumerate(corpus.words) if word}
    keys = []
    for artist, name in names:
        words = [word for word in tokenize(name).words if word]
        main = max(words, key=len, default="")
        if main in number:
            keys.append(artist * len(corpus.words) + number[main])
    positions, span = spans.positions()
    named = np.zeros(len(corpus.codes), dtype=np.bool_)
    found = np.isin(
        spans.artist[span] * len(corpus.words) + corpus.numbers[positions], np.array(keys, dtype=np.int64)
    )
    named[positions[found]] = True
    return named


def _wanted(
    weighted: Weighted, spans: Spans, counts: TermCounts, terms: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each occurrence, the number of its (artist, term) pair, and whether that pair gets evidence."""
    base = len(counts.terms)
    written = np.flatnonzero(~weighted.inferred)
    strong = written[rank(weighted.artist[written]) < terms]
    pairs = np.unique(weighted.artist[strong] * base + weighted.term[strong])
    pair = spans.artist[counts.span] * base + counts.term
    return pair, np.isin(pair, pairs)


def _first_of_each(order: NDArray[np.int64], *columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the ordered entries, the first of each distinct combination of columns."""
    rows = np.stack([column[order] for column in columns])
    first = np.unique(rows, axis=1, return_index=True)[1]
    return order[np.sort(first)]


def _sources_in_turn(
    order: NDArray[np.int64], pair: NDArray[np.int64], source: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Reorder within each pair: the first sentence of every source, then the second of every source."""
    grouped = np.lexsort((np.arange(len(order)), source[order], pair[order]))
    turn = np.empty(len(order), dtype=np.int64)
    turn[grouped] = rank(pair[order][grouped] * (int(source.max(initial=0)) + 1) + source[order][grouped])
    return order[np.lexsort((np.arange(len(order)), turn, pair[order]))]
