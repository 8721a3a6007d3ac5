"""Which character set a body is in."""

from __future__ import annotations

import codecs
import re

# HTML Living Standard, section 13.2.3.2: the declaration stands in the first 1024 bytes.
_PRESCAN_BYTES = 1024
_META = re.compile(
    rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE
)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
# The encodings of the web (WHATWG Encoding, section 4.2), as Python calls them. Python knows others too,
# among them some that are no charsets (zlib), and some whose time grows with the square (punycode).
_WEB = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "ascii",
        "iso8859-1",
        "cp866",
        "cp874",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "cp949",
        "euc_kr",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp",
        "shift_jis",
        "cp932",
        "tis-620",
    ]
    + [f"iso8859-{part}" for part in range(2, 17)]
    + [f"cp125{page}" for page in range(9)]
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type header names, as Python calls it; None for none or unknown."""
    match = _HEADER.search(content_type)
    return _known(match.group(1)) if match else None


def sniff_charset(body: bytes, header_charset: str | None = None) -> str:
    """Return the charset of an HTML body: byte order mark, header, declaration, UTF-8, windows-1252.

    The order is that of the HTML Living Standard, section 13.2.3.2.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    declared = _META.search(body[:_PRESCAN_BYTES])
    candidates = (header_charset, declared.group(1).decode("ascii") if declared else None)
    for candidate in candidates:
        known = _known(candidate) if candidate else None
        if known is not None:
            return known
    return "utf-8" if _is_utf8(body) else "windows-1252"


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if found not in _WEB:
        return None
    # What pages call Latin-1 is windows-1252 (WHATWG Encoding, section 4.2).
    return "windows-1252" if found in {"iso8859-1", "ascii"} else found


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
