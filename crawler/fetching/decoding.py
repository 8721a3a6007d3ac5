"""Content-Encoding undone step by step, so that a small answer cannot unfold into a huge one."""

from __future__ import annotations

import zlib
from typing import Protocol

from crawler.errors import FetchFailed

# What we ask for: the two encodings that the standard library can undo within a bound.
ACCEPT_ENCODING = "gzip, deflate"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class Decoder(Protocol):
    """Turns the bytes on the wire into the bytes of the body."""

    def feed(self, chunk: bytes, limit: int) -> bytes:
        """Return at most `limit` decoded bytes; what exceeds them stays behind."""

    def finish(self) -> None:
        """Raise FetchFailed when the encoded stream broke off."""


class Identity:
    """No encoding."""

    def feed(self, chunk: bytes, limit: int) -> bytes:
        """Return the first `limit` bytes of the chunk."""
        return chunk[:limit]

    def finish(self) -> None:
        """Nothing can be missing: the transport knows the length."""


class Inflate:
    """gzip (RFC 1952) or deflate (RFC 1950, and the bare RFC 1951 that some servers send)."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._stream = zlib.decompressobj(_GZIP_WINDOW if encoding == "gzip" else zlib.MAX_WBITS)
        self._begun = False

    def feed(self, chunk: bytes, limit: int) -> bytes:
        """Return at most `limit` decoded bytes of the chunk."""
        try:
            return self._inflate(chunk, limit)
        except zlib.error as error:
            raise FetchFailed(
                f"the {self._encoding} encoding of the body is broken", transient=True
            ) from error

    def finish(self) -> None:
        """Raise FetchFailed when the stream has no end."""
        if self._begun and not self._stream.eof:
            raise FetchFailed(f"the {self._encoding} encoding of the body breaks off", transient=True)

    def _inflate(self, chunk: bytes, limit: int) -> bytes:
        if not self._begun and chunk:
            self._begun = True
            # A zlib header is a multiple of 31 (RFC 1950, section 2.2); without one it is bare deflate.
            if self._encoding == "deflate" and int.from_bytes(chunk[:2], "big") % 31:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._stream.decompress(chunk, limit) if limit > 0 else b""


def decoder_for(content_encoding: str) -> Decoder:
    """Return what undoes a Content-Encoding header; FetchFailed for an encoding we did not ask for."""
    encoding = content_encoding.strip().lower().removeprefix("x-")
    if encoding in {"", "identity"}:
        return Identity()
    if encoding in {"gzip", "deflate"}:
        return Inflate(encoding)
    raise FetchFailed(f"the body has the unknown encoding {content_encoding[:40]!r}", transient=False)
