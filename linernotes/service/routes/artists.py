"""/v1/artists: who there is, and what is known of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from linernotes.answers import RisingTerm
from linernotes.catalog import Catalog
from linernotes.naming import Wanted
from linernotes.service.answering import answering
from linernotes.service.models import ArtistAnswer, Items, Page
from linernotes.service.parameters import Facet, Kind, Limit, Offset, OfRelease, Reference, Text, wanted
from store.lookup_records import Activity, ArtistEntry, Descriptor, Evidence

router = APIRouter(prefix="/v1/artists", tags=["artists"])


@router.get("", response_model=Page[ArtistEntry])
async def list_artists(
    request: Request,
    *,
    prefix: Annotated[Text | None, Query(description="Only names that begin so")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
    release: OfRelease = None,
) -> Response:
    """The artists that the release describes, by name."""
    return await answering(request).page(
        request,
        lambda catalog, count: catalog.artists(prefix, limit=count, offset=offset),
        limit=limit,
        offset=offset,
        of_release=release,
    )


@router.get("/lookup", response_model=ArtistAnswer)
async def look_up_artist(
    request: Request,
    name: Annotated[Text, Query(description="Name or alias, also one with a slash", examples=["Slowdive"])],
) -> Response:
    """The artist of a name or an alias; of several, the one with the most text."""
    return await answering(request).answer(request, lambda catalog: _known(catalog, name))


@router.get("/{artist}", response_model=ArtistAnswer)
async def get_artist(request: Request, artist: Reference) -> Response:
    """An artist: what the registry says of it, and how much the release knows."""
    return await answering(request).answer(request, lambda catalog: _known(catalog, wanted(artist)))


@router.get("/{artist}/terms", response_model=Page[Descriptor])
async def list_artist_terms(
    request: Request,
    artist: Reference,
    *,
    facet: Facet = None,
    kind: Kind = None,
    limit: Limit = 50,
    offset: Offset = 0,
    release: OfRelease = None,
) -> Response:
    """What an artist is described with, strongest first."""
    return await answering(request).page(
        request,
        lambda catalog, count: catalog.terms(wanted(artist), facet=facet, kind=kind, limit=offset + count)[
            offset:
        ],
        limit=limit,
        offset=offset,
        of_release=release,
    )


@router.get("/{artist}/evidence", response_model=Items[Evidence])
async def list_evidence(
    request: Request,
    artist: Reference,
    term: Annotated[Text, Query(description="A term that describes the artist", examples=["guitar"])],
    *,
    limit: Limit = 5,
) -> Response:
    """Sentences in which an artist is described with a term, from the newest text on."""
    answers = answering(request)
    answers.check_limit(limit)
    return await answers.answer(
        request, lambda catalog: {"items": catalog.evidence(wanted(artist), term, limit)}, quotes=True
    )


@router.get("/{artist}/activity", response_model=Items[Activity])
async def list_activity(request: Request, artist: Reference) -> Response:
    """How much was written about an artist, week by week, earliest first."""
    return await answering(request).answer(
        request, lambda catalog: {"items": catalog.activity(wanted(artist))}
    )


@router.get("/{artist}/rising-terms", response_model=Items[RisingTerm], tags=["trends"])
async def list_rising_terms(request: Request, artist: Reference, *, limit: Limit = 10) -> Response:
    """The terms an artist is described with more than usual lately, the most rising first."""
    answers = answering(request)
    answers.check_limit(limit)
    return await answers.answer(
        request, lambda catalog: {"items": catalog.rising_terms(wanted(artist), limit=limit)}
    )


def _known(catalog: Catalog, artist: Wanted) -> dict[str, object]:
    entry = catalog.artist(artist)
    return {
        "artist": catalog.registered(entry),
        "summary": catalog.summary(entry),
        "not_enough_text": catalog.why_empty(entry),
    }
