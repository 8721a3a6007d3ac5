"""The best sentences in which an artist is described with a term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import rank
from nlp.corpus import Corpus, Spans
from nlp.support import DocumentFacts
from nlp.terms import TermCounts
from nlp.weights import Weighted

# A sentence of about this many words reads well as a quote: it says something and is quick to read.
GOOD_WORDS = 20


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
) -> Evidence:
    """Up to `sentences` sentences for each of an artist's `terms` strongest descriptors.

    Each from another document and, as far as there are several, from another source; of equals the one whose
    length is nearest to a readable quote.
    """
    pair, wanted = _wanted(weighted, spans, counts, terms)
    occurrence = np.flatnonzero(wanted)
    sentence = _sentence_of(corpus, counts.position[occurrence])
    document = spans.document[counts.span[occurrence]]
    start, end = corpus.sentences[sentence, 1], corpus.sentences[sentence, 2]
    misfit = np.abs(_words(corpus, sentence) - GOOD_WORDS)
    order = np.lexsort((start, document, misfit, pair[occurrence]))
    order = _first_of_each(order, pair[occurrence], document)
    order = _sources_in_turn(order, pair[occurrence], facts.source[document])
    order = order[rank(pair[occurrence][order]) < sentences]
    chosen = occurrence[order]
    return Evidence(
        spans.artist[counts.span[chosen]], counts.term[chosen], document[order], start[order], end[order]
    )


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


def _sentence_of(corpus: Corpus, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    per_document = np.diff(corpus.sentence_bounds)
    starts = corpus.sentences[:, 0] + np.repeat(corpus.bounds[:-1], per_document)
    number: NDArray[np.int64] = np.searchsorted(starts, positions, side="right") - 1
    return number


def _words(corpus: Corpus, sentence: NDArray[np.int64]) -> NDArray[np.int64]:
    """Words of sentences, taken as a sixth of their characters."""
    characters: NDArray[np.int64] = corpus.sentences[sentence, 2] - corpus.sentences[sentence, 1]
    return characters // 6


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
