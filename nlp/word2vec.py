"""word2vec over the corpus (Mikolov et al. 2013), by gensim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus

# gensim cuts sentences at 10,000 words; a document read in pieces of this size loses no context worth having.
PIECE_WORDS = 5_000


@dataclass(frozen=True, slots=True)
class Word2VecSettings:
    """Parameters of word2vec: CBOW, which visits each word once where skip-gram visits each pair.

    One worker: several would make the result depend on the scheduler, and the same input must give the same
    release. `sample` leaves out most occurrences of the most frequent words.
    """

    dimensions: int = 100
    window: int = 8
    fewest_occurrences: int = 5
    negative: int = 10
    sample: float = 1e-4
    epochs: int = 3
    seed: int = 1


class _Sentences:
    """The corpus as gensim wants it: an iterable that can be walked several times."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._numbers = corpus.numbers

    def __iter__(self) -> Iterator[list[str]]:
        words = self._corpus.words
        for start, end in zip(self._corpus.bounds[:-1], self._corpus.bounds[1:], strict=True):
            numbers = self._numbers[start:end]
            kept = numbers[numbers > 0].tolist()
            for left in range(0, len(kept), PIECE_WORDS):
                yield [words[number] for number in kept[left : left + PIECE_WORDS]]


def train_word2vec(corpus: Corpus, settings: Word2VecSettings) -> dict[str, NDArray[np.float32]]:
    """Unit vectors of the words that occur often enough, most frequent first; empty if there are none."""
    from gensim.models import Word2Vec  # noqa: PLC0415 - half a second that look-ups need not pay

    model = Word2Vec(
        vector_size=settings.dimensions,
        window=settings.window,
        min_count=settings.fewest_occurrences,
        negative=settings.negative,
        sample=settings.sample,
        sg=0,
        epochs=settings.epochs,
        seed=settings.seed,
        workers=1,
    )
    sentences = _Sentences(corpus)
    model.build_vocab(sentences)
    if not model.wv.index_to_key:
        return {}
    model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
    vectors = model.wv.get_normed_vectors()
    return {word: vectors[number] for number, word in enumerate(model.wv.index_to_key)}
