"""Exporting a release: every view as a Parquet file, what changed since an earlier export, or the vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Engine

from linernotes.errors import NoRelease
from linernotes.export_changes import write_changes
from linernotes.export_place import MANIFEST, ExportFailed, read_manifest, replacing, write_manifest
from linernotes.export_tables import FORMAT_VERSION, described, schemas, write_view
from linernotes.export_vectors import write_numpy, write_word2vec
from store.lookup_records import ReleaseKey
from store.lookups import published_key, vector_dimensions
from store.snapshot import snapshot

__all__ = ["FORMATS", "MANIFEST", "ExportFailed", "ExportReport", "Format", "export_release"]

Format = Literal["parquet", "word2vec", "numpy"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was exported: `rows` by file name."""

    directory: Path
    release_id: int
    rows: dict[str, int]


def export_release(
    engine: Engine, directory: Path, *, form: Format = "parquet", since: Path | None = None
) -> ExportReport:
    """Write the published release to `directory`, with a manifest.json that says what the files hold.

    `parquet` is one file for each view, `word2vec` and `numpy` are the vectors of artists. With `since`, the
    directory of an earlier export as Parquet, only what changed is written (see `export_changes`). All of it
    is of one release. An earlier export in `directory` is replaced when the new one is complete; anything
    else is refused. Raises NoRelease, or ExportFailed, which leaves what was there.
    """
    if since is not None:
        _refuse_unusable(since, form, directory)
    with replacing(directory) as partial, snapshot(engine) as connection:
        release = published_key(connection)
        if release is None:
            raise NoRelease
        manifest, rows = _write(connection, release, partial, form, since)
        write_manifest(partial, manifest)
    return ExportReport(directory, release.release_id, rows)


def _refuse_unusable(since: Path, form: Format, directory: Path) -> None:
    if form != "parquet":
        raise ExportFailed(f"Only an export as Parquet can hold what changed; {form} is always whole.")
    if since.absolute() == directory.absolute():
        raise ExportFailed(
            f"{directory} is the earlier export itself; name another directory for the changes."
        )
    manifest = read_manifest(since)
    if manifest.get("kind") != "parquet" or manifest["format"] != FORMAT_VERSION:
        raise ExportFailed(
            f"{since} is no whole export as Parquet in format {FORMAT_VERSION}; "
            "make one with `linernotes export`."
        )


def _write(
    connection: Connection, release: ReleaseKey, folder: Path, form: Format, since: Path | None
) -> tuple[dict[str, Any], dict[str, int]]:
    """Write the files; return the manifest, and rows by file name."""
    dimensions = vector_dimensions(connection, release.release_id)
    manifest: dict[str, Any] = {
        "format": FORMAT_VERSION,
        "kind": "changes" if since else form,
        "release_id": release.release_id,
        "created": release.created.isoformat(),
        "dimensions": dimensions,
    }
    if since is not None:
        manifest["since"] = read_manifest(since)["release_id"]
        files = write_changes(connection, since, folder, dimensions)
    elif form == "parquet":
        files = _write_views(connection, folder, dimensions)
    else:
        files = _VECTORS[form](connection, folder)
    return manifest | {"files": files}, {name: file["rows"] for name, file in files.items()}


_VECTORS: Mapping[str, Callable[[Connection, Path], dict[str, Any]]] = {
    "word2vec": write_word2vec,
    "numpy": write_numpy,
}


def _write_views(connection: Connection, folder: Path, dimensions: int) -> dict[str, Any]:
    return {
        f"{name}.parquet": described(
            name, schema, write_view(connection, name, schema, folder / f"{name}.parquet")
        )
        for name, schema in schemas(dimensions).items()
    }
