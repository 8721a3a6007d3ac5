"""The plain methods that anybody would try first, on the same texts: what a release has to be better than.

They follow the defaults of scikit-learn's TfidfVectorizer (Pedregosa et al. 2011) and, for LSA, Deerwester et
al. 1990; only the words are those of the corpus, so that no method gains by another way to cut a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from nlp.corpus import Corpus, Spans
from nlp.ngrams import count_matrix, is_stop_word, occurrences, read_key

SEED = 17
# Pairs of words that only one artist has make most of the matrix and bring nobody together.
FEWEST_ROWS = 2
LSA_DIMENSIONS = 200
# Artists compared at a time: 500 × 10⁵ similarities are 200 MB.
BLOCK = 500
# A column with more entries is multiplied densely: products of sparse rows cost the square of its entries.
DENSE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Counts:
    """How often terms stand in the texts about artists: float32 of shape (artists, terms), and the terms.

    Term i is the run of `lengths[i]` words with the key `keys[i]` (see `nlp.ngrams.read_key`).
    """

    matrix: sp.csr_matrix
    keys: NDArray[np.int64]
    lengths: NDArray[np.int64]


def count_words(corpus: Corpus, spans: Spans, artists: int) -> Counts:
    """Count every word of two letters or more, stop words too, as scikit-learn's default does."""
    usable = np.array([len(word) > 1 for word in corpus.words])
    return _counted(corpus, spans, artists, usable=usable, lengths=(1,), fewest_rows=1)


def count_words_and_pairs(corpus: Corpus, spans: Spans, artists: int) -> Counts:
    """Count words and pairs of words that are no stop words and that two artists share."""
    return _counted(
        corpus, spans, artists, usable=~is_stop_word(corpus), lengths=(1, 2), fewest_rows=FEWEST_ROWS
    )


def _counted(
    corpus: Corpus,
    spans: Spans,
    artists: int,
    *,
    usable: NDArray[np.bool_],
    lengths: tuple[int, ...],
    fewest_rows: int,
) -> Counts:
    matrices, keys, of = [], [], []
    for length in lengths:
        found = occurrences(corpus, spans, length, usable)
        rows = spans.artist[found.spans]
        matrix, kept = count_matrix(rows, found.keys, size=artists, fewest_rows=fewest_rows)
        matrices.append(matrix)
        keys.append(kept)
        of.append(np.full(len(kept), length))
    return Counts(sp.hstack(matrices).tocsr(), np.concatenate(keys), np.concatenate(of))


def tfidf(counts: sp.csr_matrix, *, sublinear: bool = False) -> sp.csr_matrix:
    """TF-IDF as scikit-learn's TfidfTransformer computes it: smooth idf, unit rows."""
    if not counts.shape[1]:
        return counts
    return TfidfTransformer(sublinear_tf=sublinear).fit_transform(counts).astype(np.float32)


def lsa(weights: sp.csr_matrix, dimensions: int = LSA_DIMENSIONS) -> NDArray[np.float32]:
    """Unit rows in the space of the largest singular values, fewer where the matrix bears no more."""
    bearable = min(dimensions, min(weights.shape) - 1)
    if bearable < 1:
        return np.zeros((weights.shape[0], 1), dtype=np.float32)
    rows = TruncatedSVD(bearable, random_state=SEED).fit_transform(weights)
    return np.asarray(normalize(rows), dtype=np.float32)


def rank_sparse(weights: sp.csr_matrix, depth: int) -> NDArray[np.int64]:
    """For each unit row the others by their cosine, nearest first: int64 of shape (rows, depth or fewer)."""
    entries = weights.getnnz(axis=0)
    frequent = entries > max(DENSE_SHARE * weights.shape[0], 1)
    dense = np.asarray(weights[:, frequent].todense(), dtype=np.float32)
    rare = weights[:, ~frequent].tocsr()
    turned = rare.T.tocsr()
    blocks = (
        dense[start : start + BLOCK] @ dense.T + (rare[start : start + BLOCK] @ turned).toarray()
        for start in range(0, weights.shape[0], BLOCK)
    )
    return _ranked(blocks, weights.shape[0], depth)


def rank_dense(rows: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """For each unit row the others by their cosine, nearest first."""
    blocks = (rows[start : start + BLOCK] @ rows.T for start in range(0, len(rows), BLOCK))
    return _ranked(blocks, len(rows), depth)


def rank_by_amount(amounts: NDArray[np.float64], depth: int) -> NDArray[np.int64]:
    """For each row the rows with the largest amounts, itself left out: the same list for everybody."""
    count = len(amounts)
    depth = min(depth, max(0, count - 1))
    best = np.argsort(-amounts, kind="stable")[: depth + 1]
    lists = np.tile(best, (count, 1))
    own = lists == np.arange(count)[:, None]
    own[~own.any(axis=1), depth:] = True
    return np.asarray(lists[~own].reshape(count, depth), dtype=np.int64)


def rank_at_random(count: int, depth: int, seed: int = SEED) -> NDArray[np.int64]:
    """For each row other rows drawn without replacement."""
    generator = np.random.default_rng(seed)
    depth = min(depth, max(0, count - 1))
    lists = np.zeros((count, depth), dtype=np.int64)
    for row in range(count):
        drawn = generator.choice(count - 1, depth, replace=False) if depth else lists[row]
        lists[row] = drawn + (drawn >= row)
    return lists


def strongest(corpus: Corpus, counts: Counts, weights: sp.csr_matrix, depth: int) -> list[list[str]]:
    """For each row its `depth` terms of the largest weights, of equal ones the alphabetically first."""
    lists = []
    for row in range(weights.shape[0]):
        inside = slice(weights.indptr[row], weights.indptr[row + 1])
        columns, values = weights.indices[inside], weights.data[inside]
        best = columns[np.lexsort((columns, -values))[:depth]]
        lists.append(
            [" ".join(read_key(corpus, int(counts.keys[c]), int(counts.lengths[c]))) for c in best.tolist()]
        )
    return lists


def without_stop_words(corpus: Corpus, counts: Counts) -> Counts:
    """The counted words that are no stop words; `counts` must hold single words."""
    kept = ~is_stop_word(corpus)[counts.keys]
    return Counts(counts.matrix[:, kept].tocsr(), counts.keys[kept], counts.lengths[kept])


def _ranked(blocks: Iterator[NDArray[np.float32]], count: int, depth: int) -> NDArray[np.int64]:
    """The columns of each block's largest values; of equal values in the same place the first columns."""
    depth = min(depth, max(0, count - 1))
    lists = np.zeros((count, depth), dtype=np.int64)
    start = 0
    for block in blocks:
        inside = np.arange(len(block))
        block[inside, start + inside] = -np.inf
        if depth:
            best = np.sort(np.argpartition(-block, depth - 1, axis=1)[:, :depth], axis=1)
            order = np.argsort(-np.take_along_axis(block, best, axis=1), axis=1, kind="stable")
            lists[start : start + len(block)] = np.take_along_axis(best, order, axis=1)
        start += len(block)
    return lists
