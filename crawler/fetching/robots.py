"""robots.txt by RFC 9309: what may be fetched from a host, how fast, for which use; its sitemaps.

Content signals (contentsignals.org, draft-romm-aipref-contentsignals) say for which use: `search=no` and
`ai-train=no` both forbid what linernotes does. It answers searches with excerpts, and its descriptors and
similarity vectors are learnt from the texts: models, if small ones, and none that writes. `ai-input` is about
answers that a model generates, which linernotes does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from crawler.errors import BadUrl
from crawler.fetching.settings import PRODUCT
from crawler.urls import canonical_url

# RFC 9309, section 2.5: at least 500 KiB must be read; rules beyond that are not looked at.
MAX_ROBOTS_BYTES = 500 * 1024
# RFC 9309, section 2.4: a cached copy should not be used for more than 24 hours.
ROBOTS_LIFETIME = timedelta(hours=24)
# RFC 9309, section 2.3.1.2: at least five redirects are to be followed.
MAX_ROBOTS_REDIRECTS = 5
# A host names a handful of sitemaps, or one index of all; the rest of a longer list is in none of our plans.
MAX_SITEMAPS = 100

_FORBIDDING_SIGNALS = {
    "search": "robots.txt reserves search (Content-Signal: search=no)",
    "ai-train": "robots.txt reserves AI training (Content-Signal: ai-train=no)",
}
_AGENT = re.compile(r"^([ \t]*user[- ]?agent[ \t]*:?[ \t]*)([^\s#]+)", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"\s*([a-z -]+?)\s*:\s*(.*?)\s*", re.IGNORECASE)


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
    rules = Protego.parse(_AGENT.sub(_whole_token, text))
    signals = content_signals(text)
    forbidden = (reason for name, reason in _FORBIDDING_SIGNALS.items() if signals.get(name) is False)
    return Robots(rules=rules, blocked=next(forbidden, None), delay_seconds=_delay(rules))


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt body: UTF-8 (RFC 9309, section 2.3), broken bytes replaced."""
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
    return text.replace("\x00", "")


def still_fresh(status: int | None, fetched_at: datetime | None, now: datetime) -> bool:
    """Whether a stored robots.txt may be used: a real answer, not older than a day."""
    if status is None or fetched_at is None or status == 0 or status >= 500 or status == 429:
        return False
    return now - fetched_at < ROBOTS_LIFETIME


def sitemaps_in(robots: Robots, origin: str) -> tuple[str, ...]:
    """Return the canonical URLs of the sitemaps that a robots.txt names, each once, in its order.

    They may be on other hosts (sitemaps.org, "Sitemaps & Cross Submits"); whether they are in the scope of a
    source is not decided here.
    """
    found: dict[str, None] = {}
    for line in robots.rules.sitemaps if robots.rules is not None else ():
        try:
            found[canonical_url(line, origin + "/")] = None
        except BadUrl:
            continue
        if len(found) == MAX_SITEMAPS:
            break
    return tuple(found)


def content_signals(text: str) -> dict[str, bool]:
    """Return the content signals for us: those of our own group, else of the group for all, else of none.

    A line outside of any group is for all.
    """
    groups: dict[str, dict[str, bool]] = {}
    for agents, line in _signal_lines(text):
        for agent in agents or {"*"}:
            groups.setdefault(agent, {}).update(_signals(line))
    return groups.get(PRODUCT, groups.get("*", {}))


def _signal_lines(text: str) -> Iterator[tuple[set[str], str]]:
    """Each Content-Signal line with the agents of its group; our own group counts without any."""
    agents: set[str] = set()
    naming = False
    for written in text.splitlines():
        line = _LINE.fullmatch(written.partition("#")[0])
        if line is None:
            continue
        name, value = line.group(1).lower(), line.group(2).lower()
        if name == "user-agent":
            agents = agents | {value} if naming else {value}
            yield agents & {PRODUCT}, ""
        elif name == "content-signal":
            yield agents, value
        naming = name == "user-agent"


def _signals(line: str) -> dict[str, bool]:
    parts = (item.partition("=") for item in line.split(","))
    return {
        name.strip(): value.strip() == "yes" for name, _, value in parts if value.strip() in {"yes", "no"}
    }


def _whole_token(match: re.Match[str]) -> str:
    """A group for another crawler whose name is part of ours ("line") is not for us, as Protego has it."""
    token = match.group(2).lower().replace("*", "")
    return f"{match.group(1)}x-{token}" if token and token != PRODUCT and token in PRODUCT else match.group()


def _delay(rules: Protego) -> float:
    delay = rules.crawl_delay(PRODUCT) or 0.0
    rate = rules.request_rate(PRODUCT)
    if rate is not None and rate.requests > 0:
        delay = max(delay, rate.seconds / rate.requests)
    return max(0.0, float(delay))
