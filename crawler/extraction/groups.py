"""Which pages are read together: those that share a canonical address, and the pages of one article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection

from crawler.extraction.records import ExtractedPage, NoText
from crawler.extraction.series import MAX_PAGES, later_pages, numbered
from crawler.extraction.twins import MAX_GROUP, group_of
from store.extraction import (
    PageBody,
    PageState,
    bodies_of,
    documents_of_pages,
    pages_sharing,
    pending_pages,
)

Results: TypeAlias = Mapping[int, ExtractedPage | NoText]


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that share a canonical address and are to be read. In a crowded group each stands for itself."""

    address: str
    pages: tuple[PageState, ...]
    crowded: bool

    @property
    def series(self) -> str:
        """What the groups of the pages of one article have in common."""
        return series_of(self.address)


@dataclass(frozen=True, slots=True)
class Batch:
    """Groups that are settled in one transaction, and pages whose body went."""

    groups: tuple[Group, ...]
    vanished: tuple[PageState, ...]

    @property
    def pages(self) -> list[PageState]:
        """The pages to be read, by group."""
        return [page for group in self.groups for page in group.pages]

    def without(self, changed: Callable[[PageState], bool]) -> Batch:
        """Return the batch without the pages for which `changed` holds and all that are settled with them."""
        stale = {group.series for group in self.groups if any(map(changed, group.pages))}
        vanished = [page for page in self.vanished if not changed(page)]
        stale |= {series_of(_address(page)) for page in self.vanished if page not in vanished}
        return Batch(
            tuple(group for group in self.groups if group.series not in stale),
            tuple(page for page in vanished if series_of(_address(page)) not in stale),
        )


def series_of(address: str) -> str:
    """Return a name for the article of which the page at `address` may be a numbered page."""
    return numbered(address).firsts[-1].rstrip("/")


def next_batch(connection: Connection, size: int) -> Batch | None:
    """Return the next pending pages with the groups they are in, or None when nothing is pending."""
    pending = pending_pages(connection, limit=size)
    if not pending:
        return None
    sharing = pages_sharing(connection, map(_address, pending))
    vanished = tuple(page for page in pending if page.digest is None)
    return Batch(_choose(pending, sharing, size), vanished)


def bodies_in(connection: Connection, batch: Batch) -> list[PageBody]:
    """Return the bodies of the pages of a batch; those that were not to be kept are left out."""
    return bodies_of(connection, (page.id for page in batch.pages))


def with_series(connection: Connection, batch: Batch, results: Results) -> Batch:
    """Return the groups of other pages of the articles in a batch, whose pages have been read.

    These are looked for where a page says that it goes on, or where a document may rest on several pages:
    that of a page that was read before, or that of the first page of a numbered one.
    """
    firsts = _first_pages(connection, batch, results)
    found = {_address(page) for pages in firsts.values() for page in pages}
    going_on = set(firsts)
    for number in range(2, MAX_PAGES + 1):
        wanted = {url: first for first in going_on for url in later_pages(first, number)}
        pages = pages_sharing(connection, wanted) if wanted else []
        going_on = {wanted[url] for page in pages for url in (page.url, _address(page)) if url in wanted}
        found |= {_address(page) for page in pages}
    found -= {group.address for group in batch.groups}
    members: dict[str, list[PageState]] = {}
    for page in pages_sharing(connection, found) if found else []:
        if page.digest is not None and _address(page) in found:
            members.setdefault(_address(page), []).append(page)
    return Batch(tuple(_group(address, members[address], set()) for address in sorted(members)), ())


def _first_pages(connection: Connection, batch: Batch, results: Results) -> dict[str, list[PageState]]:
    """The first addresses of articles that may have several pages, with the pages there."""
    states = {page.id: page for page in [*batch.pages, *batch.vanished]}
    holding = {document.page_id for document in documents_of_pages(connection, states)}
    firsts: set[str] = set()
    later: set[str] = set()
    for page in states.values():
        place, result = numbered(_address(page)), results.get(page.id)
        goes_on = isinstance(result, ExtractedPage) and result.next_url is not None
        if place.number > 1:
            later.update(place.firsts)
        elif goes_on or page.id in holding:
            firsts.add(_address(page))
    found: dict[str, list[PageState]] = {first: [] for first in firsts}
    found |= _holders(connection, later - firsts)
    return {first: pages for first, pages in found.items() if first in firsts or pages}


def _holders(connection: Connection, addresses: Iterable[str]) -> dict[str, list[PageState]]:
    """The pages of each address among `addresses` at which some page has a document."""
    at: dict[str, list[PageState]] = {address: [] for address in sorted(addresses)}
    for page in pages_sharing(connection, at) if at else []:
        if _address(page) in at:
            at[_address(page)].append(page)
    ids = [page.id for pages in at.values() for page in pages]
    holding = {document.page_id for document in documents_of_pages(connection, ids)}
    return {address: pages for address, pages in at.items() if any(page.id in holding for page in pages)}


def _choose(pending: Sequence[PageState], sharing: Sequence[PageState], size: int) -> tuple[Group, ...]:
    """Return the groups of the first pending pages, as many as make a batch."""
    members: dict[str, list[PageState]] = {}
    for page in {page.id: page for page in [*sharing, *pending]}.values():
        if page.digest is not None:
            members.setdefault(_address(page), []).append(page)
    waiting = {page.id for page in pending}
    groups: list[Group] = []
    for address in dict.fromkeys(map(_address, pending)):
        if address in members and sum(len(group.pages) for group in groups) < size:
            groups.append(_group(address, members[address], waiting))
    return tuple(groups)


def _group(address: str, members: Sequence[PageState], waiting: set[int]) -> Group:
    crowded = len(members) > MAX_GROUP
    # Twins of a group that has just become crowded have no document yet, so all of it is read once more.
    read_before = sum(1 for page in members if page.extracted_digest is not None)
    if crowded and read_before > MAX_GROUP:
        members = [page for page in members if page.id in waiting or page.extracted_digest is None]
    return Group(address, tuple(members), crowded)


def _address(page: PageState) -> str:
    return group_of(page.url, page.canonical_url)
