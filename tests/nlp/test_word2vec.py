"""Vectors of words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nlp.corpus import Corpus
from nlp.word2vec import Word2VecSettings, train_word2vec
from tests.nlp.small_corpora import corpus_of

SMALL = replace(Word2VecSettings(), dimensions=16, epochs=20, fewest_occurrences=3)
LOUD = "riff amp drum crowd riff roar amp shout drum"
SOFT = "harp piano hush strings harp whisper piano sigh hush"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return corpus_of([f"{LOUD} {LOUD}", f"{SOFT} {SOFT}"] * 30 + ["once"])


def test_every_frequent_word_has_a_unit_vector_most_frequent_first(corpus: Corpus) -> None:
    vectors = train_word2vec(corpus, SMALL)
    assert set(vectors) == set(f"{LOUD} {SOFT}".split())
    assert all(vector.dtype == np.float32 and vector.shape == (16,) for vector in vectors.values())
    assert np.linalg.norm(np.stack(list(vectors.values())), axis=1) == pytest.approx(1, abs=1e-5)
    assert set(list(vectors)[:6]) == {"riff", "amp", "drum", "harp", "piano", "hush"}


def test_words_of_one_company_are_nearer_to_each_other(corpus: Corpus) -> None:
    vectors = train_word2vec(corpus, SMALL)
    assert vectors["riff"] @ vectors["amp"] > vectors["riff"] @ vectors["harp"]


def test_the_same_corpus_gives_the_same_vectors_bit_for_bit(corpus: Corpus) -> None:
    first, second = train_word2vec(corpus, SMALL), train_word2vec(corpus, SMALL)
    assert list(first) == list(second)
    assert all(np.array_equal(first[word], second[word]) for word in first)


@pytest.mark.parametrize("texts", [[], ["one two three"], ["…"]])
def test_a_corpus_without_frequent_words_gives_none(texts: list[str]) -> None:
    assert train_word2vec(corpus_of(texts), SMALL) == {}


def test_a_long_document_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.word2vec.PIECE_WORDS", 4)
    vectors = train_word2vec(corpus_of(["bass fuzz " * 6 + "end " * 6]), SMALL)
    assert set(vectors) == {"bass", "fuzz", "end"}
