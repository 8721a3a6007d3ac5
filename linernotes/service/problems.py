"""Errors as application/problem+json (RFC 9457): what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from linernotes.errors import ArtistNotFound, NoRelease, NothingKnown, TermNotFound
from store.errors import DatabaseOutdated, DatabaseUnusable, LinernotesError

_LOG = structlog.get_logger("linernotes.service")

PROBLEM = "application/problem+json"
TYPE = "https://linernotes.invalid/problems/"
"""Problem types are names, not addresses: nothing is to be fetched from there (RFC 9457, section 3.1.1)."""

RETRY_SECONDS = 5
"""After how long who got a 503 may ask again."""


class Problem(Exception):
    """An answer that is an error: status, the name of its type, a sentence, and what else is known."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def response(self) -> Response:
        """Return the answer."""
        body = {
            "type": TYPE + self.kind,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": _sayable(self.detail),
            **self.members,
        }
        content = orjson.dumps(body, default=str)
        return Response(content, self.status, media_type=PROBLEM, headers=self.headers)


def of_error(error: Exception) -> Problem:
    """Return the problem that an exception of a look-up is to the client."""
    match error:
        case Problem():
            return error
        case ArtistNotFound() | TermNotFound() | NothingKnown():
            return _not_found(error)
        case NoRelease():
            return _later("no-release", str(error))
        case DatabaseUnusable() | DatabaseOutdated():
            # The URL of the database and the words of its driver are for the log, not for strangers.
            _LOG.error("database unusable", reason=str(error))
            return _later("database-unusable", "The database cannot be read at the moment.")
        case LinernotesError():
            return Problem(422, "bad-question", str(error))
    return Problem(500, "fault", "This is a fault in linernotes; its log tells more.")


def _not_found(error: ArtistNotFound | TermNotFound | NothingKnown) -> Problem:
    match error:
        case ArtistNotFound():
            name = _sayable(error.name)
            return Problem(404, "artist-not-found", str(error), name=name, suggestions=error.suggestions)
        case TermNotFound():
            return Problem(404, "term-not-found", str(error), term=_sayable(error.term))
        case NothingKnown():
            unknown = [_sayable(word) for word in error.unknown]
            return Problem(404, "nothing-known", str(error), unknown=unknown, suggestions=error.suggestions)


def _later(name: str, detail: str) -> Problem:
    return Problem(503, name, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def of_validation(error: RequestValidationError) -> Problem:
    """Return what is wrong with the parameters or the body of a request."""
    wrong = [_place(each) for each in error.errors()]
    detail = "; ".join(f"{each['where']}: {each['message']}" for each in wrong[:5])
    return Problem(422, "invalid-request", f"The request is not valid: {detail}.", errors=wrong)


def of_http(error: HTTPException) -> Problem:
    """Return what the framework refused: an unknown path, a method that a path does not take."""
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return Problem(error.status_code, name, f"{error.detail}.", headers=error.headers)


def _place(error: Mapping[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error["loc"])
    return {"where": _sayable(where), "message": _sayable(str(error["msg"]))}


def _sayable(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode()


Handler = Any


def handlers(render: Any = None) -> dict[Any, Handler]:  # noqa: ANN401 - Starlette's own type is Any
    """Return handlers of exceptions; `render(request, problem)` may make a page of one, or return None."""

    def answered(request: Request, problem: Problem) -> Response:
        page = render(request, problem) if render is not None else None
        return problem.response() if page is None else page

    async def known(request: Request, error: Exception) -> Response:
        return answered(request, of_error(error))

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return answered(request, of_validation(error))

    async def refused(request: Request, error: HTTPException) -> Response:
        return answered(request, of_http(error))

    return {
        Problem: known,
        LinernotesError: known,
        RequestValidationError: invalid,
        HTTPException: refused,
    }
