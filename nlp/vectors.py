"""The ingredients of an artist's vector, and their fusion.

TF-IDF → LSA of the texts about an artist, the same of the passages that name it elsewhere, who is named with
whom (`nlp.company`), and word2vec. The map that the writers' own company teaches is in `nlp.contrastive`.
Every choice was measured on 37,617 texts about 9,542 artists against editorial similar artists; see
docs/measurements.md for the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from nlp.corpus import Corpus, Spans
from nlp.general_english import musical_worth
from nlp.ngrams import count_matrix, is_stop_word, occurrences


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """Parameters of the vectors, and where they were measured.

    `fit_words`: artists with fewer words do not shape the space, they are only placed in it.
    `flatten`: singular values are divided by their power of this; 0, .25, .35 and .5 tried: .25 lowered the
    largest hub of LSA from 119 to 65 and its nDCG@10 from .212 to .211.
    `beside_share`: what being named in one sentence counts beside being named in a text about the other; 1
    and 2 tried. `company_share`, `passage_share` and `word2vec_share`: weights beside the 1 of the texts;
    .5–.9, .2–.8 and .1–.5 tried.
    `english_power`: how far a word's worth in music writing beside general English weighs its column.
    """

    lsa_dimensions: int = 400
    passage_dimensions: int = 200
    company_dimensions: int = 300
    dimensions: int = 300
    fewest_artists: int = 3
    largest_share: float = 0.3
    idf_power: float = 1.2
    company_idf_power: float = 1.5
    beside_share: float = 2.0
    flatten: float = 0.35
    company_share: float = 0.6
    passage_share: float = 0.5
    word2vec_share: float = 0.1
    fit_words: int = 100
    seed: int = 20
    english_power: float = 0.0

    def for_corpus(self, *, artists: int, words: int) -> VectorSettings:
        """The parameters for a corpus in which `artists` artists shape the space with `words` words in all.

        A small corpus bears fewer dimensions; its idf cannot tell common words from telling ones, so general
        English helps out; and its word2vec knows little. Chosen on the 49 artists of the sample site (nDCG@5
        .59 → .68), and so that little changes on 9,542 artists, where word weights at full power cost .007.
        """
        most = max(FEWEST_DIMENSIONS, artists // 4)
        return replace(
            self,
            lsa_dimensions=min(self.lsa_dimensions, most),
            passage_dimensions=min(self.passage_dimensions, most),
            company_dimensions=min(self.company_dimensions, most),
            fewest_artists=min(self.fewest_artists, 2 if artists < SMALL_CORPUS_ARTISTS else artists),
            word2vec_share=self.word2vec_share * words / (words + WORD2VEC_WORDS),
            english_power=SMALL_CORPUS_ARTISTS / (SMALL_CORPUS_ARTISTS + artists),
        )


FEWEST_DIMENSIONS = 8
SMALL_CORPUS_ARTISTS = 500
# Words at which word2vec gets half of its share.
WORD2VEC_WORDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient: unit rows of shape (artists, dimensions), zero rows where nothing is known."""

    name: str
    rows: NDArray[np.float32]
    share: float


def text_matrix(
    corpus: Corpus, spans: Spans, fit: NDArray[np.bool_], *, settings: VectorSettings
) -> sp.csr_matrix:
    """TF-IDF of words and word pairs: float32 unit rows of shape (artists, terms).

    Terms and their idf come from the artists in `fit` alone. A pair is worth as much as its worthier word.
    """
    content = ~is_stop_word(corpus)
    worth = musical_worth(corpus) ** settings.english_power
    blocks = []
    for length in (1, 2):
        found = occurrences(corpus, spans, length, content)
        counts, keys = count_matrix(
            spans.artist[found.spans], found.keys, size=len(fit), fewest_rows=settings.fewest_artists
        )
        weights, kept = tfidf(counts, fit, settings)
        first, last = keys[kept] // len(corpus.words) ** (length - 1), keys[kept] % len(corpus.words)
        blocks.append(weights @ sp.diags(np.maximum(worth[first], worth[last])))
    return _unit(sp.hstack(blocks).tocsr().astype(np.float32))


def tfidf(
    counts: sp.csr_matrix, fit: NDArray[np.bool_], settings: VectorSettings
) -> tuple[sp.csr_matrix, NDArray[np.bool_]]:
    """Sublinear TF-IDF, (1 + ln count) · idf^power, of a count matrix of shape (rows, terms).

    Returns the matrix of the terms kept, and which those are.

    idf is ln((1 + n) / (1 + rows with the term)) + 1 over the n rows in `fit` (smooth idf as in
    scikit-learn). Terms in fewer than `fewest_artists` of these rows or more than `largest_share` of them
    are left out.
    """
    used = counts[fit].getnnz(axis=0)
    rows = int(fit.sum())
    kept = (used >= settings.fewest_artists) & (
        used <= max(settings.fewest_artists, settings.largest_share * rows)
    )
    matrix = counts[:, kept].tocsr().astype(np.float32)
    matrix.data = 1 + np.log(matrix.data)
    idf = np.log((1 + rows) / (1 + used[kept])) + 1
    return (matrix @ sp.diags(idf**settings.idf_power)).tocsr().astype(np.float32), kept


def latent(
    matrix: sp.csr_matrix, fit: NDArray[np.bool_], *, dimensions: int, settings: VectorSettings
) -> NDArray[np.float32]:
    """LSA: project the rows on the leading singular directions of the rows in `fit`; unit rows.

    Deerwester et al. 1990, by the randomized SVD of Halko et al. 2011. Returns shape (rows, k) with k at most
    `dimensions` and less than either side of the fitted matrix.
    """
    fitted = matrix[fit]
    size = min(dimensions, min(fitted.shape) - 1)
    if size < 1:
        return np.zeros((matrix.shape[0], 0), dtype=np.float32)
    model = TruncatedSVD(size, n_iter=3, random_state=settings.seed)
    with np.errstate(invalid="ignore"):  # alike rows have no variance of which to explain a share
        model.fit(fitted)
    scale = np.maximum(model.singular_values_, 1e-6) ** settings.flatten
    rows: NDArray[np.float32] = _unit(model.transform(matrix) / scale).astype(np.float32)
    return rows


def word2vec_rows(
    corpus: Corpus,
    spans: Spans,
    word_vectors: Mapping[str, NDArray[np.float32]],
    fit: NDArray[np.bool_],
    *,
    settings: VectorSettings,
) -> NDArray[np.float32]:
    """The TF-IDF-weighted mean of the vectors of an artist's words, decorrelated; unit rows."""
    usable = ~is_stop_word(corpus) & np.array([word in word_vectors for word in corpus.words])
    found = occurrences(corpus, spans, 1, usable)
    counts, keys = count_matrix(
        spans.artist[found.spans], found.keys, size=len(fit), fewest_rows=settings.fewest_artists
    )
    weights, kept = tfidf(counts, fit, settings)
    if not kept.any():
        return np.zeros((len(fit), 0), dtype=np.float32)
    words = np.stack([word_vectors[corpus.words[key]] for key in keys[kept].tolist()])
    rows: NDArray[np.float32] = _unit(weights @ words)
    return _decorrelate(rows, np.linalg.norm(rows, axis=1) > 0)


def _decorrelate(rows: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Centre the rows and flatten their principal axes: the mean of many words is nearly the same for all."""
    if not known.any():
        return rows
    centred = np.where(known[:, None], rows - rows[known].mean(axis=0), 0)
    _, strength, axes = np.linalg.svd(centred[known], full_matrices=False)
    scale = np.sqrt(np.maximum(strength, 1e-6))
    result: NDArray[np.float32] = _unit(centred @ axes.T / scale).astype(np.float32)
    return result


def side_by_side(parts: Sequence[Part]) -> NDArray[np.float32]:
    """The parts joined into unit rows, each times its share: their dot product is the parts' mean cosine."""
    joined: NDArray[np.float32] = _unit(np.hstack([part.rows * part.share for part in parts])).astype(
        np.float32
    )
    return joined


def reduced(joined: NDArray[np.float32], fit: NDArray[np.bool_], *, dimensions: int) -> NDArray[np.float32]:
    """The rows on at most `dimensions` principal axes, fitted on the rows in `fit`; unit rows."""
    if joined.shape[1] <= dimensions:
        return joined
    _, _, axes = np.linalg.svd(joined[fit], full_matrices=False)
    fused: NDArray[np.float32] = _unit(joined @ axes[:dimensions].T).astype(np.float32)
    return fused


def _unit(rows: Any) -> Any:  # noqa: ANN401 - a dense or a sparse matrix, as given
    """The rows at unit length, zero rows as they are; scikit-learn refuses a matrix without any."""
    return normalize(rows) if min(rows.shape) else rows
