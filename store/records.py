"""Plain records that go into and come out of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

SourceKind = Literal["feed", "sitemap", "site"]
DocumentKind = Literal["article", "review", "post", "passage", "comments"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where pages are found: a feed, a sitemap, or a site whose links are followed within its scope.

    `url` is canonical; `scope` is the URL prefix that followed links must share; `interval_seconds` is
    the time between two rounds.
    """

    url: str
    kind: SourceKind
    interval_seconds: int = 86_400
    scope: str | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One real text: who wrote what, where and when.

    `url` identifies it (canonical). `source` is the host or the name of the collection it came from and
    is what "independent sources" counts. `label` names the artist it is about when the input says so;
    None is the normal case. `rating` is a share of the best possible, 0 to 1. `published` is None when
    unknown or not believable. `thread` is the URL of the page that a post, passage or comment belongs to;
    the author of a post is a hash of the handle.
    """

    url: str
    text: str
    source: str
    title: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    label: str | None = None
    reviewed_work: str | None = None
    rating: float | None = None
    page_id: int | None = None
    kind: DocumentKind = "article"
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Artist:
    """An entry of the registry. Dates are ISO 8601, as precise as known ("1989", "1989-10")."""

    name: str
    mbid: str | None = None
    aliases: tuple[str, ...] = field(default=())
    disambiguation: str | None = None
    country: str | None = None
    begin: str | None = None
    end: str | None = None
    id: int | None = None
