"""How many requests a client may send: a token bucket for each.

The headers are those of draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_CLIENTS = 10_000
"""Clients that are kept count of; the one that was silent for longest is forgotten, and begins afresh."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a request may pass; how many more may right now, and after how many seconds all may again."""

    passes: bool
    remaining: int
    reset_seconds: int
    retry_seconds: int


class RateLimit:
    """Buckets that hold `burst` requests and fill again with `rate` of them per second."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> Allowance:
        """Let one request of a client pass, or not."""
        now = self._clock()
        held, since = self._buckets.pop(client, (float(self.burst), now))
        held = min(float(self.burst), held + (now - since) * self.rate)
        passes = held >= 1
        left = held - 1 if passes else held
        self._buckets[client] = left, now
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        reset = math.ceil((self.burst - left) / self.rate)
        return Allowance(passes, int(left), reset, 0 if passes else math.ceil((1 - left) / self.rate))
