"""Who is named with whom: in a text about an artist, and side by side in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.corpus import Corpus, Spans
from nlp.sentences import sentence_of

# A sentence that names more artists than this is a listing (a festival's bill, a label's roster).
LONGEST_LIST = 20
# Of what texts teach; with no share nDCG@10 is .001 lower.
SENTENCE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of artists (by row) as parallel arrays, with how much each occasion counts."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weight: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_]) -> Pairs:
        """The pairs where `chosen` holds."""
        return Pairs(self.left[chosen], self.right[chosen], self.weight[chosen])


def named_in_texts(spans: Spans) -> Pairs:
    """The pairs (artist a document is about, other artist named in it): one a document, with weight 1."""
    subjects = spans.only(spans.subject)
    order = np.argsort(subjects.document, kind="stable")
    documents, artists = subjects.document[order], subjects.artist[order]
    first = np.searchsorted(documents, spans.document, side="left")
    count = np.searchsorted(documents, spans.document, side="right") - first
    span = np.repeat(np.arange(len(spans.artist)), count)
    place = np.arange(len(span)) - np.repeat(np.cumsum(count) - count, count) + first[span]
    triples = np.stack([spans.document[span], artists[place], spans.artist[span]], axis=1)
    triples = np.unique(triples[triples[:, 1] != triples[:, 2]], axis=0).reshape(-1, 3)
    return Pairs(triples[:, 1], triples[:, 2], np.ones(len(triples)))


def named_side_by_side(corpus: Corpus, spans: Spans) -> Pairs:
    """The pairs of artists named in one sentence, left < right, of documents that may be about a third.

    One of n artists in a sentence is paired with n - 1 others, each pair having weight 1 / (n - 1).
    """
    named = spans.only(~spans.subject)
    sentence = sentence_of(corpus, named.first)
    rows = np.unique(np.stack([sentence, named.artist], axis=1), axis=0).reshape(-1, 2)
    _, first, count = np.unique(rows[:, 0], return_index=True, return_counts=True)
    found = []
    for size in range(2, LONGEST_LIST + 1):
        together = rows[first[count == size][:, None] + np.arange(size), 1]
        one, other = np.triu_indices(size, 1)
        pairs = np.stack([together[:, one].ravel(), together[:, other].ravel()], axis=1)
        found.append(np.column_stack([pairs, np.full(len(pairs), 1 / (size - 1))]))
    joined = np.concatenate(found)
    return Pairs(joined[:, 0].astype(np.int64), joined[:, 1].astype(np.int64), joined[:, 2])


def text_lessons(in_texts: Pairs, usable: NDArray[np.bool_]) -> Pairs:
    """The pairs of usable artists, to learn from; one that is named everywhere teaches little."""
    pairs = in_texts.only(usable[in_texts.left] & usable[in_texts.right])
    often = np.bincount(pairs.right, minlength=len(usable))
    return Pairs(pairs.left, pairs.right, pairs.weight / (1 + often[pairs.right]))


def sentence_lessons(side_by_side: Pairs, usable: NDArray[np.bool_]) -> Pairs:
    """The pairs of usable artists, to learn from; those that stand beside many teach less."""
    pairs = side_by_side.only(usable[side_by_side.left] & usable[side_by_side.right])
    often = 1 + np.bincount(np.concatenate([pairs.left, pairs.right]), minlength=len(usable))
    return Pairs(pairs.left, pairs.right, pairs.weight / np.sqrt(often[pairs.left] * often[pairs.right]))


def both_lessons(texts: Pairs, sentences: Pairs) -> Pairs:
    """Both kinds of lessons, the sentences counting SENTENCE_SHARE of the texts in all."""
    amounts = (
        texts.weight / max(texts.weight.sum(), 1e-9),
        sentences.weight / max(sentences.weight.sum(), 1e-9),
    )
    return Pairs(
        np.concatenate([texts.left, sentences.left]),
        np.concatenate([texts.right, sentences.right]),
        np.concatenate([amounts[0], SENTENCE_SHARE * amounts[1]]),
    )


def company_matrix(
    in_texts: Pairs, side_by_side: Pairs, *, artists: int, beside_share: float, idf_power: float
) -> sp.csr_matrix:
    """Whom each artist is named with: float32 unit rows of shape (artists, artists); zero rows for none.

    Occasions count by 1 + ln n, those side by side `beside_share` times ln(1 + 2n). An artist that is named
    with many tells little, so columns are weighted by idf to the power `idf_power`. Each artist is in its own
    company, so that two that are named with each other are alike.
    """
    texts = _counted(in_texts, artists)
    beside = _counted(side_by_side, artists)
    beside = (beside + beside.T).tocsr()
    often = texts.getnnz(axis=0) + beside.getnnz(axis=0)
    texts.data = 1 + np.log(texts.data)
    beside.data = beside_share * np.log1p(2 * beside.data)
    company = (texts + texts.T + beside).tocsr()
    known = sp.diags((company.getnnz(axis=1) > 0).astype(np.float32))
    idf = np.log((1 + artists) / (1 + often)) + 1
    weighted = (known @ (company + sp.identity(artists)) @ sp.diags(idf**idf_power)).tocsr()
    weighted.eliminate_zeros()
    return normalize(weighted.astype(np.float32))


def _counted(pairs: Pairs, artists: int) -> sp.csr_matrix:
    return sp.csr_matrix((pairs.weight, (pairs.left, pairs.right)), shape=(artists, artists))
