"""Of the release: the vectors of its artists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.material import Material, own_text
from linernotes.jobs.mining import MineEvent, MiningSettings, OnEvent
from nlp.company import Pairs, company_matrix, named_in_texts, named_side_by_side
from nlp.contrastive import MapSettings, apply_map, learn_map
from nlp.corpus import Corpus, Spans
from nlp.hubness import damping
from nlp.teaching import Teaching, teach
from nlp.vectors import Part, VectorSettings, fuse, latent, text_matrix, word2vec_rows
from nlp.word2vec import train_word2vec
from store.names import name_key


@dataclass(frozen=True, slots=True)
class Learned:
    """Vectors of the artists with enough text: `rows` (numbers of artists), `vectors` and word vectors.

    Vectors have at most length 1; the dot product of two, cut to 0–1, is their similarity. `teaching` says
    what the user's own truth brought, when there is one.
    """

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    word_vectors: dict[str, NDArray[np.float32]]
    teaching: Teaching | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the parts are made from: `fit` are the artists that shape the space."""

    own: Spans
    words: NDArray[np.int64]
    fit: NDArray[np.bool_]
    in_texts: Pairs
    side_by_side: Pairs


def learn(material: Material, settings: MiningSettings, on_event: OnEvent) -> Learned:
    """Make the vectors."""
    known = _known(material, settings)
    on_event(MineEvent("learn", 0, 5, "word2vec"))
    word_vectors = train_word2vec(material.corpus, settings.word2vec)
    parts = _parts(material, known, word_vectors, settings, on_event)
    on_event(MineEvent("learn", 4, 5, "fusion"))
    placed = (known.words >= settings.min_words) & np.any(np.hstack([part.rows for part in parts]), axis=1)
    fused = fuse(parts, known.fit & placed, dimensions=settings.vectors.dimensions)
    fused = _beside_each_other(fused, known, placed, settings)
    # A text that shares nothing with the others is projected on nearly nothing: it has no direction.
    rows = np.flatnonzero(placed & (np.linalg.norm(fused, axis=1) > 0.5))
    units, teaching = _taught(material, rows, np.ascontiguousarray(fused[rows]), settings)
    vectors = units * damping(units, settings.hubs)[:, None]
    on_event(MineEvent("learn", 5, 5))
    return Learned(rows, np.ascontiguousarray(vectors), word_vectors, teaching)


def _taught(
    material: Material, rows: NDArray[np.int64], units: NDArray[np.float32], settings: MiningSettings
) -> tuple[NDArray[np.float32], Teaching | None]:
    """The unit rows as the user's own truth would have them, if there is one and it helps."""
    place = {int(row): number for number, row in enumerate(rows)}
    row_of: dict[str, int] = {}
    for row, name in material.names:
        if row in place and (key := name_key(name)):
            row_of.setdefault(key, place[row])
    lessons = settings.lessons.pairs(row_of, len(rows))
    return teach(units, lessons, settings.teaching) if len(lessons.left) else (units, None)


def _beside_each_other(
    fused: NDArray[np.float32], known: _Known, placed: NDArray[np.bool_], settings: MiningSettings
) -> NDArray[np.float32]:
    """The fused rows under the map that is taught by those whom writers name in one breath."""
    usable = known.fit & placed
    pairs = known.side_by_side
    pairs = pairs.only(usable[pairs.left] & usable[pairs.right])
    often = 1 + np.bincount(np.concatenate([pairs.left, pairs.right]), minlength=len(usable))
    evened = Pairs(pairs.left, pairs.right, pairs.weight / np.sqrt(often[pairs.left] * often[pairs.right]))
    return apply_map(fused, learn_map(fused, evened, np.flatnonzero(usable), settings.map))


def _known(material: Material, settings: MiningSettings) -> _Known:
    own = own_text(material.spans, len(material.artists))
    words = _words(material.corpus, own, len(material.artists))
    fit = words >= max(settings.min_words, settings.vectors.fit_words)
    return _Known(
        own,
        words,
        fit,
        named_in_texts(material.spans),
        named_side_by_side(material.corpus, material.spans),
    )


def _words(corpus: Corpus, spans: Spans, artists: int) -> NDArray[np.int64]:
    """Words that speak for each artist."""
    upto = np.append(0, np.cumsum(corpus.codes > 3))
    return np.bincount(spans.artist, weights=upto[spans.last] - upto[spans.first], minlength=artists).astype(
        np.int64
    )


def _parts(
    material: Material,
    known: _Known,
    word_vectors: dict[str, NDArray[np.float32]],
    settings: MiningSettings,
    on_event: OnEvent,
) -> list[Part]:
    corpus, spans = material.corpus, material.spans
    words = int((corpus.numbers > 0).sum())
    chosen = settings.vectors.for_corpus(artists=int(known.fit.sum()), words=words)
    taught = _TaughtParts(corpus, known, chosen, settings.map)
    on_event(MineEvent("learn", 1, 5, "texts"))
    texts = taught.part("texts", known.own, chosen.lsa_dimensions, 1.0)
    on_event(MineEvent("learn", 2, 5, "passages"))
    passages = taught.part(
        "passages", spans.only(~spans.subject), chosen.passage_dimensions, chosen.passage_share
    )
    on_event(MineEvent("learn", 3, 5, "company"))
    means = word2vec_rows(corpus, known.own, word_vectors, known.fit, settings=chosen)
    return [texts, passages, _company(known, chosen), Part("word2vec", means, chosen.word2vec_share)]


def _company(known: _Known, chosen: VectorSettings) -> Part:
    matrix = company_matrix(
        known.in_texts,
        known.side_by_side,
        artists=len(known.fit),
        beside_share=chosen.beside_share,
        idf_power=chosen.company_idf_power,
    )
    rows = latent(matrix, known.fit, dimensions=chosen.company_dimensions, settings=chosen)
    return Part("company", rows, chosen.company_share)


@dataclass(frozen=True, slots=True)
class _TaughtParts:
    """LSA of words and word pairs under the map that the writers' own company teaches."""

    corpus: Corpus
    known: _Known
    chosen: VectorSettings
    map: MapSettings

    def part(self, name: str, spans: Spans, dimensions: int, share: float) -> Part:
        """The part that rests on the words in `spans`."""
        matrix = text_matrix(self.corpus, spans, self.known.fit, settings=self.chosen)
        rows = latent(matrix, self.known.fit, dimensions=dimensions, settings=self.chosen)
        usable = self.known.fit & np.any(rows, axis=1)
        pairs = _lessons(self.known.in_texts, usable)
        return Part(name, apply_map(rows, learn_map(rows, pairs, np.flatnonzero(usable), self.map)), share)


def _lessons(in_texts: Pairs, usable: NDArray[np.bool_]) -> Pairs:
    """The pairs of usable artists; one that is named everywhere teaches little."""
    pairs = in_texts.only(usable[in_texts.left] & usable[in_texts.right])
    often = np.bincount(pairs.right, minlength=len(usable))
    return Pairs(pairs.left, pairs.right, pairs.weight / (1 + often[pairs.right]))
