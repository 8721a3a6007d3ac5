"""How strongly a term describes an artist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Spans
from nlp.terms import TermCounts


@dataclass(frozen=True, slots=True)
class WeightSettings:
    """Parameters of the weight. All were tuned on dev crowd tags (recall@50, known@20).

    `caution`: texts of the background that every artist is supposed to have besides its own, so that one text
    alone does not make a certainty.
    `steady`: artists that must share a term before it is worth half; in a small corpus a twentieth of all.
    """

    caution: float = 1.0
    steady: float = 20.0
    per_artist: int = 100
    least: float = 0.01


@dataclass(frozen=True, slots=True)
class Weighted:
    """Descriptors of all artists as parallel arrays, strongest first within an artist.

    `first_day` and `last_day` are the earliest and the latest day on which the term was used, as days since
    1970; where no day is known, they are the ends of int64.
    """

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    weight: NDArray[np.float64]
    frequency: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What weighting needs to know of the documents: source number and day.

    Days are counted from 1970-01-01; NO_DAY where the day is unknown.
    """

    source: NDArray[np.int64]
    day: NDArray[np.int64]


NO_DAY = np.iinfo(np.int64).min


def weigh(
    counts: TermCounts,
    spans: Spans,
    facts: DocumentFacts,
    worth: NDArray[np.float64],
    *,
    artists: int,
    settings: WeightSettings,
    excluded: frozenset[tuple[int, int]] = frozenset(),
) -> Weighted:
    """Weigh every term for every artist by how likely it is that someone describes the artist so.

    Support counts independent sources: each adds 1 - 2^-n for its n documents that use the term, so that a
    source saturates at one, however often it repeats itself. The share of support among all that is written
    about the artist, smoothed by the share over all artists, is p; the weight is p times how much more than
    usual that is, ln(p / usual) / ln(1 / usual), times the worth of the term (terms that few artists
    share are discounted). Always between 0 and 1, and the same scale for every artist.
    `excluded` pairs of artist and term (own names) get no weight.
    """
    uses = _uses(counts, spans, facts)
    support = _saturated(uses)
    exposure = _exposure(spans, facts, artists)
    usual = _usual(support, exposure, terms=len(counts.terms))
    value = worth[support.term] * _steadiness(support, counts, settings)
    p = (support.amount + settings.caution * usual[support.term]) / (
        exposure[support.artist] + settings.caution
    )
    common = usual[support.term]
    surprise = np.log(p / common) / np.log(1 / common)
    weight = np.clip(p * surprise, 0, 1) * value * ~_is_excluded(support, excluded)
    return _strongest(support, weight, settings)


def _is_excluded(support: _Support, excluded: frozenset[tuple[int, int]]) -> NDArray[np.bool_]:
    base = int(support.term.max(initial=0)) + 1
    pairs = np.array([artist * base + term for artist, term in excluded if term < base], dtype=np.int64)
    found: NDArray[np.bool_] = np.isin(support.artist * base + support.term, pairs)
    return found


@dataclass(frozen=True, slots=True)
class _Uses:
    """A term used about an artist in a document: parallel arrays, sorted by artist, term, source."""

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    source: NDArray[np.int64]
    day: NDArray[np.int64]
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Support:
    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    amount: NDArray[np.float64]
    frequency: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]


def _uses(counts: TermCounts, spans: Spans, facts: DocumentFacts) -> _Uses:
    artist, document = spans.artist[counts.span], spans.document[counts.span]
    triple = np.unique(_number(_number(artist, counts.term), document), return_index=True, return_counts=True)
    first, repeats = triple[1], triple[2]
    source = facts.source[document[first]]
    order = np.lexsort((source, counts.term[first], artist[first]))
    first = first[order]
    return _Uses(artist[first], counts.term[first], source[order], facts.day[document[first]], repeats[order])


def _number(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each distinct pair, in the order of the pairs."""
    pairs = left * (int(right.max(initial=0)) + 1) + right
    numbers: NDArray[np.int64] = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return numbers


def _starts(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where a new group begins in columns sorted alike."""
    changed = np.zeros(len(columns[0]), dtype=bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changed)


def _saturated(uses: _Uses) -> _Support:
    by_source = _starts(uses.artist, uses.term, uses.source)
    documents = np.diff(np.append(by_source, len(uses.artist)))
    artist, term = uses.artist[by_source], uses.term[by_source]
    group = _starts(artist, term)
    whole = by_source[group] if len(by_source) else by_source
    late = np.where(uses.day == NO_DAY, np.iinfo(np.int64).max, uses.day)
    if not len(group):
        empty = np.zeros(0, dtype=np.int64)
        return _Support(empty, empty, empty.astype(float), empty, empty, empty, empty, empty)
    return _Support(
        artist[group],
        term[group],
        np.add.reduceat(1 - 2.0**-documents, group),
        np.add.reduceat(uses.count, whole),
        np.add.reduceat(documents, group),
        np.diff(np.append(group, len(by_source))),
        np.minimum.reduceat(late, whole),
        np.maximum.reduceat(uses.day, whole),
    )


def _exposure(spans: Spans, facts: DocumentFacts, artists: int) -> NDArray[np.float64]:
    """How much is written about each artist, counted as support is."""
    pairs = np.unique(np.stack([spans.artist, spans.document]), axis=1)
    sources = np.stack([pairs[0], facts.source[pairs[1]]])
    unique, documents = np.unique(sources, axis=1, return_counts=True)
    return np.bincount(unique[0], weights=1 - 2.0**-documents, minlength=artists).astype(np.float64)


def _usual(support: _Support, exposure: NDArray[np.float64], *, terms: int) -> NDArray[np.float64]:
    """The share of all that is written about artists that uses each term, between 0 and 1."""
    total = np.bincount(support.term, weights=support.amount, minlength=terms)
    return np.clip(total / max(float(exposure.sum()), 1e-9), 1e-9, 0.99)


def _steadiness(support: _Support, counts: TermCounts, settings: WeightSettings) -> NDArray[np.float64]:
    artists = np.bincount(support.term, minlength=len(counts.terms))
    half = min(settings.steady, int(support.artist.max(initial=0)) / 20)
    steadiness: NDArray[np.float64] = artists / np.maximum(artists + half, 1)
    return steadiness[support.term]


def _strongest(support: _Support, weight: NDArray[np.float64], settings: WeightSettings) -> Weighted:
    order = np.lexsort((support.term, -weight, support.artist))
    artist = support.artist[order]
    starts = _starts(artist) if len(artist) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.append(starts, len(artist)))
    rank = np.arange(len(artist)) - np.repeat(starts, lengths)
    order = order[(rank < settings.per_artist) & (weight[order] >= settings.least)]
    return Weighted(
        support.artist[order],
        support.term[order],
        weight[order],
        support.frequency[order],
        support.documents[order],
        support.sources[order],
        support.first_day[order],
        support.last_day[order],
    )
