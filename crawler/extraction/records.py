"""What a page turns out to be: its texts and facts, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Post:
    """One contribution to a thread, without quotes of earlier ones.

    `address` is `#id` for an element of the page, or the canonical URL that the post calls its own. `author`
    is the hashed handle (`crawler.extraction.posts.hashed_handle`), never the handle itself.
    """

    text: str
    address: str
    author: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What a list says below one of its headings; `slug` tells passages of a page apart."""

    heading: str
    slug: str
    text: str


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """What a page is, apart from its design.

    `text` is all of its own text: for a thread its posts, for a list its passages with what stands before
    them (`lead`). `comments` is what readers wrote below it, without names. `canonical_url` is what the page
    names, not necessarily its own. `review_artist` and `reviewed_work` stand in its schema.org Review, or the
    work in its title; `rating` is a share of the best possible, 0 to 1; `language` is ISO 639-1. `next_url`
    is the next page of the same article.
    """

    text: str
    title: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    review_artist: str | None = None
    reviewed_work: str | None = None
    rating: float | None = None
    kind: Literal["article", "review"] = "article"
    posts: tuple[Post, ...] = ()
    passages: tuple[Passage, ...] = ()
    lead: str = ""
    comments: str | None = None
    next_url: str | None = None


@dataclass(frozen=True, slots=True)
class NoText:
    """A page that is not to become a document; `reason` says why in words."""

    reason: str
    canonical_url: str | None = None
