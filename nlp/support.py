"""How many independent sources use a term of an artist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import distinct
from nlp.corpus import Corpus, Spans
from nlp.sentences import sentence_digests, sentence_of
from nlp.terms import TermCounts

NO_DAY = np.iinfo(np.int64).min
# Words that the other sources write about an artist, from which on a term of one source alone needs their
# word: a short review. A blurb of two sentences cannot be expected to confirm what an article says.
ENOUGH_WORDS = 50
# A source is loud about an artist when it has more documents than this, and more than all others together.
LOUD_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What weighting needs to know of the documents: source number and day.

    Days are counted from 1970-01-01; NO_DAY where the day is unknown.
    """

    source: NDArray[np.int64]
    day: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Support:
    """Which terms are used of which artists: parallel arrays, sorted by artist and term.

    `amount` is the sum over the sources of n / (n + 1) for the n different sentences in which a source uses
    the term, so that each source saturates at one. `alone` marks a term that one source uses while others
    write about the artist too, `loud` one whose source in addition has most of the documents. `first_day` and
    `last_day` are the ends of int64 where no day is known.
    """

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    amount: NDArray[np.float64]
    frequency: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]
    alone: NDArray[np.bool_]
    loud: NDArray[np.bool_]


def find_support(
    corpus: Corpus,
    counts: TermCounts,
    spans: Spans,
    facts: DocumentFacts,
    *,
    excluded: frozenset[tuple[int, int]] = frozenset(),
) -> Support:
    """Count for every artist and term who uses it.

    A sentence that stands in several documents is one sentence, of the first source that has it, so that
    copies count once wherever they stand. `excluded` pairs of artist and term (own names) are left out.
    """
    artist, document = spans.artist[counts.span], spans.document[counts.span]
    kept = ~_is_excluded(artist, counts.term, excluded)
    uses = _Uses(
        artist[kept],
        counts.term[kept],
        facts.source[document[kept]],
        document[kept],
        facts.day[document[kept]],
        sentence_digests(corpus)[sentence_of(corpus, counts.position[kept])],
    )
    return _support(uses, spans, facts)


def exposure(spans: Spans, facts: DocumentFacts, artists: int) -> NDArray[np.float64]:
    """How much is written about each artist: the sum over the sources of 1 - 2^-n for their n documents."""
    pairs = np.unique(np.stack([spans.artist, spans.document]), axis=1)
    sources = np.stack([pairs[0], facts.source[pairs[1]]])
    unique, documents = np.unique(sources, axis=1, return_counts=True)
    return np.bincount(unique[0], weights=1 - 2.0**-documents, minlength=artists).astype(np.float64)


def usual_share(support: Support, exposed: NDArray[np.float64], *, terms: int) -> NDArray[np.float64]:
    """The share of all that is written about artists that uses each term, between 0 and 1."""
    total = np.bincount(support.term, weights=support.amount, minlength=terms)
    return np.clip(total / max(float(exposed.sum()), 1e-9), 1e-6, 0.99)


@dataclass(frozen=True, slots=True)
class _Uses:
    """The uses of terms: parallel arrays, one entry an occurrence."""

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    source: NDArray[np.int64]
    document: NDArray[np.int64]
    day: NDArray[np.int64]
    sentence: NDArray[np.uint64]


def _support(uses: _Uses, spans: Spans, facts: DocumentFacts) -> Support:
    base = int(uses.term.max(initial=0)) + 1
    pairs, pair = np.unique(uses.artist * base + uses.term, return_inverse=True)
    pair, size = pair.astype(np.int64), len(pairs)
    amount, sources, only = _by_source(pair, uses, size)
    late = np.where(uses.day == NO_DAY, np.iinfo(np.int64).max, uses.day)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, NO_DAY)
    np.minimum.at(first, pair, late)
    np.maximum.at(last, pair, uses.day)
    artist = pairs // base
    others, loud = _beside(artist, only, spans, facts)
    alone = (sources == 1) & (others >= ENOUGH_WORDS)
    return Support(
        artist,
        pairs % base,
        amount,
        np.bincount(pair, minlength=size),
        _distinct(pair, uses.document, size),
        sources,
        first,
        last,
        alone,
        alone & loud,
    )


def _by_source(
    pair: NDArray[np.int64], uses: _Uses, size: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """For each pair the amount of support, the number of sources, and the first source."""
    order = np.lexsort((uses.document, uses.source, uses.sentence, pair))
    sentence, ordered = uses.sentence[order], pair[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (sentence[1:] != sentence[:-1]) | (ordered[1:] != ordered[:-1])
    kept = order[new]
    sources = int(uses.source.max(initial=0)) + 1
    triples, sentences = np.unique(pair[kept] * sources + uses.source[kept], return_counts=True)
    group = triples // sources
    amount = np.bincount(group, weights=sentences / (sentences + 1), minlength=size)
    first = np.full(size, sources)
    np.minimum.at(first, group, triples % sources)
    return amount.astype(np.float64), np.bincount(group, minlength=size).astype(np.int64), first


def _distinct(pair: NDArray[np.int64], number: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """For each pair how many different numbers it has."""
    base = int(number.max(initial=0)) + 1
    return np.asarray(np.bincount(distinct(pair * base + number) // base, minlength=size), dtype=np.int64)


def _beside(
    artist: NDArray[np.int64], source: NDArray[np.int64], spans: Spans, facts: DocumentFacts
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each artist and source: words of the other sources, and whether the source shouts them down."""
    base = int(facts.source.max(initial=0)) + 1
    spoken = spans.artist * base + facts.source[spans.document]
    keys, place = np.unique(spoken, return_inverse=True)
    words = np.bincount(place, weights=spans.last - spans.first, minlength=len(keys))
    documents = _distinct(place.astype(np.int64), spans.document, len(keys))
    row = np.searchsorted(keys, artist * base + source)
    artists = int(spans.artist.max(initial=0)) + 1
    all_words = np.bincount(keys // base, weights=words, minlength=artists)
    all_documents = np.bincount(keys // base, weights=documents, minlength=artists)
    loud = (documents[row] > LOUD_DOCUMENTS) & (2 * documents[row] > all_documents[artist])
    return (all_words[artist] - words[row]).astype(np.int64), loud


def _is_excluded(
    artist: NDArray[np.int64], term: NDArray[np.int64], excluded: frozenset[tuple[int, int]]
) -> NDArray[np.bool_]:
    base = int(term.max(initial=0)) + 1
    pairs = np.array([a * base + t for a, t in excluded if t < base], dtype=np.int64)
    found: NDArray[np.bool_] = np.isin(artist * base + term, pairs)
    return found
