"""The texts of the sample site, read from their files into plain records."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from store.errors import LinernotesError

FRONT_MATTER = re.compile(r"\A\+\+\+\n(?P<head>.*?)\n\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
POST_LINE = re.compile(r"^=== (?P<handle>.+?) \| (?P<written>\d{4}-\d\d-\d\d \d\d:\d\d)$", re.MULTILINE)

T = TypeVar("T")


class SampleSiteError(LinernotesError):
    """A file of the sample site is missing or not written as the site's README says."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader left under a blog post."""

    author: str
    date: date
    text: str


@dataclass(frozen=True, slots=True)
class BlogPost:
    """One post of the blog; `body` is Markdown. `preface` stands above a text first published elsewhere."""

    slug: str
    title: str
    date: date
    author: str
    tags: tuple[str, ...]
    artists: tuple[str, ...]
    body: str
    comments: tuple[Comment, ...] = ()
    draft: bool = False
    preface: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One review of the magazine; `body` is Markdown, `rating` counts stars of five."""

    slug: str
    title: str
    album: str
    label: str
    year: int
    rating: float
    date: date
    author: str
    standfirst: str
    artists: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class ForumPost:
    """One contribution to a thread; lines of `body` that start with "> " quote earlier ones. Time in UTC."""

    number: int
    handle: str
    written: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread of the board, oldest post first."""

    slug: str
    title: str
    board: str
    artists: tuple[str, ...]
    posts: tuple[ForumPost, ...]


@dataclass(frozen=True, slots=True)
class SiteContent:
    """Everything the three outlets publish, newest first, and the `settings` of site.toml."""

    posts: tuple[BlogPost, ...]
    drafts: tuple[BlogPost, ...]
    reviews: tuple[Review, ...]
    threads: tuple[Thread, ...]
    settings: Mapping[str, Any]


def site_root() -> Path:
    """The directory of the sample site: inside an installed package, or in `examples/` of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for root in (package / "_sample_site", package.parent / "examples" / "sample_site"):
        if (root / "site.toml").is_file():
            return root
    raise SampleSiteError(
        f"The sample site's texts are neither in {package / '_sample_site'} nor in examples/sample_site of "
        "the checkout; install linernotes again."
    )


def load_content(root: Path | None = None) -> SiteContent:
    """All texts under `root` (by default `site_root()`).

    Raises:
        SampleSiteError: a file is missing, not UTF-8, or lacks a field.
    """
    root = root or site_root()
    settings = tomllib.loads(_text(root / "site.toml"))
    posts = list(_read_all(root / "content" / "blog", _blog_post))
    reviews = sorted(_read_all(root / "content" / "magazine", _review), key=_review_age, reverse=True)
    threads = sorted(_read_all(root / "content" / "board", _thread), key=_thread_age, reverse=True)
    posts.append(_syndicated(reviews, settings))
    posts.sort(key=_post_age, reverse=True)
    return SiteContent(
        posts=tuple(post for post in posts if not post.draft),
        drafts=tuple(post for post in posts if post.draft),
        reviews=tuple(reviews),
        threads=tuple(threads),
        settings=settings,
    )


def _post_age(post: BlogPost) -> tuple[date, str]:
    return post.date, post.slug


def _review_age(review: Review) -> tuple[date, str]:
    return review.date, review.slug


def _thread_age(thread: Thread) -> tuple[datetime, str]:
    return thread.posts[-1].written, thread.slug


def _read_all(folder: Path, parse: Callable[[str, dict[str, Any], str], T]) -> Iterator[T]:
    for path in sorted(folder.glob("*.md")):
        head, body = _front_matter(path)
        try:
            yield parse(path.stem, head, body)
        except KeyError as error:
            raise SampleSiteError(f"{path} has no field {error} in its front matter; add it.") from error
        except (TypeError, ValueError) as error:
            raise SampleSiteError(f"{path} cannot be read: {error}.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SampleSiteError(f"{path} cannot be read as UTF-8 text: {error}.") from error


def _front_matter(path: Path) -> tuple[dict[str, Any], str]:
    match = FRONT_MATTER.match(_text(path))
    if match is None:
        raise SampleSiteError(f"{path} does not start with TOML front matter between two lines of +++.")
    try:
        head = tomllib.loads(match["head"])
    except tomllib.TOMLDecodeError as error:
        raise SampleSiteError(f"{path} has front matter that is not TOML: {error}.") from error
    return head, match["body"].strip()


def _blog_post(slug: str, head: dict[str, Any], body: str) -> BlogPost:
    comments = (Comment(c["author"], c["date"], c["text"]) for c in head.get("comments", ()))
    return BlogPost(
        slug=slug.removeprefix("draft-"),
        title=head["title"],
        date=head["date"],
        author=head["author"],
        tags=tuple(head["tags"]),
        artists=tuple(head["artists"]),
        body=body,
        comments=tuple(sorted(comments, key=lambda comment: comment.date)),
        draft=head.get("draft", False),
    )


def _review(slug: str, head: dict[str, Any], body: str) -> Review:
    return Review(
        slug=slug,
        title=head["title"],
        album=head["album"],
        label=head["label"],
        year=head["year"],
        rating=head["rating"],
        date=head["date"],
        author=head["author"],
        standfirst=head["standfirst"],
        artists=tuple(head["artists"]),
        body=body,
    )


def _thread(slug: str, head: dict[str, Any], body: str) -> Thread:
    before, *parts = POST_LINE.split(body)
    if before.strip() or not parts:
        raise ValueError('the body must start with a line "=== handle | YYYY-MM-DD HH:MM"')
    posts = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return Thread(
        slug=slug,
        title=head["title"],
        board=head["board"],
        artists=tuple(head["artists"]),
        posts=tuple(
            ForumPost(
                number, handle, datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=UTC), text.strip()
            )
            for number, (handle, written, text) in enumerate(posts, start=1)
        ),
    )


def _syndicated(reviews: list[Review], settings: Mapping[str, Any]) -> BlogPost:
    """The guest post: a review of the magazine in full, on the blog, some time later."""
    guest = settings["syndicated"]
    review = next((review for review in reviews if review.slug == guest["review"]), None)
    if review is None:
        raise SampleSiteError(f"site.toml syndicates the review {guest['review']!r}, which does not exist.")
    return BlogPost(
        slug=guest["slug"],
        title=guest["title"],
        date=guest["date"],
        author=review.author,
        tags=tuple(guest["tags"]),
        artists=review.artists,
        body=review.body,
        preface=guest["preface"],
    )
