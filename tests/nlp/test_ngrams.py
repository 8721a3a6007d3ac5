"""Runs of words, counted by artist."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.corpus import Corpus
from nlp.ngrams import count_matrix, count_pairs, is_stop_word, occurrences, read_key, stop_words
from nlp.tokens import tokenize
from tests.nlp.small_corpora import About, all_true, read

VOCABULARY = ["bass", "drum", "the", "and", "fuzz", "slow"]
texts = st.lists(
    st.builds(
        About,
        st.integers(0, 2),
        st.lists(st.sampled_from([*VOCABULARY, "fuzz,", "Slow."]), max_size=15).map(" ".join),
    ),
    max_size=4,
)
pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=60)


def columns(given_pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array(given_pairs, dtype=np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def runs(text: str, length: int) -> list[tuple[str, ...]]:
    """What `occurrences` shall find: runs of words without a break that start and end with a content word."""
    words = tokenize(text).words
    windows = [words[start : start + length] for start in range(len(words) - length + 1)]
    return [
        tuple(word for word in window if word)
        for window in windows
        if None not in window and not {window[0], window[-1]} & stop_words()
    ]


def found_runs(given_texts: list[About], length: int) -> Counter[tuple[int, tuple[str, ...]]]:
    corpus, spans = read(given_texts)
    found = occurrences(corpus, spans, length, ~is_stop_word(corpus))
    return Counter(
        (int(spans.artist[span]), read_key(corpus, key, length))
        for key, span in zip(found.keys.tolist(), found.spans.tolist(), strict=True)
    )


@settings(max_examples=40)
@given(texts, st.integers(1, 3))
def test_occurrences_are_the_runs_of_words_within_the_texts(given_texts: list[About], length: int) -> None:
    expected = Counter((text.artist, run) for text in given_texts for run in runs(text.text, length))
    assert found_runs(given_texts, length) == expected


@settings(max_examples=40)
@given(texts, st.integers(1, 3))
def test_a_run_stands_where_its_position_says(given_texts: list[About], length: int) -> None:
    corpus, spans = read(given_texts)
    found = occurrences(corpus, spans, length, all_true(len(corpus.words)))
    for key, position in zip(found.keys.tolist(), found.positions.tolist(), strict=True):
        window = corpus.numbers[position : position + length].tolist()
        assert read_key(corpus, key, length) == tuple(corpus.words[number] for number in window)


def test_a_run_ends_with_its_passage() -> None:
    assert found_runs([About(0, "Slow bass. Low drum", sentences=(0, 0))], 2) == {(0, ("slow", "bass")): 1}


def test_stop_words_may_stand_inside_a_run_but_not_at_its_ends() -> None:
    assert found_runs([About(0, "the drum and bass of")], 3) == {(0, ("drum", "and", "bass")): 1}


def test_runs_that_no_63_bits_can_number_are_refused() -> None:
    usual, spans = read([About(0, "slow drum")])
    huge = Corpus(("",) * 3_000_000, usual.codes, usual.bounds, usual.sentences, usual.sentence_bounds)
    with pytest.raises(OverflowError, match="too many for runs of 3"):
        occurrences(huge, spans, 3, all_true(3_000_000))


@settings(max_examples=40)
@given(pairs)
def test_pairs_are_counted_in_order(given_pairs: list[tuple[int, int]]) -> None:
    left, right, counts = count_pairs(*columns(given_pairs))
    expected = sorted(Counter(given_pairs).items())
    assert (
        list(zip(zip(left.tolist(), right.tolist(), strict=True), counts.tolist(), strict=True)) == expected
    )


@settings(max_examples=40)
@given(pairs, st.integers(1, 3))
def test_the_count_matrix_counts_keys_that_enough_rows_have(
    given_pairs: list[tuple[int, int]], fewest: int
) -> None:
    rows, keys = columns(given_pairs)
    matrix, kept = count_matrix(rows, keys * 10**12, size=6, fewest_rows=fewest)
    having = Counter(key for _, key in set(given_pairs))
    assert kept.tolist() == sorted(key * 10**12 for key, count in having.items() if count >= fewest)
    counts = Counter(given_pairs)
    dense = matrix.toarray()
    assert dense.shape == (6, len(kept))
    for column, key in enumerate(kept.tolist()):
        assert dense[:, column].tolist() == [counts[row, key // 10**12] for row in range(6)]


def test_the_break_and_single_letters_count_as_stop_words() -> None:
    corpus, _ = read([About(0, "The x shimmers, don't it")])
    meaning = [
        word for word, stop in zip(corpus.words, is_stop_word(corpus).tolist(), strict=True) if not stop
    ]
    assert meaning == ["shimmers"]
