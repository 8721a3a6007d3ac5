"""Dates of publication as tables write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from store.dates import believable

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
# Spelled-out months, as English-language tables have them. 06/07/2003 is left out: nobody can tell its month.
_SPELLED = (
    "%B %d, %Y",
    "%B %d %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d %b %Y",
    "%B %Y",
    "%b %Y",
    "%Y/%m/%d",
)


def published_of(value: object, *, today: date | None = None) -> date | None:
    """Return the believable day that `value` names, or None.

    Understands ISO 8601 dates and datetimes, RFC 2822, "17 June 2003", a year and a month (their first day).
    A datetime counts as the day it names in its own time zone. See `store.dates.believable`.
    """
    if isinstance(value, datetime):
        return believable(value.date(), known_by=today)
    if isinstance(value, date):
        return believable(value, known_by=today)
    text = str(value).strip().removesuffix(".0")  # a column of years with gaps is often stored as 2003.0
    try:
        return believable(_parsed(text), known_by=today)
    except (ValueError, TypeError, OverflowError):  # what is no date, or one that no calendar has
        return None


def _parsed(text: str) -> date | None:
    if partial := _PARTIAL.fullmatch(text):
        year, month, day = (int(part or 1) for part in partial.groups())
        # MusicBrainz and others write 00 for an unknown month or day.
        return date(year, month or 1, day or 1)
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return _spelled(text) or parsedate_to_datetime(text).date()


def _spelled(text: str) -> date | None:
    for pattern in _SPELLED:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None
