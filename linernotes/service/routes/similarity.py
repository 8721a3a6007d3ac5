"""Similar and dissimilar artists of one or several, why two are similar, and two side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from linernotes.answers import Explanation, SimilarArtist
from linernotes.catalog import Catalog
from linernotes.errors import BadQuestion
from linernotes.naming import Wanted
from linernotes.service.answering import answering
from linernotes.service.models import ComparisonAnswer, ExplanationAnswer, SimilarAnswer
from linernotes.service.parameters import (
    Filters,
    Reference,
    SeededFilters,
    Text,
    all_wanted,
    wanted,
    weighted,
)
from linernotes.service.quick import QuickRoute
from store.lookup_records import ArtistEntry

router = APIRouter(prefix="/v1", tags=["similarity"])
quick = APIRouter(prefix="/v1", tags=["similarity"], route_class=QuickRoute)

MOST_EXPLAINED = 50
"""Pairs of artist and seed that one request may ask reasons for: each is a look-up of its own."""

MOST_STORED = 50
"""Neighbours that a release stores of an artist unless told otherwise; more would have to be computed."""

REASONS = 5
"""Terms of each kind that are told of a pair: the strongest say it; the whole is at /v1/explanation."""

_COMPARED_TERMS = 50
_One = Annotated[Text, Query(description="Number, MBID or name of an artist", examples=["Slowdive"])]
_Other = Annotated[Text, Query(description="Number, MBID or name of an artist", examples=["Ride"])]


@quick.get("/artists/{artist}/similar", response_model=SimilarAnswer)
async def list_similar_of_artist(
    request: Request, artist: Reference, filters: Annotated[Filters, Query()]
) -> Response:
    """The artists most similar to one."""
    return await _similar(request, [(wanted(artist), 1.0)], filters)


@quick.get("/artists/{artist}/dissimilar", response_model=SimilarAnswer)
async def list_dissimilar_of_artist(
    request: Request, artist: Reference, filters: Annotated[Filters, Query()]
) -> Response:
    """The artists least similar to one, the least `product` first."""
    return await _similar(request, [(wanted(artist), 1.0)], filters, unlike=True)


@quick.get("/similar", response_model=SimilarAnswer)
async def list_similar(request: Request, question: Annotated[SeededFilters, Query()]) -> Response:
    """The artists most similar to several together; away from those with a weight below 0."""
    seeds = weighted(question.seed, answering(request).settings.max_seeds)
    return await _similar(request, seeds, question)


@quick.get("/dissimilar", response_model=SimilarAnswer)
async def list_dissimilar(request: Request, question: Annotated[SeededFilters, Query()]) -> Response:
    """The artists least similar to several together, the least `product` first."""
    seeds = weighted(question.seed, answering(request).settings.max_seeds)
    return await _similar(request, seeds, question, unlike=True)


@router.get("/explanation", response_model=ExplanationAnswer)
async def get_explanation(request: Request, a: _One, b: _Other) -> Response:
    """Why two artists are similar: parts that add up to the similarity, and sentences that say so."""
    return await answering(request).answer(
        request, lambda catalog: {"explanation": catalog.explain(wanted(a), wanted(b))}, quotes=True
    )


@router.get("/comparison", response_model=ComparisonAnswer)
async def get_comparison(request: Request, a: _One, b: _Other) -> Response:
    """Two artists side by side: what describes both, and what only one of them."""
    return await answering(request).answer(request, lambda catalog: _compared(catalog, wanted(a), wanted(b)))


async def _similar(
    request: Request, seeds: Sequence[tuple[Wanted, float]], filters: Filters, *, unlike: bool = False
) -> Response:
    answers = answering(request)
    answers.check_limit(filters.limit)
    exclude = all_wanted(filters.exclude, answers.settings.max_seeds)
    if filters.explain and filters.limit * len(seeds) > MOST_EXPLAINED:
        raise BadQuestion(f"With explain, limit times the number of seeds may be at most {MOST_EXPLAINED}.")
    arguments = filters.arguments()

    def look_up(catalog: Catalog) -> Mapping[str, object]:
        entries = [catalog.artist(seed) for seed, _ in seeds]
        weights = [weight for _, weight in seeds]
        ask = catalog.dissimilar if unlike else catalog.similar
        pairs = list(zip(entries, weights, strict=True))
        found = ask(pairs, limit=filters.limit, exclude=exclude, **arguments)
        notes = [] if found else _notes(catalog, entries)
        items: Sequence[object] = _explained(catalog, entries, found) if filters.explain else found
        return {"seeds": entries, "items": items, "notes": notes}

    quick = not unlike and _is_quick(seeds, filters)
    return await answers.answer(request, look_up, quotes=filters.explain, quick=quick)


def _is_quick(seeds: Sequence[tuple[Wanted, float]], filters: Filters) -> bool:
    """Whether the stored neighbours of one artist are asked for, by its number: nothing to compute."""
    return (
        len(seeds) == 1
        and isinstance(seeds[0][0], int)
        and filters.limit <= MOST_STORED
        and filters.model_fields_set <= {"limit", "seed"}
    )


def _notes(catalog: Catalog, seeds: Sequence[ArtistEntry]) -> list[str]:
    reasons = [reason for seed in seeds if (reason := catalog.why_empty(seed)) is not None]
    return [str(reason) for reason in reasons] or ["Nobody similar passes the filters."]


def _explained(
    catalog: Catalog, seeds: Sequence[ArtistEntry], found: Sequence[SimilarArtist]
) -> list[Mapping[str, Any]]:
    return [
        {
            "artist_id": near.artist_id,
            "artist": near.artist,
            "mbid": near.mbid,
            "similarity": near.similarity,
            "rank": near.rank,
            "shared": near.shared,
            "product": near.product,
            "reasons": [_reason(catalog.explain(seed, near.artist_id)) for seed in seeds],
        }
        for near in found
    ]


def _reason(explanation: Explanation) -> Mapping[str, object]:
    return {
        "seed": explanation.a,
        "similarity": explanation.similarity,
        "shared": explanation.shared[:REASONS],
        "related": explanation.related[:REASONS],
        "comparisons": explanation.comparisons[:REASONS],
    }


def _compared(catalog: Catalog, a: Wanted, b: Wanted) -> Mapping[str, object]:
    explanation = catalog.explain(a, b)
    both = (explanation.a, explanation.b)
    terms = [catalog.terms(entry, limit=_COMPARED_TERMS) for entry in both]
    shared = sorted(explanation.shared, key=lambda each: (-each.weight_a * each.weight_b, each.term))
    names = list(dict.fromkeys(each.term for each in shared))
    sides = [
        {
            "artist": entry,
            "summary": catalog.summary(entry),
            "terms": own,
            "own_terms": [each.term for each in own if each.term not in set(names)],
        }
        for entry, own in zip(both, terms, strict=True)
    ]
    return {
        "a": sides[0],
        "b": sides[1],
        "shared_terms": names,
        "similarity": explanation.similarity,
        "rank": explanation.rank,
    }
