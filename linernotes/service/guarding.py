"""Who may ask, how often, and how much: the layer in front of all routes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from linernotes.service.problems import Problem
from linernotes.service.rates import Allowance, RateLimit
from linernotes.service.settings import ServiceSection
from linernotes.service.tokens import Token, holder_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = "/health"
METRICS = "/metrics"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="linernotes", Basic realm="linernotes", charset="UTF-8"'}


class Guarding:
    """Refuses what is too long (413, 414), without a token (401, 403) or too frequent (429).

    /health is open and counts for nobody, so that who watches over the service is never refused.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSection, tokens: Sequence[Token] = ()) -> None:
        self._app = app
        self._settings = settings
        self._tokens = tuple(tokens)
        self._limit = RateLimit(settings.rate_limit, settings.rate_burst) if settings.rate_limit else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer with a problem."""
        if scope["type"] != "http" or scope["path"] == OPEN or scope["path"].startswith(OPEN + "/"):
            await self._app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
            _check_url(scope, self._settings.max_url_bytes)
            client = self._client(scope, headers)
            allowance = self._limit.take(client) if self._limit is not None else None
            if allowance is not None and not allowance.passes:
                raise self._too_many(allowance)
            _check_length(headers, self._settings.max_body_bytes)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        body = _Counted(receive, self._settings.max_body_bytes)
        await self._app(scope, body, send if allowance is None else self._telling(send, allowance))

    def _client(self, scope: Scope, headers: Headers) -> str:
        """Who asks: the name of the token, else the address. Raises Problem without a token for this."""
        if not self._tokens:
            return (scope.get("client") or ("",))[0]
        token = holder_of(headers.get("authorization"), self._tokens)
        if token is None:
            raise Problem(
                401,
                "unauthorized",
                "A known bearer token is needed: Authorization: Bearer …",
                headers=_CHALLENGE,
            )
        needed = {"read", "metrics"} if scope["path"] == METRICS else {"read"}
        if not needed & token.scopes:
            raise Problem(403, "forbidden", "The token has not the scope read.")
        return f"token {token.name}"

    def _telling(self, send: Send, allowance: Allowance) -> Send:
        told = [(name.encode(), value.encode()) for name, value in self._fields(allowance).items()]

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        return sent

    def _fields(self, allowance: Allowance) -> dict[str, str]:
        window = max(1, math.ceil(self._settings.rate_burst / self._settings.rate_limit))
        return {
            "ratelimit-policy": f'"default";q={self._settings.rate_burst};w={window}',
            "ratelimit": f'"default";r={allowance.remaining};t={allowance.reset_seconds}',
        }

    def _too_many(self, allowance: Allowance) -> Problem:
        return Problem(
            429,
            "too-many-requests",
            f"At most {self._settings.rate_limit:g} requests per second are answered; wait a little.",
            headers={"Retry-After": str(max(1, allowance.retry_seconds)), **self._fields(allowance)},
        )


class _Counted:
    """The body of a request, as far as it may go: a client need not say beforehand how long it is."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._most:
                # Of this kind, since the framework takes any other for a body that cannot be parsed.
                raise HTTPException(413, _too_long(self._most).detail.rstrip("."))
        return message


def _check_url(scope: Scope, most: int) -> None:
    length = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
    if length > most:
        raise Problem(
            414, "uri-too-long", f"The path and query have {length} bytes; at most {most} are read."
        )


def _check_length(headers: Headers, most: int) -> None:
    told = headers.get("content-length", "0")
    if told.isascii() and told.isdigit() and int(told[:20]) > most:
        raise _too_long(most)


def _too_long(most: int) -> Problem:
    return Problem(413, "content-too-large", f"The body is longer than {most} bytes.")
