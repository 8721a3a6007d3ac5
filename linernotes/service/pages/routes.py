"""The addresses of the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from linernotes.catalog import Catalog
from linernotes.errors import ArtistNotFound
from linernotes.naming import resolve
from linernotes.service.answering import RELEASE_HEADER, answering
from linernotes.service.models import MapAnswer
from linernotes.service.pages.artist_page import artist_page, quotes_page
from linernotes.service.pages.compare_page import compare_page
from linernotes.service.pages.home_page import home_page
from linernotes.service.pages.map_data import map_payload
from linernotes.service.pages.map_page import map_page
from linernotes.service.pages.per_release import PerRelease
from linernotes.service.pages.release_view import ReleaseView, release_view
from linernotes.service.pages.rendering import CACHING, page
from linernotes.service.pages.search_page import search_page
from linernotes.service.pages.state_page import latest_runs, state_page
from linernotes.service.pages.term_page import UnknownTerm, term_page
from linernotes.service.routes.state import state_rows
from store.lookup_records import ReleaseKey

T = TypeVar("T")

router = APIRouter(tags=["pages"])
data = APIRouter(tags=["map"])
"""What pages read that others may read as well; it is described by OpenAPI."""

ArtistNumber = Annotated[int, Path(ge=0, le=2**63 - 1)]
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_REVALIDATE = {"Cache-Control": "no-cache"}


@router.get("/")
async def home(request: Request) -> Response:
    """The first page."""
    return page(request, "home.html", {"page": await _read(request, home_page)})


@router.get("/search")
async def search(request: Request, q: str = "") -> Response:
    """What a name or a description finds; a name that is nothing else leads to the artist."""
    found = await _read(request, lambda view: search_page(view, q))
    if found.goes_to is not None:
        return _redirect(request, f"/artists/{found.goes_to}")
    return page(request, "search.html", {"page": found})


@router.get("/artists/{wanted}")
async def artist(request: Request, wanted: str) -> Response:
    """An artist's page, by its number; a name or an MBID in place of that leads to it."""
    if not _NUMBER.fullmatch(wanted):
        named = await _read(request, lambda view: resolve(view.connection, wanted))
        return _redirect(request, f"/artists/{named.artist_id}")
    found = await _read(request, lambda view: artist_page(view, int(wanted)))
    return page(request, "artist.html", {"page": found})


@router.get("/artists/{artist_id}/quotes")
async def quotes(request: Request, artist_id: ArtistNumber, term: str, part: bool = False) -> Response:
    """The sentences behind a descriptor: a page, or with `part` what the artist's page unfolds."""
    found = await _read(request, lambda view: quotes_page(view, artist_id, term))
    return page(request, "parts/quotes.html" if part else "quotes.html", {"page": found})


@router.get("/compare")
async def compare(request: Request, a: str = "", b: str = "") -> Response:
    """Two artists side by side; a form when one of them is missing or unknown."""
    if not (a.strip() and b.strip()):
        return page(request, "compare_form.html", {"a": a, "b": b, "problem": None, "release": None})
    try:
        found = await _read(request, lambda view: compare_page(view, a, b))
    except ArtistNotFound as error:
        members = {"a": a, "b": b, "problem": error, "release": None}
        return page(request, "compare_form.html", members, status=404)
    return page(request, "compare.html", {"page": found})


@router.get("/terms/{term:path}")
async def term(
    request: Request, term: str, number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1
) -> Response:
    """A term's page."""
    try:
        found = await _read(request, lambda view: term_page(view, term, number))
    except UnknownTerm as error:
        members = {"problem": str(error), "terms": error.suggestions, "question": term, "release": None}
        return page(request, "no_term.html", members, status=404)
    return page(request, "term.html", {"page": found})


@router.get("/map")
async def map_of_artists(request: Request) -> Response:
    """The map of all artists."""
    return page(request, "map.html", {"page": await _read(request, map_page)})


@data.get("/v1/map", response_model=MapAnswer)
async def get_map(request: Request) -> Response:
    """The map of all artists in columns: lists of one length, an element for each artist."""
    release, payload = await _read_of(request, lambda view: view.kept("map", lambda: map_payload(view)))
    headers = {**_REVALIDATE, "ETag": payload.etag, RELEASE_HEADER: str(release.release_id)}
    headers["Vary"] = "Accept-Encoding"
    if payload.etag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(payload.content, media_type="application/json", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(payload.compressed, media_type="application/json", headers=headers)


@router.get("/crawl")
async def crawl(request: Request) -> Response:
    """How the crawl stands."""
    answers = answering(request)
    rows = await state_rows(answers)
    runs = await answers.run(lambda: latest_runs(answers.catalog.engine))
    found = state_page(rows, runs)
    return page(request, "crawl.html", {"page": found})


async def _read(request: Request, read: Callable[[ReleaseView], T]) -> T:
    """What `read` finds in the published release."""
    return (await _read_of(request, read))[1]


async def _read_of(request: Request, read: Callable[[ReleaseView], T]) -> tuple[ReleaseKey, T]:
    """What `read` finds, with the memory of this application, and the release that it is of."""
    memory = _kept(request, "page_memory", PerRelease)

    def look_up(catalog: Catalog) -> T:
        with release_view(catalog, memory) as view:
            return read(view)

    return await answering(request).read(look_up)


def _kept(request: Request, name: str, make: Callable[[], T]) -> T:
    """What the application keeps under a name, made when first asked for (in the one thread of the loop)."""
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, make())
    found: T = getattr(state, name)
    return found


def _redirect(request: Request, path: str) -> Response:
    target = request.scope.get("root_path", "") + path
    return RedirectResponse(target, 303, headers=CACHING)
