"""What a page asks of those who read it by machine: robots directives and the reservation of text mining.

Robots directives stand in `<meta name="robots">` and in X-Robots-Tag headers. `noai` and `noimageai` were
introduced by DeviantArt in 2022, `noml` by Mojeek; they ask not to be used for training, and descriptors
and vectors are trained on texts. `tdm-reservation` is W3C's TDM Reservation Protocol (TDMRep), the
machine-readable opt-out of Article 4 of the EU directive 2019/790.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from crawler.fetching.settings import PRODUCT

NOINDEX = "the page asks not to be indexed (noindex)"
NOAI = "the page asks not to be used for AI (noai)"
TDM_RESERVED = "text and data mining is reserved (tdm-reservation)"
# A page that is refused for one of these was fetched and read; its links count all the same.
WISH_REFUSALS = frozenset({NOINDEX, NOAI, TDM_RESERVED})

ROBOTS_NAMES = frozenset({"robots", PRODUCT})
TDM_NAME = "tdm-reservation"
# "googlebot: noindex". A directive with a value looks alike, and so does the time in a date ("15:00").
_ADDRESSED = re.compile(r"\s*([a-z][a-z0-9_*.-]*)\s*:(.*)", re.DOTALL)
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes of one page.

    `tdm_reserved` is None when the page says nothing of text and data mining: then its host's file decides
    (crawler.fetching.consent).
    """

    noindex: bool = False
    nofollow: bool = False
    noarchive: bool = False
    noai: bool = False
    noimageai: bool = False
    tdm_reserved: bool | None = None

    def __or__(self, other: Wishes) -> Wishes:
        """Return what both together wish; on text and data mining, `other` has the last word."""
        return Wishes(
            self.noindex or other.noindex,
            self.nofollow or other.nofollow,
            self.noarchive or other.noarchive,
            self.noai or other.noai,
            self.noimageai or other.noimageai,
            self.tdm_reserved if other.tdm_reserved is None else other.tdm_reserved,
        )

    @property
    def refusal(self) -> str | None:
        """Why the text of the page may not be used; None when it may."""
        if self.noindex:
            return NOINDEX
        if self.noai:
            return NOAI
        return TDM_RESERVED if self.tdm_reserved else None

    @property
    def restrictions(self) -> str | None:
        """The wishes that are heeded while its text is used, as `pages.restrictions` keeps them."""
        named = [name for name in ("noarchive", "noimageai") if getattr(self, name)]
        return ", ".join(named) or None


_SILENT = Wishes()
_WORDS = {
    "noindex": Wishes(noindex=True),
    "nofollow": Wishes(nofollow=True),
    "none": Wishes(noindex=True, nofollow=True),
    "noarchive": Wishes(noarchive=True),
    "noai": Wishes(noai=True),
    "noml": Wishes(noai=True),
    "noimageai": Wishes(noimageai=True),
}


def directives(content: str) -> Wishes:
    """Return the wishes in the content of a robots meta element or in one X-Robots-Tag header.

    What follows a name ("googlebot: noindex, nofollow") is for that crawler, up to the next name.
    """
    wishes, ours = _SILENT, True
    for written in content.lower().split(","):
        item = written
        addressed = _ADDRESSED.fullmatch(item)
        if addressed is not None and addressed.group(1) not in _VALUED:
            ours, item = addressed.group(1) in ROBOTS_NAMES, addressed.group(2)
        if ours:
            wishes |= _WORDS.get(item.strip(), _SILENT)
    return wishes


def tdm_statement(value: str) -> Wishes:
    """Return the wish in a tdm-reservation header or meta element: 1 reserves, 0 does not, else nothing."""
    stated = value.partition(",")[0].strip()
    return replace(_SILENT, tdm_reserved=stated == "1") if stated in {"0", "1"} else _SILENT


def header_wishes(robots_tags: str | None, tdm: str | None) -> Wishes:
    """Return the wishes in the headers of an answer.

    `robots_tags` holds the X-Robots-Tag headers, one a line: a name in one of them ends with it.
    """
    wishes = _SILENT
    for line in (robots_tags or "").splitlines():
        wishes |= directives(line)
    return wishes | tdm_statement(tdm) if tdm else wishes
