"""From a row of any table to a document."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from crawler.errors import BadUrl
from crawler.extraction.documents import to_documents
from crawler.extraction.extract import extract, language_of
from crawler.extraction.records import ExtractedPage, NoText
from crawler.imports.errors import ImportFailed
from crawler.imports.published import published_of
from crawler.imports.rows import BadRow, Row
from crawler.urls import MAX_URL_LENGTH, canonical_url
from store.records import Document

FIELDS = ("text", "html", "url", "title", "published", "author", "source", "artist")
_WORD = re.compile(r"\w")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column of a table holds which field, and the source of rows that name none.

    `source` comes before the host of a row's URL, `stem` after it.
    """

    columns: Mapping[str, str]
    source: str | None
    stem: str

    def value(self, row: Row, field: str) -> object:
        """The row's value for a field; None when there is none."""
        column = self.columns.get(field)
        return None if column is None else row.values.get(column)

    def line(self, row: Row, field: str) -> str | None:
        """The row's value for a field as one line of text; None when it is empty."""
        return " ".join(_text(self.value(row, field)).split()) or None


def plan_columns(
    columns: Sequence[str], mapping: Mapping[str, str] | None, *, path: Path, source: str | None = None
) -> Plan:
    """Decide which column holds which field: by its name, in any case, or as `mapping` says.

    Raises ImportFailed, naming the columns found, when there is neither text nor HTML, or when the mapping
    names a field or column that does not exist.
    """
    found = {name.strip().casefold(): name for name in reversed(columns)}
    chosen = {field: found[field] for field in FIELDS if field in found}
    shown = ", ".join(name for name in columns if name)
    for field, column in (mapping or {}).items():
        if field not in FIELDS:
            raise ImportFailed(f"There is no field {field!r} to map to; the fields are {', '.join(FIELDS)}.")
        if column not in columns:
            raise ImportFailed(f"{path} has no column {column!r} for {field}; its columns are {shown}.")
        chosen[field] = column
    if "text" not in chosen and "html" not in chosen:
        raise ImportFailed(
            f"{path} has no column text or html; its columns are {shown}. Say which one holds the text with "
            "--map text=COLUMN."
        )
    return Plan(chosen, source, _stem(path))


def documents_of(row: Row, plan: Plan) -> list[Document] | BadRow:
    """The documents that a row is, or why it is none: one of its text, or all that its HTML becomes."""
    text = _prose(plan.value(row, "text"))
    html = plan.value(row, "html")
    if text and _WORD.search(text) is None:
        return BadRow(row.line, "the text has no word")
    if text:
        document = Document(url="", text=text, source="", language=language_of(text))
        return [_identified(_described(document, row, plan), row, plan)]
    if not html:
        return BadRow(row.line, "the text is empty")
    page = _extracted(html, plan.line(row, "url") or "", row.charset)
    return BadRow(row.line, page.reason) if isinstance(page, NoText) else _documents(page, row, plan)


def _extracted(html: object, url: str, charset: str | None) -> ExtractedPage | NoText:
    body = html if isinstance(html, bytes) else _text(html).encode()
    return extract(body, url=url, charset=charset if isinstance(html, bytes) else "utf-8")


def _documents(page: ExtractedPage, row: Row, plan: Plan) -> list[Document]:
    """The documents of a page, below the address that the row gives it."""
    whole = Document(url="", text=page.text, source="", title=page.title, label=page.review_artist)
    whole = _identified(_described(whole, row, plan), row, plan)
    documents = to_documents(page, url=whole.url)
    return [replace(_described(document, row, plan), source=whole.source) for document in documents]


def _described(document: Document, row: Row, plan: Plan) -> Document:
    """What the table says of the text comes before what its HTML says; a part of it keeps its own name."""
    is_part = document.kind in {"post", "passage", "comments"}
    return replace(
        document,
        title=(not is_part and plan.line(row, "title")) or document.title,
        author=(not is_part and plan.line(row, "author")) or document.author,
        label=plan.line(row, "artist") or document.label,
        published=(not is_part and published_of(plan.value(row, "published"))) or document.published,
    )


def _identified(document: Document, row: Row, plan: Plan) -> Document:
    address = plan.line(row, "url")
    url = _absolute(address)
    host = urlsplit(url).netloc if url else ""
    source = plan.line(row, "source") or plan.source or host or plan.stem
    return replace(document, source=source, url=url or _urn(source, address, document))


def _absolute(address: str | None) -> str | None:
    """The canonical URL with its fragment, since tables tell the posts of a page apart by it; else None."""
    if address is None or len(address) > MAX_URL_LENGTH or not _SCHEME.match(address):
        return None
    page, mark, fragment = address.partition("#")
    try:
        return canonical_url(page) + mark + fragment
    except BadUrl:
        return address


def _urn(source: str, address: str | None, document: Document) -> str:
    """A name for a text without a URL of its own: by its path within the source, or by its content."""
    space = f"urn:linernotes:{quote(source, safe='')}"
    if address is not None and len(address) <= MAX_URL_LENGTH:
        return f"{space}:{quote(address, safe='/?&=;:+,#%')}"
    content = "\n".join((document.label or "", document.title or "", document.text))
    return f"{space}:{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def _stem(path: Path) -> str:
    return path.name.split(".")[0] or path.name


def _prose(value: object) -> str:
    return _text(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(value: object) -> str:
    """A value of a table as text that every database can hold; lists are joined, missing values empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").replace("\0", "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return ""
    text = str(value).replace("\0", "")
    # JSON can escape half a surrogate pair, which no encoding can store.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
