"""The sample site, crawled and mined once for all floors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from linernotes.demo import run_demo
from linernotes.progress import SilentProgress
from linernotes.sample_site import site_root


@dataclass(frozen=True, slots=True)
class Mined:
    """The mined sample site, and the folder with its ground truth."""

    engine: Engine
    truth: Path


@pytest.fixture(scope="session")
def mined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mined]:
    """The sample site after the real main job."""
    demo = run_demo(tmp_path_factory.mktemp("quality") / "demo", SilentProgress())
    yield Mined(demo.engine, site_root() / "truth")
    demo.engine.dispose()


def content_digest() -> str:
    """SHA-256, shortened, of all texts and truth of the sample site."""
    sha = hashlib.sha256()
    for file in sorted(
        [*site_root().rglob("*.md"), *site_root().rglob("*.tsv"), site_root() / "artists.csv"]
    ):
        if file.name != "README.md":
            sha.update(file.relative_to(site_root()).as_posix().encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:16]
