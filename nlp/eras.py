"""Which years a descriptor of an era means: "early 90s", "1994", "nineties"."""

from __future__ import annotations

import re
from functools import lru_cache

BROADEST = 30
"""Years that a descriptor may span and still place an artist in time; "20th century" places nobody."""

_DECADES = {
    word: 10 * place
    for place, word in enumerate(
        ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"), 192
    )
} | {"noughties": 2000, "aughts": 2000}
_PART = {"early": (0, 3), "mid": (3, 6), "middle": (3, 6), "late": (6, 9), None: (0, 9)}
_YEARS = re.compile(
    r"\b(?:(?P<part>early|mid|middle|late)[ -]+)?(?:the )?"
    rf"(?:(?P<century>1[5-9]|20)?(?P<decade>\d)0'?s|(?P<word>{'|'.join(_DECADES)})"
    r"|(?P<year>1[5-9]\d\d|20\d\d)|(?P<ordinal>\d\d)(?:th|st) century)\b"
)


@lru_cache(maxsize=16_384)  # a filter asks for every descriptor of an era each time
def years_of(term: str) -> tuple[int, int] | None:
    """Return the first and the last year that a term means, or None when it names no years.

    A decade without its century is of the 20th from the twenties on and of the 21st before ("00s", "10s"). A
    term that names several times means all from the first to the last ("1960s and 1970s", "1990-1995").
    """
    spans = [_span(found) for found in _YEARS.finditer(term.casefold().replace("\u2019", "'"))]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def same_years(term: str) -> frozenset[str]:
    """Return how else a decade is written: "90s" as "1990s" and "nineties"; empty for anything else."""
    years = years_of(term)
    if years is None or years[0] % 10 or years[1] != years[0] + 9 or " " in term.strip():
        return frozenset()
    short = f"{years[0] % 100:02d}s"
    words = {word for word, begin in _DECADES.items() if begin == years[0]}
    # "10s" and the like mean another century than the decade's own, where years_of says so.
    return frozenset({f"{years[0]}s", *words, *({short} if years_of(short) == years else ())})


def _span(found: re.Match[str]) -> tuple[int, int]:
    if found["year"]:
        return int(found["year"]), int(found["year"])
    if found["ordinal"]:
        return 100 * int(found["ordinal"]) - 99, 100 * int(found["ordinal"])
    if found["word"]:
        begin = _DECADES[found["word"]]
    else:
        century = int(found["century"] or ("20" if found["decade"] in "01" else "19"))
        begin = 100 * century + 10 * int(found["decade"])
    first, last = _PART[found["part"]]
    return begin + first, begin + last
