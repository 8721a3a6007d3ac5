"""robots.txt by RFC 9309: what may be fetched from a host, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from crawler.fetching.settings import PRODUCT

# RFC 9309, section 2.5: at least 500 KiB must be read; rules beyond that are not looked at.
MAX_ROBOTS_BYTES = 500 * 1024
# RFC 9309, section 2.4: a cached copy should not be used for more than 24 hours.
ROBOTS_LIFETIME = timedelta(hours=24)
# RFC 9309, section 2.3.1.2: at least five redirects are to be followed.
MAX_ROBOTS_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host for us.

    `rules` is None when everything is allowed or `blocked` says why nothing is; `delay_seconds` is the
    Crawl-delay or Request-rate it asks for.
    """

    rules: Protego | None = None
    blocked: str | None = None
    delay_seconds: float = 0.0

    def refusal(self, url: str) -> str | None:
        """Return why a URL may not be fetched, or None when it may."""
        if self.blocked is not None:
            return self.blocked
        if self.rules is None or self.rules.can_fetch(url, PRODUCT):
            return None
        return "robots.txt disallows it"


def robots_from(status: int, text: str | None) -> Robots:
    """Return the rules that follow from the answer to a request for robots.txt (RFC 9309, section 2.3.1).

    2xx: the rules in `text`. Other 4xx and redirects that lead nowhere: everything is allowed. 5xx, and 0
    for no answer at all: nothing is.
    """
    if status == 0:
        return Robots(blocked="robots.txt cannot be reached")
    if status >= 500 or status == 429:  # asking for more from a host that says "too many" is no courtesy
        return Robots(blocked=f"robots.txt answers {status}, so nothing may be fetched")
    if not 200 <= status < 300 or not text:
        return Robots()
    rules = Protego.parse(text)
    return Robots(rules=rules, delay_seconds=_delay(rules))


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt body: UTF-8 (RFC 9309, section 2.3), broken bytes replaced."""
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
    return text.replace("\x00", "")


def still_fresh(status: int | None, fetched_at: datetime | None, now: datetime) -> bool:
    """Whether a stored robots.txt may be used: a real answer, not older than a day."""
    if status is None or fetched_at is None or status == 0 or status >= 500 or status == 429:
        return False
    return now - fetched_at < ROBOTS_LIFETIME


def _delay(rules: Protego) -> float:
    delay = rules.crawl_delay(PRODUCT) or 0.0
    rate = rules.request_rate(PRODUCT)
    if rate is not None and rate.requests > 0:
        delay = max(delay, rate.seconds / rate.requests)
    return max(0.0, float(delay))
