"""Tape Hiss Letters, the blog: posts with comments, archives, a feed, and drafts that robots must leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from linernotes.sample_site.content import BlogPost
from linernotes.sample_site.pages import (
    HTML,
    RSS,
    TEXT,
    Outlets,
    Page,
    Pages,
    midnight,
    render,
    slugify,
    stylesheet,
)

POSTS_PER_PAGE = 8
"""What the home page shows; small enough that the archive is several pages deep."""


def blog_pages(outlets: Outlets) -> Pages:
    """Every page of the blog by path."""
    blog = _Blog(outlets)
    return (
        blog.home()
        | blog.articles()
        | blog.tags()
        | blog.years()
        | blog.drafts()
        | blog.about()
        | blog.files()
    )


def post_path(post: BlogPost) -> str:
    """Where a post stands: by year and month, or in the corner of the drafts."""
    return f"/drafts/{post.slug}/" if post.draft else f"/{post.date:%Y/%m}/{post.slug}/"


class _Blog:
    """Renders one group of pages a method; holds what every page's frame needs."""

    def __init__(self, outlets: Outlets) -> None:
        content = outlets.content
        self.posts, self.unpublished = content.posts, content.drafts
        self.modified = midnight(content.posts[0].date)
        self.frame: dict[str, Any] = {
            "site": content.settings["blog"],
            "outlets": outlets,
            "base": outlets.blog,
            "recent": content.posts[:5],
            "years": sorted({post.date.year for post in content.posts}, reverse=True),
            "post_path": post_path,
        }

    def home(self) -> dict[str, Page]:
        """The latest posts as teasers, page after page."""
        pages = range(0, len(self.posts), POSTS_PER_PAGE)
        return {
            _numbered(number): self._list(
                self.posts[start : start + POSTS_PER_PAGE],
                path=_numbered(number),
                newer=_numbered(number - 1) if number > 1 else None,
                older=_numbered(number + 1) if number < len(pages) else None,
            )
            for number, start in enumerate(pages, start=1)
        }

    def articles(self) -> dict[str, Page]:
        """The posts. Comments are numbered across the blog, oldest post first."""
        found = {}
        first_comment = 1
        for position, post in reversed(list(enumerate(self.posts))):
            found[post_path(post)] = self._article(post, first_comment, *_beside(self.posts, position))
            first_comment += len(post.comments)
        return found

    def tags(self) -> dict[str, Page]:
        """An archive a tag."""
        by_tag: dict[str, list[BlogPost]] = defaultdict(list)
        for post in self.posts:
            for tag in post.tags:
                by_tag[tag].append(post)
        return {
            f"/tag/{slugify(tag)}/": self._list(posts, f"/tag/{slugify(tag)}/", f"Posts tagged “{tag}”")
            for tag, posts in by_tag.items()
        }

    def years(self) -> dict[str, Page]:
        """An archive a year."""
        return {
            f"/{year}/": self._list(
                [post for post in self.posts if post.date.year == year], f"/{year}/", f"Posts from {year}"
            )
            for year in self.frame["years"]
        }

    def drafts(self) -> dict[str, Page]:
        """The corner that only robots.txt keeps crawlers out of."""
        articles = {post_path(post): self._article(post, 0, None, None) for post in self.unpublished}
        return articles | {"/drafts/": self._list(self.unpublished, "/drafts/", "Drafts, half-baked")}

    def about(self) -> dict[str, Page]:
        """Who writes here."""
        return {"/about/": self._page("blog/about.html", path="/about/")}

    def files(self) -> dict[str, Page]:
        """What programs ask for: robots.txt, the feed, the style sheet."""
        return {
            "/robots.txt": self._page("blog/robots.txt", TEXT),
            "/feed/": self._page("blog/feed.xml", RSS, posts=self.posts),
            "/style.css": stylesheet(self.modified),
        }

    def _article(
        self, post: BlogPost, first_comment: int, older: BlogPost | None, newer: BlogPost | None
    ) -> Page:
        changed = max([post.date, *(comment.date for comment in post.comments)])
        return render(
            "blog/post.html",
            midnight(changed),
            **self.frame,
            path=post_path(post),
            post=post,
            first_comment=first_comment,
            older=older,
            newer=newer,
        )

    def _list(
        self,
        posts: Sequence[BlogPost],
        path: str,
        heading: str | None = None,
        newer: str | None = None,
        older: str | None = None,
    ) -> Page:
        return self._page("blog/list.html", posts=posts, path=path, heading=heading, newer=newer, older=older)

    def _page(self, template: str, content_type: str = HTML, **values: object) -> Page:
        return render(template, self.modified, content_type, **self.frame, **values)


def _numbered(number: int) -> str:
    return "/" if number == 1 else f"/page/{number}/"


def _beside(posts: Sequence[BlogPost], position: int) -> tuple[BlogPost | None, BlogPost | None]:
    """The next older and the next newer post."""
    older = posts[position + 1] if position + 1 < len(posts) else None
    return older, posts[position - 1] if position else None
