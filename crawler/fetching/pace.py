"""The pace of one domain: when the next request to it may start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

# Sleeps, and returns False when the crawl is stopping.
Sleep = Callable[[float], Awaitable[bool]]


# A domain that is to be left alone for longer is given back, so that its place serves others meanwhile.
HOLD_SECONDS = 10.0


class Pace:
    """Lets requests to one domain start at least `delay_seconds` apart, and none before `not_before`."""

    def __init__(self, delay_seconds: float, not_before: datetime | None) -> None:
        self.delay_seconds = delay_seconds
        self.not_before = not_before
        self._next_start: float | None = None
        self._turn = asyncio.Lock()

    async def next_turn(self, sleep: Sleep) -> bool:
        """Wait until a request may start; False when that is beyond HOLD_SECONDS or the crawl stops."""
        async with self._turn:
            wait = self._wait_seconds()
            if wait > HOLD_SECONDS:
                return False
            # Also without a wait: a stopping crawl starts nothing any more.
            if not await sleep(wait):
                return False
            self.started()
            return True

    def next_moment(self) -> datetime | None:
        """Return when the next request may start, for whoever goes on with the domain."""
        wait = self._wait_seconds()
        return datetime.now(UTC) + timedelta(seconds=wait) if wait > 0 else None

    def started(self) -> None:
        """Take note that a request starts now."""
        self._next_start = asyncio.get_running_loop().time() + self.delay_seconds

    def pause_until(self, moment: datetime) -> None:
        """Start no request before a moment."""
        if self.not_before is None or moment > self.not_before:
            self.not_before = moment

    def _wait_seconds(self) -> float:
        since_last, paused = 0.0, 0.0
        if self._next_start is not None:
            since_last = self._next_start - asyncio.get_running_loop().time()
        if self.not_before is not None:
            paused = (self.not_before - datetime.now(UTC)).total_seconds()
        return max(since_last, paused, 0.0)
