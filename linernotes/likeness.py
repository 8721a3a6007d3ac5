"""Similar artists: those stored, and beyond them from the vectors."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from linernotes.answers import SimilarArtist
from linernotes.release_cache import ReleaseCache
from store.described import described_of
from store.lookup_records import ArtistEntry, ReleaseKey
from store.lookups import shared_terms, stored_neighbours
from store.overrides import forbidden_pairs

SHARED_TERMS = 10
"""Shared terms that are named with a similar artist."""

_Near = tuple[ArtistEntry, float]


def similar(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, seeds: Sequence[ArtistEntry], limit: int
) -> list[SimilarArtist]:
    """Return up to `limit` artists similar to the seeds together, the most similar first."""
    numbers = [seed.artist_id for seed in seeds]
    near = _near_one(connection, release, cache, numbers[0], limit) if len(numbers) == 1 else []
    if len(numbers) > 1:
        near = _near_vectors(connection, release, cache, numbers, limit=limit)
    shared = shared_terms(connection, release.release_id, numbers, [entry.artist_id for entry, _ in near])
    return [
        SimilarArtist(
            artist_id=entry.artist_id,
            artist=entry.artist,
            mbid=entry.mbid,
            similarity=similarity,
            rank=rank,
            shared=tuple(term for term, _ in shared.get(entry.artist_id, ())[:SHARED_TERMS]),
        )
        for rank, (entry, similarity) in enumerate(near, start=1)
    ]


def _near_one(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, number: int, limit: int
) -> list[_Near]:
    """The stored neighbours, and when more are wanted, those that follow by their vectors."""
    stored = stored_neighbours(connection, release.release_id, number, limit)
    near = [(ArtistEntry(each.artist_id, each.artist, each.mbid), each.similarity) for each in stored]
    near = [(entry, similarity) for entry, similarity in near if similarity > 0]
    if len(stored) == limit or (not stored and not described_of(connection, release.release_id, [number])):
        return near
    known = [each.artist_id for each in stored]
    return near + _near_vectors(
        connection, release, cache, [number], exclude=known, limit=limit - len(stored)
    )


def _near_vectors(
    connection: Connection,
    release: ReleaseKey,
    cache: ReleaseCache,
    seeds: Sequence[int],
    *,
    exclude: Sequence[int] = (),
    limit: int,
) -> list[_Near]:
    forbidden = [other for one, other in forbidden_pairs(connection, release.release_id) if one in seeds]
    found = cache.vectors(connection, release).nearest(seeds, limit, [*exclude, *sorted(forbidden)])
    similarities = {number: similarity for number, similarity in found if similarity > 0}
    entries = described_of(connection, release.release_id, list(similarities))
    return [(entries[number], similarities[number]) for number in similarities if number in entries]
