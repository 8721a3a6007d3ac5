"""Small corpora for the tests: texts become what mining makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.corpus import Corpus, Spans, build_corpus, build_spans, encode_sentences, encode_words
from nlp.records import Mention
from nlp.tokens import tokenize


@dataclass(frozen=True, slots=True)
class About:
    """A text about an artist (by row): as its subject, or in the sentences of a passage."""

    artist: int
    text: str
    source: int = 0
    day: int = 0
    sentences: tuple[int, int] | None = None


def corpus_of(texts: Sequence[str], numbers: Sequence[int] | None = None) -> Corpus:
    """The corpus of the texts; `numbers` numbers the words, in alphabetical order, in any other way."""
    tokenized = [tokenize(text) for text in texts]
    words = sorted({word for text in tokenized for word in text.words if word})
    number = dict(zip(words, numbers or range(1, len(words) + 1), strict=False))
    packed = [
        (
            encode_words([number[w] if w else 0 for w in text.words], text.cases),
            encode_sentences(text.sentences),
        )
        for text in tokenized
    ]
    return build_corpus(packed, {value: word for word, value in number.items()})


def spans_of(corpus: Corpus, texts: Sequence[About]) -> Spans:
    """The spans of texts that are documents 0, 1, 2, … of the corpus."""
    return build_spans(corpus, [(row, text.artist, _mention(text)) for row, text in enumerate(texts)])


def _mention(text: About) -> Mention:
    if text.sentences is None:
        return Mention(text.artist, -1, -1, "subject", 0, 0, 1.0)
    return Mention(text.artist, 0, 1, "passage", *text.sentences, 1.0)


def read(texts: Sequence[About]) -> tuple[Corpus, Spans]:
    """The corpus and the spans of texts."""
    corpus = corpus_of([text.text for text in texts])
    return corpus, spans_of(corpus, texts)


def all_true(size: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A mask that chooses everything."""
    return np.ones(size, dtype=np.bool_)
