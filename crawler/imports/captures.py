"""What a record of a WARC says of a page: a body, that there is none any more, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from crawler.errors import BadUrl
from crawler.extraction.page_readers import read_page
from crawler.extraction.records import ExtractedPage, NoText
from crawler.extraction.twins import group_of
from crawler.fetching.first_visit import judge
from crawler.fetching.http import Answer
from crawler.fetching.kinds import sniff_kind
from crawler.fetching.policy import Decision, is_redirect, screen_for
from crawler.urls import canonical_url, looks_like_page
from store.extraction import PageBody

# As large as a page that is crawled may be; extraction refuses smaller ones than that.
MAX_PAGE_BYTES = 10 * 1024 * 1024
# An answer cut for its length is the beginning of a very long page. One cut for another reason (time,
# disconnect) broke off, which a crawl takes for no answer either.
_CUT_FOR_LENGTH = frozenset({"", "length"})


@dataclass(frozen=True, slots=True)
class Capture:
    """An answer that a server once gave for a page, and when."""

    answer: Answer
    at: datetime

    @property
    def url(self) -> str:
        """The canonical URL."""
        return self.answer.url

    def judged(self) -> Verdict:
        """Return what a crawl would have made of the answer."""
        answer = self.answer
        if answer.status != 200:
            return Verdict(self, None, None)
        if screen_for("page")(200, answer.headers) or sniff_kind(answer.body, _type(answer)) != "html":
            return Verdict(self, None, None)
        _, decision = judge(answer, self.at)
        return Verdict(self, decision, decision.change.page.reason)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a capture; `reason` says why a page is not taken, if there is anything to tell."""

    capture: Capture
    decision: Decision | None
    reason: str | None

    @property
    def kept(self) -> bool:
        """Whether the page may become a document."""
        return self.decision is not None and self.decision.change.body is not None

    @property
    def group(self) -> str:
        """The address by which pages that show one text are brought together."""
        canonical = self.decision.change.page.canonical_url if self.decision else None
        return group_of(self.capture.url, canonical)

    def extracted(self) -> ExtractedPage | NoText:
        """Return the text of a page that is kept, or why it has none."""
        body = self.decision.change.body if self.decision else None
        if body is None:
            return NoText(self.reason or "it is no page")
        return read_page(PageBody(0, self.capture.url, body.compressed, body.charset))


def capture_of(record: Any) -> Capture | None:  # noqa: ANN401 - warcio has no annotations
    """Return the capture that a record is; None for one that says nothing of a page's text.

    Answers 304 and revisits say that an earlier capture still holds; errors and answers 404 say nothing
    that lasts. A redirect and an answer 410 say that the page is not there any more.
    """
    cut = (record.rec_headers.get_header("WARC-Truncated") or "").lower()
    if record.rec_type != "response" or record.http_headers is None or cut not in _CUT_FOR_LENGTH:
        return None
    url = _page_url(record.rec_headers.get_header("WARC-Target-URI") or "")
    status = record.http_headers.get_statuscode() or ""
    if url is None or not status.isdecimal():
        return None
    answer = Answer(url, int(status), _headers(record.http_headers.headers))
    if answer.status == 200:
        answer = replace(answer, body=record.content_stream().read(MAX_PAGE_BYTES))
    elif answer.status != 410 and not is_redirect(answer):
        return None
    return Capture(answer, _moment(record.rec_headers.get_header("WARC-Date")))


def _headers(fields: list[tuple[str, str]]) -> dict[str, str]:
    """The headers as a fetched `Answer` has them: several of a name joined, X-Robots-Tag one a line."""
    headers: dict[str, list[str]] = {}
    for name, value in fields:
        headers.setdefault(name.lower(), []).append(value)
    return {name: ("\n" if name == "x-robots-tag" else ", ").join(found) for name, found in headers.items()}


def _page_url(text: str) -> str | None:
    try:
        url = canonical_url(text)
    except BadUrl:
        return None
    # Common Crawl keeps robots.txt as responses too; some servers send a web page in its place.
    return url if looks_like_page(url) and not url.endswith("/robots.txt") else None


def _moment(text: str | None) -> datetime:
    """WARC-Date (W3C's profile of ISO 8601); a record without one counts as oldest."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _type(answer: Answer) -> str:
    return answer.headers.get("content-type", "")
