"""Adding sources by hand or from the configuration, without undoing what the crawler found out of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.fetching.kinds import describe_source
from store.records import Source, SourceKind
from store.sources import add_source, list_sources


@dataclass(frozen=True, slots=True)
class WantedSource:
    """A source as a person names it; what is None is kept, or found out."""

    url: str
    kind: SourceKind | None = None
    interval_seconds: int | None = None
    scope: str | None = None


def add_sources(connection: Connection, wanted: Iterable[WantedSource], now: datetime) -> list[Source]:
    """Add the sources, or change what is asked for of those that are known; return them as stored.

    Raises BadUrl for what is no URL and SourceForgotten for what was forgotten on request.
    """
    known = {status.source.url: status.source for status in list_sources(connection)}
    return [_add(connection, source, known, now) for source in wanted]


def merged(wanted: WantedSource, known: Source | None) -> Source:
    """Return the source to store: what is asked for, over what is known, over what its URL suggests."""
    described = describe_source(wanted.url, kind=wanted.kind, scope=wanted.scope)
    if wanted.interval_seconds is not None:
        described = replace(described, interval_seconds=wanted.interval_seconds)
    if known is None:
        return described
    return replace(
        described,
        kind=wanted.kind or known.kind,
        scope=described.scope or known.scope,
        interval_seconds=wanted.interval_seconds or known.interval_seconds,
    )


def _add(connection: Connection, wanted: WantedSource, known: dict[str, Source], now: datetime) -> Source:
    source = merged(wanted, known.get(describe_source(wanted.url).url))
    before = known.get(source.url)
    if before is not None and replace(before, id=None) == source:
        return before
    known[source.url] = added = add_source(connection, source, now)
    return added
