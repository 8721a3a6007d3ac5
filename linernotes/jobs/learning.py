"""Of the release: the vectors of its artists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.material import Material, own_text
from linernotes.jobs.mining import MineEvent, MiningSettings, OnEvent
from nlp.corpus import Corpus, Spans
from nlp.vectors import Part, comention_matrix, fuse, latent, text_matrix, word2vec_rows
from nlp.word2vec import train_word2vec


@dataclass(frozen=True, slots=True)
class Learned:
    """Vectors of the artists with enough text: `rows` (numbers of artists), `vectors` and word vectors."""

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    word_vectors: dict[str, NDArray[np.float32]]


def learn(material: Material, settings: MiningSettings, on_event: OnEvent) -> Learned:
    """Make the vectors."""
    corpus, artists = material.corpus, len(material.artists)
    own = own_text(material.spans, artists)
    words = _words(corpus, own, artists)
    enough = words >= settings.min_words
    fit = words >= max(settings.min_words, settings.vectors.fit_words)
    on_event(MineEvent("learn", 0, 4, "word2vec"))
    word_vectors = train_word2vec(corpus, settings.word2vec)
    on_event(MineEvent("learn", 1, 4, "TF-IDF and LSA"))
    parts = _parts(material, own, fit, word_vectors, settings)
    on_event(MineEvent("learn", 3, 4, "fusion"))
    known = enough & np.any(np.hstack([part.rows for part in parts]), axis=1)
    vectors = fuse(parts, fit & known, dimensions=settings.vectors.dimensions)
    on_event(MineEvent("learn", 4, 4))
    # A text that shares nothing with the others is projected on nearly nothing: it has no direction.
    rows = np.flatnonzero(known & (np.linalg.norm(vectors, axis=1) > 0.5))
    return Learned(rows, np.ascontiguousarray(vectors[rows]), word_vectors)


def _words(corpus: Corpus, spans: Spans, artists: int) -> NDArray[np.int64]:
    """Words that speak for each artist."""
    upto = np.append(0, np.cumsum(corpus.codes > 3))
    return np.bincount(spans.artist, weights=upto[spans.last] - upto[spans.first], minlength=artists).astype(
        np.int64
    )


def _parts(
    material: Material,
    own: Spans,
    fit: NDArray[np.bool_],
    word_vectors: dict[str, NDArray[np.float32]],
    settings: MiningSettings,
) -> list[Part]:
    artists, words = len(material.artists), int((material.corpus.numbers > 0).sum())
    chosen = settings.vectors.for_corpus(artists=int(fit.sum()), words=words)
    text = text_matrix(material.corpus, own, fit, settings=chosen)
    subjects, named = _comentions(material.spans)
    beside = comention_matrix(subjects, named, artists=artists, settings=chosen)
    means = word2vec_rows(material.corpus, own, word_vectors, fit, settings=chosen)
    return [
        Part("lsa", latent(text, fit, dimensions=chosen.lsa_dimensions, settings=chosen), 1.0),
        Part(
            "comention",
            latent(beside, fit, dimensions=chosen.comention_dimensions, settings=chosen),
            chosen.comention_share,
        ),
        Part("word2vec", means, chosen.word2vec_share),
    ]


def _comentions(spans: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (artist a document is about, other artist named in it), once for each document."""
    subjects: dict[int, list[int]] = {}
    for artist, document in zip(
        spans.artist[spans.subject].tolist(), spans.document[spans.subject].tolist(), strict=True
    ):
        subjects.setdefault(document, []).append(artist)
    pairs = {
        (document, subject, named)
        for named, document in zip(spans.artist.tolist(), spans.document.tolist(), strict=True)
        for subject in subjects.get(document, ())
        if subject != named
    }
    rows = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 3)
    return rows[:, 1], rows[:, 2]
