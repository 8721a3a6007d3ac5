"""Run-Out Groove Forum, the board: an index, sub-boards, threads of several posters, members' profiles."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from linernotes.sample_site.content import ForumPost, Thread
from linernotes.sample_site.pages import (
    HTML,
    TEXT,
    Outlets,
    Page,
    Pages,
    Passage,
    passages,
    render,
    slugify,
    stylesheet,
)


def board_pages(outlets: Outlets) -> Pages:
    """Every page of the board by path."""
    board = _Board(outlets)
    return board.index() | board.boards() | board.threads() | board.members() | board.forms() | board.files()


def board_path(name: str) -> str:
    """Where a sub-board lists its threads."""
    return f"/board/{slugify(name)}/"


def thread_path(thread: Thread) -> str:
    """Where a thread stands."""
    return f"/topic/{thread.slug}/"


def member_path(handle: str) -> str:
    """Where a member's profile stands."""
    return f"/member/{slugify(handle)}/"


class _Board:
    """Renders one group of pages a method; holds what every page's frame needs."""

    def __init__(self, outlets: Outlets) -> None:
        content = outlets.content
        self.all = content.threads
        self.modified = _changed(self.all[0])
        self.by_board: dict[str, list[Thread]] = {name: [] for name in sorted({t.board for t in self.all})}
        for thread in self.all:
            self.by_board[thread.board].append(thread)
        self.by_member = _by_member(self.all)
        self.frame: dict[str, Any] = {
            "site": content.settings["board"],
            "outlets": outlets,
            "base": outlets.board,
            "board_path": board_path,
            "thread_path": thread_path,
            "member_path": member_path,
        }

    def index(self) -> dict[str, Page]:
        """The list of sub-boards with the last post in each."""
        return {"/": self._page("board/index.html", boards=self.by_board, members=len(self.by_member))}

    def boards(self) -> dict[str, Page]:
        """A list of threads for each sub-board."""
        return {
            board_path(name): self._page("board/board.html", name=name, threads=threads)
            for name, threads in self.by_board.items()
        }

    def threads(self) -> dict[str, Page]:
        """One page a thread."""
        return {
            thread_path(thread): render(
                "board/thread.html",
                _changed(thread),
                **self.frame,
                thread=thread,
                posts=_with_passages(thread),
                post_counts={handle: len(posts) for handle, posts in self.by_member.items()},
            )
            for thread in self.all
        }

    def members(self) -> dict[str, Page]:
        """One profile a handle."""
        return {
            member_path(handle): self._page("board/member.html", handle=handle, posts=posts)
            for handle, posts in self.by_member.items()
        }

    def forms(self) -> dict[str, Page]:
        """Logging in and searching: pages without a text of their own."""
        return {
            "/login/": self._page("board/login.html"),
            "/search/": self._page("board/search.html"),
        }

    def files(self) -> dict[str, Page]:
        """What programs ask for: robots.txt and the style sheet."""
        return {
            "/robots.txt": self._page("board/robots.txt", TEXT),
            "/style.css": stylesheet(self.modified),
        }

    def _page(self, template: str, content_type: str = HTML, **values: object) -> Page:
        return render(template, self.modified, content_type, **self.frame, **values)


def _changed(thread: Thread) -> datetime:
    return thread.posts[-1].written


def _with_passages(thread: Thread) -> list[tuple[ForumPost, list[Passage]]]:
    return [(post, passages(post, thread.posts[: post.number - 1])) for post in thread.posts]


def _by_member(threads: tuple[Thread, ...]) -> dict[str, list[tuple[Thread, ForumPost]]]:
    """Each member's posts with their threads, newest thread first."""
    found: dict[str, list[tuple[Thread, ForumPost]]] = defaultdict(list)
    for thread in threads:
        for post in thread.posts:
            found[post.handle].append((thread, post))
    return dict(found)
