"""What tells the name of an artist from other names: its contexts, its words and how it is written."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.arrays import rank
from nlp.capitals import LONGEST_NAME, Runs
from nlp.corpus import Corpus
from nlp.names import capital_share
from nlp.spelling import is_common
from nlp.tokens import Case

# Words before and after a name whose identity counts.
CONTEXT = (-3, -2, -1, 1, 2, 3)
# More occurrences of one name tell nothing new.
MOST_OCCURRENCES = 100
# A word that stands beside, or in, fewer names teaches nothing of others. Less in a small corpus.
FEWEST_BESIDE, FEWEST_WITHIN = 20, 10
_LARGE = 5_000
# Contexts against words and shape of the name itself; 1 to 5 differ little.
_CONTEXT_WEIGHT = 3.0


def name_features(
    corpus: Corpus, runs: Runs, name: NDArray[np.int64], artist: NDArray[np.bool_]
) -> tuple[sp.csr_matrix, NDArray[np.bool_]]:
    """One row for each name; `name` is the number of each run's, `artist` tells the registered ones.

    A word of several that belongs to a registered name counts as "an artist" where it stands beside another
    name, whoever it is: artists are listed with artists. Returns also which names are single common words.
    """
    few = len(artist) < _LARGE
    shape, common = _shape(corpus, runs, name, len(artist))
    parts = [
        _CONTEXT_WEIGHT * _contexts(corpus, runs, name, artist, 2 if few else FEWEST_BESIDE),
        _words(corpus, runs, name, len(artist), 2 if few else FEWEST_WITHIN),
        sp.csr_matrix(shape),
    ]
    return sp.hstack(parts).tocsr(), common


def _contexts(
    corpus: Corpus, runs: Runs, name: NDArray[np.int64], artist: NDArray[np.bool_], fewest: int
) -> sp.csr_matrix:
    """The root of the share of a name's occurrences that have a word at a distance, (names, features)."""
    some = _first_of_each(name, MOST_OCCURRENCES)
    base = len(corpus.words) + 1
    words = _with_artists(corpus, runs, artist[name])
    columns = []
    for place, offset in enumerate(CONTEXT):
        beside = runs.first[some] + (offset if offset < 0 else runs.length[some] + offset - 1)
        columns.append(words[np.clip(beside, 0, len(words) - 1)] + base * place)
    row = np.tile(name[some], len(CONTEXT))
    counts = sp.csr_matrix(
        (np.ones(len(row)), (row, np.concatenate(columns))), shape=(len(artist), base * len(CONTEXT))
    )
    counts = _frequent(counts, fewest)
    share = sp.diags(1 / np.maximum(np.bincount(name[some], minlength=len(artist)), 1)) @ counts
    return share.sqrt()


def _with_artists(corpus: Corpus, runs: Runs, registered: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The word numbers of the corpus, with one number more for all words of registered names."""
    words = corpus.numbers
    sure = registered & (runs.length > 1)  # a single word may be no name
    edges = np.zeros(len(words) + 1, dtype=np.int32)
    np.add.at(edges, runs.first[sure], 1)
    np.add.at(edges, runs.first[sure] + runs.length[sure], -1)
    words[np.cumsum(edges)[:-1] > 0] = len(corpus.words)
    return words


def _first_of_each(name: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    order = np.argsort(name, kind="stable")
    return np.sort(order[rank(name[order]) < most])


def _frequent(counts: sp.csr_matrix, fewest: int) -> sp.csr_matrix:
    """The columns that at least so many rows have."""
    counts.sum_duplicates()
    rows = np.bincount(counts.indices, minlength=counts.shape[1])
    return counts[:, np.flatnonzero(rows >= fewest)]


def _words(corpus: Corpus, runs: Runs, name: NDArray[np.int64], names: int, fewest: int) -> sp.csr_matrix:
    """Which words each name has, which one first and which one last: Orchestra, DJ, Records."""
    first, length = _one_of_each(runs, name, names)
    numbers, base = corpus.numbers, len(corpus.words)
    inside = [np.flatnonzero(length > offset) for offset in range(LONGEST_NAME)]
    rows = [*inside, np.arange(names), np.arange(names)]
    columns = [
        *(numbers[first[row] + offset] for offset, row in enumerate(inside)),
        numbers[first] + base,
        numbers[first + length - 1] + 2 * base,
    ]
    row, column = np.concatenate(rows), np.concatenate(columns)
    return _frequent(sp.csr_matrix((np.ones(len(row)), (row, column)), shape=(names, 3 * base)), fewest)


def _one_of_each(
    runs: Runs, name: NDArray[np.int64], names: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first, length = np.zeros(names, dtype=np.int64), np.ones(names, dtype=np.int64)
    first[name], length[name] = runs.first, runs.length
    return first, length


def _shape(
    corpus: Corpus, runs: Runs, name: NDArray[np.int64], names: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How many words, how often they are written small elsewhere, and how often the name opens a sentence."""
    first, length = _one_of_each(runs, name, names)
    share = capital_share(corpus)
    least = np.ones(names)
    for offset in range(LONGEST_NAME):
        has = np.flatnonzero(length > offset)
        least[has] = np.minimum(least[has], share[corpus.numbers[first[has] + offset]])
    often = np.maximum(np.bincount(name, minlength=names), 1)
    common = _is_common(corpus, np.where(length == 1, corpus.numbers[first], 0))
    shouted = corpus.cases[runs.first] == Case.UPPER
    columns = [
        *(length == words for words in (1, 2, 3)),
        length > 3,
        least,
        least * (length == 1),
        common,
        np.bincount(name, weights=runs.inside, minlength=names) / often,
        np.bincount(name, weights=shouted, minlength=names) / often,
    ]
    return np.column_stack(columns).astype(np.float64), common


def _is_common(corpus: Corpus, words: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of the words is a common one; number 0 is none."""
    distinct, where = np.unique(words, return_inverse=True)
    return np.array([is_common(corpus.words[word]) for word in distinct.tolist()], dtype=bool)[where]
