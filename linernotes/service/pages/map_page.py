"""The map as a list: its regions, the coarse ones around the finer ones, and whom they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linernotes.service.pages.release_view import ReleaseView
from linernotes.vectors import rows_in
from store.filters import SummaryTable
from store.lookup_records import ArtistEntry, ReleaseKey
from store.maps import NO_REGION, ArtistMap, MapRegion, artist_map, map_regions

NAMED = 10
"""Artists that are named of a region, the most widely written about first."""

DEEPEST = 1
"""The finest level of regions in the list: some forty; those below would make a page of a thousand links."""


@dataclass(frozen=True, slots=True)
class ListedRegion:
    """A region, its best known artists, and the regions within it."""

    region: MapRegion
    artists: tuple[ArtistEntry, ...]
    within: tuple[ListedRegion, ...]


@dataclass(frozen=True, slots=True)
class MapPage:
    """The map as a list; `artists` says how many there are on the map, 0 for a release without one."""

    release: ReleaseKey
    artists: int
    regions: tuple[ListedRegion, ...]


def map_page(view: ReleaseView) -> MapPage:
    """Return the regions of the map as a list."""
    return view.kept("map page", lambda: _page(view))


def _page(view: ReleaseView) -> MapPage:
    placed = artist_map(view.connection, view.release_id)
    regions = map_regions(view.connection, view.release_id)
    known = familiarity_of(placed, view.cache.summaries(view.connection, view.release))
    best = _best_known(placed, known, {each.region_id: each for each in regions})
    children: dict[int | None, list[MapRegion]] = defaultdict(list)
    for region in regions:
        children[region.parent_id if region.level else None].append(region)
    return MapPage(view.release, len(placed.ids), _listed(children, None, best))


def familiarity_of(placed: ArtistMap, table: SummaryTable) -> np.ndarray:
    """Return how widely each artist of the map is written about, 0 to 1; 0 for those not known."""
    known = np.zeros(len(placed.ids))
    rows, found = rows_in(table.ids, placed.ids)
    known[found] = table.familiarity[rows[found]]
    return known


def _best_known(
    placed: ArtistMap, known: np.ndarray, regions: Mapping[int, MapRegion]
) -> dict[int, list[ArtistEntry]]:
    """The best known artists of every region: an artist counts for its own and for all around that."""
    best: dict[int, list[ArtistEntry]] = defaultdict(list)
    for row in np.lexsort((placed.ids, -known)):
        number: int | None = int(placed.region_ids[row])
        while number is not None and number != NO_REGION and number in regions:
            if len(best[number]) < NAMED:
                best[number].append(ArtistEntry(int(placed.ids[row]), placed.names[row]))
            number = regions[number].parent_id
    return best


def _listed(
    children: Mapping[int | None, Sequence[MapRegion]],
    parent: int | None,
    best: Mapping[int, Sequence[ArtistEntry]],
) -> tuple[ListedRegion, ...]:
    return tuple(
        ListedRegion(
            region,
            tuple(best.get(region.region_id, ())),
            _listed(children, region.region_id, best) if region.level < DEEPEST else (),
        )
        for region in children.get(parent, ())
        if region.level <= DEEPEST
    )
