from __future__ import annotations

import numpy as np
from sqlalchemy import Engine

from linernotes.catalog import Catalog
from store.maps import NO_REGION, MapRegion
from tests.small_release import add_artist, publish

VECTOR = (1.0, 0.0)


def test_the_map_tells_where_each_artist_of_the_published_release_stands(engine: Engine) -> None:
    with engine.begin() as connection:
        moss, drift = add_artist(connection, "Mossglass"), add_artist(connection, "Driftrelay")
        publish(
            connection,
            {moss: {"hazy": 0.5}},
            {moss: VECTOR, drift: VECTOR},
            places={drift: (-0.5, 0.25, None), moss: (0.5, -0.25, 2)},
            regions=[(1, None, 0, 0.5, 0.5, 1, "hazy", ["hazy"]), (2, 1, 1, 0.5, 0.5, 1, "soft", ["soft"])],
        )
    catalog = Catalog(engine)
    found = catalog.map()
    assert found.ids.tolist() == [moss, drift]
    assert found.names == ("Mossglass", "Driftrelay")
    assert found.xy.dtype == np.float32
    assert found.xy.tolist() == [[0.5, -0.25], [-0.5, 0.25]]
    assert found.region_ids.tolist() == [2, NO_REGION]
    assert catalog.map_regions() == [
        MapRegion(1, None, 0, "hazy", 0.5, 0.5, 1),
        MapRegion(2, 1, 1, "soft", 0.5, 0.5, 1),
    ]


def test_a_release_without_a_map_has_an_empty_one(engine: Engine) -> None:
    with engine.begin() as connection:
        publish(connection, {}, {add_artist(connection, "Mossglass"): VECTOR})
    found = Catalog(engine).map()
    assert (len(found.ids), found.xy.shape, Catalog(engine).map_regions()) == (0, (0, 2), [])
