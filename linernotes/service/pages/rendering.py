"""Templates into answers: what a number, a date and an address look like."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).with_name("static")

# A page is of one release, and the next may come at any moment.
CACHING = {"Cache-Control": "private, no-cache"}
FACET_NAMES = {
    "genre": "Genre",
    "mood": "Mood",
    "instrument": "Instruments and voices",
    "era": "Era",
    "place": "Place",
    "theme": "Themes",
    "other": "Other words",
}
_SHORT_MONTH = "%-d %b %Y"


def page(
    request: Request,
    template: str,
    members: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a template filled with `members`.

    What a page may load is limited by the headers that `linernotes.service.observing` adds to all answers:
    scripts, styles and data of the service itself, and nothing that stands inline.
    """
    known = {"root": request.scope.get("root_path", ""), "path": request.url.path, "version": _version()}
    text = _environment().get_template(template).render({**known, **members})
    return HTMLResponse(text, status, headers={**CACHING, **(headers or {})})


class Revalidated(StaticFiles):
    """Files that a browser asks for again each time, at the cost of a 304.

    Modules name each other by plain names, so that their addresses cannot change with what is in them.
    """

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - as Starlette has it
        """Return a file, or that it has not changed."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def static_files() -> StaticFiles:
    """Return the application that serves what the pages load."""
    return Revalidated(directory=STATIC)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("linernotes.service.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number,
        decimal=decimal,
        day=day,
        moment=moment,
        duration=duration,
        safe_url=safe_url,
        segment=segment,
        percent=percent,
        signed=signed,
        facet=lambda name: FACET_NAMES.get(name, name),
    )
    return environment


@cache
def _version() -> str:
    """What changes with the static files, so that browsers may keep them."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.rglob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def number(value: float) -> str:
    """Return a count with commas between thousands."""
    return f"{value:,.0f}"


def decimal(value: float) -> str:
    """Return a share with two digits and no leading zero, a minus sign where it is below 0: ".42"."""
    text = f"{abs(value):.2f}"
    sign = "−" if round(value, 2) < 0 else ""
    return sign + (text[1:] if text.startswith("0") else text)


def signed(value: float) -> str:
    """Return what something adds, with its sign: "+.042"."""
    text = f"{abs(value):.3f}".removeprefix("0")
    return f"{'−' if value < 0 else '+'}{text}"


def percent(value: float) -> str:
    """Return a share of 1 as a length in per cent, for drawings; never outside 0 to 100."""
    return f"{min(1.0, max(0.0, value)) * 100:.1f}%"


def day(value: date | None) -> str:
    """Return a day in words, nothing for none."""
    return "" if value is None else value.strftime(_SHORT_MONTH)


def moment(value: datetime) -> str:
    """Return a moment to the minute, in universal time."""
    return value.strftime(f"{_SHORT_MONTH}, %H:%M UTC")


_MINUTE, _HOUR = 60, 3600


def duration(seconds: float | None) -> str:
    """Return how long something took, in the unit that suits."""
    if seconds is None:
        return "–"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:.1f} h"


def safe_url(url: str) -> str | None:
    """Return an address that a link may lead to: of the web, with a host; None for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def segment(text: str) -> str:
    """Return a text as one part of a path or the value of a query."""
    return quote(text, safe="")
