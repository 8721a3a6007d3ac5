"""One host (`scheme://host:port`) while it is crawled: its rules for us, and whether it answers at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from crawler.fetching.consent import TdmRules, fetch_tdm
from crawler.fetching.http import HostClient
from crawler.fetching.pace import Pace, Sleep
from crawler.fetching.robots import Robots
from crawler.fetching.robots_fetch import RobotsUnreachable, fetch_robots
from crawler.fetching.settings import CrawlSettings
from store.hosts import Host

# A host that fails so often in a row is taken for down for the rest of the crawl.
MAX_FAILURES_IN_A_ROW = 12


class Origin:
    """The rules of a host and its failures in a row; `down` says why it is not asked any more."""

    def __init__(self, known: Host) -> None:
        self.down: str | None = None
        self.learning = asyncio.Lock()
        self.learnt = False
        self.robots = Robots()
        self._tdm = TdmRules()
        self._saved = known
        self._host = replace(known, failures=0)

    async def learn(self, client: HostClient, pace: Pace, settings: CrawlSettings, sleep: Sleep) -> bool:
        """Get robots.txt and tdmrep.json, from the store or from the host; False when it wants a pause."""
        try:
            found = await fetch_robots(self._host, client, pace, settings, sleep)
        except RobotsUnreachable as error:
            self._host, self.down = error.host, error.reason
            self.robots = Robots(blocked=error.reason) if error.refused else Robots()
            self.learnt = True
            return True
        if found is None:
            return False
        self._host, self.robots = found
        pace.delay_seconds = max(pace.delay_seconds, self.robots.delay_seconds)
        if self.robots.blocked is None:
            stated = await fetch_tdm(self._host, client, pace, settings, sleep)
            if stated is None:
                return False
            self._host, self._tdm = stated
        self.learnt = True
        return True

    def refusal(self, url: str) -> str | None:
        """Return why a URL may not be fetched, or None when it may."""
        return self.robots.refusal(url) or self._tdm.refusal(url)

    def answered(self) -> None:
        """Take note that the host delivers."""
        if self._host.failures:
            self._host = replace(self._host, failures=0)

    def failed(self, reason: str) -> None:
        """Take note that it did not; after many times in a row it counts as down."""
        self._host = replace(self._host, failures=self._host.failures + 1)
        if self._host.failures >= MAX_FAILURES_IN_A_ROW:
            self.down = f"its host failed {self._host.failures} times in a row: {reason}"

    def changes(self) -> Host | None:
        """Return the record to store when it differs from the stored one, and take it for stored."""
        if self._host == self._saved:
            return None
        self._saved = self._host
        return self._host
