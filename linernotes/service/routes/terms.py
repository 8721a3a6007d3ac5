"""/v1/terms: the terms of the release, and whom each describes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from linernotes.answers import RisingArtist
from linernotes.catalog import Catalog
from linernotes.service.answering import answering
from linernotes.service.models import Items, Page, TermAnswer
from linernotes.service.parameters import Facet, Kind, Limit, Offset, OfRelease, Term, Text
from store.term_pages import TermArtist, TermEntry

router = APIRouter(prefix="/v1/terms", tags=["terms"])


@router.get("", response_model=Page[TermEntry])
async def list_terms(
    request: Request,
    *,
    prefix: Annotated[Text | None, Query(description="Only terms that begin so")] = None,
    facet: Facet = None,
    kind: Kind = None,
    limit: Limit = 50,
    offset: Offset = 0,
    release: OfRelease = None,
) -> Response:
    """The terms of the release, those that describe most artists first."""
    return await answering(request).page(
        request,
        lambda catalog, count: catalog.known_terms(
            prefix, facet=facet, kind=kind, limit=count, offset=offset
        ),
        limit=limit,
        offset=offset,
        of_release=release,
    )


@router.get("/{term}", response_model=TermAnswer)
async def get_term(request: Request, term: Term) -> Response:
    """A term: its kinds and facets, and how many artists it describes."""
    return await answering(request).answer(request, lambda catalog: _known(catalog, term))


@router.get("/{term}/artists", response_model=Page[TermArtist])
async def list_term_artists(
    request: Request,
    term: Term,
    *,
    facet: Facet = None,
    limit: Limit = 50,
    offset: Offset = 0,
    release: OfRelease = None,
) -> Response:
    """The artists described with a term, those it describes most strongly first."""
    return await answering(request).page(
        request,
        lambda catalog, count: catalog.term_artists(term, facet=facet, limit=count, offset=offset),
        limit=limit,
        offset=offset,
        of_release=release,
    )


@router.get("/{term}/rising-artists", response_model=Items[RisingArtist], tags=["trends"])
async def list_rising_artists(request: Request, term: Term, *, limit: Limit = 10) -> Response:
    """The artists described with a term more than usual lately, the most rising first."""
    answers = answering(request)
    answers.check_limit(limit)
    return await answers.answer(request, lambda catalog: {"items": catalog.rising_artists(term, limit=limit)})


def _known(catalog: Catalog, term: str) -> dict[str, object]:
    entries = catalog.term(term)
    return {
        "term": entries[0].term,
        "artists": max(each.artists for each in entries),
        "entries": entries,
    }
