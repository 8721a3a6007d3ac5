"""What a map is drawn from, and putting it into a release that is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select, update

from store.batches import BATCH
from store.models import (
    ReleaseDescriptorRow,
    ReleaseMapRow,
    ReleaseRegionRow,
    ReleaseRow,
    ReleaseTermRow,
)
from store.releases import write_rows


@dataclass(frozen=True, slots=True)
class DescribedArtists:
    """The descriptors of a release as parallel arrays; `term` numbers `terms` and their `facets`."""

    artist: NDArray[np.int64]
    term: NDArray[np.int64]
    weight: NDArray[np.float64]
    terms: tuple[str, ...]
    facets: tuple[str, ...]


def described_artists(connection: Connection, release_id: int) -> DescribedArtists:
    """Return all descriptors of a release."""
    known = connection.execute(
        select(ReleaseTermRow.term_id, ReleaseTermRow.term, ReleaseTermRow.facet)
        .where(ReleaseTermRow.release_id == release_id)
        .order_by(ReleaseTermRow.term_id)
    ).all()
    row = ReleaseDescriptorRow
    asked = (
        select(row.artist_id, row.term_id, row.weight)
        .where(row.release_id == release_id)
        .order_by(row.artist_id, row.term_id)
    )
    found = connection.execution_options(yield_per=BATCH).execute(asked)
    kinds = [("artist", np.int64), ("term", np.int64), ("weight", np.float64)]
    table = np.fromiter((tuple(each) for each in found), dtype=kinds)
    numbers = np.array([each.term_id for each in known], dtype=np.int64)
    return DescribedArtists(
        artist=table["artist"],
        term=np.searchsorted(numbers, table["term"]),
        weight=table["weight"],
        terms=tuple(each.term for each in known),
        facets=tuple(each.facet for each in known),
    )


def last_map(connection: Connection) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Return artists, ascending, and places of the newest release that has a map; None when none has."""
    row = ReleaseMapRow
    newest = connection.scalar(
        select(func.max(row.release_id))
        .join(ReleaseRow, ReleaseRow.id == row.release_id)
        .where(ReleaseRow.state == "ready")
    )
    if newest is None:
        return None
    places = connection.execute(
        select(row.artist_id, row.x, row.y).where(row.release_id == newest).order_by(row.artist_id)
    ).all()
    ids = np.array([each.artist_id for each in places], dtype=np.int64)
    return ids, np.array([(each.x, each.y) for each in places], dtype=np.float64).reshape(len(ids), 2)


def replace_map(
    connection: Connection,
    release_id: int,
    rows: Iterable[Sequence[Any]],
    regions: Iterable[Sequence[Any]],
    *,
    metrics: Mapping[str, Any],
) -> None:
    """Give a release a map in place of the one that it had; `metrics` is noted with the release as `map`."""
    for model, given in ((ReleaseMapRow, rows), (ReleaseRegionRow, regions)):
        connection.execute(delete(model).where(model.release_id == release_id))
        write_rows(connection, model, release_id, given)
    known = connection.scalar(select(ReleaseRow.metrics).where(ReleaseRow.id == release_id)) or {}
    connection.execute(
        update(ReleaseRow).where(ReleaseRow.id == release_id).values(metrics={**known, "map": dict(metrics)})
    )


def strongest_terms(connection: Connection, release_id: int, facet: str) -> dict[int, str]:
    """Return the strongest term of a facet of each artist that has one, by artist; of equals the first."""
    row, term = ReleaseDescriptorRow, ReleaseTermRow
    asked = (
        select(row.artist_id, term.term)
        .join(term, (term.release_id == row.release_id) & (term.term_id == row.term_id))
        .where(row.release_id == release_id, term.facet == facet)
        .order_by(row.artist_id, row.weight.desc(), term.term)
    )
    found: dict[int, str] = {}
    for artist, name in connection.execution_options(yield_per=BATCH).execute(asked):
        found.setdefault(artist, name)
    return found
