"""Making the files of a release, whole or not at all, and taking away those of releases that are gone."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from linernotes.release_files.manifest import (
    IDF,
    IDS,
    INDEX,
    MANIFEST,
    NAMES,
    STARTS,
    TERMS,
    VECTORS,
    WEIGHTS,
    has_all_bytes,
    read_manifest,
    write_manifest,
)
from linernotes.release_files.place import folder_of_database, name_of_release
from linernotes.vectors import rows_in
from store.lookup_records import ReleaseKey
from store.lookups import published_key
from store.release_arrays import (
    VectorShape,
    count_written,
    descriptor_pieces,
    release_keys,
    term_table,
    vector_pieces,
    vector_shape,
)
from store.snapshot import snapshot

INDEX_FROM = 20_000
"""Artists from which on a release gets an index; below, multiplying all vectors takes about as long.

Median of one thread at 300 dimensions: 12,006 artists exactly .9 ms, through the index .11.
"""

UNFINISHED = ".unfinished-"
ABANDONED_SECONDS = 6 * 3600
"""Age from which on an unfinished directory is one of a process that was killed: a million take minutes."""


def keep_files(
    engine: Engine, cache: str | Path | None = None, *, release: ReleaseKey | None = None
) -> Path | None:
    """Make the files of a release, by default of the published one, unless they are there; prune others.

    Returns their directory; None when there is nothing to make, or the database is in memory alone. What is
    of a release that is gone, or from which an artist was forgotten since, goes first. Raises OSError when
    the directory cannot be written. Several processes may do so at once: the first one's stay.
    """
    home = folder_of_database(engine.url, cache)
    if home is None:
        return None
    with snapshot(engine) as connection:
        wanted = release or published_key(connection)
        _prune(home, {name_of_release(key) for key in release_keys(connection)})
        return None if wanted is None else _kept(connection, wanted, home)


def make_files(engine: Engine, cache: str | Path | None = None, release_id: int | None = None) -> str:
    """Do as `keep_files`, for a release by its number; return what stood in the way, empty if nothing did.

    Look-ups work without the files, so that mining need not fail for them.
    """
    with snapshot(engine) as connection:
        release = next((key for key in release_keys(connection) if key.release_id == release_id), None)
    try:
        keep_files(engine, cache, release=release)
    except OSError as error:
        return f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}"
    return ""


def are_whole(connection: Connection, release: ReleaseKey, folder: Path) -> bool:
    """Whether a directory has the files of this very release."""
    manifest = read_manifest(folder)
    if manifest is None or not has_all_bytes(folder, manifest):
        return False
    return manifest.is_of(release, vector_shape(connection, release.release_id))


def _kept(connection: Connection, release: ReleaseKey, home: Path) -> Path | None:
    folder = home / name_of_release(release)
    if are_whole(connection, release, folder):
        return folder
    shape = vector_shape(connection, release.release_id)
    if not shape.artists:
        return None
    home.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=home))
    try:
        _write(connection, release, shape, unfinished)
        unfinished.chmod(home.stat().st_mode & 0o777)  # what mkdtemp makes is for its owner alone
        _move(connection, release, unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _write(connection: Connection, release: ReleaseKey, shape: VectorShape, folder: Path) -> None:
    vectors = _write_vectors(connection, release.release_id, shape, folder)
    _write_descriptors(connection, release.release_id, np.load(folder / IDS), folder)
    if shape.artists >= INDEX_FROM:
        _write_index(vectors, folder / INDEX)
    for file in folder.iterdir():
        _to_disk(file)
    write_manifest(folder, release, shape)
    _to_disk(folder / MANIFEST)


def _write_vectors(
    connection: Connection, release_id: int, shape: VectorShape, folder: Path
) -> NDArray[np.float32]:
    ids = np.zeros(shape.artists, dtype=np.int64)
    matrix: NDArray[np.float32] = _new(folder / VECTORS, np.float32, (shape.artists, shape.dimensions))
    start = 0
    for numbers, rows in vector_pieces(connection, release_id):
        ids[start : start + len(numbers)], matrix[start : start + len(numbers)] = numbers, rows
        start += len(numbers)
    np.save(folder / IDS, ids)
    return matrix


def _write_descriptors(connection: Connection, release_id: int, ids: NDArray[np.int64], folder: Path) -> None:
    numbers, names, idf = term_table(connection, release_id)
    (folder / NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    np.save(folder / IDF, np.array(idf, dtype=np.float64))
    place = np.zeros(max(numbers, default=0) + 1, dtype=np.int32)
    place[numbers] = np.arange(len(numbers), dtype=np.int32)
    total = count_written(connection, release_id)
    terms = _new(folder / TERMS, np.int32, (total,))
    weights = _new(folder / WEIGHTS, np.float32, (total,))
    counts = np.zeros(len(ids) + 1, dtype=np.int64)
    written = 0
    for piece in descriptor_pieces(connection, release_id):
        row, known = rows_in(ids, piece.artists)
        end = written + int(known.sum())
        terms[written:end], weights[written:end] = place[piece.terms[known]], piece.weights[known]
        counts += np.bincount(row[known] + 1, minlength=len(counts))
        written = end
    np.save(folder / STARTS, np.cumsum(counts))


def _write_index(vectors: NDArray[np.float32], file: Path) -> None:
    from nlp.near_index import build_index  # noqa: PLC0415 - only large releases have an index

    build_index(vectors, file)


def _new(file: Path, kind: type[np.generic], shape: tuple[int, ...]) -> Any:  # noqa: ANN401 - a memmap
    """An array in a file; of no elements it cannot be mapped, and nothing will be written into it."""
    if 0 in shape:
        np.save(file, np.zeros(shape, dtype=kind))
        return np.zeros(shape, dtype=kind)
    return np.lib.format.open_memmap(file, mode="w+", dtype=kind, shape=shape)


def _to_disk(file: Path) -> None:
    """Let a power cut leave the files, or no directory of that name, but never its shell."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _move(connection: Connection, release: ReleaseKey, unfinished: Path, folder: Path) -> None:
    """Give the finished directory its name, unless another process was first."""
    try:
        unfinished.rename(folder)
    except OSError:
        if not are_whole(connection, release, folder):
            broken = folder.with_name(f"{UNFINISHED}{folder.name}-{os.getpid()}")
            folder.rename(broken)
            unfinished.rename(folder)
            shutil.rmtree(broken, ignore_errors=True)


def _prune(home: Path, kept: set[str]) -> None:
    """Take away directories of releases that are gone, and what killed processes left."""
    if not home.is_dir():
        return
    for folder in home.iterdir():
        stale = folder.name.startswith("release-") and folder.name not in kept
        if stale or (folder.name.startswith(UNFINISHED) and _is_abandoned(folder)):
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a directory that another process may be removing as well; OSError when it stays."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)


def _is_abandoned(folder: Path) -> bool:
    try:
        newest = max(file.stat().st_mtime for file in (folder, *folder.iterdir()))
    except OSError:
        return False
    return time.time() - newest > ABANDONED_SECONDS
