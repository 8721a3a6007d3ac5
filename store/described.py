"""Who is described in a release, and how much text there is about whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import BigInteger, Connection, Select, and_, bindparam, func, select

from store.batches import batches
from store.lookup_records import ArtistEntry
from store.models import (
    ArtistRow,
    DocumentRow,
    MentionRow,
    ReleaseArtistRow,
    ReleaseDescriptorRow,
    ReleaseTermRow,
    ReleaseVectorRow,
)
from store.names import registry_key
from store.prepared import Prepared

HIGHEST_CHARACTER = chr(0x10FFFF)


def described_artists(
    connection: Connection,
    release_id: int,
    prefix: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ArtistEntry]:
    """Return the artists of a release by name, those whose name begins so when a prefix is given.

    Names are compared as the registry does it: "the beat" finds The Beatles and Beat Happening.
    """
    found = _entries(release_id).order_by(ArtistRow.key, ArtistRow.id).limit(limit).offset(offset)
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
    for start in range(0, len(artist_ids), _FEW):
        few = artist_ids[start : start + _FEW]
        for row in _of_numbers(len(few)).rows(
            connection, {f"a{place}": each for place, each in enumerate(few)}
        ):
            entries[row[0]] = ArtistEntry(*row)
    return entries


# Artists asked for at a time: a statement is compiled for each number of them up to this.
_FEW = 100


@lru_cache(maxsize=_FEW)
def _of_numbers(count: int) -> Prepared:
    numbers = [bindparam(f"a{place}", type_=BigInteger()) for place in range(count)]
    return Prepared(select(ArtistRow.id, ArtistRow.name, ArtistRow.mbid).where(ArtistRow.id.in_(numbers)))


_OF_KEY = Prepared(
    select(ArtistRow.id, ArtistRow.name, ArtistRow.mbid).where(ArtistRow.key == bindparam("key"))
)


def artists_of_key(connection: Connection, key: str) -> list[ArtistEntry]:
    """Return the artists whose names have this key; see `store.names.registry_key`."""
    return [ArtistEntry(*row) for row in _OF_KEY.rows(connection, {"key": key})]


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


@dataclass(frozen=True, slots=True)
class Written:
    """How much text an artist is a subject of: words and documents, copies counted again, and sources."""

    words: int
    documents: int
    sources: int


def written_about(connection: Connection, artist_id: int | None = None) -> dict[int, Written]:
    """How much was written about each artist, or about one.

    For all artists it reads every document. An artist that no text is about is left out.
    """
    subjects = select(MentionRow.document_id, MentionRow.artist_id).where(MentionRow.role == "subject")
    if artist_id is not None:
        subjects = subjects.where(MentionRow.artist_id == artist_id)
    about = subjects.distinct().subquery()
    original = func.coalesce(DocumentRow.duplicate_of, DocumentRow.id)
    amounts = (
        select(
            about.c.artist_id,
            func.sum(DocumentRow.words),
            func.count(),
            func.count(DocumentRow.source.distinct()),
        )
        .join(DocumentRow, original == about.c.document_id)
        .group_by(about.c.artist_id)
    )
    return {
        artist_id: Written(int(words), documents, sources)
        for artist_id, words, documents, sources in connection.execute(amounts)
    }


def familiarity_of_artists(connection: Connection, release_id: int) -> dict[int, float]:
    """How widely each artist of a release is written about, 0 to 1; empty for a release without that."""
    row = ReleaseArtistRow
    found = select(row.artist_id, row.familiarity).where(row.release_id == release_id)
    return dict(connection.execute(found).all())


def inferred_terms(
    connection: Connection, release_id: int, artist_ids: Sequence[int]
) -> dict[int, frozenset[str]]:
    """The terms of each artist that only texts about its neighbours use; artists without are left out."""
    row = ReleaseDescriptorRow
    of_release = and_(ReleaseTermRow.release_id == row.release_id, ReleaseTermRow.term_id == row.term_id)
    found: dict[int, set[str]] = {}
    for batch in batches(artist_ids):
        inferred = (
            select(row.artist_id, ReleaseTermRow.term)
            .join(ReleaseTermRow, of_release)
            .where(row.release_id == release_id, row.artist_id.in_(batch), row.inferred)
        )
        for artist_id, term in connection.execute(inferred):
            found.setdefault(artist_id, set()).add(term)
    return {artist_id: frozenset(terms) for artist_id, terms in found.items()}
