"""How much more than usual is written about something lately."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RECENT = 8
"""Weeks that count as lately."""

# Strength of the Gamma prior on the ratio of the recent to the usual rate: as if one text had been seen in
# both periods. So a single text after a long silence is a third, five are two thirds, and fifty nearly one.
PRIOR = 1.0


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


def week_of(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """The number of the week, beginning on Monday, in which each day lies; 0 is that of 1970-01-01."""
    weeks: NDArray[np.int64] = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return weeks
