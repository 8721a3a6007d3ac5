"""What a host reserves: /.well-known/tdmrep.json of the TDM Reservation Protocol (TDMRep).

The file is asked for once a day, and only where robots.txt lets us. It is taken at its word before a page is
asked for; a page that is fetched may still reserve its text by itself (crawler.fetching.wishes).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.errors import FetchFailed
from crawler.fetching.http import HostClient
from crawler.fetching.pace import Pace, Sleep
from crawler.fetching.robots import ROBOTS_LIFETIME, robots_from, robots_text
from crawler.fetching.robots_fetch import ask_well_known
from crawler.fetching.settings import CrawlSettings
from crawler.fetching.wishes import TDM_RESERVED
from crawler.urls import normal_escapes
from store.hosts import Host

TDM_PATH = "/.well-known/tdmrep.json"
# A host whose file could not be had is asked again sooner than one that answered.
RETRY_AFTER = timedelta(hours=1)
# Beyond this a file is no list of rules for a site any more; each page is held against each rule.
MAX_RULES = 1_000


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule: the parts of its pattern between asterisks, whether it ends with `$`, what it says."""

    parts: tuple[str, ...]
    anchored: bool
    reserved: bool

    def covers(self, target: str) -> bool:
        """Whether a path with query matches. Each part is sought once, so that no pattern is slow."""
        first, *others = self.parts
        if not target.startswith(first):
            return False
        if not others:
            return not self.anchored or target == first
        at = len(first)
        for part in others[:-1]:
            at = target.find(part, at)
            if at < 0:
                return False
            at += len(part)
        last = others[-1]
        return target.endswith(last, at) if self.anchored else target.find(last, at) >= 0


@dataclass(frozen=True, slots=True)
class TdmRules:
    """The rules of one host's tdmrep.json, in its order; none when it states nothing."""

    rules: tuple[_Rule, ...] = ()

    def refusal(self, url: str) -> str | None:
        """Return why the text at a canonical URL may not be mined, or None when it may.

        The first rule that matches decides (TDMRep, "TDM File on the Origin Server").
        """
        if not self.rules:
            return None
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        decisive = next((rule for rule in self.rules if rule.covers(target)), None)
        return TDM_RESERVED if decisive is not None and decisive.reserved else None


def tdm_rules(text: str | None) -> TdmRules:
    """Return the rules in the text of a tdmrep.json; what is no such file states nothing."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return TdmRules()
    listed = [found] if isinstance(found, dict) else found
    if not isinstance(listed, list):
        return TdmRules()
    rules = (_rule(item) for item in listed[:MAX_RULES])
    return TdmRules(tuple(rule for rule in rules if rule is not None))


async def fetch_tdm(
    host: Host, client: HostClient, pace: Pace, settings: CrawlSettings, sleep: Sleep
) -> tuple[Host, TdmRules] | None:
    """Return the TDM rules of a host, with its record as it is to be stored; None when it wants a pause.

    `host` knows its robots.txt already; where that forbids the file, it is not asked for. No file states
    nothing; one that cannot be had now states what it stated when it was last seen.
    """
    now = datetime.now(UTC)
    url = host.host + TDM_PATH
    if _still_fresh(host, now) or robots_from(host.robots_status or 0, host.robots_txt).refusal(url):
        return host, tdm_rules(host.tdm_text)
    if not await pace.next_turn(sleep):
        return None
    try:
        answer = await ask_well_known(url, client)
    except FetchFailed:
        known = replace(host, tdm_status=0, tdm_fetched_at=now)
    else:
        text = robots_text(answer.body) if answer.status == 200 else None
        known = replace(host, tdm_status=answer.status, tdm_text=text, tdm_fetched_at=now)
    return known, tdm_rules(known.tdm_text)


def _still_fresh(host: Host, now: datetime) -> bool:
    if host.tdm_status is None or host.tdm_fetched_at is None:
        return False
    return now - host.tdm_fetched_at < (ROBOTS_LIFETIME if host.tdm_status else RETRY_AFTER)


def _rule(item: object) -> _Rule | None:
    if not isinstance(item, dict):
        return None
    location, stated = item.get("location"), str(item.get("tdm-reservation"))
    if not isinstance(location, str) or stated not in {"0", "1"}:  # other values count as unset
        return None
    if location.startswith(("http://", "https://")):
        location = urlsplit(location).path or "/"
    pattern = normal_escapes(location if location[:1] in {"/", "*"} else f"/{location}")
    anchored = pattern.endswith("$")
    return _Rule(tuple(pattern.removesuffix("$").split("*")), anchored, stated == "1")
