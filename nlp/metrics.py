"""Measures of quality on plain lists: rankings of similar artists, descriptors, extracted text.

A ranking is judged by `hits`, a Boolean array that says of each place, best first, whether a relevant item
stands there, and by the number of relevant items there are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

K = TypeVar("K", bound=Hashable)

_WORD = re.compile(r"\w+")

# How far down a ranking the measures of similarity look.
DEEPEST = 200
HUB_DEPTH = 10
# An artist with fewer tags says little about recall.
FEWEST_TAGS = 4
SIMILARITY_MEASURES = ("hit_at_10", "ndcg_at_10", "map_at_100", "recall_at_100", "ndcg_at_200")
DESCRIPTOR_MEASURES = ("recall_at_50", "known_at_20")


@dataclass(frozen=True, slots=True)
class PerQuery(Generic[K]):
    """What was measured of each of several queries: `values[measure][i]` belongs to `queries[i]`."""

    queries: tuple[K, ...]
    values: Mapping[str, NDArray[np.float64]]

    def mean(self, measure: str) -> float:
        """The mean of a measure over all queries."""
        return float(self.values[measure].mean())


@dataclass(frozen=True, slots=True)
class SimilarityScores:
    """How well rankings agree with the truth, each a mean over `queries` artists.

    `max_hub` is how often one artist stands in the top 10 of others; `anti_hub` the share of artists in
    nobody's.
    """

    queries: int
    hit_at_10: float
    ndcg_at_10: float
    map_at_100: float
    recall_at_100: float
    ndcg_at_200: float
    max_hub: int
    anti_hub: float


@dataclass(frozen=True, slots=True)
class DescriptorScores:
    """How well descriptors agree with tags, each a mean over `artists`.

    `recall_at_50` is the share of an artist's tags among its 50 strongest terms; `known_at_20` the share of
    its 20 strongest terms that anybody uses as a tag.
    """

    artists: int
    recall_at_50: float
    known_at_20: float


@dataclass(frozen=True, slots=True)
class Hubness:
    """`max_hub`: the most lists one item is in; `anti_hub`: the share of all items that are in none."""

    max_hub: int
    anti_hub: float


def recall_at(hits: NDArray[np.bool_], relevant: int, k: int) -> float:
    """The share of relevant items in the first `k` places, capped: at most `k` can be there.

    With k = 10 this is what the project calls hit@10.
    """
    return float(hits[:k].sum()) / min(k, relevant)


def ndcg_at(hits: NDArray[np.bool_], relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain of the first `k` places (Järvelin & Kekäläinen 2002), binary."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    found = hits[:k]
    return float((found * discount[: len(found)]).sum() / discount[: min(k, relevant)].sum())


def average_precision_at(hits: NDArray[np.bool_], relevant: int, k: int) -> float:
    """The mean of the precision at each relevant item among the first `k` places; missing ones count 0."""
    found = hits[:k]
    precision = np.cumsum(found) / np.arange(1, len(found) + 1)
    return float((precision * found).sum()) / min(k, relevant)


def hubness(lists: Collection[Sequence[K]], universe: Set[K], depth: int = HUB_DEPTH) -> Hubness:
    """How unevenly the items of `universe` stand in the first `depth` places of the lists."""
    degrees = Counter(item for each in lists for item in each[:depth])
    counts = [degrees[item] for item in universe]
    return Hubness(max(counts, default=0), counts.count(0) / len(counts) if counts else 0.0)


def measure_rankings(
    neighbours: Mapping[K, Sequence[K]], truth: Mapping[K, Set[K]], universe: Set[K]
) -> PerQuery[K]:
    """Judge each ranking (best first) against the truth; what is outside `universe` is dropped on every side.

    Each artist of the truth that has a relevant one left is a query; without a ranking it scores 0. There may
    be none.
    """
    wanted = {artist: truth[artist] & universe for artist in truth if artist in universe}
    queries = tuple(artist for artist, relevant in wanted.items() if relevant)
    rows = [_measures(_within(neighbours.get(a, ()), a, universe), wanted[a]) for a in queries]
    return PerQuery(queries, _columns(SIMILARITY_MEASURES, rows))


def ranking_hubness(neighbours: Mapping[K, Sequence[K]], universe: Set[K]) -> Hubness:
    """How unevenly the artists of `universe` stand in each other's lists."""
    lists = [_within(ranked, artist, universe) for artist, ranked in neighbours.items() if artist in universe]
    return hubness(lists, universe)


def score_similarity(
    neighbours: Mapping[K, Sequence[K]], truth: Mapping[K, Set[K]], universe: Set[K]
) -> SimilarityScores:
    """The means of `measure_rankings` and the hubness. Raises ValueError when there is no query."""
    found = measure_rankings(neighbours, truth, universe)
    if not found.queries:
        raise ValueError("no artist of the truth is in the universe with a relevant one")
    hubs = ranking_hubness(neighbours, universe)
    return SimilarityScores(
        queries=len(found.queries),
        hit_at_10=found.mean("hit_at_10"),
        ndcg_at_10=found.mean("ndcg_at_10"),
        map_at_100=found.mean("map_at_100"),
        recall_at_100=found.mean("recall_at_100"),
        ndcg_at_200=found.mean("ndcg_at_200"),
        max_hub=hubs.max_hub,
        anti_hub=hubs.anti_hub,
    )


def _within(ranked: Sequence[K], artist: K, universe: Set[K]) -> list[K]:
    return [each for each in ranked if each in universe and each != artist][:DEEPEST]


def _columns(measures: Sequence[str], rows: Sequence[Sequence[float]]) -> dict[str, NDArray[np.float64]]:
    table = np.array(rows, dtype=np.float64).reshape(-1, len(measures))
    return {measure: table[:, place] for place, measure in enumerate(measures)}


def _measures(ranked: Sequence[K], relevant: Set[K]) -> tuple[float, float, float, float, float]:
    hits = np.array([each in relevant for each in ranked], dtype=bool)
    count = len(relevant)
    return (
        recall_at(hits, count, 10),
        ndcg_at(hits, count, 10),
        average_precision_at(hits, count, 100),
        recall_at(hits, count, 100),
        ndcg_at(hits, count, DEEPEST),
    )


def measure_descriptors(
    descriptors: Mapping[K, Sequence[str]], tags: Mapping[K, Set[str]], vocabulary: Set[str]
) -> PerQuery[K]:
    """Judge each artist's descriptors (best first, spelt like the tags) against its tags.

    Only tags in `vocabulary` count, and only artists that have FEWEST_TAGS of them; one without descriptors
    scores 0. There may be none.
    """
    wanted = {artist: tags.get(artist, frozenset()) & vocabulary for artist in descriptors}
    queries = tuple(artist for artist, relevant in wanted.items() if len(relevant) >= FEWEST_TAGS)
    rows = [_descriptor_measures(descriptors[artist], wanted[artist], vocabulary) for artist in queries]
    return PerQuery(queries, _columns(DESCRIPTOR_MEASURES, rows))


def _descriptor_measures(terms: Sequence[str], wanted: Set[str], vocabulary: Set[str]) -> tuple[float, float]:
    strongest = terms[:20]
    known = sum(term in vocabulary for term in strongest) / len(strongest) if strongest else 0.0
    return len(wanted & set(terms[:50])) / len(wanted), known


def score_descriptors(
    descriptors: Mapping[K, Sequence[str]], tags: Mapping[K, Set[str]], vocabulary: Set[str]
) -> DescriptorScores:
    """The means of `measure_descriptors`. Raises ValueError when there is no artist to judge."""
    found = measure_descriptors(descriptors, tags, vocabulary)
    if not found.queries:
        raise ValueError(f"no artist has {FEWEST_TAGS} tags")
    return DescriptorScores(len(found.queries), found.mean("recall_at_50"), found.mean("known_at_20"))


def words_of(text: str) -> list[str]:
    """The words of a text as `token_f1` compares them: letters and digits, without punctuation and markup."""
    return _WORD.findall(text)


def token_f1(gold: Sequence[str], found: Sequence[str]) -> float:
    """F1 of two lists of words as multisets: 1 when they have the same words, each as often; 0 for none.

    Two empty lists agree. A text must be cut into words first (`words_of`): letters nearly always agree.
    """
    if not gold and not found:
        return 1.0
    common = sum((Counter(gold) & Counter(found)).values())
    return 2 * common / (len(gold) + len(found))
