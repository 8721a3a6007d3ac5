"""What `crawl --dry-run` tells: which pages a crawl would fetch, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.fetching.addresses import is_private_name
from crawler.fetching.consent import tdm_rules
from crawler.fetching.robots import robots_from, still_fresh
from crawler.fetching.settings import CrawlSettings
from crawler.urls import host_of
from linernotes.moments import iso
from store.hosts import Host, load_host
from store.planned import PlannedPage, PlannedSource, domain_pauses, planned_pages, planned_sources

WOULD_BE_FETCHED = "would be fetched"


@dataclass(frozen=True, slots=True)
class Plan:
    """The first pages that a crawl would fetch, each with its verdict, and how many there are by source."""

    pages: tuple[tuple[PlannedPage, str], ...]
    sources: tuple[PlannedSource, ...]


def plan_crawl(
    connection: Connection, settings: CrawlSettings, now: datetime, *, due_only: bool, limit: int
) -> Plan:
    """Return what a crawl that began now would fetch, reading the database only."""
    pages = planned_pages(connection, now, due_only=due_only, limit=limit)
    hosts = {page.host: load_host(connection, page.host) for page in pages}
    pauses = domain_pauses(connection, {page.domain for page in pages})
    judged = tuple((page, verdict(page, hosts[page.host], pauses, settings, now)) for page in pages)
    return Plan(judged, tuple(planned_sources(connection, now, due_only=due_only)))


def verdict(
    page: PlannedPage, host: Host, pauses: Mapping[str, datetime], settings: CrawlSettings, now: datetime
) -> str:
    """Return in words what would become of a page, by what is known of its host (`pauses` by domain)."""
    if not settings.has_contact and not is_private_name(host_of(page.url)):
        return "not fetched: its host is public and no contact is configured"
    if (refusal := _refusal(page, host, now)) is not None:
        return refusal
    until = max(page.due_at, pauses.get(page.domain, now), host.not_before or now)
    return f"waits until {iso(until)}" if until > now else WOULD_BE_FETCHED


def _refusal(page: PlannedPage, host: Host, now: datetime) -> str | None:
    """What the host forbids, by its files as they were last fetched; what could not be had is asked again."""
    if host.robots_status is None:
        return None
    robots = robots_from(host.robots_status, host.robots_txt)
    if robots.blocked is not None and not still_fresh(host.robots_status, now, now):
        return f"fetched only if robots.txt can be read this time: {robots.blocked}"
    refusal = robots.refusal(page.url) or tdm_rules(host.tdm_text).refusal(page.url)
    return None if refusal is None else f"not fetched: {refusal}"
