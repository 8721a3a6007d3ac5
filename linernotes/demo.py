"""The demo: the real `run` on the sample site, which is served on loopback for the time of it."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from linernotes.config import Settings, load_settings
from linernotes.jobs.run import RunReport, run_job
from linernotes.progress import Progress
from linernotes.sample_site import SampleSite, SampleSiteError, sample_sources, serve_sample_site, site_root
from store.engine import connect
from store.errors import LinernotesError
from store.records import Source

MARK = "# Written by `linernotes demo`."
CONFIG_NAME = "linernotes.toml"
DATABASE_NAME = "linernotes.db"
_NO_PORTS = (0, 0, 0)


class DemoFailed(LinernotesError):
    """The demo cannot use its directory or its ports."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that was run: where it lies, what it did, and whether there was one before."""

    folder: Path
    engine: Engine
    report: RunReport
    again: bool

    @property
    def database(self) -> str:
        """The URL of the demo's database."""
        return str(self.engine.url)


def run_demo(folder: Path, progress: Progress) -> Demo:
    """Serve the sample site, write the configuration into `folder` and run it.

    A second demo in the same folder serves the site at the same addresses and updates what is there. Raises
    DemoFailed when the folder is used for something else or the addresses are taken.
    """
    ports = _prepare(folder)
    with _served(ports, folder) as site:
        if ports == _NO_PORTS:
            _write(folder / CONFIG_NAME, _configuration(demo_sources(site)))
        settings = _settings(folder)
        engine = connect(settings.database)
        report = run_job(engine, settings, progress)
    return Demo(folder, engine, report, again=ports != _NO_PORTS)


@contextmanager
def _served(ports: tuple[int, int, int], folder: Path) -> Iterator[SampleSite]:
    """The site at its earlier addresses; were they others, all of its pages would be new ones."""
    try:
        with serve_sample_site(ports) as site:
            yield site
    except SampleSiteError as error:
        if ports == _NO_PORTS:
            raise
        raise DemoFailed(
            f"The addresses of the demo in {folder} are in use by another program, or by the same demo; "
            "wait for it to end, or name another directory: `linernotes demo DIR`."
        ) from error


def demo_sources(site: SampleSite) -> list[Source]:
    """The sources of the sample site, and the blog's home page, which links to its disallowed corner."""
    return [*sample_sources(site), Source(f"{site.blog}/", "site", scope=f"{site.blog}/")]


def _prepare(folder: Path) -> tuple[int, int, int]:
    """Make the folder and return the ports of an earlier demo in it, or zeros."""
    config = folder / CONFIG_NAME
    if config.exists():
        return _ports_of(config)
    database = folder / DATABASE_NAME
    if database.exists():
        raise DemoFailed(
            f"{database} exists and is not of a demo; name another directory: `linernotes demo DIR`."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site_root() / "artists.csv", folder / "artists.csv")
    except OSError as error:
        raise DemoFailed(f"{folder} cannot be used for the demo: {error.strerror}.") from error
    return _NO_PORTS


def _ports_of(config: Path) -> tuple[int, int, int]:
    """The ports of blog, magazine and board in the configuration of an earlier demo."""
    refusal = DemoFailed(
        f"{config} was not written by `linernotes demo`; name another directory: `linernotes demo DIR`."
    )
    try:
        text = config.read_text(encoding="utf-8")
        sources = tomllib.loads(text)["sources"]
        blog, magazine, board = (urlsplit(source["url"]).port or 0 for source in sources[:3])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refusal from error
    if MARK not in text or 0 in (blog, magazine, board):
        raise refusal
    return blog, magazine, board


def _settings(folder: Path) -> Settings:
    """The settings of the demo; its database and its manners stand whatever the environment says."""
    flags = {
        "database": f"sqlite:///{folder / DATABASE_NAME}",
        "artists": [str(folder / "artists.csv")],
        "crawl": {"allow_private_hosts": True, "delay_seconds": 0},
    }
    return load_settings(folder / CONFIG_NAME, flags)


def _configuration(sources: Sequence[Source]) -> str:
    listed = "\n".join(
        f'[[sources]]\nurl = "{source.url}"\nkind = "{source.kind}"\n'
        + (f'scope = "{source.scope}"\n' if source.scope else "")
        for source in sources
    )
    return f"""{MARK}
# The sample site is served at these addresses only while `linernotes demo` runs.

database = "sqlite:///{DATABASE_NAME}"
artists = "artists.csv"

[crawl]
# The sample site is on this machine: it may be fetched, and at once. Elsewhere leave both as they are.
allow_private_hosts = true
delay_seconds = 0
host_concurrency = 4

{listed}"""


def _write(file: Path, text: str) -> None:
    """Write a whole file or none, so that an interrupted demo leaves no half of a configuration."""
    unfinished = file.with_suffix(".tmp")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)
