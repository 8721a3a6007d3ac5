"""Small WARC files for tests, written by hand after ISO 28500."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

SENTENCE = "The guitars drift over a slow drum pattern while the singer hums about rivers and old trains. "


def page(title: str, body: str = SENTENCE * 6) -> bytes:
    return (
        f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{body}</p><p>{body}</p></article></body></html>"
    ).encode()


def warc(
    pages: Sequence[tuple[str, bytes]],
    *,
    gzipped: bool = True,
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
) -> bytes:
    """A WARC of a warcinfo record and one response for each (URL, body), each a gzip member of its own."""
    records = [_record("warcinfo", None, "application/warc-fields", b"software: test\r\n")]
    for url, body in pages:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        records.append(_record("response", url, "application/http; msgtype=response", head.encode() + body))
    return b"".join(gzip.compress(record) if gzipped else record for record in records)


def wet(texts: Sequence[tuple[str, str]]) -> bytes:
    """A WET file of one conversion record for each (URL, text)."""
    records = [_record("conversion", url, "text/plain", text.encode()) for url, text in texts]
    return b"".join(map(gzip.compress, records))


def _record(kind: str, url: str | None, content_type: str, block: bytes) -> bytes:
    names = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        *([f"WARC-Target-URI: {url}"] if url else []),
        "WARC-Date: 2020-01-02T03:04:05Z",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(names).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
