"""The map of all artists of a release: where each stands, and the regions with their names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from store.models import ArtistRow, ReleaseMapRow, ReleaseRegionRow

NO_REGION = -1
"""The region of an artist that is in none."""


@dataclass(frozen=True, slots=True)
class ArtistMap:
    """Where artists stand: `ids` ascending, `names`, `xy` float32 (artists, 2), `region_ids` or NO_REGION.

    Coordinates are centred and about -1 to 1, in one unit on both axes; y grows upwards.
    """

    ids: NDArray[np.int64]
    names: tuple[str, ...]
    xy: NDArray[np.float32]
    region_ids: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A neighbourhood of the map: level 0 is the coarsest; `parent_id` is the coarser region around it."""

    region_id: int
    parent_id: int | None
    level: int
    label: str
    x: float
    y: float
    artists: int


def artist_map(connection: Connection, release_id: int) -> ArtistMap:
    """Return where the artists of a release stand; no artists when it was made without a map."""
    row = ReleaseMapRow
    found = connection.execute(
        select(row.artist_id, ArtistRow.name, row.x, row.y, row.region_id)
        .join(ArtistRow, ArtistRow.id == row.artist_id)
        .where(row.release_id == release_id)
        .order_by(row.artist_id)
    ).all()
    return ArtistMap(
        ids=np.array([each.artist_id for each in found], dtype=np.int64),
        names=tuple(each.name for each in found),
        xy=np.array([(each.x, each.y) for each in found], dtype=np.float32).reshape(len(found), 2),
        region_ids=np.array(
            [NO_REGION if each.region_id is None else each.region_id for each in found], dtype=np.int64
        ),
    )


def map_regions(connection: Connection, release_id: int) -> list[MapRegion]:
    """Return the regions of the map, the coarsest level first, within it the one with most artists."""
    row = ReleaseRegionRow
    found = connection.execute(
        select(row.region_id, row.parent_id, row.level, row.label, row.x, row.y, row.artists)
        .where(row.release_id == release_id)
        .order_by(row.level, row.artists.desc(), row.region_id)
    )
    return [MapRegion(*each) for each in found]
