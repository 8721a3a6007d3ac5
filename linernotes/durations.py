"""Durations as people write them: 90, 90s, 30m, 6h, 1d, 2w."""

from __future__ import annotations

import re

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"\s*(\d{1,9})\s*([smhdw]?)\s*", re.IGNORECASE)


def parse_duration(text: str) -> int:
    """Return the seconds in a duration; ValueError, saying what is allowed, for anything else."""
    found = _DURATION.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise ValueError("a duration such as 30m, 6h, 1d or 2w, or a positive number of seconds")
    return int(found[1]) * SECONDS[found[2].lower()]


def show_duration(seconds: int) -> str:
    """Return a duration in the largest unit that divides it: 86,400 as "1d"."""
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % SECONDS[unit] == 0:
            return f"{seconds // SECONDS[unit]}{unit}"
    return f"{seconds}s"
