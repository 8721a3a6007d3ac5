"""Which dates of publication are believed: one rule for what is crawled, imported and mined."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

# The year of the phonograph: nothing that is written about recorded music is older.
EARLIEST = date(1877, 1, 1)
# What software shows for "no date": day 0 and 1 of spreadsheets. The zero of Unix time is not among them,
# since it is also how a table that knows the year alone says 1970.
_ZERO_DAYS = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)})


def believable(day: date | None, *, known_by: date | datetime | None = None) -> date | None:
    """Return `day` if a text may have been published then, else None: from 1877 to the day after `known_by`.

    `known_by` is when we had the text, by default now: a later date is from the future. A day more is allowed
    for the sake of time zones.
    """
    seen = known_by or datetime.now(UTC)
    latest = (seen.date() if isinstance(seen, datetime) else seen) + timedelta(days=1)
    return day if day is not None and EARLIEST <= day <= latest and day not in _ZERO_DAYS else None
