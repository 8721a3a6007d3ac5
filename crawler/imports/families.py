"""The pages of archives that are settled together, as a crawl's are: twins, and the pages of one article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crawler.extraction.groups import Group, series_of
from crawler.extraction.records import ExtractedPage, NoText
from crawler.extraction.series import MAX_PAGES, numbered
from crawler.extraction.settling import documents_of, kept_pages
from crawler.extraction.twins import MAX_GROUP
from crawler.imports.identity import url_hash
from crawler.imports.rows import BadRow
from crawler.urls import origin_of
from store.extraction import PageState
from store.records import Document


@dataclass(frozen=True, slots=True)
class Kin:
    """To which pages one belongs, as hashes: those that share its canonical address, those of its article."""

    group: int
    family: int


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read; `address` is that of its group, `line` the number of its record."""

    url: str
    address: str
    result: ExtractedPage | NoText
    line: int


def kin_of(address: str) -> Kin:
    """Return to which pages those of the group at `address` belong."""
    # A series that goes on for longer is no article, and not worth keeping in memory.
    family = series_of(address) if numbered(address).number <= MAX_PAGES else address
    return Kin(url_hash(address), url_hash(family))


class Families:
    """Holds pages until all that belong to them have been read; `kins` are those of all pages there will be.

    Pages of a crowded group (`crawler.extraction.twins`) stand for themselves.
    """

    def __init__(self, kins: Iterable[Kin]) -> None:
        every = list(kins)
        sizes = Counter(kin.group for kin in every)
        self._crowded = frozenset(group for group, size in sizes.items() if size > MAX_GROUP)
        self._sizes = Counter(kin.family for kin in every if kin.group not in self._crowded)
        self._waiting: dict[int, list[ReadPage]] = {}

    def settle(self, page: ReadPage) -> Iterator[BadRow | Document]:
        """Yield the documents of a page and of those that waited for it; of pages without one, why."""
        kin = kin_of(page.address)
        if kin.group in self._crowded:
            yield from _settled([page], crowded=True)
            return
        waiting = self._waiting.setdefault(kin.family, [])
        waiting.append(page)
        if len(waiting) == self._sizes[kin.family]:
            del self._waiting[kin.family]
            yield from _settled(waiting, crowded=False)


def _settled(pages: list[ReadPage], *, crowded: bool) -> Iterator[BadRow | Document]:
    states: dict[str, list[PageState]] = {}
    for number, page in enumerate(pages):
        state = PageState(number, page.url, origin_of(page.url), page.address, "", None, False, True)
        states.setdefault(page.address, []).append(state)
    results = {number: page.result for number, page in enumerate(pages)}
    groups = [Group(address, tuple(members), crowded) for address, members in states.items()]
    kept = {number: group for group in groups for number in kept_pages(group, results, {})}
    for number, page in enumerate(pages):
        if isinstance(page.result, NoText):
            yield BadRow(page.line, page.result.reason)
        elif number not in kept:
            yield BadRow(page.line, f"it shows the text of {page.address}, which it names canonical")
    everyone = [state for group in groups for state in group.pages]
    for document in documents_of(everyone, kept, results):
        yield replace(document, page_id=None)
