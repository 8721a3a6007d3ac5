"""What a crawl that meets a page for the first time would make of an answer.

For whoever has an answer without a crawl: the import of archives, and `linernotes inspect`.
"""

from __future__ import annotations

from datetime import datetime

from crawler.fetching.http import Answer
from crawler.fetching.policy import Decision, after_body
from crawler.fetching.reading import Reading, read_body
from crawler.urls import origin_of
from store.frontier import Page


def unmet_page(url: str, now: datetime) -> Page:
    """Return the page at a canonical URL as it stands in the frontier before its first visit."""
    return Page(
        id=0,
        url=url,
        host=origin_of(url),
        source_id=0,
        role="page",
        depth=1,
        priority=0,
        state="queued",
        reason=None,
        due_at=now,
        attempts=0,
        http_status=None,
        content_type=None,
        etag=None,
        last_modified=None,
        redirected_to=None,
        canonical_url=None,
        content_digest=None,
        fetched_at=None,
        changed_at=None,
        extracted_digest=None,
    )


def judge(answer: Answer, now: datetime) -> tuple[Reading, Decision]:
    """Return what the body of an answer of status 200 refers to, and what becomes of its page.

    `decision.change.body` is None unless the page is kept; then `decision.change.page.reason` says why.
    """
    reading = read_body(answer, "page")
    return reading, after_body(unmet_page(answer.url, now), answer, reading, (), now)
