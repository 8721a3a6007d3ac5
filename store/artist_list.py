"""The registry page by page, and the labels that name nobody in it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from store.mining import artists_by_key
from store.models import ArtistAliasRow, ArtistRow, DocumentRow
from store.names import name_key
from store.records import Artist

# Labels that say that there is no one artist; the first two are MusicBrainz's special-purpose artists.
_NOBODY = frozenset(
    name_key(name)
    for name in ("Various Artists", "Unknown Artist", "Various", "Unknown", "V.A.", "n/a", "None")
)


def list_artists(connection: Connection, *, limit: int, offset: int = 0) -> list[Artist]:
    """Return a page of the registry, ordered by name."""
    columns = (
        ArtistRow.id,
        ArtistRow.name,
        ArtistRow.mbid,
        ArtistRow.disambiguation,
        ArtistRow.country,
        ArtistRow.begin,
        ArtistRow.end,
    )
    page = select(*columns).order_by(func.lower(ArtistRow.name), ArtistRow.id).limit(limit).offset(offset)
    rows = connection.execute(page).all()
    query = select(ArtistAliasRow.artist_id, ArtistAliasRow.alias).order_by(ArtistAliasRow.id)
    aliases: dict[int, list[str]] = {}
    for artist_id, alias in connection.execute(
        query.where(ArtistAliasRow.artist_id.in_([r.id for r in rows]))
    ):
        aliases.setdefault(artist_id, []).append(alias)
    return [Artist(**row._asdict(), aliases=tuple(aliases.get(row.id, ()))) for row in rows]


def unregistered_labels(connection: Connection) -> list[str]:
    """Return the artist labels of documents that name nobody in the registry, one spelling of each name.

    Labels that mean no one artist ("Various Artists") are left out.
    """
    labels = connection.scalars(select(DocumentRow.label).where(DocumentRow.label.is_not(None)).distinct())
    spellings: dict[str, str] = {}
    for label in sorted(label for label in labels if label):
        spellings.setdefault(name_key(label), label)
    wanted = {key: label for key, label in spellings.items() if key and key not in _NOBODY}
    known = artists_by_key(connection, set(wanted))
    return [label for key, label in wanted.items() if key not in known]
