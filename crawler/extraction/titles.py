"""Reading titles of music writing: "Album Review: Artist – Album (Label, 2019)".

The order artist, work is the custom of the press with dashes and colons; marks of quotation around one side
say that it is the work, whatever the order. Where neither holds (an unquoted "A // B", a bare "Low Tide
Review") nothing is claimed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KIND = r"(?:album|record|ep|lp|single|track|song|music|live|gig|concert|cd|vinyl|mixtape|reissue)"
_REVIEW = (
    rf"(?:(?:{_KIND}\s+)?reviews?|(?:album|platten|konzert)?kritik|rezension|chronique|reseña|recensione"
    r"|recensie|anmeldelse)"
)
_PREFIX = re.compile(rf"^\W*{_REVIEW}\s*(?:\]|\)|:|\||//?|[–—-])+\s*", re.I)
_SUFFIX = re.compile(
    rf"(?:\s+[|:/–—-]+\s*|\s*[\[(]\s*|:\s*|(?<!\bin)(?<!\bunder)\s+){_REVIEW}\s*[\])]?\W*$", re.I
)
_RANK = re.compile(
    r"^\s*(?:(?:#|no\.?\s|nr\.?\s)\s*\d{1,3}\b\s*[.):–—-]*|\d{1,3}\s*(?:[.):]|[–—-]\s))\s*(?=\S)", re.I
)
_TAIL = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*$")
_LABEL_YEAR = re.compile(r"^(?:(?P<label>\S.*?)[\s,;:/·•–-]+)?(?P<year>(?:19|20)\d\d)$")
_YEAR_LABEL = re.compile(r"^(?P<year>(?:19|20)\d\d)[\s,;:/·•–-]+(?P<label>\S.*)$")
# "(2019 Remaster)" is a part of the work's name.
_VERSION = re.compile(r"remaster|reissue|edition|deluxe|version|\blive\b|demos?\b|\bmix\b|tour|session", re.I)
_OPEN, _CLOSE = "“\"„«‘'", "”\"“»’'"
_QUOTED_LAST = re.compile(
    rf"^(?P<artist>\S.*?)(?:\s*[,:]|\s+[–—/|-]+)?\s+[{_OPEN}](?P<work>[^{_OPEN}]+)[{_CLOSE}]$"
)
_QUOTED_FIRST = re.compile(
    rf"^[{_OPEN}](?P<work>[^”\"»]+?)[{_CLOSE}],?\s*(?:by\s|[–—/|-]+\s*)\s*(?P<artist>\S.*)$", re.I
)
_DASHED = re.compile(r"^(?P<artist>\S.*?)\s+[–—-]{1,2}\s+(?P<work>\S.*)$")
_COLON = re.compile(r"^(?P<artist>[^:]*[^:\s]):\s+(?P<work>\S.*)$")
_BY = re.compile(r"^(?P<work>\S.*?)\s+by\s+(?P<artist>\S.*)$", re.I)
_QUOTES = re.compile(rf"^[{_OPEN}](.+)[{_CLOSE}]$")
# Longer ones are sentences.
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """What a title says; None for what it does not say. `label` is the record company."""

    artist: str | None = None
    work: str | None = None
    label: str | None = None
    year: int | None = None


def parse_title(title: str) -> ParsedTitle:
    """Return the artist, work, record company and year that a title names."""
    text, says = without_review(without_rank(" ".join(title.split())))
    text, label, year = _without_tail(text)
    patterns = [_QUOTED_FIRST, _QUOTED_LAST, _DASHED, _COLON, *([_BY] if says or year else [])]
    for pattern in patterns:
        if (found := pattern.match(text)) and "//" not in found["artist"] + found["work"]:
            artist = found["artist"].strip(" ,")
            work = _unquoted(found["work"].strip())
            if artist and work and max(len(artist), len(work)) <= _LONGEST:
                return ParsedTitle(artist, work, label, year)
    return ParsedTitle(None, _unquoted(text) if year is not None and text else None, label, year)


def without_rank(title: str) -> str:
    """Return a title without the place in a list that it begins with: "12. ", "#3 ", "No. 7: "."""
    return _RANK.sub("", title)


def without_review(title: str) -> tuple[str, bool]:
    """Return a title without the word for review at either end, and whether it stood there."""
    bare = _SUFFIX.sub("", _PREFIX.sub("", title))
    return (bare, True) if bare and bare != title else (title, False)


def _without_tail(text: str) -> tuple[str, str | None, int | None]:
    """Take "(Label, 2019)" off the end; other things in brackets belong to the name of the work."""
    tail = _TAIL.search(text)
    inner = tail[1].strip() if tail else ""
    found = _LABEL_YEAR.match(inner) or _YEAR_LABEL.match(inner)
    if tail is None or found is None or _VERSION.search(inner):
        return text, None, None
    label = (found["label"] or "").strip(" ,;:/") or None
    return text[: tail.start()], label, int(found["year"])


def _unquoted(text: str) -> str:
    found = _QUOTES.match(text)
    return found[1] if found else text
