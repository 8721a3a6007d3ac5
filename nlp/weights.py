"""How strongly a term describes an artist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nlp.arrays import rank
from nlp.inference import Nearby
from nlp.support import Support

# The coefficients of the weight's logarithmic odds; those of the term itself are in `nlp.worth`. Fitted by
# logistic regression on which pairs of 1,095 artists and a term are crowd tags. Which term it is was no
# feature, so that nothing of the tags' vocabulary is learnt. See docs/measurements.md.
OWN = 1.6
NEARBY = 1.05
USUAL = 0.75
# What a term loses that the artist's own texts do not use; set so that inferred weights too come true.
UNSAID = -0.3
# Added to shares before their logarithm is taken: a term that nobody near uses is unlikely, not impossible.
LEAST_SHARE = 0.001
# A source that is loud (see `Support`) brings no term before this many others.
QUIET_PLACES = 20


@dataclass(frozen=True, slots=True)
class WeightSettings:
    """How many descriptors an artist gets.

    `per_artist`: descriptors kept of each artist, `inferred` of them at most from similar artists alone,
    which need a weight of `least_inferred`; `least`: the smallest weight kept.
    """

    per_artist: int = 100
    inferred: int = 50
    least_inferred: float = 0.02
    least: float = 0.0001


@dataclass(frozen=True, slots=True)
class Weighted:
    """Descriptors of all artists as parallel arrays, strongest first within an artist.

    `first_day` and `last_day` are the earliest and the latest day on which the term was used, as days since
    1970; where no day is known, they are the ends of int64. `inferred` rows rest on similar artists alone:
    their `frequency`, `documents` and `sources` are 0.
    """

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    weight: NDArray[np.float64]
    frequency: NDArray[np.int64]
    documents: NDArray[np.int64]
    sources: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]
    inferred: NDArray[np.bool_]


def weigh(
    support: Support,
    nearby: Nearby,
    settings: WeightSettings,
    *,
    exposure: NDArray[np.float64],
    usual: NDArray[np.float64],
    worth: NDArray[np.float64],
) -> Weighted:
    """Weigh every term for every artist by how probable it is that a listener describes the artist so.

    The logarithmic odds are the sum of what the term is `worth` as a description and how `usual` it is, of
    how much more than usual independent sources use it of the artist (`OWN`), and of how much more than usual
    it is used of similar artists (`NEARBY`). The weight rises with each of them and is the same scale for
    every artist: of the pairs with weight w about a share w are tags that listeners gave
    (docs/measurements.md says how near).

    What one source alone says, where others write about the artist too, counts as if nobody said it: it
    stands in the list by what similar artists suggest. If that source is loud, it stands behind the
    QUIET_PLACES strongest others, and where there are fewer of these it is left out.
    """
    place = _own_place(support, nearby)
    own = place >= 0
    amount = (
        np.where(own, (support.amount * ~support.alone)[place], 0.0) if len(support.amount) else 0.0 * place
    )
    expected = usual[nearby.term] * exposure[nearby.artist]
    odds = (
        worth[nearby.term]
        + USUAL * np.log(usual[nearby.term])
        + UNSAID * ~own
        + OWN * np.log((amount + 1) / (expected + 1))
        + NEARBY * np.log((nearby.share + LEAST_SHARE) / (usual[nearby.term] + LEAST_SHARE))
    )
    loud = own & support.loud[place] if len(support.loud) else own
    weight = _behind_others(nearby.artist, expit(odds), loud)
    return _strongest(support, nearby, weight, place, settings)


def _own_place(support: Support, nearby: Nearby) -> NDArray[np.int64]:
    """For each pair of `nearby` its row in `support`; -1 where the artist's own texts do not use the term."""
    if not len(support.term):
        return np.full(len(nearby.term), -1, dtype=np.int64)
    base = max(int(support.term.max()), int(nearby.term.max(initial=0))) + 1
    known, asked = support.artist * base + support.term, nearby.artist * base + nearby.term
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    found: NDArray[np.int64] = np.where(known[place] == asked, place, -1)
    return found


def _behind_others(
    artist: NDArray[np.int64], weight: NDArray[np.float64], loud: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The weights, those of `loud` pairs lowered behind the QUIET_PLACES strongest others of their artist."""
    concerned = np.bincount(artist, loud, minlength=1) > 0
    quiet = np.flatnonzero(~loud & concerned[artist])
    order = quiet[np.lexsort((-weight[quiet], artist[quiet]))]
    last = np.zeros(int(artist.max(initial=0)) + 1)
    rows = order[rank(artist[order]) == QUIET_PLACES - 1]
    last[artist[rows]] = weight[rows]
    # Less by a hundredth, so that rounding makes no equals of them.
    return np.where(loud, np.minimum(weight, 0.99 * last[artist]), weight)


def _strongest(
    support: Support,
    nearby: Nearby,
    weight: NDArray[np.float64],
    place: NDArray[np.int64],
    settings: WeightSettings,
) -> Weighted:
    inferred = place < 0
    keep = np.where(inferred, weight >= settings.least_inferred, weight >= settings.least)
    order = np.flatnonzero(keep & (weight > 0))
    # At equal weight, what the artist's own texts say comes first.
    order = order[np.lexsort((nearby.term[order], inferred[order], -weight[order], nearby.artist[order]))]
    guesses = order[inferred[order]]
    excess = guesses[rank(nearby.artist[guesses]) >= settings.inferred]
    order = order[~np.isin(order, excess)]
    order = order[rank(nearby.artist[order]) < settings.per_artist]
    row, guess = place[order], inferred[order]

    def of_own(column: NDArray[np.int64], otherwise: int) -> NDArray[np.int64]:
        return np.where(guess, otherwise, column[row]) if len(column) else np.full(len(row), otherwise)

    return Weighted(
        nearby.artist[order],
        nearby.term[order],
        weight[order],
        of_own(support.frequency, 0),
        of_own(support.documents, 0),
        of_own(support.sources, 0),
        of_own(support.first_day, np.iinfo(np.int64).max),
        of_own(support.last_day, np.iinfo(np.int64).min),
        guess,
    )
