"""The description of the API (OpenAPI 3.1): what the framework derives, completed by errors and examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from linernotes.service.examples import EXAMPLES
from linernotes.service.models import Problem
from linernotes.service.parameters import HIGHEST_LIMIT
from linernotes.service.problems import PROBLEM

_SUMMARY = "What people write about artists: descriptors, similar artists, and the sentences behind them."
_DESCRIPTION = """
An artist is named by its number, its MBID, a name or an alias; `name:1975` is a name even where it looks like
a number. Every answer is of one release, whose number is in the body and in the header `Linernotes-Release`.
An ETag stands for the release and the question: with `If-None-Match` an answer that still holds is 304.
Lists go on at `next`, also in the `Link` header. Errors are `application/problem+json`.
"""
TAGS = (
    ("artists", "Who there is, and what is known of each."),
    ("similarity", "Similar and dissimilar artists, and why."),
    ("finding", "From what somebody types to artists."),
    ("terms", "The terms of the release, and whom each describes."),
    ("trends", "What rises."),
    ("map", "Where all artists stand, those who are described alike near each other."),
    ("bulk", "For programs that want much at once."),
    ("release", "What all of it is read from."),
    ("operation", "For who runs the service."),
)
_ERRORS = {
    "401": "No known token, where tokens are needed",
    "403": "A token without the scope that is needed",
    "404": "No such artist or term; `suggestions` are names that look alike",
    "409": "Another release is published by now",
    "413": "The body is too long",
    "414": "The path and query are too long",
    "422": "The question makes no sense; `errors` say where",
    "429": "Too many requests; `Retry-After` says when to come again",
    "503": "No release is published yet, the database is away, or too much is under way",
}
_EVERYWHERE = ("401", "403", "414", "429", "503")
_OF_ARTISTS_AND_TERMS = ("404", "422")
_HEADERS = {
    "Linernotes-Release": "The release that the answer is of",
    "ETag": "Stands for the release and the question",
    "Cache-Control": "Answers may be kept, and must be checked by their ETag",
}


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation: that of its function."""
    return route.name


def describe(app: FastAPI, *, max_limit: int, secured: bool) -> dict[str, Any]:
    """Return the description of an application."""
    described = get_openapi(
        title="linernotes",
        version=_version(),
        openapi_version="3.1.0",
        summary=_SUMMARY,
        description=_DESCRIPTION.strip(),
        routes=app.routes,
        tags=[{"name": name, "description": meaning} for name, meaning in TAGS],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas = described["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operation in _operations(described):
        _add_errors(path, operation)
        _add_example(operation)
        _lower_limits(operation, max_limit)
    if secured:
        _add_security(described)
    return described


def _operations(described: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        yield from ((path, operation) for operation in item.values())


def _add_errors(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    needed = set(("503",) if path.startswith("/health") else _EVERYWHERE)
    parameters = operation.get("parameters", ())
    if parameters:
        needed |= set(_OF_ARTISTS_AND_TERMS)
    if "requestBody" in operation:
        needed |= {"400", "413", "422"}
    if any(each["name"] == "release" for each in parameters):
        needed.add("409")
    responses.pop("422", None)
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in sorted(needed):
        meaning = _ERRORS.get(status, "The request cannot be read")
        responses[status] = {"description": meaning, "content": content}
    if path.startswith("/v1") and "requestBody" not in operation:
        responses["304"] = {"description": "What the client has (`If-None-Match`) still holds"}
        responses["200"]["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in _HEADERS.items()
        }


def _add_example(operation: dict[str, Any]) -> None:
    example = EXAMPLES.get(operation["operationId"])
    content = operation["responses"]["200"].get("content", {})
    if example is not None and "application/json" in content:
        content["application/json"]["example"] = example


def _lower_limits(operation: Mapping[str, Any], max_limit: int) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["schema"].get("maximum") == HIGHEST_LIMIT:
            parameter["schema"]["maximum"] = max_limit


def _add_security(described: dict[str, Any]) -> None:
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}}
    described["components"]["securitySchemes"] = schemes
    described["security"] = [{"bearer": []}, {"basic": []}]
    for path, operation in _operations(described):
        if path.startswith("/health"):
            operation["security"] = []


def _version() -> str:
    try:
        return version("linernotes")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0+checkout"
