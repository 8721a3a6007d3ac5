"""/v1/suggest and /v1/search: from what somebody types to artists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from linernotes.service.answering import answering

router = APIRouter(prefix="/v1", tags=["finding"])


@router.get("/suggest")
async def suggest(request: Request, q: str, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    """Artists one of whose names begins so, the most widely written about first."""
    return await answering(request).answer(request, lambda catalog: {"items": catalog.suggest(q, limit)})
