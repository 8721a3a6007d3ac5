"""Of the release: the map of all artists, with its regions and their names."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from linernotes.errors import NoRelease
from linernotes.jobs.describing import Described
from linernotes.jobs.learning import Learned
from linernotes.jobs.material import Material
from linernotes.jobs.mining import MineEvent, OnEvent
from nlp.facets import Facet
from nlp.layout import NEIGHBOURS, Points, lay_out, neighbours_kept
from nlp.neighbours import nearest
from nlp.region_names import RegionName, name_regions
from nlp.regions import Region, divide
from store.lookups import published_key
from store.map_material import described_artists, last_map, replace_map
from store.snapshot import snapshot
from store.vectors import artist_vectors

STEPS = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """Artists to draw: `ids` in the database, vectors, and `weights` (artists, terms) of terms."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    weights: sp.csr_matrix
    terms: Sequence[str]
    facets: Sequence[Facet]


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map: `plane` (artists, 2), regions and names; `kept`, the share of ten neighbours that stay such."""

    ids: NDArray[np.int64]
    plane: Points
    regions: tuple[Region, ...]
    names: tuple[RegionName, ...]
    kept: float
    seconds: float

    def rows(self) -> Iterator[Sequence[Any]]:
        """The rows of `release_map`."""
        inside = self._finest()
        for artist, (x, y), region in zip(self.ids.tolist(), self.plane.tolist(), inside, strict=True):
            yield artist, round(x, 6), round(y, 6), region

    def region_rows(self) -> Iterator[Sequence[Any]]:
        """The rows of `release_regions`, numbered from 1."""
        for number, (region, name) in enumerate(zip(self.regions, self.names, strict=True), start=1):
            parent = None if region.parent is None else region.parent + 1
            place = round(name.x, 6), round(name.y, 6)
            yield number, parent, region.level, *place, len(region.artists), name.label, list(name.terms)

    def metrics(self) -> dict[str, Any]:
        """What is kept with the release."""
        return {
            "artists": len(self.ids),
            "regions": len(self.regions),
            "neighbours_kept": round(self.kept, 4),
            "seconds": round(self.seconds, 1),
        }

    def _finest(self) -> list[int | None]:
        inside: list[int | None] = [None] * len(self.ids)
        for number, region in enumerate(self.regions, start=1):
            for artist in region.artists.tolist():
                inside[artist] = number
        return inside


def draw_map(
    placed: Placed,
    near: tuple[NDArray[np.int64], NDArray[np.float32]],
    before: tuple[NDArray[np.int64], Points] | None,
    on_event: OnEvent = lambda event: None,
) -> DrawnMap:
    """Draw the map; `near` are the nearest of each, `before` the artists and places of the last map."""
    began = time.monotonic()
    on_event(MineEvent("map", 0, STEPS, "layout"))
    plane = lay_out(placed.vectors, *near, _matched(placed.ids, before))
    on_event(MineEvent("map", 1, STEPS, "regions"))
    regions = divide(plane)
    on_event(MineEvent("map", 2, STEPS, "names"))
    names = name_regions(plane, regions, placed.weights, placed.terms, placed.facets)
    on_event(MineEvent("map", STEPS, STEPS))
    kept = neighbours_kept(plane, near[0])
    return DrawnMap(placed.ids, plane, tuple(regions), tuple(names), kept, time.monotonic() - began)


def placed_by_mining(material: Material, learned: Learned, described: Described) -> Placed:
    """What mining has in hand when vectors and descriptors are made."""
    weighted = described.weighted
    row = np.full(len(material.artists), -1)
    row[learned.rows] = np.arange(len(learned.rows))
    known = row[weighted.artist] >= 0
    weights = sp.csr_matrix(
        (weighted.weight[known], (row[weighted.artist[known]], weighted.term[known])),
        shape=(len(learned.rows), len(described.counts.terms)),
    )
    ids = material.artists[learned.rows]
    return Placed(ids, learned.vectors, weights, described.counts.terms, described.facets)


def redraw_map(engine: Engine, *, afresh: bool = False, on_event: OnEvent = lambda event: None) -> DrawnMap:
    """Draw the map of the published release, and put it in the place of the one that it had.

    It starts from the last map, unless `afresh`. Raises NoRelease before the first release.
    """
    with snapshot(engine) as connection:
        release = published_key(connection)
        if release is None:
            raise NoRelease
        placed = _placed_by_release(connection, release.release_id)
        before = None if afresh else last_map(connection)
    drawn = draw_map(placed, nearest(placed.vectors, NEIGHBOURS), before, on_event)
    with engine.begin() as connection:
        replace_map(
            connection, release.release_id, drawn.rows(), drawn.region_rows(), metrics=drawn.metrics()
        )
    return drawn


def _placed_by_release(connection: Connection, release_id: int) -> Placed:
    ids, vectors = artist_vectors(connection, release_id)
    described = described_artists(connection, release_id)
    row = np.searchsorted(ids, described.artist)
    row[row == len(ids)] = 0
    known = ids[row] == described.artist if len(ids) else np.zeros(0, dtype=bool)
    weights = sp.csr_matrix(
        (described.weight[known], (row[known], described.term[known])), shape=(len(ids), len(described.terms))
    )
    return Placed(ids, vectors, weights, described.terms, described.facets)  # type: ignore[arg-type]  # as mined


def _matched(ids: NDArray[np.int64], before: tuple[NDArray[np.int64], Points] | None) -> Points | None:
    """The places of the last map in the order of `ids`, NaN for those who were not on it."""
    if before is None or not len(before[0]):
        return None
    found = np.full((len(ids), 2), np.nan)
    _, here, there = np.intersect1d(ids, before[0], return_indices=True)
    found[here] = before[1][there]
    return found
