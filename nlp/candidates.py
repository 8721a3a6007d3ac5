"""Names that writers treat as artists and the registry lacks.

What stands around a name tells what it names: bands are fronted, produced, influenced by and listed beside
other bands; towns are played in and labels sign. The registry's own names teach which contexts are those of
artists. It is learning from positive and unlabelled examples (Elkan and Noto 2008): a logistic regression
tells registered names from all other runs of capitalised words, each scored by a model that did not see it,
and the scores are divided by what registered names get on average.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from nlp.capitals import LONGEST_NAME, Runs, capitalised_runs, name_keys, run_keys
from nlp.corpus import Corpus
from nlp.name_features import name_features

# One text alone may misspell or make up a name.
FEWEST_DOCUMENTS = 2
# With fewer names of either kind, contexts teach nothing; measured on samples of the dev texts from 30 on.
FEWEST_EXAMPLES = 30
# Two names joined by "and" are one when the whole stands at least this often beside its rarer part.
COHESION = 0.3
# A single word is a part of a longer name when so many of its documents also have that name.
PART_SHARE = 0.4
# Parameters of the regression; .1 to 1 differ little in how many hidden names they find.
REGULARISATION = 0.3
FOLDS = 2


@dataclass(frozen=True, slots=True)
class Candidates:
    """Possible artists, the surest first; the arrays before `position` are parallel, one entry a name.

    `score` is 0 to 1. `mentions` counts occurrences. `position` and `length` are where each stands in
    `Corpus.codes`, in order, those of name i being `bounds[i]:bounds[i + 1]`.
    """

    score: NDArray[np.float64]
    mentions: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    bounds: NDArray[np.int64]
    position: NDArray[np.int64]
    length: NDArray[np.int64]


def find_candidates(
    corpus: Corpus,
    source: NDArray[np.int64],
    *,
    registered: Iterable[str],
    titles: Iterable[str] = (),
    limit: int,
) -> Candidates:
    """The `limit` names that are most surely artists, of those in at least two documents.

    `source` is the number of each document's source. Left out are `registered` names, `titles` of works, and
    words that are mostly a part of a longer name in the same documents. A score is what the contexts say,
    times b / (b + 1/2), where b counts independent sources (each adding 1 - 2^-n for its n documents).
    Empty where too few names are registered or found to learn from.
    """
    known = name_keys(corpus, registered)
    runs = _separate(capitalised_runs(corpus), known)
    document = np.searchsorted(corpus.bounds, runs.first, side="right") - 1
    table = _table(runs, document, source)
    artist = np.isin(table.key, known)
    usual = ~np.isin(table.key, name_keys(corpus, titles)) & (table.inside >= FEWEST_DOCUMENTS)
    kept = np.flatnonzero((table.documents >= FEWEST_DOCUMENTS) & (artist | usual))
    artist = artist[kept]
    if min(artist.sum(), (~artist).sum()) < FEWEST_EXAMPLES:
        return _chosen(table, runs, np.zeros(0, dtype=np.int64), np.zeros(0))
    surely = _sureness(corpus, runs, table, kept, artist)
    score = surely * table.breadth[kept] / (table.breadth[kept] + 0.5)
    free = np.flatnonzero(~artist)
    free = free[~_is_part(runs, corpus.numbers, document, table, kept[free])]
    best = free[np.argsort(-score[free], kind="stable")][:limit]
    return _chosen(table, runs, kept[best], score[best])


@dataclass(frozen=True, slots=True)
class _Table:
    """What is counted of each different run, in order of key; `of_run` is the row of each run."""

    key: NDArray[np.uint64]
    of_run: NDArray[np.int64]
    mentions: NDArray[np.int64]
    inside: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    breadth: NDArray[np.float64]


def _table(runs: Runs, document: NDArray[np.int64], source: NDArray[np.int64]) -> _Table:
    key, of_run = np.unique(runs.key, return_inverse=True)
    size = len(key)
    row, where = _distinct(of_run, document)
    base = int(source.max(initial=0)) + 1
    pairs, repeats = np.unique(row * base + source[where], return_counts=True)
    return _Table(
        key,
        of_run,
        np.bincount(of_run, minlength=size),
        np.bincount(of_run[runs.inside], minlength=size),
        np.bincount(row, minlength=size),
        np.bincount(pairs // base, minlength=size),
        np.bincount(pairs // base, weights=1 - 2.0**-repeats, minlength=size).astype(np.float64),
    )


def _distinct(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    base = int(right.max(initial=0)) + 1
    pairs = np.unique(left * base + right)
    return pairs // base, pairs % base


def _separate(runs: Runs, known: NDArray[np.uint64]) -> Runs:
    """Each stretch of text as one name or as several: of a joined run either the whole stays or its parts."""
    row_of = np.unique(runs.key, return_inverse=True)[1]
    count = np.bincount(row_of)[row_of]
    plain, whole = np.flatnonzero(~runs.joined), np.flatnonzero(runs.joined)
    last = runs.first + runs.length
    rarer = np.minimum(
        _count_at(runs.first[plain], count[plain], runs.first[whole]),
        _count_at(last[plain], count[plain], last[whole]),
    )
    is_one = (count[whole] >= COHESION * rarer) | np.isin(runs.key[whole], known)
    kept = np.ones(len(runs.key), dtype=bool)
    kept[whole] = is_one
    kept[plain] = ~_covered(runs.first[plain], runs.first[whole[is_one]], last[whole[is_one]])
    return runs.only(kept)


def _count_at(
    places: NDArray[np.int64], counts: NDArray[np.int64], wanted: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The count of what stands at each wanted place (`places` ascend); without any, more than all."""
    if not len(places):
        return np.full(len(wanted), np.iinfo(np.int64).max // 2)
    found = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    return np.where(places[found] == wanted, counts[found], np.iinfo(np.int64).max // 2)


def _covered(
    places: NDArray[np.int64], firsts: NDArray[np.int64], lasts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which places lie within one of the stretches, which ascend and do not overlap."""
    if not len(firsts):
        return np.zeros(len(places), dtype=bool)
    before = np.searchsorted(firsts, places, side="right") - 1
    covered: NDArray[np.bool_] = (before >= 0) & (places < lasts[np.maximum(before, 0)])
    return covered


def _sureness(
    corpus: Corpus, runs: Runs, table: _Table, kept: NDArray[np.int64], artist: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How surely each kept name is an artist's, 0 to 1."""
    row = np.full(len(table.key), -1, dtype=np.int64)
    row[kept] = np.arange(len(kept))
    mine = row[table.of_run]
    features, common = name_features(corpus, runs.only(mine >= 0), mine[mine >= 0], artist)
    teaching = ~(common & artist)  # "Love" is registered, but those who write it mean no artist
    # Names are in the order of their keys, which is as good as random and always the same.
    fold = np.arange(len(kept)) % FOLDS
    likely = np.zeros(len(kept))
    for number in range(FOLDS):
        model = LogisticRegression(solver="liblinear", C=REGULARISATION, max_iter=500, random_state=0)
        others = teaching & (fold != number)
        model.fit(features[others], artist[others])
        likely[fold == number] = expit(model.decision_function(features[fold == number]))
    return likely


def _is_part(
    runs: Runs,
    numbers: NDArray[np.int64],
    document: NDArray[np.int64],
    table: _Table,
    rows: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which names are mostly parts of longer ones of the same documents: surnames, short forms.

    `rows` are those of the table to ask about.
    """
    row_of = np.full(len(table.key), -1, dtype=np.int64)
    row_of[rows] = np.arange(len(rows))
    pairs = [
        _parts(runs, numbers, document, table, row_of, start=start, length=length)
        for length in range(1, LONGEST_NAME)
        for start in range(LONGEST_NAME - length + 1)
    ]
    within = np.unique(np.concatenate([_joined(row, where, document) for row, where in pairs]))
    row, where = _distinct(row_of[table.of_run], document)
    part = np.isin(_joined(row, where, document), within) & (row >= 0)
    share = np.bincount(row[part], minlength=len(rows)) / np.maximum(table.documents[rows], 1)
    is_part: NDArray[np.bool_] = share > PART_SHARE
    return is_part


def _joined(
    row: NDArray[np.int64], where: NDArray[np.int64], document: NDArray[np.int64]
) -> NDArray[np.int64]:
    return row * (int(document.max(initial=0)) + 1) + where


def _parts(
    runs: Runs,
    numbers: NDArray[np.int64],
    document: NDArray[np.int64],
    table: _Table,
    row_of: NDArray[np.int64],
    *,
    start: int,
    length: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows and documents of names that are the `length` words from the `start`-th on of a longer run."""
    longer = np.flatnonzero((runs.length >= start + length) & (runs.length > length))
    key = run_keys(numbers, runs.first[longer] + start, np.full(len(longer), length))
    place = np.minimum(np.searchsorted(table.key, key), len(table.key) - 1)
    row = np.where(table.key[place] == key, row_of[place], -1)
    return row[row >= 0], document[longer[row >= 0]]


def _chosen(table: _Table, runs: Runs, rows: NDArray[np.int64], score: NDArray[np.float64]) -> Candidates:
    place = np.full(len(table.key), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    mine = place[table.of_run]
    order = np.flatnonzero(mine >= 0)
    order = order[np.lexsort((runs.first[order], mine[order]))]
    return Candidates(
        score,
        table.mentions[rows],
        table.documents[rows],
        table.sources[rows],
        np.append(0, np.cumsum(table.mentions[rows])),
        runs.first[order],
        runs.length[order],
    )
