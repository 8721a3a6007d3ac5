"""Moments and days as ISO 8601 text."""

from __future__ import annotations

from datetime import UTC, date, datetime


def iso(value: date | datetime) -> str:
    """Return a day as 2024-05-01 and a moment, which has to know its zone, as 2024-05-01T12:00:00Z."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat()
