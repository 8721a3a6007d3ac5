"""How widely is written about something, and how much more than usual lately."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RECENT = 8
"""Weeks that count as lately."""

# Strength of the Gamma prior on the ratio of the recent to the usual rate: as if two texts had been seen in
# both periods. So a single text after a long silence is a fifth, four are a half, and forty nearly one.
PRIOR = 2.0


def rising(
    weeks: NDArray[np.int64],
    counts: NDArray[np.float64],
    now: int,
    *,
    recent: int = RECENT,
    growth: float = 1.0,
) -> float:
    """How much more than usual there was lately: 0 (as usual, or less) to 1 (out of nothing).

    `weeks` are week numbers in any order, `counts` what there was in each (texts, or sources); weeks without
    any may be left out, and those after `now` are ignored. Lately are the `recent` weeks up to and with
    `now`. Usual is the rate from the first week until then, and n and e are what there was lately and what
    there would have been at the usual rate. With counts taken as Poisson and a Gamma prior of strength a
    around "as usual", the ratio of the rates is r = (n + a) / (e + a); returned is (r - 1) / (r + 1) =
    (n - e) / (n + e + 2a), where positive. So few counts say little. What is new altogether has e = 0.

    `growth` is how many times as much as usual was written lately about everything (see `growth`): when a
    crawl has just begun, that the texts are recent says nothing.
    """
    inside = weeks <= now
    if not inside.any():
        return 0.0
    lately = inside & (weeks > now - recent)
    many = float(counts[lately].sum())
    first = int(weeks[inside].min())
    before = max(0, now - recent - first + 1)
    usual = float(counts[inside & ~lately].sum()) / before * recent * growth if before else 0.0
    return max(0.0, many - usual) / (many + usual + 2 * PRIOR)


def growth(
    weeks: NDArray[np.int64], counts: NDArray[np.float64], now: int, since: int, *, recent: int = RECENT
) -> float:
    """How many times as much as usual was written lately, where usual is the rate from week `since` on.

    1 where nothing was written before: then nothing is known of what is usual.
    """
    lately = (weeks <= now) & (weeks > now - recent)
    earlier = (weeks >= since) & (weeks <= now - recent)
    before, amount = now - recent - since + 1, float(counts[earlier].sum())
    if before <= 0 or amount <= 0:
        return 1.0
    return float(counts[lately].sum()) / recent / (amount / before)


# What a source that only names an artist counts, beside one that writes about it: it may mean the word.
_NAMED = 0.25


def familiarity(
    breadth: NDArray[np.float64], documents: NDArray[np.int64], named: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How widely each artist is written about, 0 to 1, where 1 is the most widely of all.

    `breadth` counts independent sources of texts about it, each saturating at one (1 - 2^-n for its n
    documents); `named` counts likewise the sources that name it; `documents` are those about it. Familiarity
    is ln(1 + breadth + ln(1 + documents) + named / 4) as a share of the largest: a second source counts more
    than a second text of the same one, yet texts count where sources are few. On 11,652 artists its rank
    correlation with how many people listen to them is .34; counting those named in full, it is .29.
    """
    reach = np.log1p(breadth + np.log1p(documents) + _NAMED * named)
    widest = float(reach.max(initial=0.0))
    shares: NDArray[np.float64] = reach / widest if widest > 0 else reach
    return shares


# A source in which so large a share of the days are the first of a month knows months, not days. Of seven
# sources that know days, 2.6 to 5.7 % are (chance: 3.3 %); in tables of months or years nearly all.
_MONTHS_ONLY = 1 / 3
# Fewer firsts of a month than this say nothing of a source.
_FEWEST_FIRSTS = 5


def known_to_the_day(days: NDArray[np.datetime64], source: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which days of publication are days, and not the beginning of a year or a month that is all one knows.

    `days` (datetime64[D], NaT where unknown) and `source` (its number) are parallel, one entry a document. A
    table of years is stored as firsts of January. So a first of January is never taken for a day (0.3 % of
    real days are lost), and a first of a month is not where a third of its source's days are such.
    """
    known = ~np.isnat(days)
    month = days.astype("datetime64[M]")
    first = known & (days == month)
    new_year = known & (days == days.astype("datetime64[Y]"))
    sources = int(source.max(initial=-1)) + 1
    firsts = np.bincount(source[first], minlength=sources)
    dated = np.bincount(source[known], minlength=sources)
    months = (firsts >= _FEWEST_FIRSTS) & (firsts > _MONTHS_ONLY * dated)
    to_the_day: NDArray[np.bool_] = known & ~new_year & ~(first & months[source])
    return to_the_day


def week_of(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """The number of the week, beginning on Monday, in which each day lies; 0 is that of 1970-01-01."""
    weeks: NDArray[np.int64] = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return weeks


def monday_of(weeks: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """The Monday of each week of these numbers, datetime64[D]."""
    return (weeks * 7 - 3).astype("datetime64[D]")
