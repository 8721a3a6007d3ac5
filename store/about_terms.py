"""What a page about a term shows: whom it describes, and what else describes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from store.batches import batches
from store.models import ArtistRow, ReleaseDescriptorRow, ReleaseTermRow
from store.term_index import KnownTerm

COMPANY_ARTISTS = 100
"""Artists, those most described with a term first, whose other descriptors are its company.

Looked at for ten terms of a release with 12,006 artists: 50 and 200 give six to ten of the same first ten.
100 take 12 ms on SQLite, 300 take 30.
"""


@dataclass(frozen=True, slots=True)
class DescribedArtist:
    """An artist described with a term, how strongly, and from how many sources; see `Descriptor`."""

    artist_id: int
    artist: str
    disambiguation: str | None
    weight: float
    sources: int
    inferred: bool


@dataclass(frozen=True, slots=True)
class CompanyTerm:
    """A term that describes the same artists as another; `artists` are those of them, as far as looked at."""

    term: str
    facet: str
    artists: int
    strength: float


_USE = ReleaseDescriptorRow
_STRONGEST = (
    select(ArtistRow.id, ArtistRow.name, ArtistRow.disambiguation, _USE.weight, _USE.sources, _USE.inferred)
    .join(ArtistRow, ArtistRow.id == _USE.artist_id)
    .where(_USE.release_id == bindparam("release"), _USE.term_id.in_(bindparam("terms", expanding=True)))
    .order_by(_USE.weight.desc(), _USE.artist_id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)


# Artists by number, and a sum in place of the column to group by: else SQLite goes through all descriptors
# in the order of terms (3 s in place of 20 ms).
_TERM_ID = _USE.term_id + 0
_COMPANY = (
    select(_TERM_ID, func.count().label("artists"), func.sum(_USE.weight).label("weight"))
    .where(
        _USE.release_id == bindparam("release"),
        _USE.artist_id.in_(bindparam("artists", expanding=True)),
        _USE.term_id.not_in(bindparam("terms", expanding=True)),
        _USE.inferred.is_(False),
    )
    .group_by(_TERM_ID)
    .having(func.count() > 1)
)


def strongest_artists(
    connection: Connection, release_id: int, term_ids: Sequence[int], limit: int, offset: int = 0
) -> list[DescribedArtist]:
    """Return the artists described with a term (given by its numbers), the most strongly described first."""
    asked = {"release": release_id, "terms": list(term_ids), "limit": limit, "offset": offset}
    return [DescribedArtist(*row) for row in connection.execute(_STRONGEST, asked)]


def company(
    connection: Connection, release_id: int, term_ids: Sequence[int], everybody: int, limit: int
) -> list[CompanyTerm]:
    """Return the terms that describe the same artists, those most peculiar to them first.

    The strength is the weights, summed over the artists most described with the term, times the logarithm of
    how much more often than among `everybody` (the artists of the release) it stands with them; without that
    "rock" and "album" would always lead. Inferred descriptors do not count.
    """
    same = [each.artist_id for each in strongest_artists(connection, release_id, term_ids, COMPANY_ARTISTS)]
    asked = {"release": release_id, "artists": same, "terms": list(term_ids)}
    others = {number: (artists, weight) for number, artists, weight in connection.execute(_COMPANY, asked)}
    row = ReleaseTermRow
    named = select(row.term_id, row.term, row.facet, row.artists)
    found: list[CompanyTerm] = []
    for batch in batches(sorted(others)):
        for number, term, facet, of_all in connection.execute(
            named.where(row.release_id == release_id, row.term_id.in_(batch))
        ):
            artists, weight = others[number]
            lift = math.log(artists / len(same) * everybody / of_all)
            if lift > 0:
                found.append(CompanyTerm(term, facet, artists, weight * lift))
    return sorted(found, key=lambda each: (-each.strength, each.term))[:limit]


def popular_terms(connection: Connection, release_id: int, facet: str, limit: int) -> list[KnownTerm]:
    """Return the terms of a facet that describe the most artists."""
    row = ReleaseTermRow
    found = (
        select(row.term_id, row.term, row.facet, row.artists)
        .where(row.release_id == release_id, row.facet == facet)
        .order_by(row.artists.desc(), row.term)
        .limit(limit)
    )
    return [KnownTerm(*each) for each in connection.execute(found)]
