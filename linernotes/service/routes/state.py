"""The published release, the state of crawl and mining, health, and metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from linernotes.errors import NoRelease
from linernotes.metrics import reason_class
from linernotes.service.answering import JSON, Answering, answering, dumped
from linernotes.service.models import Health, ReleaseAnswer, StateAnswer
from linernotes.service.problems import Problem
from linernotes.status import status_rows
from store.errors import DatabaseUnusable, LinernotesError

router = APIRouter()

STATE_SECONDS = 60.0
"""How long counts are shown: counting goes over whole tables, seconds of millions of pages."""

READY_SECONDS = 5.0
"""How long the database may take to say which release is published before the service counts as not ready."""

# Rows of the state that name processes, or that quote what went wrong (with paths and addresses).
_PRIVATE_AREAS = frozenset({"jobs"})
_PRIVATE_MEASURES = frozenset({("domains", "leased")})


@router.get("/v1/releases/current", response_model=ReleaseAnswer, tags=["release"])
async def get_release(request: Request) -> Response:
    """The published release: when and how it was made, and how much is in it."""
    return await answering(request).answer(request, lambda catalog: {"info": catalog.release()})


@router.get("/v1/state", response_model=StateAnswer, tags=["release"])
async def get_state(request: Request) -> Response:
    """Where the crawl and the mining stand: counts, at most a minute old, without hosts and processes."""
    answers = answering(request)
    rows = await state_rows(answers)
    return Response(dumped({"items": rows}), media_type=JSON, headers={"cache-control": "no-store"})


@router.get("/health/live", response_model=Health, tags=["operation"])
async def get_liveness() -> Response:
    """Whether the process answers at all."""
    return Response(dumped({"status": "alive"}), media_type=JSON, headers={"cache-control": "no-store"})


@router.get("/health/ready", response_model=Health, tags=["operation"])
async def get_readiness(request: Request) -> Response:
    """Whether look-ups can be answered: the database is there, and a release is published."""
    answers = answering(request)
    try:
        async with asyncio.timeout(READY_SECONDS):
            release, _ = await answers.read(lambda _: None)
    except TimeoutError as error:
        raise Problem(503, "database-unusable", "The database takes too long to answer.") from error
    except NoRelease:
        raise
    except LinernotesError as error:
        raise Problem(503, "database-unusable", "The database cannot be read at the moment.") from error
    content = dumped({"status": "ready", "release": release.release_id})
    return Response(content, media_type=JSON, headers={"cache-control": "no-store"})


@router.get("/health", response_model=Health, tags=["operation"])
async def get_health(request: Request) -> Response:
    """The same as /health/ready."""
    return await get_readiness(request)


@router.get(
    "/metrics",
    tags=["operation"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics(request: Request) -> Response:
    """Requests, times, releases and memory, in the text format of Prometheus."""
    content = answering(request).observed.exposition()
    return Response(content, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})


async def state_rows(answers: Answering) -> Sequence[Mapping[str, object]]:
    """Return the counts of `linernotes status` without what is nobody else's business; kept for a while."""
    kept = answers.kept_state
    if kept is None or time.monotonic() - kept[0] > STATE_SECONDS:
        kept = answers.kept_state = time.monotonic(), await answers.run(lambda: _counted(answers))
    return kept[1]


def _counted(answers: Answering) -> list[Mapping[str, object]]:
    try:
        rows = status_rows(answers.catalog.engine)
    except SQLAlchemyError as error:
        raise DatabaseUnusable("The database cannot be read.") from error
    return [_public(row) for row in rows if (row["area"], row["measure"]) not in _PRIVATE_MEASURES]


def _public(row: Mapping[str, object]) -> Mapping[str, object]:
    reason = row["reason"]
    hidden = reason is None or row["area"] in _PRIVATE_AREAS
    return {**row, "reason": None if hidden else reason_class(str(reason))}
