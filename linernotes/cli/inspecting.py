"""`inspect`: one page, from its robots.txt to whether it would be mined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import click

from crawler.extraction.records import ExtractedPage, NoText
from crawler.fetching.one_page import Look
from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import FAILED, NOTHING_FOUND, OK
from linernotes.cli.output import Form, Row, format_options, print_rows
from linernotes.inspection import InspectedDocument, Inspection, inspect_page
from linernotes.jobs.run import mining_settings
from store.frontier import Page

COLUMNS = ("part", "what", "value")
# As much of a text as tells a person whether the right part of the page was found.
_SHOWN_CHARACTERS = 300
_SHOWN_NAMES = 20

Fact = tuple[str, str, object]


@command()
@click.argument("url", metavar="URL")
@click.option("--stored", is_flag=True, help="Look at the page as it was last fetched; nothing is asked.")
@format_options
def inspect(invocation: Invocation, url: str, stored: bool, form: Form | None) -> int:
    """Look at one page: robots.txt, text, and whether it would be mined.

    The page is fetched as a crawl would fetch it, under the same rules, and nothing is stored. Exits with 0
    when it would be mined, 4 when there is nothing to mine, 1 when it could not be fetched.
    """
    settings = invocation.settings()
    engine = invocation.open_engine(read_only=True)
    with engine.connect() as connection:
        found = inspect_page(
            connection, url, settings.crawl.to_crawler(), mining=mining_settings(settings.mine), stored=stored
        )
    print_rows(COLUMNS, inspection_rows(found), form)
    if found.failed:
        return FAILED
    return OK if found.mined else NOTHING_FOUND


def inspection_rows(found: Inspection) -> Iterator[Row]:
    """Yield the facts of an inspection; those that are empty are left out."""
    for part, what, value in _facts(found):
        if value is not None and value not in ((), ""):
            yield {"part": part, "what": what, "value": value}


def _facts(found: Inspection) -> Iterator[Fact]:
    yield "page", "canonical URL", found.url
    yield "page", "forgotten", found.forgotten
    yield from _known(found.known)
    if found.look is not None:
        yield from _robots(found.look)
        yield from _fetch(found.look)
    yield from _consent(found)
    yield from _extraction(found.extracted)
    for number, each in enumerate(found.documents, start=1):
        yield from _document(each, f"document {number}" if len(found.documents) > 1 else "document")
    yield "verdict", "mined", found.mined
    yield "verdict", "why", found.verdict


def _known(page: Page | None) -> Iterator[Fact]:
    yield "page", "known", page is not None
    if page is not None:
        yield "page", "state", page.state
        yield "page", "reason", page.reason
        yield "page", "last fetched", page.fetched_at
        yield "page", "last changed", page.changed_at
        yield "page", "next visit", page.due_at
        seconds = page.revisit_seconds
        yield "page", "visited every", None if seconds is None else str(timedelta(seconds=seconds))
        yield "page", "restrictions", page.restrictions


def _robots(look: Look) -> Iterator[Fact]:
    status = look.host.robots_status
    yield "robots.txt", "file", f"{look.host.host}/robots.txt"
    yield "robots.txt", "status", "not reached" if status == 0 else status
    yield "robots.txt", "delay in seconds", look.delay_seconds or None
    refused = look.refusal if look.answer is None else None
    yield "robots.txt", "verdict", refused or ("allowed" if look.answer is not None else None)
    yield "consent", "tdmrep.json", look.host.tdm_status or None


def _fetch(look: Look) -> Iterator[Fact]:
    yield "fetch", "redirects", look.redirects
    yield "fetch", "fetched", look.url if look.answer is not None else None
    yield "fetch", "failure", look.failure
    if look.answer is not None:
        yield "fetch", "refused", look.refusal
        yield "fetch", "status", look.answer.status
        yield "fetch", "type", look.answer.headers.get("content-type")
        yield "fetch", "bytes received", look.answer.received
        yield "fetch", "bytes of text and markup", len(look.answer.body)


def _consent(found: Inspection) -> Iterator[Fact]:
    if found.reading is None:
        return
    wishes = found.reading.wishes
    for name in ("noindex", "nofollow", "noarchive", "noai", "noimageai"):
        yield "consent", name, getattr(wishes, name)
    yield "consent", "text mining reserved", wishes.tdm_reserved
    yield "fetch", "names as canonical", found.reading.canonical
    yield "extraction", "left out", found.declined


def _extraction(page: ExtractedPage | NoText | None) -> Iterator[Fact]:
    if isinstance(page, NoText):
        yield "extraction", "no text", page.reason
    elif page is not None:
        yield "extraction", "kind", page.kind if not page.posts else "thread"
        yield "extraction", "title", page.title
        yield "extraction", "author", page.author
        yield "extraction", "published", page.published
        yield "extraction", "language", page.language
        yield "extraction", "words", len(page.text.split())
        yield "extraction", "begins", _beginning(page.text)


def _document(each: InspectedDocument, part: str) -> Iterator[Fact]:
    document, read = each.document, each.read
    yield part, "url", document.url
    yield part, "kind", document.kind
    yield part, "words", len(document.text.split())
    yield part, "label", document.label
    yield part, "about", read.subjects
    yield part, "mentions", read.mentions[:_SHOWN_NAMES]
    yield part, "terms", tuple(f"{term.term} ({term.facet})" for term in read.terms)
    yield part, "musicality", read.musicality
    yield part, "left out", each.left_out


def _beginning(text: str) -> str:
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return text[:_SHOWN_CHARACTERS].rpartition(" ")[0] + " …"
