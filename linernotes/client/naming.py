"""How an artist that a caller means is written in a URL."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from linernotes.errors import BadQuestion
from linernotes.naming import Seeds, Wanted
from store.lookup_records import ArtistEntry

_NUMBER = re.compile(r"\s*#(\d+)\s*")
_FORCED = "name:"


def reference(wanted: Wanted) -> str:
    """Return an artist as the service takes it: a number as it is, a name that looks like one as `name:…`."""
    if isinstance(wanted, ArtistEntry):
        return str(wanted.artist_id)
    if not isinstance(wanted, str):
        return str(operator.index(wanted))
    if number := _NUMBER.fullmatch(wanted):
        return number[1]
    looks_otherwise = wanted.startswith(_FORCED) or (wanted.isascii() and wanted.isdigit())
    return _FORCED + wanted if looks_otherwise else wanted


def in_path(reference: str) -> str | None:
    """Return a reference as a part of a path; None for one that no path can hold, such as AC/DC."""
    return None if "/" in reference or reference in {".", ".."} else quote(reference, safe="")


def seeds(wanted: Seeds) -> list[str]:
    """Return seeds as the service takes them, each with its weight; BadQuestion for a weight that is none."""
    if isinstance(wanted, Mapping):
        pairs = list(wanted.items())
    elif isinstance(wanted, str | ArtistEntry) or not isinstance(wanted, Sequence):
        pairs = [(wanted, 1.0)]
    else:
        pairs = [each if isinstance(each, tuple) else (each, 1.0) for each in wanted]
    if not pairs:
        raise BadQuestion("Name at least one artist.")
    return [f"{reference(artist)}^{_weight(artist, weight)}" for artist, weight in pairs]


def several(wanted: Wanted | Sequence[Wanted]) -> list[str]:
    """Return artists as the service takes them."""
    if isinstance(wanted, str | ArtistEntry) or not isinstance(wanted, Sequence):
        return [reference(wanted)]
    return [reference(each) for each in wanted]


def _weight(artist: Wanted, weight: float) -> str:
    if not math.isfinite(weight) or not weight:
        raise BadQuestion(f"The weight of {artist} is {weight}; it must be a number other than 0.")
    return f"{weight:.9f}".rstrip("0").rstrip(".")
