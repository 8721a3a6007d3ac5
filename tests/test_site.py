"""The documentation as a site: it builds without a remark, its links hold, and its reference is complete."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest

import linernotes
from linernotes.catalog import Catalog
from linernotes.cli.reference import walk
from linernotes.config_reference import all_settings
from store.views import VIEWS

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
# What a browser fetches by itself; an ordinary link it follows only when somebody clicks.
_FETCHED = {("link", "href"), ("use", "href"), ("image", "href"), ("form", "action")}
_FETCHED_ANYWHERE = {"src", "srcset", "poster", "data", "background"}


@dataclass
class Read(HTMLParser):
    """What matters of one page: identifiers, links, what is fetched, and its text."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.ids.add(value or "")
            elif tag == "a" and name == "href":
                self.links.append(value or "")
            elif name in _FETCHED_ANYWHERE or (tag, name) in _FETCHED:
                self.fetched.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; what the build says is a failure."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("INFO")]
    assert (done.returncode, said) == (0, [])
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Read]:
    read = {}
    for file in site.rglob("*.html"):
        read[file] = Read()
        read[file].feed(file.read_text(encoding="utf-8"))
    return read


def _text(pages: dict[Path, Read], site: Path, name: str) -> str:
    return "".join(pages[site / name].text)


def _broken(site: Path, pages: dict[Path, Read]) -> Iterator[str]:
    for page, read in pages.items():
        # The page for what is not found is shown at any depth: its links begin at the root.
        folder = page.parent
        for link in [*read.links, *read.fetched]:
            address = urlsplit(html.unescape(link))
            if address.scheme or address.netloc:
                continue
            path = unquote(address.path)
            target = page if not path else site / path.lstrip("/") if path.startswith("/") else folder / path
            target = (target / "index.html" if target.is_dir() else target).resolve()
            anchor = unquote(address.fragment)
            if not target.is_file():
                yield f"{page.relative_to(site)}: {link}"
            elif anchor and target in pages and anchor not in pages[target].ids:
                yield f"{page.relative_to(site)}: {link} (no such place in the page)"


def test_every_link_and_every_anchor_leads_somewhere(site: Path, pages: dict[Path, Read]) -> None:
    assert sum(len(read.links) for read in pages.values()) > 1000
    assert sorted(_broken(site.resolve(), {page.resolve(): read for page, read in pages.items()})) == []


def test_a_page_fetches_nothing_from_another_host(site: Path, pages: dict[Path, Read]) -> None:
    foreign = {
        (page.name, address)
        for page, read in pages.items()
        for address in read.fetched
        if re.match(r"(?:[a-z]+:)?//", address)
    }
    assert foreign == set()


def test_a_style_and_a_picture_fetch_nothing_from_another_host(site: Path) -> None:
    found = []
    for file in [*site.rglob("*.css"), *site.rglob("*.svg")]:
        text = re.sub(r"url\((['\"]?)data:.*?\1\)", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [
            (file.name, each)
            for each in re.findall(r"(?:url\(|@import|href=)\s*['\"]?[a-z]*:?//[^)'\"]*", text)
        ]
    assert found == []


@pytest.mark.skipif(CHROMIUM is None, reason="no `chromium` here (Debian's package)")
def test_search_finds_something_in_a_browser_without_a_network(site: Path) -> None:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        page.keyboard.press("f")
        page.keyboard.type("robots")
        page.wait_for_selector(".md-search-result__item", timeout=30_000)
        found = page.locator(".md-search-result__link").first.get_attribute("href")
        browser.close()
    assert found
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


# --- the reference ----------------------------------------------------------------------------------------


def test_every_command_and_option_is_in_the_reference(site: Path, pages: dict[Path, Read]) -> None:
    text = _text(pages, site, "cli.html")
    missing = []
    for name, command in walk():
        options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
        words = [f"linernotes {name}", *(option.opts[-1] for option in options)]
        missing += [(name, word) for word in words if word not in text]
    assert missing == []


def test_every_setting_is_in_the_reference(site: Path, pages: dict[Path, Read]) -> None:
    text = _text(pages, site, "configuration.html")
    assert [setting.key for setting in all_settings() if setting.key not in text] == []


def test_every_column_of_every_view_is_in_the_reference(site: Path, pages: dict[Path, Read]) -> None:
    page = pages[site / "database.html"]
    text = "".join(page.text)
    assert [view.name for view in VIEWS if view.name not in page.ids] == []
    columns = {(view.name, column.comment) for view in VIEWS for column in view.columns}
    assert {(view, comment) for view, comment in columns if comment not in text} == set()


def test_every_public_name_of_python_is_in_the_reference(site: Path, pages: dict[Path, Read]) -> None:
    ids = pages[site / "python-reference.html"].ids
    names = [f"linernotes.{name}" for name in linernotes.__all__]
    names += [f"linernotes.Catalog.{name}" for name in dir(Catalog) if not name.startswith("_")]
    assert [name for name in names if name not in ids] == []


def test_every_endpoint_is_in_the_reference(site: Path, pages: dict[Path, Read]) -> None:
    document = json.loads((site / "openapi.json").read_text())
    page = pages[site / "http-reference.html"]
    text = "".join(page.text)
    operations = [
        (method, path, each) for path, item in document["paths"].items() for method, each in item.items()
    ]
    assert len(operations) > 15
    assert [path for method, path, _ in operations if f"{method.upper()} {path}" not in text] == []
    assert [each["operationId"] for _, _, each in operations if each["operationId"] not in page.ids] == []
    parameters = {each["name"] for _, _, operation in operations for each in operation.get("parameters", [])}
    assert {name for name in parameters if name not in text} == set()
    schemas = document["components"]["schemas"]
    assert [name for name in schemas if name.lower() not in page.ids] == []


def test_the_site_carries_the_sources_that_it_links_to(site: Path, pages: dict[Path, Read]) -> None:
    assert "def on_files" not in _text(pages, site, "index.html")
    source = site / "source" / "store" / "views.py.html"
    assert (ROOT / "store" / "views.py").read_text().splitlines()[0] in "".join(pages[source].text)


def test_sources_are_linked_where_they_are_read_when_there_is_such_a_place(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, 'docs/site')\n"
        "from pathlib import Path\n"
        "from outside import Outside\n"
        "outside = Outside(Path(), 'https://code.example/linernotes/')\n"
        "page = '[a](../store/views.py#x) `[b](../store)` [c](python.md)'\n"
        "print(outside.relinked(page, 'docs/index.md'))\n"
        "print([source.path for source in outside.linked_from(['docs/architecture.md'], ['CHANGELOG.md'])])\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "[a](https://code.example/linernotes/store/views.py#x) `[b](../store)` [c](python.md)",
        "['CHANGELOG.md']",
    ]
