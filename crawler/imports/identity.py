"""Telling apart the texts of one file that share a URL."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from store.records import Document


class Addresses:
    """The URLs a file has used so far.

    Keeps 64-bit hashes only, about 200 bytes for each row; in 10⁶ rows two collide with a chance of 3 in 10⁸.
    """

    def __init__(self) -> None:
        self._used: dict[int, int] = {}
        self._rows: set[int] = set()

    def tell_apart(self, document: Document) -> Document | None:
        """Return the document under a URL of its own, or None when the file has given it before.

        The first text of a URL keeps it, later ones get `#2`, `#3` in the order of the file, so that a second
        import finds them under the same names. The same text about another artist counts as another text.
        """
        row = url_hash(f"{document.url}\n{document.label or ''}\n{document.text}")
        if row in self._rows:
            return None
        self._rows.add(row)
        return replace(document, url=self._free(document.url))

    def _free(self, url: str) -> str:
        number = self._used.get(url_hash(url), 0) + 1
        while number > 1 and url_hash(_numbered(url, number)) in self._used:
            number += 1
        self._used[url_hash(url)] = number
        if number == 1:
            return url
        self._used.setdefault(url_hash(_numbered(url, number)), 1)
        return _numbered(url, number)


def _numbered(url: str, number: int) -> str:
    return f"{url}-{number}" if "#" in url else f"{url}#{number}"


def url_hash(text: str) -> int:
    """Return 64 bits that stand for a URL."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
