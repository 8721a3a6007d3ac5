"""The map for a browser: columns of numbers, small enough to send fifty thousand artists at once."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from linernotes.service.pages.map_page import familiarity_of
from linernotes.service.pages.release_view import ReleaseView
from linernotes.vectors import rows_in
from store.filters import FacetTable, facet_uses
from store.lookup_records import ReleaseKey
from store.maps import ArtistMap, MapRegion, artist_map, map_regions

SCALE = 16383
"""What a coordinate of 1 is as a whole number: at the closest zoom (64 times) a step is under two pixels on a
screen of 1,600; twice as fine costs 60 kB more for 50,000 artists."""

COLOURED = ("genre", "mood", "era", "place", "instrument")
TERMS = 10
"""Terms of a facet that have a colour: more cannot be told apart by everybody."""

OTHER = TERMS
NOTHING = TERMS + 1
"""What stands in place of a term's number: for a term without a colour of its own, and for no term at all."""

FAMILIAR = 99
GZIP_LEVEL = 9


@dataclass(frozen=True, slots=True)
class MapPayload:
    """The map as JSON, as it is and compressed, and the entity tag that stands for both."""

    content: bytes
    compressed: bytes
    etag: str


def map_payload(view: ReleaseView) -> MapPayload:
    """Return the map of a release; takes a second or two for 50,000 artists, so keep it."""
    placed = artist_map(view.connection, view.release_id)
    regions = map_regions(view.connection, view.release_id)
    known = familiarity_of(placed, view.cache.summaries(view.connection, view.release))
    facets = {
        facet: facet_colours(facet_uses(view.connection, view.release_id, facet), placed.ids)
        for facet in COLOURED
    }
    content = orjson.dumps(map_members(view.release, placed, known, regions, facets))
    return encode(content)


def encode(content: bytes) -> MapPayload:
    """Return the payload of some JSON."""
    return MapPayload(
        content,
        gzip.compress(content, GZIP_LEVEL, mtime=0),
        f'"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


@dataclass(frozen=True, slots=True)
class FacetColours:
    """The commonest terms of a facet, and for each artist the number of its strongest, OTHER or NOTHING.

    `counts` says for how many artists each term is the strongest.
    """

    terms: tuple[str, ...]
    counts: tuple[int, ...]
    of_artists: NDArray[np.int64]


def facet_colours(table: FacetTable, artist_ids: NDArray[np.int64]) -> FacetColours:
    """Return what of a facet each artist is described with most strongly, as colours."""
    strongest = np.full(len(artist_ids), -1, dtype=np.int64)
    order = np.lexsort((table.term, -table.weight, table.artist))
    artists, first = np.unique(table.artist[order], return_index=True)
    rows, inside = rows_in(artists, artist_ids)
    strongest[inside] = table.term[order][first[rows[inside]]]
    counts = np.bincount(strongest[inside], minlength=len(table.terms))
    common = [int(each) for each in np.argsort(-counts, kind="stable")[:TERMS] if counts[each]]
    colour = np.full(len(table.terms) + 1, OTHER, dtype=np.int64)
    colour[common] = np.arange(len(common))
    colour[-1] = NOTHING  # which -1, for no term, picks
    return FacetColours(
        tuple(table.terms[each] for each in common),
        tuple(int(counts[each]) for each in common),
        colour[strongest],
    )


def map_members(
    release: ReleaseKey,
    placed: ArtistMap,
    known: NDArray[np.float64],
    regions: list[MapRegion],
    facets: dict[str, FacetColours],
) -> dict[str, object]:
    """Return the members of the JSON: lists of one length, an element for each artist, by number.

    Of `id`, each element is the difference to the one before; x and y are in units of 1/`scale`, y upwards;
    `familiarity` is 0 to 99; the regions are those of `store.maps`.
    """
    whole = np.rint(placed.xy.astype(np.float64) * SCALE).astype(np.int64)
    return {
        "release": release.release_id,
        "artists": len(placed.ids),
        "scale": SCALE,
        "id": np.diff(placed.ids, prepend=0).tolist(),
        "name": list(placed.names),
        "x": whole[:, 0].tolist(),
        "y": whole[:, 1].tolist(),
        "familiarity": np.rint(known * FAMILIAR).astype(np.int64).tolist(),
        "facets": {
            facet: {"terms": each.terms, "counts": each.counts, "artist": each.of_artists.tolist()}
            for facet, each in facets.items()
        },
        "other": OTHER,
        "nothing": NOTHING,
        "regions": [
            {
                "id": each.region_id,
                "level": each.level,
                "label": each.label,
                "x": round(each.x * SCALE),
                "y": round(each.y * SCALE),
                "artists": each.artists,
            }
            for each in regions
        ],
    }
