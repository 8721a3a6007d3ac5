"""How long to wait before looking again: shorter after a change, longer without one.

The rule of Nutch's AdaptiveFetchSchedule, with rates of our own: a page that changes at every second visit
keeps its interval about where it is, and one that has stopped changing is at the upper bound soon.
"""

from __future__ import annotations

# After a change half the time, without one half as long again: about 2.7 visits a change in the long run,
# since 1.5^(1-f) · 0.5^f = 1 at f = .37.
_AFTER_CHANGE = 0.5
_AFTER_NONE = 1.5
# A source that brings nothing new is looked at up to this many times less often than asked for.
SLOWEST_SOURCE = 8


def adapted(seconds: int | None, *, changed: bool, low: int, high: int) -> int:
    """Return the seconds until the next visit, from those between the last two (None: there was one).

    Never less than `low`, nor more than `high` (or `low`, where that is more).
    """
    if seconds is None:
        return low
    wanted = seconds * (_AFTER_CHANGE if changed else _AFTER_NONE)
    return int(max(low, min(wanted, high)))
