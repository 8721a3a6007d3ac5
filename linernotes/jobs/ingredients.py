"""Of the vectors: the ingredients, each from another view of the texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.material import Material, own_text
from linernotes.jobs.mining import MineEvent, MiningSettings, OnEvent
from nlp.company import (
    Pairs,
    both_lessons,
    company_matrix,
    named_in_texts,
    named_side_by_side,
    sentence_lessons,
    text_lessons,
)
from nlp.contrastive import MapSettings, apply_map, learn_map
from nlp.corpus import Corpus, Spans, words_within
from nlp.vectors import Part, VectorSettings, latent, text_matrix, word2vec_rows
from nlp.word2vec import train_word2vec

STEPS = 6
"""Steps of learning, of which the ingredients are the first four."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The parts of the vectors, one row an artist, and what they rest on.

    `words` speak for each artist; `fit` are the artists that shape the space; `side_by_side` are those whom
    writers name in one sentence.
    """

    parts: tuple[Part, ...]
    words: NDArray[np.int64]
    fit: NDArray[np.bool_]
    side_by_side: Pairs
    word_vectors: dict[str, NDArray[np.float32]]


def gather(material: Material, settings: MiningSettings, on_event: OnEvent) -> Ingredients:
    """Make the parts: texts, passages, company and word2vec."""
    corpus, spans, artists = material.corpus, material.spans, len(material.artists)
    own = own_text(spans, artists)
    words = words_within(corpus, own, artists)
    fit = words >= max(settings.min_words, settings.vectors.fit_words)
    chosen = settings.vectors.for_corpus(artists=int(fit.sum()), words=int((corpus.numbers > 0).sum()))
    on_event(MineEvent("learn", 0, STEPS, "word2vec"))
    word_vectors = train_word2vec(corpus, settings.word2vec)
    means = word2vec_rows(corpus, own, word_vectors, fit, settings=chosen)
    in_texts, side_by_side = named_in_texts(spans), named_side_by_side(corpus, spans)
    taught = _TaughtParts(corpus, fit, in_texts, side_by_side, chosen, settings.map)
    on_event(MineEvent("learn", 1, STEPS, "texts"))
    texts = taught.part("texts", own, chosen.lsa_dimensions, 1.0)
    on_event(MineEvent("learn", 2, STEPS, "passages"))
    elsewhere = spans.only(~spans.subject)
    passages = taught.part("passages", elsewhere, chosen.passage_dimensions, chosen.passage_share)
    on_event(MineEvent("learn", 3, STEPS, "company"))
    company = _company(in_texts, side_by_side, fit, chosen)
    parts = (texts, passages, company, Part("word2vec", means, chosen.word2vec_share))
    return Ingredients(parts, words, fit, side_by_side, word_vectors)


def _company(in_texts: Pairs, side_by_side: Pairs, fit: NDArray[np.bool_], chosen: VectorSettings) -> Part:
    matrix = company_matrix(
        in_texts,
        side_by_side,
        artists=len(fit),
        beside_share=chosen.beside_share,
        idf_power=chosen.company_idf_power,
    )
    rows = latent(matrix, fit, dimensions=chosen.company_dimensions, settings=chosen)
    return Part("company", rows, chosen.company_share)


@dataclass(frozen=True, slots=True)
class _TaughtParts:
    """LSA of words and word pairs under the map that the writers' own company teaches."""

    corpus: Corpus
    fit: NDArray[np.bool_]
    in_texts: Pairs
    side_by_side: Pairs
    chosen: VectorSettings
    map: MapSettings

    def part(self, name: str, spans: Spans, dimensions: int, share: float) -> Part:
        """The part that rests on the words in `spans`."""
        matrix = text_matrix(self.corpus, spans, self.fit, settings=self.chosen)
        rows = latent(matrix, self.fit, dimensions=dimensions, settings=self.chosen)
        usable = self.fit & np.any(rows, axis=1)
        lessons = both_lessons(
            text_lessons(self.in_texts, usable), sentence_lessons(self.side_by_side, usable)
        )
        return Part(name, apply_map(rows, learn_map(rows, lessons, np.flatnonzero(usable), self.map)), share)
