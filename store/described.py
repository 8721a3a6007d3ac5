"""Who is described in a release, and how much text there is about whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Select, bindparam, func, select

from store.batches import batches
from store.lookup_records import ArtistEntry
from store.models import ArtistRow, DocumentRow, MentionRow, ReleaseVectorRow
from store.names import registry_key

HIGHEST_CHARACTER = chr(0x10FFFF)


def described_artists(
    connection: Connection, release_id: int, prefix: str | None = None, limit: int | None = None
) -> list[ArtistEntry]:
    """Return the artists of a release by name, those whose name begins so when a prefix is given.

    Names are compared as the registry does it: "the beat" finds The Beatles and Beat Happening.
    """
    found = _entries(release_id).order_by(ArtistRow.key, ArtistRow.id).limit(limit)
    if prefix is not None and (key := registry_key(prefix)):
        found = found.where(ArtistRow.key.between(key, key + HIGHEST_CHARACTER))
    return [ArtistEntry(*row) for row in connection.execute(found)]


def described_of(
    connection: Connection, release_id: int, artist_ids: Sequence[int]
) -> dict[int, ArtistEntry]:
    """Return those of the artists that the release has a vector of, by number."""
    entries: dict[int, ArtistEntry] = {}
    for batch in batches(artist_ids):
        for row in connection.execute(_entries(release_id).where(ReleaseVectorRow.artist_id.in_(batch))):
            entries[row[0]] = ArtistEntry(*row)
    return entries


def _entries(release_id: int) -> Select[int, str, str | None]:
    return (
        select(ArtistRow.id, ArtistRow.name, ArtistRow.mbid)
        .join(ReleaseVectorRow, ReleaseVectorRow.artist_id == ArtistRow.id)
        .where(ReleaseVectorRow.release_id == release_id)
    )


def artists_of(connection: Connection, artist_ids: Sequence[int]) -> dict[int, ArtistEntry]:
    """Return the artists of these numbers, whether a release describes them or not."""
    entries: dict[int, ArtistEntry] = {}
    for batch in batches(artist_ids):
        found = select(ArtistRow.id, ArtistRow.name, ArtistRow.mbid).where(ArtistRow.id.in_(batch))
        for row in connection.execute(found):
            entries[row[0]] = ArtistEntry(*row)
    return entries


_OF_KEY = select(ArtistRow.id, ArtistRow.name, ArtistRow.mbid).where(ArtistRow.key == bindparam("key"))


def artists_of_key(connection: Connection, key: str) -> list[ArtistEntry]:
    """Return the artists whose names have this key; see `store.names.registry_key`."""
    return [ArtistEntry(*row) for row in connection.execute(_OF_KEY, {"key": key})]


def sentences_about(connection: Connection, artist_ids: Sequence[int]) -> dict[int, int]:
    """Sentences of the passages about each of the artists; those without any are left out.

    Reads the mentions alone, so that it is quick enough to tell namesakes apart in a look-up.
    """
    sentences = func.sum(MentionRow.last_sentence - MentionRow.first_sentence + 1)
    amounts = (
        select(MentionRow.artist_id, sentences)
        .where(MentionRow.artist_id.in_(artist_ids))
        .group_by(MentionRow.artist_id)
    )
    return {artist_id: int(amount) for artist_id, amount in connection.execute(amounts)}


def subject_words(connection: Connection, artist_id: int | None = None) -> dict[int, int]:
    """Words of text of which each artist is a subject, or one of them; copies are counted again.

    For all artists it reads every document. An artist that no text is about is left out.
    """
    subjects = select(MentionRow.document_id, MentionRow.artist_id).where(MentionRow.role == "subject")
    if artist_id is not None:
        subjects = subjects.where(MentionRow.artist_id == artist_id)
    about = subjects.distinct().subquery()
    original = func.coalesce(DocumentRow.duplicate_of, DocumentRow.id)
    words = (
        select(about.c.artist_id, func.sum(DocumentRow.words))
        .join(DocumentRow, original == about.c.document_id)
        .group_by(about.c.artist_id)
    )
    return {artist_id: int(total) for artist_id, total in connection.execute(words)}
