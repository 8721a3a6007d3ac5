"""Getting the robots.txt of a host, from the store or from the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from crawler.errors import AddressRefused, BadUrl, CrawlError, FetchFailed
from crawler.fetching.http import Answer, HostClient
from crawler.fetching.pace import Pace, Sleep
from crawler.fetching.policy import backoff, is_redirect
from crawler.fetching.robots import (
    MAX_ROBOTS_BYTES,
    MAX_ROBOTS_REDIRECTS,
    Robots,
    robots_from,
    robots_text,
    still_fresh,
)
from crawler.fetching.settings import CrawlSettings
from crawler.urls import canonical_url
from store.hosts import Host


class RobotsUnreachable(CrawlError):
    """Nothing may be fetched from a host for now, since its robots.txt cannot be had.

    `refused` tells that its address is not to be asked at all.
    """

    def __init__(self, host: Host, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.host = host
        self.reason = reason
        self.refused = refused


async def fetch_robots(
    host: Host, client: HostClient, pace: Pace, settings: CrawlSettings, sleep: Sleep
) -> tuple[Host, Robots] | None:
    """Return the rules of a host, with its record as it is to be stored; None when it wants a longer pause.

    Raises RobotsUnreachable when there is no answer, or a 5xx, after all retries.
    """
    now = datetime.now(UTC)
    if still_fresh(host.robots_status, host.robots_fetched_at, now):
        return host, robots_from(host.robots_status or 0, host.robots_txt)
    failure = FetchFailed("robots.txt cannot be reached", transient=True)
    for attempt in range(settings.retries + 1):
        if not await pace.next_turn(sleep):
            return None
        try:
            return _known(host, await ask_well_known(f"{host.host}/robots.txt", client))
        except AddressRefused as error:
            raise RobotsUnreachable(host, error.reason, refused=True) from error
        except FetchFailed as error:
            failure = error
        if not failure.transient:
            break
        pace.pause_until(datetime.now(UTC) + backoff(attempt + 1, settings.backoff_seconds, 1.0))
    unreachable = replace(host, robots_status=0, robots_txt=None, robots_fetched_at=now)
    raise RobotsUnreachable(unreachable, f"{failure.reason} (asked for robots.txt)")


def _known(host: Host, answer: Answer) -> tuple[Host, Robots]:
    text = robots_text(answer.body) if answer.status == 200 else None
    status = answer.status
    known = replace(host, robots_status=status, robots_txt=text, robots_fetched_at=datetime.now(UTC))
    return known, robots_from(status, text)


async def ask_well_known(url: str, client: HostClient) -> Answer:
    """Ask for a file that holds the rules of a host, following redirects; at most its first 500 KiB.

    Redirects that lead nowhere count as no such file (RFC 9309, section 2.3.1.2). Raises FetchFailed when
    there is no answer, and for 429 and 5xx.
    """
    for _ in range(MAX_ROBOTS_REDIRECTS + 1):
        answer = await client.get(url, screen=_anything, max_bytes=MAX_ROBOTS_BYTES, cut=True)
        if answer.status >= 500 or answer.status == 429:
            raise FetchFailed(f"the server answers {answer.status}", transient=True)
        if not is_redirect(answer):
            return answer
        try:
            url = canonical_url(answer.headers["location"], url)
        except BadUrl:
            break
    return Answer(url, 404, {})


def _anything(_status: int, _headers: Mapping[str, str]) -> str | None:
    return None
