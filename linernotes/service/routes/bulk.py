"""/v1/bulk and /v1/vectors: for programs that want much at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import orjson
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from linernotes.catalog import Catalog
from linernotes.errors import BadQuestion
from linernotes.service.answering import Body, answering, check_release
from linernotes.service.arrow import STREAM, vectors_as_arrow
from linernotes.service.models import BulkAnswer, BulkQuestion, VectorPage
from linernotes.service.parameters import FARTHEST, OfRelease, wanted
from linernotes.vectors import rows_in
from store.lookup_records import ArtistEntry, ReleaseKey

router = APIRouter(prefix="/v1", tags=["bulk"])

MOST_VECTORS = 20_000
"""Rows of one answer: of 300 dimensions that are 24 MB of Arrow."""

_Vectors = tuple[NDArray[np.int64], NDArray[np.float32]]


@router.post("/bulk", response_model=BulkAnswer)
async def look_up_many(request: Request, question: BulkQuestion) -> Response:
    """Terms, similar artists, summaries and vectors of many artists at once."""
    answers = answering(request)
    most = answers.settings.max_bulk
    if len(question.artists) > most:
        raise BadQuestion(
            f"There are {len(question.artists)} artists; at most {most} may be asked for at once."
        )
    release, members = await answers.read(lambda catalog: _many(catalog, question))
    return answers.uncached(release, members)


@router.get(
    "/vectors",
    response_model=VectorPage,
    responses={200: {"content": {STREAM: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def list_vectors(
    request: Request,
    *,
    after: Annotated[int, Query(ge=0, le=FARTHEST, description="Only artists of higher numbers")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_VECTORS, description="At most so many")] = 100,
    form: Annotated[
        Literal["json", "arrow"], Query(alias="format", description="arrow: an Arrow IPC stream")
    ] = "json",
    release: OfRelease = None,
) -> Response:
    """Vectors by number of artist; the dot product of two, cut to 0 to 1, is their similarity."""

    def make(key: ReleaseKey, catalog: Catalog) -> Body:
        check_release(key, release)
        ids, matrix = catalog.vectors()
        begin = int(np.searchsorted(ids, after, side="right"))
        page = ids[begin : begin + limit], matrix[begin : begin + limit]
        more = begin + limit < len(ids)
        query = f"limit={limit}&format={form}&release={key.release_id}"
        place = f"{request.url.path}?after={page[0][-1]}&{query}" if more else None
        headers = {} if place is None else {"link": f'<{place}>; rel="next"'}
        if form == "arrow":
            return Body(vectors_as_arrow(*page), STREAM, headers)
        return Body(_as_json(key, page, place), headers=headers)

    return await answering(request).respond(request, make)


def _as_json(release: ReleaseKey, page: _Vectors, following: str | None) -> bytes:
    ids, matrix = page
    rows = [{"artist_id": number, "vector": row} for number, row in zip(ids.tolist(), matrix, strict=True)]
    answer = {
        "release": release.release_id,
        "dimensions": matrix.shape[1],
        "items": rows,
        "next": following,
    }
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def _many(catalog: Catalog, question: BulkQuestion) -> Mapping[str, object]:
    found = catalog.find([wanted(each) for each in question.artists])
    both = list(zip(question.artists, found, strict=True))
    numbers = [entry.artist_id for _, entry in both if entry is not None]
    vectors = _vectors_of(catalog, numbers) if "vector" in question.include else {}
    return {
        "items": [
            {"wanted": asked, "artist": entry, **_parts(catalog, entry, question, vectors)}
            for asked, entry in both
            if entry is not None
        ],
        "not_found": [asked for asked, entry in both if entry is None],
    }


def _parts(
    catalog: Catalog, entry: ArtistEntry, question: BulkQuestion, vectors: Mapping[int, object]
) -> Mapping[str, object]:
    parts: dict[str, object] = {}
    if "summary" in question.include:
        parts["summary"] = catalog.summary(entry)
    if "terms" in question.include:
        parts["terms"] = catalog.terms(entry, limit=question.limit)
    if "similar" in question.include:
        parts["similar"] = catalog.similar(entry, limit=question.limit)
    if "vector" in question.include:
        parts["vector"] = vectors.get(entry.artist_id)
    return parts


def _vectors_of(catalog: Catalog, numbers: list[int]) -> dict[int, NDArray[np.float32]]:
    ids, matrix = catalog.vectors()
    rows, known = rows_in(ids, numbers)
    return {int(ids[row]): matrix[row] for row in rows[known].tolist()}
