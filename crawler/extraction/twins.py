"""One document for pages that show one text: which page of a canonical group keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.documents.duplicates import same_text

# More pages naming one address canonical are a mistake of the site (often its home page); then each page
# stands for itself. Copies among them are still found as copies.
MAX_GROUP = 100


@dataclass(frozen=True, slots=True)
class Member:
    """A page of a group; `text` is None when it has none to become a document.

    A `settled` page cannot be read again, since its raw body was not to be kept: its document stays.
    """

    id: int
    url: str
    text: str | None
    settled: bool = False


def group_of(url: str, canonical_url: str | None) -> str:
    """Return the address by which pages are grouped: the canonical one if it is on the page's own host.

    A canonical address elsewhere belongs to somebody else's page: the text is a copy of it, not a twin.
    """
    return canonical_url if canonical_url and _host(canonical_url) == _host(url) else url


def keepers(group: str, members: Sequence[Member], *, crowded: bool = False) -> list[int]:
    """Return the numbers of the pages that become documents.

    The page at the group's own address comes first, then the shortest URL. A page is left out when its text
    is a copy of a kept one's. A page whose text is not (a second page of an article naming the first one
    canonical, or every page naming the home page) keeps its own, and so does every page of a `crowded` group.
    """
    readable = [member for member in members if member.text is not None]
    readable.sort(key=lambda member: (not member.settled, member.url != group, len(member.url), member.url))
    if crowded:
        return [member.id for member in readable]
    kept: list[Member] = []
    for member in readable:
        if not _is_among(member, kept):
            kept.append(member)
    return [member.id for member in kept]


def _is_among(member: Member, kept: Iterable[Member]) -> bool:
    return any(same_text(member.text or "", other.text or "") for other in kept)


def _host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")
