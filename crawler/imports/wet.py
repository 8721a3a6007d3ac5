"""The texts of a WET file, as Common Crawl publishes them beside its WARC files."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import BadUrl
from crawler.extraction.documents import MIN_WORDS
from crawler.extraction.extract import language_of
from crawler.imports.captures import MAX_PAGE_BYTES
from crawler.imports.rows import BadRow
from crawler.urls import canonical_url
from store.records import Document

_WORD = re.compile(r"\w+")
# ISO 639-3, which Common Crawl names, to ISO 639-1, which documents have: the languages that are told apart
# elsewhere too (`crawler.extraction.extract.LANGUAGES`). Another language keeps its code of three letters, as
# BCP 47 has it for languages without a shorter one.
_SHORT_CODES = dict(
    pair.split(":")
    for pair in """
    ara:ar bul:bg ben:bn cat:ca ces:cs dan:da deu:de ell:el eng:en spa:es est:et eus:eu fas:fa fin:fi fra:fr
    glg:gl heb:he hin:hi hrv:hr hun:hu ind:id isl:is ita:it jpn:ja kor:ko lit:lt lav:lv mkd:mk msa:ms nld:nl
    nor:no pol:pl por:pt ron:ro rus:ru slk:sk slv:sl sqi:sq srp:sr swe:sv swa:sw tha:th tgl:tl tur:tr ukr:uk
    urd:ur vie:vi zho:zh
    """.split()  # noqa: SIM905 - a table is easier to read than a list of 46 literals
)


def document_of_conversion(record: Any) -> Document | BadRow | None:  # noqa: ANN401 - warcio has no annotations
    """Return the document that a `conversion` record is, or why it is none; None when it holds no text.

    WARC-Date is when the page was fetched, which says nothing about when it was published.
    """
    if not (record.rec_headers.get_header("Content-Type") or "").lower().startswith("text/plain"):
        return None
    try:
        url = canonical_url(record.rec_headers.get_header("WARC-Target-URI") or "")
    except BadUrl as error:
        return BadRow(0, str(error))
    text = _text(record.content_stream().read(MAX_PAGE_BYTES))
    if len(_WORD.findall(text)) < MIN_WORDS:
        return BadRow(0, f"the text has fewer than {MIN_WORDS} words")
    named = record.rec_headers.get_header("WARC-Identified-Content-Language") or ""
    return Document(url, text, urlsplit(url).netloc, language=_language(named) or language_of(text))


def _text(body: bytes) -> str:
    text = body.decode("utf-8", "replace").replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _language(named: str) -> str | None:
    """The first of the languages that a record names: the one most of its text is in."""
    code = named.partition(",")[0].strip().lower()
    return _SHORT_CODES.get(code, code) or None
