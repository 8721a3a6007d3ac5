"""Taking an artist out of the registry and out of every release."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, or_, select, tuple_, update
from sqlalchemy.orm import DeclarativeBase, aliased

from store.models import (
    ArtistAliasRow,
    ArtistRow,
    MentionRow,
    ReleaseActivityRow,
    ReleaseDescriptorRow,
    ReleaseEvidenceRow,
    ReleaseNeighbourRow,
    ReleaseRow,
    ReleaseTermRow,
    ReleaseVectorRow,
)


@dataclass(frozen=True, slots=True)
class ForgottenArtist:
    """What forgetting an artist removed, in rows over all releases; `artists` is 0 when there was none.

    `terms` are those that described nobody else. `neighbours` counts the artist's own and where it was
    another's. `remine` says that other artists' weights and vectors still were computed beside its texts.
    """

    artists: int = 0
    aliases: int = 0
    mentions: int = 0
    descriptors: int = 0
    terms: int = 0
    evidence: int = 0
    vectors: int = 0
    neighbours: int = 0
    activity: int = 0

    @property
    def remine(self) -> bool:
        """Whether a release was made with the artist."""
        return self.descriptors + self.vectors > 0


def forget_artist(connection: Connection, artist_id: int) -> ForgottenArtist:
    """Remove an artist with everything that is said of it, from the registry and from every release.

    Texts that name it stay, as texts about others; the next `linernotes mine` no longer reads it in them.
    Other artists' neighbours move up where it stood. Importing a registry that has it brings it back.
    """
    terms = _remove_terms(connection, artist_id)
    return ForgottenArtist(
        terms=terms,
        evidence=_delete(connection, ReleaseEvidenceRow, ReleaseEvidenceRow.artist_id == artist_id),
        descriptors=_delete(connection, ReleaseDescriptorRow, ReleaseDescriptorRow.artist_id == artist_id),
        neighbours=_remove_neighbours(connection, artist_id),
        vectors=_remove_vectors(connection, artist_id),
        activity=_delete(connection, ReleaseActivityRow, ReleaseActivityRow.artist_id == artist_id),
        mentions=_delete(connection, MentionRow, MentionRow.artist_id == artist_id),
        aliases=_delete(connection, ArtistAliasRow, ArtistAliasRow.artist_id == artist_id),
        artists=_delete(connection, ArtistRow, ArtistRow.id == artist_id),
    )


def _delete(connection: Connection, row: type[DeclarativeBase], condition: ColumnElement[bool]) -> int:
    return connection.execute(delete(row).where(condition)).rowcount


def _remove_terms(connection: Connection, artist_id: int) -> int:
    """Count the artist out of its terms, and remove those that describe nobody else."""
    own = aliased(ReleaseDescriptorRow)
    terms = select(own.release_id, own.term_id).where(own.artist_id == artist_id)
    described = tuple_(ReleaseTermRow.release_id, ReleaseTermRow.term_id).in_(terms)
    connection.execute(update(ReleaseTermRow).where(described).values(artists=ReleaseTermRow.artists - 1))
    orphans = described & (ReleaseTermRow.artists < 1)
    for release_id in connection.scalars(select(ReleaseTermRow.release_id).where(orphans)).all():
        fewer = update(ReleaseRow).where(ReleaseRow.id == release_id).values(terms=ReleaseRow.terms - 1)
        connection.execute(fewer)
    return _delete(connection, ReleaseTermRow, orphans)


def _remove_vectors(connection: Connection, artist_id: int) -> int:
    """Remove the artist's vectors; `releases.artists` counts them, and open catalogs notice by it."""
    has_vector = select(ReleaseVectorRow.release_id).where(ReleaseVectorRow.artist_id == artist_id)
    fewer = update(ReleaseRow).where(ReleaseRow.id.in_(has_vector)).values(artists=ReleaseRow.artists - 1)
    connection.execute(fewer)
    return _delete(connection, ReleaseVectorRow, ReleaseVectorRow.artist_id == artist_id)


def _remove_neighbours(connection: Connection, artist_id: int) -> int:
    row = ReleaseNeighbourRow
    gaps = connection.execute(
        select(row.release_id, row.artist_id, row.rank).where(row.neighbour_id == artist_id)
    )
    found = [{"release": gap[0], "artist": gap[1], "gap": gap[2]} for gap in gaps]
    removed = _delete(connection, row, or_(row.artist_id == artist_id, row.neighbour_id == artist_id))
    if found:
        _close_gaps(connection, found)
    return removed


def _close_gaps(connection: Connection, gaps: list[dict[str, int]]) -> None:
    """Move up what stood behind the gaps: by way of negative ranks, since ranks must never meet."""
    table = ReleaseNeighbourRow.__table__
    assert isinstance(table, Table)
    of_list = (table.c.release_id == bindparam("release")) & (table.c.artist_id == bindparam("artist"))
    behind = update(table).where(of_list, table.c.rank > bindparam("gap")).values(rank=1 - table.c.rank)
    connection.execute(behind, gaps)
    connection.execute(update(table).where(of_list, table.c.rank < 0).values(rank=-table.c.rank), gaps)
