"""What all outlets share in rendering: the page record, the templates, Markdown and dates."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from linernotes.sample_site.content import ForumPost, SiteContent

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
CSS = "text/css; charset=utf-8"


@dataclass(frozen=True)
class Page:
    """One answer of the server: the bytes, their type, and when they last changed."""

    body: bytes
    content_type: str
    modified: datetime

    @cached_property
    def etag(self) -> str:
        """A strong validator (RFC 9110, section 8.8.3): the start of the body's SHA-256."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


Pages = Mapping[str, Page]
"""The pages of one outlet by their path, query included."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """The content and the address of each outlet, without a slash at the end."""

    content: SiteContent
    blog: str
    magazine: str
    board: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a forum post: its author's words, or a quotation with the name of who is quoted."""

    html: Markup
    quoted: bool
    quoted_handle: str | None = None


def midnight(day: date) -> datetime:
    """The first moment of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def render(template: str, modified: datetime, content_type: str = HTML, **values: object) -> Page:
    """A page from a template file and its values."""
    text = _environment().get_template(template).render(**values)
    return Page(text.encode(), content_type, modified)


def stylesheet(modified: datetime) -> Page:
    """The style sheet that all three outlets serve."""
    css = files("linernotes.sample_site").joinpath("templates/style.css").read_bytes()
    return Page(css, CSS, modified)


def markdown(text: str) -> Markup:
    """A post's Markdown (CommonMark, without raw HTML) as HTML."""
    return Markup(_commonmark().render(text))  # noqa: S704 - raw HTML in the text is escaped by the renderer


def passages(post: ForumPost, earlier: tuple[ForumPost, ...]) -> list[Passage]:
    """A forum post cut into what it quotes and what it says.

    Only emphasis is marked up: a board reads "1." or "#" as people type them.
    """
    found = []
    for quoted, lines in _runs(post.body):
        text = "\n".join(lines).strip()
        if text:
            html = Markup(_emphasis().render(text))  # noqa: S704 - the renderer escapes everything else
            found.append(Passage(html, quoted, _quoted_handle(text, earlier) if quoted else None))
    return found


def teaser(body: str, words: int = 45) -> str:
    """The beginning of a post as plain text, about `words` words, with an ellipsis where it was cut."""
    plain = re.sub(r"<[^>]+>", "", markdown(re.sub(r"^#+ .*$", "", body, flags=re.MULTILINE))).split()
    text = Markup(" ".join(plain[:words])).unescape()  # noqa: S704 - unescaped here, escaped by the template
    return text if len(plain) <= words else f"{text.rstrip(',;:.')} …"


def json_ld(data: Mapping[str, Any]) -> Markup:
    """Data for a script element; "<" is escaped so that no text can close it."""
    dumped = json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return Markup(dumped)  # noqa: S704 - escaped for a script element in the line above


def slugify(text: str) -> str:
    """A text as one part of a path."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def stars(rating: float) -> str:
    """A rating as reviewers print it: 3.5 is "★★★½"."""
    return "★" * int(rating) + "½" * (rating % 1 >= 0.5)


def _runs(body: str) -> list[tuple[bool, list[str]]]:
    """The lines of a post, grouped into quoted and unquoted runs."""
    runs: list[tuple[bool, list[str]]] = []
    for line in body.splitlines():
        quoted = line.startswith(">")
        if not runs or runs[-1][0] != quoted:
            runs.append((quoted, []))
        runs[-1][1].append(line[1:].strip() if quoted else line)
    return runs


def _quoted_handle(quotation: str, earlier: tuple[ForumPost, ...]) -> str | None:
    wanted = _letters(quotation)
    return next((post.handle for post in earlier if wanted in _letters(post.body)), None)


def _letters(text: str) -> str:
    """The words alone, since people retype punctuation when they quote."""
    return " ".join(re.findall(r"\w+", text.lower()))


@cache
def _commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


@cache
def _emphasis() -> MarkdownIt:
    return MarkdownIt("zero").enable(["emphasis", "newline"])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("linernotes.sample_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": lambda day: f"{day.day} {day:%B %Y}",
        "rfc822": lambda day: format_datetime(midnight(day)),
        "markdown": markdown,
        "teaser": teaser,
        "slugify": slugify,
        "stars": stars,
        "json_ld": json_ld,
    }
    return environment
