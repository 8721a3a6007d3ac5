"""/v1/artists: who there is, and what is known of each."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from linernotes.service.answering import answering

router = APIRouter(prefix="/v1/artists", tags=["artists"])


@router.get("/{artist}")
async def artist(request: Request, artist: str) -> Response:
    """What the registry says of an artist."""
    return await answering(request).answer(request, lambda catalog: {"artist": catalog.registered(artist)})
