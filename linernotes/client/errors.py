"""What can go wrong between a client and its service, and which exception a problem is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linernotes.errors import ArtistNotFound, BadQuestion, NoRelease, NothingKnown, TermNotFound
from store.errors import DatabaseUnusable, LinernotesError


class ServiceFailed(LinernotesError):
    """The service answered with something that is no answer: a fault of its own, or it is another program."""


class ServiceUnavailable(LinernotesError):
    """The service cannot be reached, or was too busy each time it was asked."""


class AccessDenied(LinernotesError):
    """The service wants a token that it knows, with the scope `read`."""


class ReleaseChanged(LinernotesError):
    """Another release was published between two pages of a list; begin again."""


Problem = Mapping[str, Any]

_KINDS: dict[str, Callable[[Problem], LinernotesError]] = {
    "artist-not-found": lambda problem: ArtistNotFound(problem["name"], problem["suggestions"]),
    "term-not-found": lambda problem: TermNotFound(problem["term"]),
    "nothing-known": lambda problem: NothingKnown(
        problem["unknown"], {word: tuple(terms) for word, terms in problem["suggestions"].items()}
    ),
    "no-release": lambda _: NoRelease(),
    "database-unusable": lambda problem: DatabaseUnusable(problem["detail"]),
    "release-changed": lambda problem: ReleaseChanged(problem["detail"]),
}
_STATUSES: dict[int, type[LinernotesError]] = {
    400: BadQuestion,
    401: AccessDenied,
    403: AccessDenied,
    413: BadQuestion,
    414: BadQuestion,
    422: BadQuestion,
    429: ServiceUnavailable,
    503: ServiceUnavailable,
}


def kind_of(problem: Problem) -> str:
    """Return the name of a kind of problem: the end of its type."""
    return str(problem.get("type", "")).rpartition("/")[2]


def error_of(status: int, problem: Problem) -> LinernotesError:
    """Return the exception that the catalog would have raised, or that says what went wrong on the way."""
    make = _KINDS.get(kind_of(problem))
    if make is not None:
        return make(problem)
    detail = str(problem.get("detail") or f"The service answered {status}.")
    return _STATUSES.get(status, ServiceFailed)(detail)
