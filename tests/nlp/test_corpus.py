"""The corpus as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.corpus import (
    CASE_BITS,
    Spans,
    build_corpus,
    build_spans,
    decode_sentences,
    decode_words,
    encode_sentences,
    encode_words,
    without,
)
from nlp.records import Mention
from nlp.tokens import Case, tokenize
from tests.nlp.small_corpora import About, corpus_of, read

WORDS = ("bass", "drum", "fuzz", "hum", "low", "slow")
texts = st.lists(
    st.lists(st.sampled_from([*WORDS, "Low.", "Slow,", "FUZZ!"]), max_size=12).map(" ".join), max_size=5
)
numbers = st.integers(0, 2**30 - 1)
THREE_SENTENCES = "The drum hums. Low, slow bass. More fuzz."


@settings(max_examples=40)
@given(st.lists(st.tuples(numbers, st.sampled_from(Case))))
def test_words_and_cases_survive_packing(words: list[tuple[int, Case]]) -> None:
    codes = decode_words(encode_words([number for number, _ in words], [case for _, case in words]))
    assert codes.dtype == np.uint32
    assert [(code >> CASE_BITS, code & 3) for code in codes.tolist()] == words


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 2**31 - 1)] * 3)))
def test_sentences_survive_packing(sentences: list[tuple[int, int, int]]) -> None:
    rows = np.array(sentences, dtype=np.int32).reshape(-1, 3)
    assert np.array_equal(decode_sentences(encode_sentences(rows)), rows)


@settings(max_examples=40)
@given(texts, st.permutations(range(1, 7)), st.integers(0, 1000))
def test_a_corpus_does_not_depend_on_how_words_were_numbered(
    given_texts: list[str], order: list[int], offset: int
) -> None:
    usual = corpus_of(given_texts)
    other = corpus_of(given_texts, [number + offset for number in order])
    assert usual.words == other.words
    for name in ("codes", "bounds", "sentences", "sentence_bounds"):
        assert np.array_equal(getattr(usual, name), getattr(other, name))


@settings(max_examples=40)
@given(texts)
def test_a_corpus_holds_the_words_and_cases_of_its_texts_in_a_row(given_texts: list[str]) -> None:
    corpus = corpus_of(given_texts)
    assert corpus.size == len(given_texts)
    for row, text in enumerate(given_texts):
        expected = tokenize(text)
        part = slice(corpus.bounds[row], corpus.bounds[row + 1])
        assert [corpus.words[n] or None for n in corpus.numbers[part].tolist()] == list(expected.words)
        assert corpus.cases[part].tolist() == list(expected.cases)
        sentences = corpus.sentences[corpus.sentence_bounds[row] : corpus.sentence_bounds[row + 1]]
        assert np.array_equal(sentences, expected.sentences)


def test_words_are_in_alphabetical_order_behind_the_break() -> None:
    assert corpus_of(["slow drum", "bass"]).words == ("", "bass", "drum", "slow")


def test_words_that_no_document_uses_are_left_out() -> None:
    packed = (encode_words([7], [Case.LOWER]), encode_sentences(np.array([[0, 0, 3]], dtype=np.int32)))
    assert build_corpus([packed], {3: "bass", 7: "low"}).words == ("", "low")


def test_no_documents_are_a_corpus_too() -> None:
    corpus = build_corpus([], {})
    assert (corpus.size, corpus.words, len(corpus.codes)) == (0, ("",), 0)


def covered(texts: list[About]) -> list[list[str]]:
    """The words of each span."""
    corpus, spans = read(texts)
    return [
        [corpus.words[n] for n in corpus.numbers[first:last].tolist() if n]
        for first, last in zip(spans.first.tolist(), spans.last.tolist(), strict=True)
    ]


def test_a_subject_spans_its_whole_document() -> None:
    _, spans = read([About(0, "Low."), About(1, THREE_SENTENCES)])
    assert spans.subject.tolist() == [True, True]
    assert covered([About(0, "Low."), About(1, THREE_SENTENCES)])[1] == [
        *("the", "drum", "hums", "low", "slow", "bass", "more", "fuzz"),
    ]


def test_a_passage_spans_its_sentences() -> None:
    assert covered([About(0, THREE_SENTENCES, sentences=(1, 1))]) == [["low", "slow", "bass"]]
    assert covered([About(0, THREE_SENTENCES, sentences=(1, 2))]) == [["low", "slow", "bass", "more", "fuzz"]]


def test_two_mentions_in_one_sentence_are_one_span() -> None:
    corpus = corpus_of([THREE_SENTENCES])
    mentions = [(0, 0, Mention(9, start, start + 1, "passage", 1, 1, 0.9)) for start in (15, 20)]
    assert len(build_spans(corpus, mentions).artist) == 1


def test_a_sentence_that_is_not_there_is_no_span() -> None:
    assert covered([About(0, THREE_SENTENCES, sentences=(3, 3))]) == []


def test_a_text_without_words_is_no_span() -> None:
    assert covered([About(0, "…"), About(0, "Low.")]) == [["low"]]


@st.composite
def some_spans(draw: st.DrawFn) -> Spans:
    pairs = draw(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=8))
    first = np.array([start for start, _ in pairs], dtype=np.int64)
    length = np.array([length for _, length in pairs], dtype=np.int64)
    zeros = np.zeros(len(pairs), dtype=np.int64)
    return Spans(zeros, zeros, first, first + length, zeros.astype(np.bool_), zeros.astype(np.bool_))


@settings(max_examples=40)
@given(some_spans())
def test_positions_are_those_of_every_span_in_turn(spans: Spans) -> None:
    positions, span = spans.positions()
    bounds = zip(spans.first.tolist(), spans.last.tolist(), strict=True)
    expected = [(place, n) for n, (first, last) in enumerate(bounds) for place in range(first, last)]
    assert list(zip(positions.tolist(), span.tolist(), strict=True)) == expected


def test_choosing_spans_keeps_their_columns_together() -> None:
    _, spans = read([About(0, "Low."), About(1, "Slow.", sentences=(0, 0)), About(0, "Bass.")])
    chosen = spans.only(spans.artist == 1)
    assert (chosen.artist.tolist(), chosen.document.tolist(), chosen.subject.tolist()) == ([1], [1], [False])


def test_a_position_is_covered_where_a_span_lies_over_it() -> None:
    mask = np.array([True, True, False])
    spans = Spans(
        np.array([0, 1, 1]), np.array([0, 0, 0]), np.array([1, 2, 5]), np.array([3, 4, 6]), mask, ~mask
    )
    assert spans.covered(7).tolist() == [False, True, True, True, False, True, False]
    assert spans.only(spans.compared).covered(7).tolist() == [False] * 5 + [True, False]
    assert not spans.only(np.zeros(3, dtype=np.bool_)).covered(4).any()


def spans_of(*rows: tuple[int, int, int, bool]) -> Spans:
    """Spans of (artist, first, last, compared) in document 0."""
    table = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    compared = np.array([row[3] for row in rows], dtype=bool)
    return Spans(table[:, 0], np.zeros(len(rows), np.int64), table[:, 1], table[:, 2], ~compared, compared)


def test_spans_without_holes_are_cut_into_pieces() -> None:
    pieces = without(
        spans_of((1, 0, 10, False), (2, 20, 30, False)), spans_of((3, 2, 4, True), (4, 3, 6, True))
    )
    assert list(zip(pieces.artist.tolist(), pieces.first.tolist(), pieces.last.tolist(), strict=True)) == [
        (1, 0, 2),
        (1, 6, 10),
        (2, 20, 30),
    ]


ranges = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=6)


@given(ranges, ranges)
def test_what_is_cut_out_is_exactly_what_the_holes_cover(given: list[Any], cut: list[Any]) -> None:
    spans = spans_of(*((n, first, first + length, False) for n, (first, length) in enumerate(given)))
    holes = spans_of(*((9, first, first + length, True) for first, length in cut))
    pieces = without(spans, holes)
    gone = {place for first, length in cut for place in range(first, first + length)}
    for n, (first, length) in enumerate(given):
        mine = pieces.artist == n
        kept = [p for f, t in zip(pieces.first[mine], pieces.last[mine], strict=True) for p in range(f, t)]
        assert kept == [place for place in range(first, first + length) if place not in gone]
