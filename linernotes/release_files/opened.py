"""Opening the files of a release: arrays mapped into memory, read from disk where they are touched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.release_files.manifest import (
    IDF,
    IDS,
    INDEX,
    NAMES,
    STARTS,
    TERMS,
    VECTORS,
    WEIGHTS,
    Manifest,
    has_all_bytes,
    read_manifest,
)
from linernotes.release_files.place import name_of_release
from linernotes.shared import SharedTerms
from linernotes.vectors import VectorTable
from store.lookup_records import ReleaseKey
from store.release_arrays import vector_shape


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """What is mapped of a release: vectors with their index, and written descriptors."""

    vectors: VectorTable
    shared: SharedTerms


def open_files(connection: Connection, release: ReleaseKey, home: Path | None) -> ReleaseFiles | None:
    """Map the files of a release; None when there are none, or they are of something else or damaged."""
    if home is None:
        return None
    folder = home / name_of_release(release)
    manifest = read_manifest(folder)
    if manifest is None or not has_all_bytes(folder, manifest):
        return None
    if not manifest.is_of(release, vector_shape(connection, release.release_id)):
        return None
    try:
        return _mapped(folder, manifest)
    except (OSError, ValueError):  # taken away meanwhile, or not what NumPy wrote
        return None


def _mapped(folder: Path, manifest: Manifest) -> ReleaseFiles:
    ids = np.load(folder / IDS)
    ids.flags.writeable = False
    table = VectorTable(ids, _array(folder / VECTORS), _index(folder, manifest))
    shared = SharedTerms(
        ids,
        np.load(folder / STARTS),
        _array(folder / TERMS),
        _array(folder / WEIGHTS),
        json.loads((folder / NAMES).read_text(encoding="utf-8")),
        np.load(folder / IDF),
    )
    return ReleaseFiles(table, shared)


def _array(file: Path) -> NDArray[Any]:
    # As a plain array: every operation on NumPy's memmap class costs some microseconds more.
    return np.asarray(np.load(file, mmap_mode="r"))


def _index(folder: Path, manifest: Manifest) -> Any:  # noqa: ANN401 - NearIndex, imported when there is one
    if INDEX not in manifest.files:
        return None
    from nlp.near_index import NearIndex  # noqa: PLC0415 - only large releases have an index

    try:
        return NearIndex.open(folder / INDEX)
    except (ImportError, RuntimeError):  # without the library, or of another version of it
        return None
