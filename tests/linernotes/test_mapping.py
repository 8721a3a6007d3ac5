"""The map of a release: drawn, kept, drawn on, and looked up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import Engine

from linernotes.catalog import Catalog
from linernotes.errors import NoRelease
from linernotes.jobs.mapping import redraw_map
from store.map_material import last_map
from store.releases import list_releases
from tests.linernotes.conftest import Result
from tests.small_release import add_artist, publish

Call = Callable[..., Result]


def fill(engine: Engine, artists: int = 60, *, seed: int = 1) -> list[int]:
    """Publish a release of artists of two scenes, half of them each."""
    random = np.random.default_rng(seed)
    rows = random.normal(scale=0.3, size=(artists, 6))
    rows[: artists // 2, 0] += 1
    rows[artists // 2 :, 1] += 1
    with engine.begin() as connection:
        ids = [add_artist(connection, f"Artist {number}") for number in range(artists)]
        dreamy, cold = {"shoegaze": 0.6, "dreamy": 0.4}, {"techno": 0.7, "cold": 0.3}
        publish(
            connection,
            {artist: dreamy if number < artists // 2 else cold for number, artist in enumerate(ids)},
            {artist: row.tolist() for artist, row in zip(ids, rows, strict=True)},
            facets={"shoegaze": "genre", "techno": "genre", "dreamy": "mood", "cold": "mood"},
            stored=10,
        )
    return ids


def test_a_release_without_a_map_is_given_one(engine: Engine) -> None:
    ids = fill(engine)
    redraw_map(engine)
    catalog = Catalog(engine)
    drawn, regions = catalog.map(), catalog.map_regions()
    assert drawn.ids.tolist() == ids
    assert np.abs(drawn.xy).max() == pytest.approx(1)
    assert {region.level for region in regions} == {0}
    assert sum(region.artists for region in regions) == len(ids)
    assert set(drawn.region_ids.tolist()) == {region.region_id for region in regions}
    assert {region.label.split(", ")[0] for region in regions} <= {"shoegaze", "techno"} | {
        f"{region.artists} artists" for region in regions
    }


def test_what_was_measured_is_noted_with_the_release(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    redraw_map(sqlite_engine)
    with sqlite_engine.connect() as connection:
        (release,) = list_releases(connection)
    assert release.metrics["seconds"] == 1.5  # what was there stays
    measured = release.metrics["map"]
    assert measured["artists"] == 60
    assert 0.2 < measured["neighbours_kept"] <= 1


def test_drawing_again_replaces_the_map_and_hardly_moves_anybody(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    redraw_map(sqlite_engine)
    first = Catalog(sqlite_engine).map()
    redraw_map(sqlite_engine)
    second = Catalog(sqlite_engine).map()
    assert second.ids.tolist() == first.ids.tolist()
    assert np.median(np.linalg.norm(second.xy - first.xy, axis=1)) < 0.1


def test_drawing_afresh_gives_the_same_map_every_time(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    redraw_map(sqlite_engine, afresh=True)
    first = Catalog(sqlite_engine).map()
    redraw_map(sqlite_engine, afresh=True)
    assert np.array_equal(Catalog(sqlite_engine).map().xy, first.xy)


def test_the_last_map_is_that_of_the_newest_release_that_has_one(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        assert last_map(connection) is None
    ids = fill(sqlite_engine)
    redraw_map(sqlite_engine)
    fill(sqlite_engine, artists=3)
    with sqlite_engine.connect() as connection:
        found = last_map(connection)
    assert found is not None
    assert found[0].tolist() == ids


def test_a_handful_of_artists_has_places_and_no_regions(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, artists=4)
    redraw_map(sqlite_engine)
    catalog = Catalog(sqlite_engine)
    assert len(catalog.map().ids) == 4
    assert catalog.map_regions() == []


def test_a_release_without_artists_has_an_empty_map(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, artists=0)
    assert len(redraw_map(sqlite_engine).ids) == 0


def test_without_a_release_there_is_nothing_to_draw(sqlite_engine: Engine) -> None:
    with pytest.raises(NoRelease):
        redraw_map(sqlite_engine)


def test_the_command_line_draws_it_and_lists_the_regions(sqlite_engine: Engine, call: Call) -> None:
    fill(sqlite_engine)
    done = call("--database", str(sqlite_engine.url), "map", "--csv")
    assert done.code == 0
    assert done.out.splitlines()[0] == "level,label,artists,x,y"
    assert "Drew 60 artists" in done.err
