"""What the pages of a batch come to: which of them are kept, and the documents these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crawler.extraction.documents import to_documents
from crawler.extraction.groups import Group, Results
from crawler.extraction.records import ExtractedPage
from crawler.extraction.series import joined, numbered, series_from
from crawler.extraction.twins import Member, keepers
from store.extraction import PageState
from store.records import Document


def kept_pages(group: Group, results: Results, settled: Mapping[int, str]) -> list[int]:
    """Return the pages of a group that become documents; see `crawler.extraction.twins.keepers`.

    `settled` holds the texts of pages whose body is not there to be read again.
    """
    read = ((page, results.get(page.id)) for page in group.pages)
    members = [
        Member(page.id, page.url, found.text if isinstance(found, ExtractedPage) else None)
        if page.has_body
        else Member(page.id, page.url, settled.get(page.id), settled=True)
        for page, found in read
    ]
    return keepers(group.address, members, crowded=group.crowded)


def documents_of(pages: Sequence[PageState], kept: Mapping[int, Group], results: Results) -> list[Document]:
    """Return the documents of the kept pages; those of one article are one, at the first's address."""
    texts = {
        page.id: result
        for page in sorted(pages, key=lambda page: page.id)
        if page.id in kept and isinstance(result := results.get(page.id), ExtractedPage)
    }
    by_id = {page.id: page for page in pages}
    numbers = {kept[key].address: key for key in texts} | {by_id[key].url: key for key in texts}
    chains = {
        key: series_from(key, texts, numbers) for key in texts if numbered(kept[key].address).number == 1
    }
    absorbed = {key for first, chain in chains.items() for key in chain if key != first}
    return [
        document
        for key in texts
        if key not in absorbed
        for document in to_documents(
            joined(texts[number] for number in chains.get(key, (key,))), url=by_id[key].url, page_id=key
        )
    ]
