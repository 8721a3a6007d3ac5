"""Similar artists: those stored, and beyond them, or where more is asked for, from the vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.answers import SimilarArtist
from linernotes.errors import BadQuestion
from linernotes.filters import EVERYONE, SimilarFilters, of_era, of_place, with_evidence
from linernotes.naming import Seed
from linernotes.release_cache import ReleaseCache
from linernotes.vectors import is_among
from store.described import artists_of, described_of
from store.lookup_records import ArtistEntry, ReleaseKey
from store.lookups import shared_terms, stored_neighbours

SHARED_TERMS = 10
"""Shared terms that are named with a similar artist."""


@dataclass(frozen=True, slots=True)
class SimilarQuestion:
    """Whom to look for: similar to the seeds, or as unlike them as can be (`unlike`), and what limits it.

    Seeds are left out, as are the artists of `exclude`; and of similar ones those that editors forbade to be
    neighbours of a seed.
    """

    seeds: Sequence[Seed]
    limit: int
    exclude: Sequence[ArtistEntry] = ()
    filters: SimilarFilters = EVERYONE
    unlike: bool = False


# Artists and products of vectors, the most wanted first.
_Near = list[tuple[ArtistEntry, float]]

# More than any release stores of one artist.
_ALL_STORED = 1_000_000


def similar(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, question: SimilarQuestion
) -> list[SimilarArtist]:
    """Return the artists that a question asks for, the most wanted first.

    Of similar ones only those with any similarity; of unlike ones the least product of the vectors is first.
    """
    among = allowed(connection, release, cache, question.filters)
    near = _near_stored(connection, release, question, among)
    if len(near) < question.limit:
        near += _near_vectors(connection, release, cache, question, known=near, among=among)
    shared = _shared(connection, release, cache, question, near)
    return [
        SimilarArtist(
            artist_id=entry.artist_id,
            artist=entry.artist,
            mbid=entry.mbid,
            similarity=min(1.0, max(0.0, product)),
            rank=rank,
            shared=shared.get(entry.artist_id, ()),
            product=product,
        )
        for rank, (entry, product) in enumerate(near, start=1)
    ]


def _shared(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, question: SimilarQuestion, near: _Near
) -> dict[int, tuple[str, ...]]:
    """The strongest terms that each artist shares with the seeds: from the files, or else by a query."""
    seeds = [seed.artist.artist_id for seed in question.seeds if seed.weight > 0]
    others = [entry.artist_id for entry, _ in near]
    files = cache.files(connection, release)
    if files is not None:
        return files.shared.between(seeds, others, SHARED_TERMS)
    found = shared_terms(connection, release.release_id, seeds, others)
    return {artist: tuple(term for term, _ in terms[:SHARED_TERMS]) for artist, terms in found.items()}


def allowed(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, filters: SimilarFilters
) -> NDArray[np.int64] | None:
    """Return the artists that pass the filters, ascending; None when nothing is asked of them.

    Raises BadQuestion when the release was made before what is asked for was kept.
    """
    if not filters:
        return None
    return cache.passing(release, filters, lambda: _passing(connection, release, cache, filters))


def _passing(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, filters: SimilarFilters
) -> NDArray[np.int64]:
    passing: list[NDArray[np.int64]] = []
    if filters.by_evidence:
        table = cache.summaries(connection, release)
        if not len(table.ids):
            raise BadQuestion(
                "The published release does not say how much is written about whom, by which to filter; make"
                " a new one with `linernotes mine`."
            )
        passing.append(with_evidence(table, filters))
    if filters.era is not None:
        registry = cache.registry(connection, release)
        passing.append(of_era(filters.era, cache.facet(connection, release, "era"), registry))
    if filters.place is not None:
        registry = cache.registry(connection, release)
        passing.append(of_place(filters.place, cache.facet(connection, release, "place"), registry))
    together = passing[0]
    for others in passing[1:]:
        together = np.intersect1d(together, others)
    return together


def _near_stored(
    connection: Connection, release: ReleaseKey, question: SimilarQuestion, among: NDArray[np.int64] | None
) -> _Near:
    """The stored neighbours of one artist: quick, and with what an editor set among them."""
    if len(question.seeds) > 1 or question.seeds[0].weight < 0 or question.unlike:
        return []
    restricted = among is not None or bool(question.exclude)
    seed = question.seeds[0].artist.artist_id
    depth = _ALL_STORED if restricted else question.limit
    stored = stored_neighbours(connection, release.release_id, seed, depth)
    out = {entry.artist_id for entry in question.exclude}
    if among is not None:
        numbers = np.array([each.artist_id for each in stored], dtype=np.int64)
        out.update(numbers[~is_among(numbers, among)].tolist())
    near = [
        (ArtistEntry(each.artist_id, each.artist, each.mbid), each.similarity)
        for each in stored
        if each.similarity > 0 and each.artist_id not in out
    ]
    return near[: question.limit]


def _near_vectors(
    connection: Connection,
    release: ReleaseKey,
    cache: ReleaseCache,
    question: SimilarQuestion,
    *,
    known: _Near,
    among: NDArray[np.int64] | None,
) -> _Near:
    seeds = {seed.artist.artist_id: seed.weight for seed in question.seeds}
    if not cache.has_vectors(release) and not described_of(connection, release.release_id, list(seeds)):
        return []  # before the vectors are read: nobody wrote enough about the seeds
    table = cache.vectors(connection, release)
    direction = table.direction(seeds)
    if direction is None:
        return []
    out = [*seeds, *(entry.artist_id for entry in (*question.exclude, *(entry for entry, _ in known)))]
    limit = question.limit - len(known)
    if question.unlike:
        least = table.ranked(-(table.matrix @ direction), limit, out=out, among=among)
        found = [(number, -product) for number, product in least]
    else:
        forbidden = cache.forbidden(connection, release)
        out += [other for one in seeds if seeds[one] > 0 for other in forbidden.get(one, ())]
        nearest = table.nearest(direction, limit, out=out, among=among)
        found = [pair for pair in nearest if pair[1] > 0]
    entries = artists_of(connection, [number for number, _ in found])
    return [(entries[number], product) for number, product in found if number in entries]
