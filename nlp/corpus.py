"""The corpus as numbers: all words of all documents in a row, and which stretches are about which artist."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.records import Mention, Role
from nlp.tokens import Case

CASE_BITS = 2
"""Lowest bits of a word code that hold the letter case; the rest is the number of the word, 0 a break."""

_WORD_TYPE = "<u4"
_SENTENCE_TYPE = "<i4"


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a release, in an order that does not depend on when they were read.

    `words[i]` is the word of number i, in alphabetical order; number 0 is the break "". `codes` (uint32) are
    the word codes of all documents in a row, document d being `codes[bounds[d]:bounds[d + 1]]`. `sentences`
    (int32, shape (sentences, 3)) likewise with `sentence_bounds`; their first column counts tokens within the
    document, the other two are characters.
    """

    words: tuple[str, ...]
    codes: NDArray[np.uint32]
    bounds: NDArray[np.int64]
    sentences: NDArray[np.int32]
    sentence_bounds: NDArray[np.int64]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The word numbers of all documents in a row; 0 at breaks."""
        return (self.codes >> CASE_BITS).astype(np.int64)

    @property
    def cases(self) -> NDArray[np.uint8]:
        """The letter cases (`nlp.tokens.Case`) of all words in a row."""
        return (self.codes & ((1 << CASE_BITS) - 1)).astype(np.uint8)

    @property
    def size(self) -> int:
        """Documents in the corpus."""
        return len(self.bounds) - 1


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of the corpus that are about an artist; all arrays are parallel, one entry a stretch.

    `artist` is the artist's row, `document` the document's, `first` and `last` are positions in
    `Corpus.codes` (last exclusive). `subject` tells a document's subject from a passage about another;
    `compared` marks the clauses that compare the subject with the artist, which describe neither by
    themselves.
    """

    artist: NDArray[np.int64]
    document: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    subject: NDArray[np.bool_]
    compared: NDArray[np.bool_]

    def only(self, chosen: NDArray[np.bool_]) -> Spans:
        """The spans where `chosen` holds."""
        return Spans(
            self.artist[chosen],
            self.document[chosen],
            self.first[chosen],
            self.last[chosen],
            self.subject[chosen],
            self.compared[chosen],
        )

    def covered(self, size: int) -> NDArray[np.bool_]:
        """For each of the `size` positions of the corpus, whether a span covers it."""
        steps = np.bincount(self.first, minlength=size + 1) - np.bincount(self.last, minlength=size + 1)
        inside: NDArray[np.bool_] = np.cumsum(steps)[:size] > 0
        return inside

    def positions(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every position of every span, and the number of the span it belongs to."""
        lengths = self.last - self.first
        span = np.repeat(np.arange(len(lengths)), lengths)
        starts = np.cumsum(lengths) - lengths
        return np.arange(lengths.sum()) - starts[span] + self.first[span], span


def encode_words(numbers: Sequence[int], cases: Sequence[Case]) -> bytes:
    """Pack the words of a document (`numbers`, 0 for a break) and their letter cases."""
    codes = (np.asarray(numbers, dtype=_WORD_TYPE) << CASE_BITS) | np.asarray(cases, dtype=_WORD_TYPE)
    return zlib.compress(codes.astype(_WORD_TYPE).tobytes(), level=1)


def encode_sentences(sentences: NDArray[np.int32]) -> bytes:
    """Pack the sentences of a document, shape (sentences, 3)."""
    return zlib.compress(sentences.astype(_SENTENCE_TYPE).tobytes(), level=1)


def decode_words(packed: bytes) -> NDArray[np.uint32]:
    """The word codes that `encode_words` packed."""
    return np.frombuffer(zlib.decompress(packed), dtype=_WORD_TYPE).astype(np.uint32)


def decode_sentences(packed: bytes) -> NDArray[np.int32]:
    """The sentences that `encode_sentences` packed."""
    return np.frombuffer(zlib.decompress(packed), dtype=_SENTENCE_TYPE).astype(np.int32).reshape(-1, 3)


def build_corpus(documents: Iterable[tuple[bytes, bytes]], words: dict[int, str]) -> Corpus:
    """Join packed documents, (words, sentences) each, and renumber their words in alphabetical order.

    `words` names the numbers used in the packed documents. Renumbering makes the result independent of the
    order in which the documents were first read.
    """
    codes, sentences = [], []
    for packed_words, packed_sentences in documents:
        codes.append(decode_words(packed_words))
        sentences.append(decode_sentences(packed_sentences))
    bounds = np.cumsum([0, *map(len, codes)], dtype=np.int64)
    sentence_bounds = np.cumsum([0, *map(len, sentences)], dtype=np.int64)
    joined = np.concatenate(codes) if codes else np.zeros(0, dtype=np.uint32)
    names, joined = _renumber(joined, words)
    rows = np.concatenate(sentences) if sentences else np.zeros((0, 3), dtype=np.int32)
    return Corpus(names, joined, bounds, rows, sentence_bounds)


def _renumber(codes: NDArray[np.uint32], words: dict[int, str]) -> tuple[tuple[str, ...], NDArray[np.uint32]]:
    old = np.unique(codes >> CASE_BITS)
    old = old[old > 0]
    named = sorted((words[number], number) for number in old.tolist())
    new_of = np.zeros(int(old.max(initial=0)) + 1, dtype=np.uint32)
    for new, (_, number) in enumerate(named, start=1):
        new_of[number] = new
    case = codes & ((1 << CASE_BITS) - 1)
    return ("", *(name for name, _ in named)), (new_of[codes >> CASE_BITS] << CASE_BITS) | case


def build_spans(corpus: Corpus, mentions: Iterable[tuple[int, int, Mention]]) -> Spans:
    """The spans of `mentions`, given as (document row, artist row, mention).

    Several mentions of an artist in one sentence are one span.
    """
    seen: set[tuple[int, int, int, int, Role]] = set()
    for document, artist, mention in mentions:
        first, last = _token_range(corpus, document, mention)
        if last > first:
            seen.add((artist, document, first, last, mention.role))
    ordered = sorted(seen)
    rows = np.array([row[:4] for row in ordered], dtype=np.int64).reshape(-1, 4)
    roles = np.array([row[4] for row in ordered], dtype=object)
    return Spans(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], roles == "subject", roles == "compared")


def _token_range(corpus: Corpus, document: int, mention: Mention) -> tuple[int, int]:
    start, end = int(corpus.bounds[document]), int(corpus.bounds[document + 1])
    if mention.role == "subject":
        return start, end
    if mention.first_token is not None and mention.last_token is not None:
        return start + mention.first_token, min(end, start + mention.last_token)
    left = int(corpus.sentence_bounds[document])
    number = int(corpus.sentence_bounds[document + 1]) - left
    if mention.first_sentence >= number:
        return start, start
    first = start + int(corpus.sentences[left + mention.first_sentence, 0])
    after = mention.last_sentence + 1
    return first, start + int(corpus.sentences[left + after, 0]) if after < number else end


def words_within(corpus: Corpus, spans: Spans, artists: int) -> NDArray[np.int64]:
    """How many words stand in the spans of each of `artists` artists (by row); breaks are no words."""
    upto = np.append(0, np.cumsum(corpus.numbers > 0))
    counted = np.bincount(spans.artist, weights=upto[spans.last] - upto[spans.first], minlength=artists)
    return counted.astype(np.int64)


def without(spans: Spans, holes: Spans) -> Spans:
    """The spans without the stretches of `holes`: each is cut into the pieces between them.

    Whose holes they are does not matter. Pieces keep the order of their spans.
    """
    if not len(holes.first) or not len(spans.first):
        return spans
    starts, ends = _joined(holes)
    # Of each span: the holes that end behind its start and start before its end.
    left = np.searchsorted(ends, spans.first, side="right")
    right = np.searchsorted(starts, spans.last, side="left")
    pieces = np.maximum(right - left, 0) + 1
    span = np.repeat(np.arange(len(pieces)), pieces)
    place = np.arange(len(span)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first, last = spans.first[span].copy(), spans.last[span].copy()
    behind, before = place > 0, place < (pieces - 1)[span]
    first[behind] = np.maximum(first[behind], ends[(left[span] + place - 1)[behind]])
    last[before] = np.minimum(last[before], starts[(left[span] + place)[before]])
    kept = last > first
    chosen = span[kept]
    return Spans(
        spans.artist[chosen],
        spans.document[chosen],
        first[kept],
        last[kept],
        spans.subject[chosen],
        spans.compared[chosen],
    )


def _joined(spans: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stretches that the spans cover together, in order and without overlap."""
    order = np.lexsort((spans.last, spans.first))
    first, last = spans.first[order], np.maximum.accumulate(spans.last[order])
    opens = np.append(True, first[1:] > last[:-1])
    return first[opens], np.append(last[:-1][opens[1:]], last[-1])
