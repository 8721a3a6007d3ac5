"""Artists whose name begins as somebody has typed so far."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select, union

from store.artists import HIGHEST_CHARACTER
from store.models import ArtistAliasRow, ArtistRow, ReleaseArtistRow, ReleaseVectorRow
from store.names import registry_key

MOST_NAMES = 5_000
"""Names that are looked at: of 100,000 made-up names one letter fits about as many, in 12 ms."""


@dataclass(frozen=True, slots=True)
class SuggestedArtist:
    """An artist that may be meant. `disambiguation` tells artists of one name apart; `familiarity` is 0 to 1.

    `familiarity` is None when too little is written about the artist.
    """

    artist_id: int
    artist: str
    disambiguation: str | None
    familiarity: float | None


def suggest(connection: Connection, release_id: int, prefix: str, limit: int) -> list[SuggestedArtist]:
    """Return artists one of whose names begins with `prefix`, most familiar first; nobody for an empty one.

    A name that is the prefix itself comes first; artists that the release does not describe come last.
    """
    key = registry_key(prefix)
    if not key:
        return []
    name, alias = ArtistRow, ArtistAliasRow
    ends = key + HIGHEST_CHARACTER
    named = select(name.id.label("id")).where(name.key.between(key, ends)).limit(MOST_NAMES)
    called = select(alias.artist_id.label("id")).where(alias.key.between(key, ends)).limit(MOST_NAMES)
    begins = union(select(named.subquery().c.id), select(called.subquery().c.id)).subquery()
    of_release = and_(ReleaseArtistRow.release_id == release_id, ReleaseArtistRow.artist_id == name.id)
    described = and_(ReleaseVectorRow.release_id == release_id, ReleaseVectorRow.artist_id == name.id)
    found = (
        select(name.id, name.name, name.disambiguation, ReleaseArtistRow.familiarity)
        .join(begins, begins.c.id == name.id)
        .outerjoin(ReleaseArtistRow, of_release)
        .outerjoin(ReleaseVectorRow, described)
        .order_by(
            (name.key != key),
            ReleaseVectorRow.artist_id.is_(None),
            func.coalesce(ReleaseArtistRow.familiarity, -1.0).desc(),
            name.key,
            name.id,
        )
        .limit(limit)
    )
    return [SuggestedArtist(*row) for row in connection.execute(found)]
