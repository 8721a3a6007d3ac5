"""Exporting the vectors for other programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from linernotes.catalog import Catalog
from linernotes.export import export_release
from linernotes.export_vectors import safe_keys
from tests.linernotes.conftest import Result
from tests.small_release import add_artist, publish

Call = Callable[..., Result]
NAMES = (
    "Pale Lanterns",
    "Harrowlane",
    "Harrowlane",
    "\u3000Nïne\u00a0Volt\nGarden ",
    "Harrowlane_2",
    "# 1\u200b",
)


def fill(engine: Engine) -> list[int]:
    with engine.begin() as connection:
        ids = [add_artist(connection, name) for name in NAMES]
        random = np.random.default_rng(1)
        publish(connection, {}, {artist: random.normal(size=7).tolist() for artist in ids})
    return ids


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_loads_what_is_written(engine: Engine, tmp_path: Path, *, binary: bool) -> None:
    ids = fill(engine)
    export_release(engine, tmp_path / "out", form="word2vec")
    file = tmp_path / "out" / ("vectors.bin" if binary else "vectors.txt")
    loaded = KeyedVectors.load_word2vec_format(str(file), binary=binary)
    known, matrix = Catalog(engine).vectors()
    assert known.tolist() == ids
    assert np.array_equal(loaded.vectors, matrix)
    with (tmp_path / "out" / "names.tsv").open(encoding="utf-8", newline="") as lines:
        names = list(csv.DictReader(lines, delimiter="\t"))
    assert [row["key"] for row in names] == loaded.index_to_key
    assert [int(row["artist_id"]) for row in names] == ids
    assert [row["artist"] for row in names] == list(NAMES)


def test_keys_have_no_blanks_and_namesakes_their_numbers(sqlite_engine: Engine, tmp_path: Path) -> None:
    ids = fill(sqlite_engine)
    assert list(safe_keys(dict(zip(ids, NAMES, strict=True)))) == [
        "Pale_Lanterns",
        "Harrowlane",
        f"Harrowlane_{ids[2]}",
        "Nïne_Volt_Garden",
        "Harrowlane_2",
        "#_1",
    ]


@given(st.lists(st.text(alphabet="ab _12\t\u3000\u2028\x85", max_size=5), max_size=12))
def test_keys_are_unique_and_of_one_word(names: list[str]) -> None:
    keys = list(safe_keys(dict(enumerate(names, start=1))))
    assert len(set(keys)) == len(names)
    assert all(key.split() == [key] for key in keys)


def test_numpy_opens_by_memory_map(sqlite_engine: Engine, tmp_path: Path) -> None:
    ids = fill(sqlite_engine)
    export_release(sqlite_engine, tmp_path / "out", form="numpy")
    vectors = np.load(tmp_path / "out" / "vectors.npy", mmap_mode="r")
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, Catalog(sqlite_engine).vectors()[1])
    assert np.load(tmp_path / "out" / "ids.npy").tolist() == ids
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["kind"], manifest["dimensions"]) == ("numpy", 7)
    assert manifest["files"]["vectors.npy"]["rows"] == len(ids)


def test_the_command_line_takes_the_format(sqlite_engine: Engine, call: Call, home: Path) -> None:
    fill(sqlite_engine)
    done = call("--database", str(sqlite_engine.url), "export", "out", "--format", "word2vec", "--json")
    assert done.code == 0
    assert {row["file"] for row in done.rows} == {"out/vectors.txt", "out/vectors.bin", "out/names.tsv"}
    assert (home / "out" / "manifest.json").is_file()
