"""What was forgotten on request: URLs and hosts that must not come back."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from store.models import ForgottenRow

# SQLite takes up to 32,766 parameters in a statement, PostgreSQL 65,535.
_CHUNK = 5_000


def forgotten_among(connection: Connection, urls: Collection[str]) -> dict[str, str]:
    """Return those of the canonical URLs that are blocked, each with what blocks it: the URL or its host.

    A host is blocked by its name (on every port), by name and port, or by `scheme://host:port`.
    """
    if connection.scalar(select(ForgottenRow.value).limit(1)) is None:
        return {}
    names = {url: (url, *host_names(url)) for url in urls}
    asked = list({name for several in names.values() for name in several})
    blocked: set[str] = set()
    for start in range(0, len(asked), _CHUNK):
        among = ForgottenRow.value.in_(asked[start : start + _CHUNK])
        blocked.update(connection.scalars(select(ForgottenRow.value).where(among)))
    reasons = {
        url: next((name for name in several if name in blocked), None) for url, several in names.items()
    }
    return {url: reason for url, reason in reasons.items() if reason is not None}


def host_names(url: str) -> tuple[str, str, str]:
    """Return the names under which the host of a canonical URL may be blocked: origin, authority, name."""
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0]
    name, colon, port = authority.rpartition(":")
    return f"{scheme}://{authority}", authority, name if colon and port.isdecimal() else authority
