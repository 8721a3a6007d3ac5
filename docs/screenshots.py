"""Draw docs/images/pages-*.png: the pages of the demo's database in a real Chromium, light and dark.

    python docs/screenshots.py [DATABASE]

Runs the demo in a temporary folder (half a minute), unless it is given the URL of a demo's database, and
needs Chromium on this machine. The texts are those of the sample site, written for this project.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from linernotes.catalog import Catalog, open_catalog
from linernotes.demo import run_demo
from linernotes.progress import SilentProgress
from linernotes.service.app import create_app

IMAGES = Path(__file__).with_name("images")
LARGEST = 300_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 760},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
ARTIST, OTHER, TERM = "A Tribe Called Quest", "De La Soul", "soul"


@dataclass(frozen=True)
class Picture:
    """A picture: its name, the page, the theme, the screen, and what to do before."""

    name: str
    path: str
    theme: str
    screen: dict[str, Any]
    typed: str = ""


def pictures(catalog: Catalog) -> list[Picture]:
    """What is drawn of a release."""
    a, b = (catalog.artist(name).artist_id for name in (ARTIST, OTHER))
    return [
        Picture("pages-home", "/", "light", DESKTOP, typed="john"),
        Picture("pages-artist", f"/artists/{a}", "light", DESKTOP),
        Picture("pages-artist-dark-phone", f"/artists/{a}", "dark", PHONE),
        Picture("pages-compare", f"/compare?a=%23{a}&b=%23{b}", "dark", DESKTOP),
        Picture("pages-map", "/map", "light", DESKTOP),
        Picture("pages-map-dark", f"/map?artist={a}", "dark", DESKTOP),
        Picture("pages-map-phone", "/map", "light", PHONE),
        Picture("pages-term", f"/terms/{TERM}", "light", DESKTOP),
        Picture("pages-crawl", "/crawl", "dark", DESKTOP),
    ]


def main() -> int:
    """Run the demo, serve it, draw."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium was found; Debian's package is called chromium.", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    if len(sys.argv) > 1:
        sizes = draw_all(chromium, sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            demo = run_demo(Path(folder) / "demo", SilentProgress())
            demo.engine.dispose()
            sizes = draw_all(chromium, demo.database)
    return 1 if max(sizes) > LARGEST else 0


def draw_all(chromium: str, database: str) -> list[int]:
    """Draw all pictures of a database and return their bytes."""
    with open_catalog(database) as catalog, served(catalog) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        sizes = [draw(browser, address, picture) for picture in pictures(catalog)]
        browser.close()
    return sizes


@contextmanager
def served(catalog: Catalog) -> Iterator[str]:
    """The service on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(catalog), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


def draw(browser: Browser, address: str, picture: Picture) -> int:
    """Draw one picture and return its bytes."""
    context = browser.new_context(color_scheme=picture.theme, reduced_motion="reduce", **picture.screen)
    page: Page = context.new_page()
    page.goto(address + picture.path, wait_until="networkidle")
    if picture.path.startswith("/map"):
        page.wait_for_selector("[data-map][data-ready]")
    if picture.typed:
        page.get_by_role("combobox").press_sequentially(picture.typed)
        page.get_by_role("listbox").wait_for()
        page.keyboard.press("ArrowDown")
    file = IMAGES / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
