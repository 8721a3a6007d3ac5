"""The pace of one host: when the next request to it may start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

# Sleeps, and returns False when the crawl is stopping.
Sleep = Callable[[float], Awaitable[bool]]


class Pace:
    """Lets requests to one host start at least `delay_seconds` apart, and none before `not_before`."""

    def __init__(self, delay_seconds: float, patience_seconds: float, not_before: datetime | None) -> None:
        self.delay_seconds = delay_seconds
        self.not_before = not_before
        self._patience = patience_seconds
        self._last_start: float | None = None
        self._turn = asyncio.Lock()

    async def next_turn(self, sleep: Sleep) -> bool:
        """Wait until a request may start; False when that is beyond our patience or the crawl stops."""
        async with self._turn:
            wait = self._wait_seconds()
            if wait > self._patience:
                self.pause_until(datetime.fromtimestamp(datetime.now(UTC).timestamp() + wait, UTC))
                return False
            # Also without a wait: a stopping crawl starts nothing any more.
            if not await sleep(wait):
                return False
            self.started()
            return True

    def started(self) -> None:
        """Take note that a request starts now."""
        self._last_start = asyncio.get_running_loop().time()

    def pause_until(self, moment: datetime) -> None:
        """Start no request before a moment."""
        if self.not_before is None or moment > self.not_before:
            self.not_before = moment

    def _wait_seconds(self) -> float:
        since_last = 0.0
        if self._last_start is not None:
            since_last = self._last_start + self.delay_seconds - asyncio.get_running_loop().time()
        paused = 0.0
        if self.not_before is not None:
            paused = (self.not_before - datetime.now(UTC)).total_seconds()
        return max(since_last, paused, 0.0)
