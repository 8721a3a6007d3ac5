"""A small world of two scenes, with what is written about its artists and who plays them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from sqlalchemy import Engine

from examples.recommender.comparison import TAGS, Setup
from examples.recommender.knowledge import Knowledge
from examples.recommender.listens import Listens
from linernotes import ArtistEntry
from tests.small_release import add_artist, publish

SCENES, IN_EACH, LISTENERS = 2, 12, 30


@pytest.fixture
def listens() -> Listens:
    """Every listener keeps to one scene; the last artist of each scene has no plays."""
    random = np.random.default_rng(3)
    scene = np.repeat(np.arange(SCENES), IN_EACH)
    plays = np.where(np.arange(LISTENERS)[:, None] % SCENES == scene, random.integers(1, 90, (1, 24)), 0)
    plays = plays * (random.random(plays.shape) < 0.6)
    plays[:, [IN_EACH - 1, 2 * IN_EACH - 1]] = 0
    artists = tuple(ArtistEntry(number, f"Artist {number}") for number in range(1, 25))
    names = tuple(f"listener {row}" for row in range(LISTENERS))
    return Listens(names, artists, sp.csr_matrix(plays.astype(np.float32)), 24, 24)


@pytest.fixture
def knowledge() -> Knowledge:
    """Vectors of one scene lie together; everybody has one but the third artist."""
    random = np.random.default_rng(4)
    centres = np.repeat(np.eye(SCENES, 6), IN_EACH, axis=0)
    vectors = centres + 0.1 * random.standard_normal(centres.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[2] = 0
    return Knowledge(vectors.astype(np.float32), random.random(24), random.integers(100, 900, 24) * 1.0)


@pytest.fixture
def setup(listens: Listens, knowledge: Knowledge) -> Setup:
    """Both, and tags that say of half of the artists which scene they are of."""
    tags = np.repeat(np.eye(SCENES), IN_EACH, axis=0) * (np.arange(24) % 2 == 0)[:, None]
    return Setup(listens, knowledge, {TAGS: sp.csr_matrix(tags, dtype=np.float32)}, depth=3, shallow=1)


@pytest.fixture
def database(sqlite_engine: Engine) -> str:
    """The URL of a release with four artists; the last of them is registered and not described."""
    with sqlite_engine.begin() as connection:
        one, two, three = (add_artist(connection, name) for name in ("Kéla", "The Moss Choir", "Ombre"))
        add_artist(connection, "Untold")
        words = {one: {"dreamy": 0.5}, two: {"dreamy": 0.4}, three: {"harsh": 0.6}}
        vectors = {one: (1.0, 0.1), two: (1.0, 0.2), three: (0.1, 1.0)}
        summaries = [(one, 300, 3, 2, 0.6, 0.0), (two, 200, 2, 2, 0.4, 0.0), (three, 150, 1, 1, 0.2, 0.0)]
        directions = {"dreamy": (1.0, 0.0), "harsh": (0.0, 1.0)}
        publish(connection, words, vectors, summaries=summaries, directions=directions)
    return str(sqlite_engine.url)


@pytest.fixture
def plays_file(tmp_path: Path) -> Path:
    """Plays of two listeners, of which one names nobody else knows."""
    file = tmp_path / "plays.tsv"
    file.write_text(
        "listener\tartist\tplays\nann\tkela\t3\nann\tKÉLA\t4\nann\tNobody at All\t9\nbo\tUntold\t2\n",
        encoding="utf-8",
    )
    return file
