"""Registered domains: the unit of politeness and of sharing work between crawl processes.

A crawl process leases a domain, so that its pages are fetched by one process at a time, at one rate. A
lease that is not renewed, because its holder died, ends by itself, and another process goes on. Pages need
no leases of their own: Mercator's "one thread a host" (Heydon and Najork 1999), between processes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList
from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, func, or_, select, update

from store.batches import batches
from store.holders import is_gone
from store.models import DomainRow, PageRow
from store.upserts import insert_or


@dataclass(frozen=True, slots=True)
class Claim:
    """A domain that was leased; `not_before` is the earliest moment of the first request to it."""

    domain: str
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What there is to wait for: when a free domain has work next, and how many others are working on."""

    next_at: datetime | None
    leased: int


@lru_cache(maxsize=65_536)
def domain_of(origin: str) -> str:
    """Return the registered domain of `scheme://host:port`, by the Public Suffix List.

    Hosts below a private suffix (blogs of a hosting service) are domains of their own, as browsers treat
    them. An IP address or a name without a dot has no registered domain: its port then belongs to it,
    since on an intranet each port is a service of its own.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if "." not in host or _is_address(host):
        return parts.netloc
    return str(_suffixes().privatesuffix(host) or host)


def wake_domains(connection: Connection, found: Mapping[str, int], at: datetime) -> None:
    """Take note that these domains have pages due at `at`, and how many of them are new."""
    # In the order of the key: two processes that wake the same domains then never wait for each other.
    rows = [{"domain": name, "ready_at": at, "pages": found[name]} for name in sorted(found)]
    if not rows:
        return
    statement = insert_or(connection, DomainRow)
    earlier = or_(DomainRow.ready_at.is_(None), DomainRow.ready_at > statement.excluded.ready_at)
    values = {
        "ready_at": case((earlier, statement.excluded.ready_at), else_=DomainRow.ready_at),
        "pages": DomainRow.pages + statement.excluded.pages,
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["domain"], set_=values), rows)


def claim_domains(
    connection: Connection, holder: str, *, now: datetime, until: datetime, limit: int
) -> list[Claim]:
    """Lease up to `limit` free domains that have work now, those that waited longest first."""
    free = (
        select(DomainRow.domain, DomainRow.not_before)
        .where(DomainRow.ready_at <= now, _unpaused(now), _free(now))
        .order_by(DomainRow.ready_at, DomainRow.domain)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claims = [Claim(row.domain, row.not_before) for row in connection.execute(free)]
    for batch in batches([claim.domain for claim in claims]):
        taken = update(DomainRow).where(DomainRow.domain.in_(batch))
        connection.execute(taken.values(lease_holder=holder, lease_until=until))
    return claims


def renew_leases(
    connection: Connection, holder: str, domains: Collection[str], *, until: datetime
) -> set[str]:
    """Renew the leases of these domains; return those that are still the holder's."""
    for batch in batches(sorted(domains)):
        held = and_(DomainRow.domain.in_(batch), DomainRow.lease_holder == holder)
        connection.execute(update(DomainRow).where(held).values(lease_until=until))
    return set(connection.scalars(select(DomainRow.domain).where(DomainRow.lease_holder == holder)))


def release_domain(
    connection: Connection, holder: str, domain: str, *, now: datetime, not_before: datetime | None
) -> None:
    """Give a domain back, with the moment of its next request and when its next page is due."""
    held = and_(DomainRow.domain == domain, DomainRow.lease_holder == holder)
    # Locked first: a page that another process queues meanwhile is either seen here or wakes it afterwards.
    if connection.scalar(select(DomainRow.domain).where(held).with_for_update()) is None:
        return
    values = {"ready_at": _next_due(connection, domain, now), "not_before": not_before}
    freed = {"lease_holder": None, "lease_until": None}
    connection.execute(update(DomainRow).where(held).values(**values, **freed))


def release_all(connection: Connection, holder: str) -> None:
    """Give back whatever a holder still has, as it was."""
    held = update(DomainRow).where(DomainRow.lease_holder == holder)
    connection.execute(held.values(lease_holder=None, lease_until=None))


def free_dead_leases(connection: Connection) -> None:
    """Give back what processes of this host held that are no more; others' leases end by themselves."""
    holders = connection.scalars(
        select(DomainRow.lease_holder).where(DomainRow.lease_holder.is_not(None)).distinct()
    )
    for holder in [holder for holder in holders if holder is not None and is_gone(holder)]:
        release_all(connection, holder)


def outlook(connection: Connection, now: datetime) -> Outlook:
    """Return when there will be something to claim, and how many domains others work on."""
    moment = case((_unpaused_at_ready(), DomainRow.ready_at), else_=DomainRow.not_before)
    waiting = select(func.min(moment)).where(DomainRow.ready_at.is_not(None), _free(now))
    leased = select(func.count()).select_from(DomainRow).where(DomainRow.ready_at.is_not(None), ~_free(now))
    return Outlook(connection.scalar(waiting), connection.scalar(leased) or 0)


def pages_of_domains(connection: Connection, domains: Collection[str]) -> dict[str, int]:
    """Return how many URLs of these domains are known, as last counted."""
    statement = select(DomainRow.domain, DomainRow.pages).where(DomainRow.domain.in_(domains))
    return {row.domain: row.pages for row in connection.execute(statement)}


def drop_empty_domains(connection: Connection, domains: Collection[str]) -> None:
    """Remove those of the domains that have no page any more."""
    some = exists().where(PageRow.domain == DomainRow.domain, PageRow.state.in_(_STATES))
    for batch in batches(sorted(domains)):
        connection.execute(delete(DomainRow).where(DomainRow.domain.in_(batch), ~some))


# All states, named so that the index on (state, domain, …) serves.
_STATES = ("queued", "fetched", "failed", "refused", "gone")


def _next_due(connection: Connection, domain: str, now: datetime) -> datetime | None:
    queued = and_(PageRow.state == "queued", PageRow.domain == domain)
    # Mostly some page is due at once, and finding one is cheaper than the first of all.
    if connection.scalar(select(PageRow.id).where(queued, PageRow.due_at <= now).limit(1)) is not None:
        return now
    return connection.scalar(select(func.min(PageRow.due_at)).where(queued))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(DomainRow.lease_until.is_(None), DomainRow.lease_until < now)


def _unpaused(now: datetime) -> ColumnElement[bool]:
    return or_(DomainRow.not_before.is_(None), DomainRow.not_before <= now)


def _unpaused_at_ready() -> ColumnElement[bool]:
    return or_(DomainRow.not_before.is_(None), DomainRow.not_before <= DomainRow.ready_at)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
