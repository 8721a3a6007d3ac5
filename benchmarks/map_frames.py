"""Frames of the map page with 50,000 made-up artists, in a real Chromium, and the size of what it loads.

For the claim that the map is smooth. For each of panning and zooming it tells the time between two frames
(what an eye sees) and the time that drawing one takes; `--dense` asks for two pixels of the screen to one of
the page, as phones and good screens have. Worse would make it: more artists in view (all at once is the
worst), larger dots, larger windows, a canvas's own operations in place of the written pixels.

    python benchmarks/map_frames.py [--artists 50000] [--seconds 4] [--dense]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from linernotes.catalog import open_catalog
from linernotes.service.app import create_app
from store.engine import connect
from store.migrate import upgrade
from store.models import ArtistRow
from store.releases import ReleaseRows, begin_release, finish_release, publish_release, write_release

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WINDOW = (1280, 800)
SMOOTH_MS = 34.0
"""Between two frames at the median: thirty frames a second."""
LARGEST = 1_000_000
"""Bytes of the map as it is sent."""

GENRES = [f"genre {each}" for each in range(40)]
MOODS = [f"mood {each}" for each in range(60)]
SYLLABLES = (
    "ba",
    "da",
    "fen",
    "gor",
    "hal",
    "jo",
    "kel",
    "lum",
    "mar",
    "nor",
    "pra",
    "qui",
    "ros",
    "sel",
    "tur",
    "zan",
)

# Moves the view with every frame and tells how long each took; a hundred degrees of turning a second.
MEASURE = """
async ({ seconds, zooms, closer }) => {
  const { atlas } = document.querySelector("[data-map]");
  const { view } = atlas;
  const [x, y] = view.home();
  const between = [];
  view.set(x, y, closer);
  atlas.draw();
  atlas.drawn.length = 0;
  await new Promise((done) => {
    const start = performance.now();
    let last = 0;
    const step = (now) => {
      if (last) between.push(now - last);
      last = now;
      const turn = (now - start) / 570;
      if (zooms) view.set(x, y, closer * 4 ** (1 - Math.cos(turn)));
      else view.set(x + (0.25 / closer) * Math.sin(turn), y + (0.25 / closer) * Math.cos(turn), closer);
      atlas.draw();
      if (now - start < seconds * 1000) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
  return { between, drawn: [...atlas.drawn] };
}
"""


def main() -> int:
    """Make the artists, serve them, move the map, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--artists", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--dense", action="store_true")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium was found: nothing to measure with. Debian's package is called chromium.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'map.db'}"
        fill(url, given.artists)
        with served(url) as address:
            size, first, again = load(address)
            rows = list(measured(chromium, address, given.seconds, 2 if given.dense else 1))
    return told(given.artists, size, first, again, rows)


def fill(url: str, count: int) -> None:
    """A release of nothing but a map, and the descriptors it is coloured by."""
    rng = np.random.default_rng(5)
    engine = connect(url)
    upgrade(engine)
    names = [" ".join(rng.choice(SYLLABLES, rng.integers(2, 6))).title() for _ in range(count)]
    groups = rng.integers(0, 60, count)
    places = rng.normal(0, 0.09, (count, 2)) + rng.uniform(-0.8, 0.8, (60, 2))[groups]
    terms = [*GENRES, *MOODS]
    described = [
        (int(artist), int(term) + 1, float(weight), 1, 1, 1, None, None, False)
        for artist, group in enumerate(groups, start=1)
        for term, weight in (
            (group % len(GENRES), 0.5),
            (len(GENRES) + (group * 7 + artist % 3) % len(MOODS), 0.3),
        )
    ]
    with engine.begin() as connection:
        registered = [
            {"id": number, "name": name, "key": name.lower()} for number, name in enumerate(names, 1)
        ]
        connection.execute(insert(ArtistRow), registered)
        rows = ReleaseRows(
            terms=[
                (n, t, "n2", "genre" if n <= len(GENRES) else "mood", 1, 1.0, None)
                for n, t in enumerate(terms, 1)
            ],
            descriptors=described,
            evidence=(),
            neighbours=(),
            vectors=(),
            activity=(),
            words=(),
            artists=[(n, 100, 1, 1, float(f), 0.0) for n, f in enumerate(rng.random(count) ** 3, 1)],
            regions=_regions(places, groups),
            map=[
                (n, float(x), float(y), 101 + int(g))
                for n, ((x, y), g) in enumerate(zip(places, groups, strict=True), 1)
            ],
        )
        release = begin_release(connection, engine="local", parameters={}, input_digest="0" * 64)
        write_release(connection, release, rows)
        finish_release(connection, release, documents=count, artists=count, terms=len(terms), metrics={})
        publish_release(connection, release)
    engine.dispose()


def _regions(places: np.ndarray, groups: np.ndarray) -> Iterator[tuple[Any, ...]]:
    for coarse in range(10):
        inside = groups % 10 == coarse
        x, y = places[inside].mean(axis=0)
        yield coarse + 1, None, 0, float(x), float(y), int(inside.sum()), f"{GENRES[coarse]}, big", ["a"]
    for fine in range(60):
        inside = groups == fine
        x, y = places[inside].mean(axis=0)
        yield 101 + fine, fine % 10 + 1, 1, float(x), float(y), int(inside.sum()), MOODS[fine], ["a"]


@contextmanager
def served(url: str) -> Iterator[str]:
    """The service on a free port of this machine."""
    config = uvicorn.Config(create_app(open_catalog(url)), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def load(address: str) -> tuple[int, float, float]:
    """Bytes of the map as it is sent, seconds until it came, and when it is asked for again."""
    took = []
    body = b""
    for _ in range(2):
        request = urllib.request.Request(f"{address}/v1/map", headers={"Accept-Encoding": "gzip"})
        start = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
        took.append(time.perf_counter() - start)
    return len(body), took[0], took[1]


def measured(
    chromium: str, address: str, seconds: float, density: int
) -> Iterator[tuple[str, list[float], list[float]]]:
    """What was done, milliseconds between frames, milliseconds of drawing one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        size = {"width": WINDOW[0], "height": WINDOW[1]}
        page: Page = browser.new_page(viewport=size, device_scale_factor=density)
        start = time.perf_counter()
        page.goto(f"{address}/map")
        page.wait_for_selector("[data-map][data-ready]")
        ready = (time.perf_counter() - start) * 1000
        yield (
            "first drawing, from the request on",
            [ready],
            page.evaluate("document.querySelector('[data-map]').atlas.drawn"),
        )
        for what, zooms, closer in (
            ("panning, all in view", False, 1),
            ("panning, four times closer", False, 4),
            ("panning, sixteen times closer", False, 16),
            ("zooming, 1 to 16 and back", True, 1),
        ):
            found = page.evaluate(MEASURE, {"seconds": seconds, "zooms": zooms, "closer": closer})
            yield what, found["between"], found["drawn"]
        browser.close()


def told(
    artists: int, size: int, first: float, again: float, rows: list[tuple[str, list[float], list[float]]]
) -> int:
    """Print it; 1 when it is too slow or too large."""
    table = Table(title=f"{artists:,} artists, {WINDOW[0]}×{WINDOW[1]}, Chromium without a GPU")
    for column in ("", "frames", "between: median ms", "worst ms", "drawing: median ms", "worst ms"):
        table.add_column(column, justify="left" if not column else "right")
    for what, between, drawn in rows:
        cells = (np.median(between), max(between), np.median(drawn), max(drawn))
        table.add_row(what, str(len(between)), *(f"{each:.1f}" for each in cells))
    console = Console()
    console.print(table)
    console.print(
        f"/v1/map: {size / 1000:.0f} kB compressed; {first:.2f} s the first time, {again * 1000:.0f} ms again"
    )
    slow = [what for what, between, _ in rows[1:] if np.median(between) > SMOOTH_MS]
    if slow or size > LARGEST:
        console.print(f"Not smooth: {', '.join(slow) or 'the map is too large to send'}.")
    return 1 if slow or size > LARGEST else 0


if __name__ == "__main__":
    sys.exit(main())
