"""A page for what went wrong: what it was, and where to go from here."""

from __future__ import annotations

from fastapi import Request, Response

from linernotes.service.pages.rendering import page
from linernotes.service.problems import Problem

_TITLES = {
    400: "That cannot be asked",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Not this way",
    422: "That cannot be asked",
    429: "Too many requests",
    503: "Not now",
}


def render_problem(request: Request, problem: Problem) -> Response | None:
    """Return a page for a browser; None for the JSON API, and for who does not ask for HTML."""
    if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return None
    empty = problem.kind == "no-release"
    suggestions = problem.members.get("suggestions")
    members = {
        "title": "Nothing here yet" if empty else _TITLES.get(problem.status, "Something went wrong"),
        "problem": problem,
        "names": list(suggestions) if isinstance(suggestions, tuple | list) else [],
    }
    name = "empty.html" if empty else "problem.html"
    return page(request, name, members, status=problem.status, headers=problem.headers)
