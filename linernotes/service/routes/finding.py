"""/v1/suggest, /v1/search and /v1/interpretation: from what somebody types to artists; /v1/candidates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from linernotes.answers import FoundArtist
from linernotes.service.answering import answering
from linernotes.service.models import Items, Page, SearchAnswer
from linernotes.service.parameters import FARTHEST, Limit, Offset, OfRelease, Text
from store.lookup_records import Candidate
from store.suggestions import SuggestedArtist

router = APIRouter(prefix="/v1", tags=["finding"])


@router.get("/suggest", response_model=Items[SuggestedArtist])
async def suggest_artists(
    request: Request,
    q: Annotated[Text, Query(description="What was typed so far", examples=["slow"])],
    *,
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many")] = 10,
) -> Response:
    """Artists one of whose names begins so: that name itself first, then the most widely written about."""
    return await answering(request).answer(request, lambda catalog: {"items": catalog.suggest(q, limit)})


@router.get("/search", response_model=SearchAnswer[FoundArtist])
async def search_artists(
    request: Request,
    q: Annotated[Text, Query(description="A description", examples=["dreamy shoegaze -metal live^0.5"])],
    *,
    limit: Limit = 10,
) -> Response:
    """The artists that a description fits, best first, and how it was understood."""
    answers = answering(request)
    answers.check_limit(limit)
    return await answers.answer(
        request,
        lambda catalog: {
            "items": catalog.search(q, limit=limit),
            "interpretation": catalog.interpret(q),
        },
    )


@router.get("/candidates", response_model=Page[Candidate])
async def list_candidates(
    request: Request,
    *,
    min_sources: Annotated[
        int, Query(ge=1, le=FARTHEST, description="Named by so many independent sources")
    ] = 1,
    limit: Limit = 50,
    offset: Offset = 0,
    release: OfRelease = None,
) -> Response:
    """Names that writers treat as artists and the registry lacks, the surest first."""
    return await answering(request).page(
        request,
        lambda catalog, count: catalog.candidates(min_sources=min_sources, limit=offset + count)[offset:],
        limit=limit,
        offset=offset,
        of_release=release,
        quotes=True,
    )
