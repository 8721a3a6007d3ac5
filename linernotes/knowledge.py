"""How much is known of an artist, and why nobody is similar to it when nobody is."""

from __future__ import annotations

from sqlalchemy import Connection

from linernotes.answers import NotEnoughText
from store.described import described_of, written_about
from store.filters import summary_of
from store.lookup_records import ArtistEntry, ReleaseKey
from store.releases import release_parameters

# What `mine` asks for unless told otherwise, for a release that does not say.
_USUALLY_NEEDED = 100


def not_enough_text(connection: Connection, release: ReleaseKey, artist: ArtistEntry) -> NotEnoughText | None:
    """Return why a release knows no artist similar to this one; None when it has a vector of it."""
    if described_of(connection, release.release_id, [artist.artist_id]):
        return None
    summary = summary_of(connection, release.release_id, artist.artist_id)
    known = summary or written_about(connection, artist.artist_id).get(artist.artist_id)
    needed = release_parameters(connection, release.release_id).get("min_words", _USUALLY_NEEDED)
    return NotEnoughText(artist.artist, known.words if known else 0, int(needed))
