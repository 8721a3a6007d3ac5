"""The artists that an evaluation speaks of: by name, with how much is written about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from store.described import artists_of, familiarity_of_artists, written_about
from store.names import name_key


@dataclass(frozen=True, slots=True)
class KnownArtist:
    """An artist by number; the words about all who share its name; and its familiarity.

    `familiarity` orders artists by how widely they are written about; what it counts depends on the release.
    """

    artist_id: int
    words: int
    familiarity: tuple[float, ...]


def known_artists(connection: Connection, release_id: int) -> dict[str, KnownArtist]:
    """Everybody whom a text is about, by the key of the name, in order of it.

    Of several artists of one name, which ground truth cannot tell apart, the one with the most text stands
    for all, and their words count together. Where a release says nothing of familiarity, sources count, and
    between artists with as many the documents.
    """
    written = written_about(connection)
    names = artists_of(connection, sorted(written))
    familiarity = familiarity_of_artists(connection, release_id)
    totals: dict[str, int] = {}
    chosen: dict[str, int] = {}
    for artist_id in sorted(written, key=lambda each: (-written[each].words, each)):
        key = name_key(names[artist_id].artist)
        if key:
            totals[key] = totals.get(key, 0) + written[artist_id].words
            chosen.setdefault(key, artist_id)
    found = {}
    for key in sorted(chosen):
        amounts = written[chosen[key]]
        stated = (familiarity.get(chosen[key], 0.0),) if familiarity else ()
        order = (*stated, float(amounts.sources), float(amounts.documents), float(amounts.words))
        found[key] = KnownArtist(chosen[key], totals[key], order)
    return found


def with_words(artists: Mapping[str, KnownArtist], least: int) -> dict[str, KnownArtist]:
    """Those of whom there are at least so many words."""
    return {key: artist for key, artist in artists.items() if artist.words >= least}
