"""Pictures: what is drawn, in which file, and what is said when it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from sqlalchemy import Engine

from linernotes.jobs.mapping import redraw_map
from linernotes.plotting.canvas import Look, Places, picture
from linernotes.plotting.trend_picture import MOST_BARS, binned
from tests.linernotes.conftest import Result
from tests.small_release import add_artist, publish

Call = Callable[..., Result]
MONDAY = date(2024, 1, 1)


@pytest.fixture
def database(sqlite_engine: Engine) -> tuple[str, str]:
    """The option that names a release of 48 artists in two scenes, with a map."""
    random = np.random.default_rng(1)
    rows = random.normal(scale=0.3, size=(48, 6))
    rows[:24, 0] += 1
    rows[24:, 1] += 1
    with sqlite_engine.begin() as connection:
        ids = [add_artist(connection, f"Artist ${number}$") for number in range(48)]
        dreamy, cold = {"shoegaze": 0.6, "dreamy": 0.4}, {"techno": 0.7, "cold": 0.3}
        publish(
            connection,
            {artist: dreamy if number < 24 else cold for number, artist in enumerate(ids)},
            {artist: row.tolist() for artist, row in zip(ids, rows, strict=True)},
            facets={"shoegaze": "genre", "techno": "genre", "dreamy": "mood", "cold": "mood"},
            activity=[(ids[0], MONDAY + timedelta(weeks=week), 2, 1, 0.5, 0.1) for week in (0, 1, 5)],
            term_weeks=[(ids[0], "dreamy", MONDAY, 2, 1), (ids[1], "dreamy", MONDAY, 1, 1)],
        )
    redraw_map(sqlite_engine)
    return "--database", str(sqlite_engine.url)


SMALL = ("--width", "5", "--height", "5", "--dpi", "60")


@pytest.mark.parametrize(
    "what",
    [
        ("map",),
        ("map", "--facet", "genre", "--dark"),
        ("artist", "Artist $3$"),
        ("trend", "Artist $0$"),
        ("trend", "--term", "dreamy", "--dark"),
    ],
)
def test_a_picture_is_the_same_file_every_time(
    database: tuple[str, str], call: Call, home: Path, what: tuple[str, ...]
) -> None:
    for name in ("one.png", "two.png", "one.svg", "two.svg"):
        assert call(*database, "plot", *what, *SMALL, "--out", name).code == 0
    assert (home / "one.png").read_bytes() == (home / "two.png").read_bytes()
    assert (home / "one.svg").read_bytes() == (home / "two.svg").read_bytes()
    image = imread(home / "one.png")
    assert image.shape[:2] == (300, 300)
    assert np.unique(image.reshape(-1, image.shape[2]), axis=0).shape[0] > 10


def test_a_map_shows_regions_and_artists_by_name(database: tuple[str, str], call: Call, home: Path) -> None:
    assert call(*database, "plot", "map", "--out", "map.svg").code == 0
    drawing = (home / "map.svg").read_text(encoding="utf-8")
    assert "shoegaze" in drawing
    assert "techno" in drawing
    assert "Artist $0$" in drawing  # not taken for a formula
    assert "48 artists" in drawing


def test_a_profile_shows_descriptors_by_facet_and_neighbours(
    database: tuple[str, str], call: Call, home: Path
) -> None:
    assert call(*database, "plot", "artist", "Artist $3$", "--out", "artist.svg").code == 0
    drawing = (home / "artist.svg").read_text(encoding="utf-8")
    assert all(word in drawing for word in ("genre", "shoegaze", "0.60", "mood", "dreamy", "similar artists"))


def test_text_is_never_put_on_other_text(tmp_path: Path) -> None:
    with picture(Look(4, 4, 72), tmp_path / "a.png") as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        places = Places(figure, axes)
        texts = [axes.text(0.5, 0.5, f"label {number}") for number in range(80)]
        put = [text for text in texts if places.put(text, around=6, margin=0.1)]
        boxes = [text.get_window_extent() for text in put]
        assert 5 < len(put) < 80
        assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])
        assert len(axes.texts) == len(put)


def test_long_times_are_counted_by_month_or_year() -> None:
    def weeks(count: int) -> list[tuple[date, int]]:
        return [(MONDAY + timedelta(weeks=week), 1) for week in range(count)]

    assert binned(weeks(10)) == ("week", weeks(10))
    unit, months = binned(weeks(MOST_BARS + 50))
    assert (unit, months[0]) == ("month", (date(2024, 1, 1), 5))
    assert sum(count for _, count in months) == MOST_BARS + 50
    unit, years = binned(weeks(1000))
    assert (unit, years[0]) == ("year", (date(2024, 1, 1), 53))
    assert binned([]) == ("week", [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("map", "--out", "map.jpeg"), "must end in .png or .svg"),
        (("map", "--out", "nowhere/map.png"), "cannot be written"),
        (("artist", "Nobody"), "no artist"),
        (("trend", "Artist $7$"), "known day"),
        (("trend", "--term", "unheard"), "known day"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_sentence(
    database: tuple[str, str], call: Call, arguments: tuple[str, ...], sentence: str
) -> None:
    done = call(*database, "plot", *arguments)
    assert done.code != 0
    assert sentence in done.error


def test_a_release_without_a_map_says_how_to_draw_one(sqlite_engine: Engine, call: Call) -> None:
    with sqlite_engine.begin() as connection:
        publish(connection, {}, {add_artist(connection, "Mossglass"): [1.0, 2.0]})
    done = call("--database", str(sqlite_engine.url), "plot", "map")
    assert "linernotes map" in done.error


def test_without_matplotlib_it_says_what_to_install(
    database: tuple[str, str], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = call(*database, "plot", "map")
    assert "pip install 'linernotes[plot]'" in done.error


def test_looks_ups_do_not_load_matplotlib(database: tuple[str, str]) -> None:
    import subprocess

    program = "import sys, linernotes.cli.plotting; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
