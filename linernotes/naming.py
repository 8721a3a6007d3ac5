"""Which artist a caller means."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import SupportsIndex, TypeAlias

from sqlalchemy import Connection

from linernotes.errors import ArtistNotFound, BadQuestion
from store.artists import find_artists, nearest_names
from store.described import artists_of_key, sentences_about
from store.lookup_records import ArtistEntry
from store.names import registry_key
from store.records import Artist

# A number may be NumPy's, as it stands in the ids of `Catalog.vectors`.
Wanted: TypeAlias = str | SupportsIndex


def resolve(connection: Connection, wanted: Wanted) -> ArtistEntry:
    """Return the artist that is meant: of several of one name, the one with the most text.

    Raises ArtistNotFound, with names that look alike, when there is none.
    """
    if isinstance(wanted, str) and not wanted.lstrip().startswith("#"):
        alike = artists_of_key(connection, registry_key(wanted))
        if len(alike) == 1:  # nearly always, at half the cost of asking for aliases as well
            return alike[0]
    found = find_artists(connection, wanted if isinstance(wanted, str) else operator.index(wanted))
    if not found:
        raise _not_found(connection, wanted)
    artist = found[0] if len(found) == 1 else _most_written_about(connection, found)
    assert artist.id is not None, "what comes from the registry has a number"
    return ArtistEntry(artist.id, artist.name, artist.mbid)


def resolve_all(connection: Connection, wanted: Wanted | Sequence[Wanted]) -> list[ArtistEntry]:
    """Return the artists that are meant, each once; BadQuestion for an empty sequence."""
    if isinstance(wanted, str) or not isinstance(wanted, Sequence):
        return [resolve(connection, wanted)]
    if not wanted:
        raise BadQuestion("Name at least one artist.")
    entries = [resolve(connection, each) for each in wanted]
    return list({entry.artist_id: entry for entry in entries}.values())


def _most_written_about(connection: Connection, found: Sequence[Artist]) -> Artist:
    amounts = sentences_about(connection, [artist.id for artist in found if artist.id is not None])
    return max(found, key=lambda artist: (amounts.get(artist.id or 0, 0), -(artist.id or 0)))


def _not_found(connection: Connection, wanted: Wanted) -> ArtistNotFound:
    if isinstance(wanted, str):
        return ArtistNotFound(wanted, nearest_names(connection, wanted))
    return ArtistNotFound(f"#{operator.index(wanted)}")
