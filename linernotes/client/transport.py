"""How a question gets to the service and back: the client's only module that knows httpx."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from linernotes.client.errors import ServiceFailed, ServiceUnavailable, error_of, kind_of

Parameters = Sequence[tuple[str, str]]

_AGAIN = frozenset({429, 503})
_IN_VAIN = frozenset({"no-release"})
"""Kinds of 503 that no waiting ends."""

_FIRST_PAUSE = 0.5
_HIGHEST = 400


class Transport:
    """Keeps the connections to one service, and asks again where that helps; several threads may use it."""

    def __init__(self, url: str, token: str | None, *, timeout: float, retries: int, patience: float) -> None:
        headers = {"accept": "application/json", "user-agent": "linernotes-client"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        self._url = url
        self._retries = retries
        self._patience = patience
        try:
            self._client = httpx.Client(base_url=url, headers=headers, timeout=timeout)
        except (httpx.InvalidURL, ValueError) as error:
            raise ServiceUnavailable(f"{url!r} is no address of a service: {error}.") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, parameters: Parameters = ()) -> Mapping[str, Any]:
        """Return the members of an answer."""
        return _members(self._asked("GET", path, params=list(parameters)))

    def get_bytes(self, path: str, parameters: Parameters = ()) -> tuple[bytes, Mapping[str, str]]:
        """Return the content of an answer, and its headers (names in lower case)."""
        answer = self._asked("GET", path, params=list(parameters))
        return answer.content, {name.lower(): value for name, value in answer.headers.items()}

    def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """Return the members of the answer to a question that is too long for a URL."""
        return _members(self._asked("POST", path, json=body))

    def _asked(self, method: str, path: str, **arguments: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        for turn in range(self._retries + 1):
            last = turn == self._retries
            try:
                answer = self._client.request(method, path, **arguments)
            except (httpx.TransportError, httpx.InvalidURL) as error:
                if last or isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
                    raise ServiceUnavailable(f"{self._url} cannot be reached: {_words(error)}.") from error
                time.sleep(min(self._patience, _FIRST_PAUSE * 2**turn))
                continue
            if answer.status_code < _HIGHEST:
                return answer
            problem = _problem(answer)
            pause = _pause(answer, turn)
            helps = answer.status_code in _AGAIN and kind_of(problem) not in _IN_VAIN
            if last or not helps or pause > self._patience:
                raise error_of(answer.status_code, problem)
            time.sleep(pause)
        raise AssertionError("the last turn returns or raises")


def _pause(answer: httpx.Response, turn: int) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else _FIRST_PAUSE * 2.0**turn


def _members(answer: httpx.Response) -> Mapping[str, Any]:
    members = _object(answer)
    if members is None:
        raise ServiceFailed(f"{answer.url} did not answer as linernotes does.")
    return members


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    return _object(answer) or {}


def _object(answer: httpx.Response) -> Mapping[str, Any] | None:
    try:
        content = json.loads(answer.content)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _words(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
