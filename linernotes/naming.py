"""Which artist a caller means."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import SupportsIndex, TypeAlias

from sqlalchemy import Connection

from linernotes.errors import ArtistNotFound, BadQuestion
from store.artists import find_artists, nearest_names
from store.described import artists_of, artists_of_key, sentences_about
from store.lookup_records import ArtistEntry
from store.names import registry_key
from store.records import Artist

# A number may be NumPy's, as it stands in the ids of `Catalog.vectors`; an entry is who was found before.
Wanted: TypeAlias = str | SupportsIndex | ArtistEntry
# One artist, several that count alike, or each with its weight: {"Slowdive": 2, "Burial": -1}.
Seeds: TypeAlias = Wanted | Sequence[Wanted | tuple[Wanted, float]] | Mapping[Wanted, float]


@dataclass(frozen=True, slots=True)
class Seed:
    """An artist that others are to be similar to; away from it when the weight is below 0."""

    artist: ArtistEntry
    weight: float = 1.0


def resolve(connection: Connection, wanted: Wanted) -> ArtistEntry:
    """Return the artist that is meant: of several of one name, the one with the most text.

    Raises ArtistNotFound, with names that look alike, when there is none.
    """
    found = known_artist(connection, wanted)
    if found is None:
        raise _not_found(connection, wanted)
    return found


def known_artist(connection: Connection, wanted: Wanted) -> ArtistEntry | None:
    """Return the artist that is meant, or None; quick also when there is none."""
    if isinstance(wanted, ArtistEntry):
        return wanted
    if not isinstance(wanted, str):
        number = operator.index(wanted)
        return artists_of(connection, [number]).get(number)
    if not wanted.lstrip().startswith("#"):
        alike = artists_of_key(connection, registry_key(wanted))
        if len(alike) == 1:  # nearly always, at half the cost of asking for aliases as well
            return alike[0]
    found = find_artists(connection, wanted)
    if not found:
        return None
    artist = found[0] if len(found) == 1 else _most_written_about(connection, found)
    assert artist.id is not None, "what comes from the registry has a number"
    return ArtistEntry(artist.id, artist.name, artist.mbid)


def resolve_seeds(connection: Connection, wanted: Seeds) -> list[Seed]:
    """Return the artists that are meant, each once, with its weight: the last one given for it.

    Raises BadQuestion for an empty sequence, and for a weight that is 0 or no finite number.
    """
    seeds = [Seed(resolve(connection, name), _weight(name, weight)) for name, weight in _weighted(wanted)]
    if not seeds:
        raise BadQuestion("Name at least one artist.")
    return list({seed.artist.artist_id: seed for seed in seeds}.values())


def resolve_all(connection: Connection, wanted: Wanted | Sequence[Wanted]) -> list[ArtistEntry]:
    """Return the artists that are meant, each once, in the order given."""
    names = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted
    entries = [resolve(connection, each) for each in names]
    return list({entry.artist_id: entry for entry in entries}.values())


def _weighted(wanted: Seeds) -> list[tuple[Wanted, float]]:
    if isinstance(wanted, Mapping):
        return list(wanted.items())
    if isinstance(wanted, str) or not isinstance(wanted, Sequence):
        return [(wanted, 1.0)]
    return [each if isinstance(each, tuple) else (each, 1.0) for each in wanted]


def _weight(name: Wanted, weight: float) -> float:
    if not math.isfinite(weight) or not weight:
        raise BadQuestion(f"The weight of {name} is {weight}; it must be a number other than 0.")
    return float(weight)


def _most_written_about(connection: Connection, found: Sequence[Artist]) -> Artist:
    amounts = sentences_about(connection, [artist.id for artist in found if artist.id is not None])
    return max(found, key=lambda artist: (amounts.get(artist.id or 0, 0), -(artist.id or 0)))


def _not_found(connection: Connection, wanted: Wanted) -> ArtistNotFound:
    assert not isinstance(wanted, ArtistEntry), "it is known"
    if isinstance(wanted, str):
        return ArtistNotFound(wanted, nearest_names(connection, wanted))
    return ArtistNotFound(f"#{operator.index(wanted)}")
