"""From the bytes of a page to text and a tree."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import ftfy
import ftfy.badness
from bs4.dammit import EncodingDetector, UnicodeDammit
from trafilatura import load_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What a byte order mark says outranks every other statement (WHATWG Encoding, "BOM sniff").
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Labels that browsers read as windows-1252 (WHATWG Encoding, section 4.2); servers send them by default.
_WESTERN = frozenset({"ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252"})
# A character of an escape sequence: bytes of ISO-2022 are valid UTF-8 too, and mean something else.
_ESCAPE = b"\x1b"
# Enough to guess an encoding from; the guess is slow on more.
_GUESS_BYTES = 64 * 1024
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|main|section|div|table|p|h[1-6]|br)\b", re.I
)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.S
)
# Control characters that no text has; a picture or an archive is full of them.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_SHARE = 0.01
# Written in words to guide line breaking, and invisible: soft hyphen, zero-width space and joiners, BOM.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n\s*")


def decode(html: bytes, charset: str | None = None) -> str:
    """Return the page as text; never fails, a byte that cannot be read becomes U+FFFD.

    `charset` is what the server named. Valid UTF-8 is UTF-8 whatever was named, since text in another
    encoding is practically never valid by chance; then the page's own declaration is preferred to a
    server's default of Latin-1; then the encoding is guessed.
    """
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if html.startswith(mark):
            return html.decode(encoding, "replace")
    named = _named_codec(html, charset)
    if _ESCAPE not in html or named is None or not named.startswith("iso2022"):
        try:
            return html.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return html.decode(named, "replace") if named else _guess(html)


def not_a_page(text: str) -> str | None:
    """Say in words why `text` is no HTML page, or None if it may be one."""
    if not text.strip():
        return "the page is empty"
    head = text[:_GUESS_BYTES]
    if head.startswith("%PDF-") or len(_CONTROLS.findall(head)) > _BINARY_SHARE * len(head):
        return "the page is not text"
    if _FEED.match(head):
        return "this is a feed or a sitemap, not a page"
    if not _MARKUP.search(text):
        return "the page has no HTML markup"
    return None


def parse(text: str) -> HtmlElement | None:
    """Return the tree of a page without its comments, or None when nothing can be made of it."""
    return load_html(text.replace("\x00", ""))


def tidy(text: str) -> str:
    """Return text with mojibake repaired, invisible characters gone and one line break a paragraph."""
    if not text.isascii() and ftfy.badness.is_bad(text):
        text = ftfy.fix_text(text, uncurl_quotes=False, fix_latin_ligatures=False, unescape_html=False)
    text = _INVISIBLE.sub("", _CONTROLS.sub(" ", text))
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def tidy_line(text: object) -> str | None:
    """Return the text of one field on one line, or None when it is empty or no text."""
    return " ".join(tidy(text).split()) or None if isinstance(text, str) else None


def _named_codec(html: bytes, charset: str | None) -> str | None:
    """Return Python's name of the encoding that the server or the page names, if Python knows it."""
    declared = EncodingDetector.find_declared_encoding(html, is_html=True)
    labels = [label.strip().lower() for label in (charset, declared) if label]
    if len(labels) == 2 and labels[0] in _WESTERN:
        labels.reverse()
    for label in labels:
        if label in _WESTERN:
            return "cp1252"
        try:
            return codecs.lookup(label).name
        except LookupError:
            continue
    return None


def _guess(html: bytes) -> str:
    guess = UnicodeDammit(html[:_GUESS_BYTES], is_html=True).original_encoding
    return html.decode(guess or "cp1252", "replace")
