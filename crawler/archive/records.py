"""What a visit is in a WARC: a request and a response, or a revisit when the page did not change.

After ISO 28500:2017 (WARC 1.1). Bodies are stored decoded, as Common Crawl stores them: headers that spoke
of the encoding on the wire get the prefix `X-Crawl-`, and Content-Length is that of the stored body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders

from crawler.fetching.http import Answer
from crawler.fetching.settings import CrawlSettings

WARC_VERSION = "WARC/1.1"
# ISO 28500:2017, section 6.7.3.
NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One visit: the answer, when it came, and the headers of the request (Host is added)."""

    answer: Answer
    at: datetime
    request_headers: Mapping[str, str]


# Records are Any: warcio has no annotations.
def warcinfo(builder: RecordBuilder, file_name: str, settings: CrawlSettings) -> Any:  # noqa: ANN401
    """Return the record that opens a file: what wrote it, for whom, and that it obeys robots.txt."""
    fields = {
        "software": settings.agent.partition(" ")[0],
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "http-header-user-agent": settings.agent,
        "operator": settings.contact or "",
    }
    return builder.create_warcinfo_record(file_name, fields)


def records_of(builder: RecordBuilder, exchange: Exchange) -> Iterator[Any]:
    """Yield the records of a visit, each naming the other as concurrent."""
    answer = _answer_record(builder, exchange)
    request = _request_record(builder, exchange)
    for one, other in ((answer, request), (request, answer)):
        one.rec_headers.add_header("WARC-Concurrent-To", other.rec_headers.get_header("WARC-Record-ID"))
    yield answer
    yield request


def _answer_record(builder: RecordBuilder, exchange: Exchange) -> Any:  # noqa: ANN401
    answer, date = exchange.answer, {"WARC-Date": _moment(exchange.at)}
    if answer.status == 304:
        headers = _head(answer, _received(answer))
        date["WARC-Profile"] = NOT_MODIFIED_PROFILE
        return builder.create_warc_record(answer.url, "revisit", http_headers=headers, warc_headers_dict=date)
    return builder.create_warc_record(
        answer.url,
        "response",
        payload=BytesIO(answer.body),
        length=len(answer.body),
        http_headers=_head(answer, _true_of_body(answer)),
        warc_headers_dict=date,
    )


def _request_record(builder: RecordBuilder, exchange: Exchange) -> Any:  # noqa: ANN401
    url = exchange.answer.url
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    sent = {"host": parts.netloc} | {name.lower(): value for name, value in exchange.request_headers.items()}
    head = StatusAndHeaders(f"{target} HTTP/1.1", list(sent.items()), protocol="GET")
    date = {"WARC-Date": _moment(exchange.at)}
    return builder.create_warc_record(url, "request", http_headers=head, warc_headers_dict=date)


def _head(answer: Answer, headers: list[tuple[str, str]]) -> StatusAndHeaders:
    return StatusAndHeaders(_status_line(answer.status), headers, protocol="HTTP/1.1")


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # servers make up numbers
        return f"{status} Unknown"


def _true_of_body(answer: Answer) -> list[tuple[str, str]]:
    """The headers as received, those about the wire set aside; Content-Length is the stored body's."""
    headers = [
        (f"X-Crawl-{name.title()}" if name in _OF_THE_WIRE else name, value)
        for name, value in _received(answer)
    ]
    return [*headers, ("content-length", str(len(answer.body)))]


def _received(answer: Answer) -> list[tuple[str, str]]:
    """The headers, those that came several times (one a line) again as several."""
    return [(name, line) for name, value in answer.headers.items() for line in value.splitlines() or [""]]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
