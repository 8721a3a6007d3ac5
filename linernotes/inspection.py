"""What `linernotes inspect` tells of one page: fetched or stored, read and judged, but never kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from crawler.documents.duplicates import fingerprints
from crawler.extraction.documents import to_documents
from crawler.extraction.page_readers import read_page
from crawler.extraction.records import ExtractedPage, NoText
from crawler.fetching.first_visit import judge
from crawler.fetching.one_page import Look, look
from crawler.fetching.reading import Reading
from crawler.fetching.settings import CrawlSettings
from crawler.urls import canonical_url
from linernotes.jobs.mining import MiningSettings
from linernotes.reading_one import ReadText, TextReader
from store.errors import LinernotesError
from store.extraction import PageBody
from store.forgotten import forgotten_among
from store.frontier import Body, Page
from store.hosts import load_host
from store.inspected import known_page, original_of, stored_body
from store.records import Document


class NothingStored(LinernotesError):
    """A page was to be looked at as it is stored, and no body of it is."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class InspectedDocument:
    """A document that the page becomes, what mining sees in it, and why it is left out, if it is."""

    document: Document
    read: ReadText
    left_out: str | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that was found out of one page.

    `forgotten` is what blocks it. `look` is None when the stored body was looked at, and when a forgotten
    page was not asked for. `declined` says why the page would not be kept, `extracted` what its text is;
    `verdict` is the sentence on whether it would be mined.
    """

    url: str
    known: Page | None
    forgotten: str | None
    look: Look | None = None
    reading: Reading | None = None
    declined: str | None = None
    extracted: ExtractedPage | NoText | None = None
    documents: tuple[InspectedDocument, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the page could not be had."""
        return self.look is not None and self.look.failure is not None

    @property
    def mined(self) -> bool:
        """Whether the page would contribute anything."""
        return any(each.left_out is None for each in self.documents)

    @property
    def verdict(self) -> str:
        """In one sentence, whether the page would be mined, and why."""
        if self.mined:
            return f"It would be mined: {_about(self.documents)}."
        return f"It would not be mined: {self._obstacle()}."

    def _obstacle(self) -> str:
        if self.forgotten is not None:
            return f"{self.forgotten} was forgotten on request"
        seen = self.look
        if seen is not None and (seen.refusal or seen.failure):
            return seen.refusal or f"it could not be fetched ({seen.failure})"
        if self.declined is not None:
            return self.declined
        if isinstance(self.extracted, NoText):
            return self.extracted.reason
        return next((each.left_out for each in self.documents if each.left_out), "it has no text")


def inspect_page(
    connection: Connection,
    url: str,
    settings: CrawlSettings,
    *,
    mining: MiningSettings,
    stored: bool = False,
) -> Inspection:
    """Return what would become of the page at `url`: fetched now, or with `stored` as it was last fetched.

    Raises BadUrl for what is no URL, ContactMissing before a public host is asked without a contact, and
    NothingStored when there is no stored body.
    """
    address = canonical_url(url if "://" in url else f"https://{url}")
    known = known_page(connection, address)
    forgotten = forgotten_among(connection, [address]).get(address)
    found = Inspection(address, known, forgotten)
    if forgotten is not None:
        return found
    if stored:
        return _extracted(connection, found, address, _body_of(connection, address, known), mining)
    seen = look(address, settings, lambda host: load_host(connection, host))
    return _judged(connection, found, seen, mining)


def _judged(connection: Connection, found: Inspection, seen: Look, mining: MiningSettings) -> Inspection:
    forgotten = forgotten_among(connection, [seen.url]).get(seen.url)
    asked = replace(found, forgotten=forgotten, look=seen)
    if seen.answer is None or seen.refusal or seen.failure or forgotten:
        return asked
    reading, decision = judge(seen.answer, datetime.now(UTC))
    asked, body = replace(asked, reading=reading), decision.change.body
    if body is not None:
        return _extracted(connection, asked, seen.url, body, mining)
    kind = f"it is a {reading.role}, which has no text of its own"
    return replace(asked, declined=decision.change.page.reason or kind)


def _extracted(
    connection: Connection, found: Inspection, url: str, body: Body, mining: MiningSettings
) -> Inspection:
    page = read_page(PageBody(0, url, body.compressed, body.charset))
    if isinstance(page, NoText):
        return replace(found, extracted=page)
    reader = TextReader(connection)
    documents = tuple(
        _inspected(connection, reader, document, mining) for document in to_documents(page, url=url)
    )
    return replace(found, extracted=page, documents=documents)


def _body_of(connection: Connection, url: str, known: Page | None) -> Body:
    body = stored_body(connection, known.id) if known is not None else None
    if body is None:
        raise NothingStored(f"No body of {url} is stored; leave out --stored to fetch it.")
    return body


def _inspected(
    connection: Connection, reader: TextReader, document: Document, mining: MiningSettings
) -> InspectedDocument:
    read = reader.read(document)
    print_ = next(iter(fingerprints([(document.label, document.text)])))
    original = original_of(connection, document.url, print_.digest)
    if original is not None:
        left_out: str | None = f"its text is a copy of {original}"
    elif document.language is not None and document.language not in mining.languages:
        left_out = f"it is in {document.language}, and mined are {', '.join(mining.languages)}"
    elif document.label is None and read.musicality < mining.min_musicality:
        left_out = f"it is not about music (musicality {read.musicality}, needed {mining.min_musicality})"
    else:
        left_out = None if read.names_an_artist else "it names no artist of the registry"
    return InspectedDocument(document, read, left_out)


def _about(documents: Collection[InspectedDocument]) -> str:
    counted = [each for each in documents if each.left_out is None]
    subjects = dict.fromkeys(name for each in counted for name in each.read.subjects)
    mentions = dict.fromkeys(name for each in counted for name in each.read.mentions if name not in subjects)
    parts = [f"as a text about {', '.join(subjects)}"] if subjects else []
    if mentions:
        parts.append(
            f"for what it says of {', '.join(list(mentions)[:5])}" + (" and others" * (len(mentions) > 5))
        )
    return " and ".join(parts)
