"""What is known of artists without anybody's plays: vectors, amounts and words of texts, crowd tags."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sqlalchemy import Connection

from examples.recommender.listens import Listens
from linernotes import Catalog
from linernotes.evaluation.artists import KnownArtist
from linernotes.evaluation.baselines import load_texts
from linernotes.ground_truth import read_tags
from linernotes.jobs.mining import MiningSettings
from nlp import baselines as plain
from store.engine import connect
from store.names import name_key
from store.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a catalog says of the artists of `Listens`, row j of the artist in column j.

    `vectors` is float32 (artists, dimensions), a row of zeros for an artist that has none. `familiarity`
    (0–1) and `words` say how much is written about each, 0 where nothing is.
    """

    vectors: NDArray[np.float32]
    familiarity: NDArray[np.float64]
    words: NDArray[np.float64]

    @property
    def described(self) -> NDArray[np.bool_]:
        """Which artists have a vector."""
        return np.asarray(self.vectors.any(axis=1))


def load_knowledge(catalog: Catalog, listens: Listens) -> Knowledge:
    """Read vectors, and how much is written about each artist, in two calls.

    `catalog.summary` tells the same of one artist; of all of them, the view at once is quicker.
    """
    ids, matrix = catalog.vectors()
    vectors = np.zeros((len(listens.artists), matrix.shape[1]), dtype=np.float32)
    _, ours, theirs = np.intersect1d(listens.ids, ids, assume_unique=True, return_indices=True)
    vectors[ours] = matrix[theirs]
    summaries = _summaries(catalog)
    amounts = np.array([summaries.get(entry.artist_id, (0.0, 0.0)) for entry in listens.artists])
    return Knowledge(vectors, amounts[:, 0], amounts[:, 1])


def _summaries(catalog: Catalog) -> dict[int, tuple[float, float]]:
    """Familiarity and words by the number of the artist."""
    table = catalog.table("artist_summary", columns=["artist_id", "familiarity", "words"])
    numbers, familiarity, words = (column.to_pylist() for column in table.columns)
    return dict(zip(numbers, zip(familiarity, words, strict=True), strict=True))


def load_tfidf(
    database: str, listens: Listens, described: NDArray[np.bool_]
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Plain TF-IDF of the texts that the release was made from: of words, and of words and pairs.

    Both are (artists, terms) with unit rows, empty for artists that are not `described`; the first is what
    scikit-learn's defaults give, the second without stop words and with sublinear counts. The texts are read
    by the functions of `linernotes evaluate`, since no look-up hands out whole texts.
    """
    columns = np.flatnonzero(described)
    numbers = listens.ids[columns].tolist()
    artists = {str(number): KnownArtist(number, 0, ()) for number in numbers}
    with _reading(database) as connection:
        texts = load_texts(connection, MiningSettings(), artists)
    words = plain.count_words(texts.corpus, texts.spans, len(columns)).matrix
    pairs = plain.count_words_and_pairs(texts.corpus, texts.spans, len(columns)).matrix
    spread = _spread(columns, len(listens.artists))
    return (spread @ plain.tfidf(words)).tocsr(), (spread @ plain.tfidf(pairs, sublinear=True)).tocsr()


def load_tags(path: Path, listens: Listens) -> sp.csr_matrix:
    """TF-IDF of crowd tags: (artists, tags) with unit rows, empty for artists without a tag.

    The file has columns artist and tag, and optionally source and count; see `read_tags`.
    """
    truth = read_tags(path)
    number = {tag: place for place, tag in enumerate(sorted(truth.vocabulary))}
    cells = [
        (column, number[tag])
        for column, entry in enumerate(listens.artists)
        for tag in truth.tags.get(name_key(entry.artist), set()) & truth.vocabulary
    ]
    rows, columns = np.array(sorted(cells), dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(len(rows), dtype=np.float32)
    given = sp.csr_matrix((ones, (rows, columns)), shape=(len(listens.artists), len(number)))
    return plain.tfidf(given)


def _spread(columns: NDArray[np.int64], artists: int) -> sp.csr_matrix:
    """What brings row i of a matrix to row `columns[i]` of one with a row for every artist."""
    ones = np.ones(len(columns), dtype=np.float32)
    return sp.csr_matrix((ones, (columns, np.arange(len(columns)))), shape=(artists, len(columns)))


@contextmanager
def _reading(database: str) -> Iterator[Connection]:
    engine = connect(database, read_only=True)
    try:
        with snapshot(engine) as connection:
            yield connection
    finally:
        engine.dispose()
