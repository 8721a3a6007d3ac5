"""Exporting a release: every view as a Parquet file, and a manifest that says what they hold."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine

from linernotes.errors import NoRelease
from store.errors import LinernotesError
from store.lookups import published_key, vector_dimensions
from store.snapshot import snapshot
from store.view_tables import select_view
from store.views import VIEWS, View

MANIFEST = "manifest.json"
FORMAT_VERSION = 1
# Rows of a row group: readers can then skip and parallelise, and memory stays at a few tens of megabytes.
ROW_GROUP = 50_000

_TYPES: dict[str, pa.DataType] = {
    "artist_id": pa.int64(),
    "similar_artist_id": pa.int64(),
    "compared_artist_id": pa.int64(),
    "release_id": pa.int64(),
    "region_id": pa.int64(),
    "parent_id": pa.int64(),
    "level": pa.int32(),
    "x": pa.float64(),
    "y": pa.float64(),
    "weight": pa.float64(),
    "score": pa.float64(),
    "similarity": pa.float64(),
    "familiarity": pa.float64(),
    "buzz": pa.float64(),
    "inferred": pa.bool_(),
    "frequency": pa.int32(),
    "mentions": pa.int32(),
    "words": pa.int32(),
    "number": pa.int32(),
    "applied": pa.int32(),
    "documents": pa.int32(),
    "sources": pa.int32(),
    "rank": pa.int32(),
    "dimensions": pa.int32(),
    "artists": pa.int32(),
    "terms": pa.int32(),
    "first_seen": pa.date32(),
    "last_seen": pa.date32(),
    "published": pa.date32(),
    "week": pa.date32(),
    "created": pa.timestamp("us", tz="UTC"),
}
_NULLABLE = {
    "mbid",
    "title",
    "first_seen",
    "last_seen",
    "published",
    "object",
    "note",
    "region_id",
    "parent_id",
}


class ExportFailed(LinernotesError):
    """The export could not be written; what stood there before is unchanged."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was exported: `rows` by file name."""

    directory: Path
    release_id: int
    rows: dict[str, int]


def export_release(engine: Engine, directory: Path) -> ExportReport:
    """Write the published release to `directory`: one Parquet file for each view, and manifest.json.

    All of it is of one release. An earlier export there is replaced when the new one is complete; anything
    else is refused. Raises NoRelease, or ExportFailed, which leaves what was there.
    """
    target = directory.absolute()
    _refuse_other_content(target)
    try:
        with _beside(target) as partial, snapshot(engine) as connection:
            report = _write_all(connection, partial, directory)
            _move_into_place(partial, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportFailed(f"The export to {directory} failed and left what was there: {reason}.") from error
    return report


def schema_of(view: View, dimensions: int) -> pa.Schema:
    """Return the schema of a view's file; `dimensions` is the length of the vectors of the release."""
    types = _TYPES | {"vector": pa.list_(pa.float32(), dimensions)}
    return pa.schema(
        [
            pa.field(
                column.name,
                types.get(column.name, pa.string()),
                nullable=column.name in _NULLABLE,
                metadata={"comment": column.comment},
            )
            for column in view.columns
        ],
        metadata={"comment": view.comment},
    )


def _refuse_other_content(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ExportFailed(f"{target} is a file; name a directory to export to.")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise ExportFailed(f"{target} holds something else than an export; name another directory.")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new directory on the same disk, which is gone afterwards unless it was moved."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_all(connection: Connection, folder: Path, directory: Path) -> ExportReport:
    release = published_key(connection)
    if release is None:
        raise NoRelease
    dimensions = vector_dimensions(connection, release.release_id)
    schemas = {view.name: schema_of(view, dimensions) for view in VIEWS}
    rows = {
        f"{name}.parquet": _write_view(connection, name, schema, folder / f"{name}.parquet")
        for name, schema in schemas.items()
    }
    manifest = {
        "format": FORMAT_VERSION,
        "release_id": release.release_id,
        "created": release.created.isoformat(),
        "dimensions": dimensions,
        "files": {f"{name}.parquet": _described(schemas[name], rows[f"{name}.parquet"]) for name in schemas},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return ExportReport(directory, release.release_id, rows)


def _described(schema: pa.Schema, rows: int) -> dict[str, Any]:
    columns = [
        {"name": field.name, "type": str(field.type), "comment": field.metadata[b"comment"].decode()}
        for field in schema
    ]
    return {"comment": schema.metadata[b"comment"].decode(), "rows": rows, "columns": columns}


def _write_view(connection: Connection, name: str, schema: pa.Schema, file: Path) -> int:
    written = 0
    result = connection.execution_options(yield_per=ROW_GROUP).execute(select_view(name))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in result.partitions():
            writer.write_table(table_of(rows, schema), row_group_size=ROW_GROUP)
            written += len(rows)
    return written


def table_of(rows: Sequence[Any], schema: pa.Schema) -> pa.Table:
    """Return rows of a view as a table."""
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_fixed_size_list(kind):
        numbers = np.concatenate(values).astype(np.float32, copy=False)
        return pa.FixedSizeListArray.from_arrays(pa.array(numbers, pa.float32()), kind.list_size)
    if pa.types.is_string(kind) and values and isinstance(values[0], dict):
        values = [json.dumps(value, sort_keys=True, ensure_ascii=False) for value in values]
    return pa.array(values, kind)


def _move_into_place(partial: Path, target: Path) -> None:
    """Replace the earlier export by the complete new one, and bring it back should that fail."""
    if not target.exists():
        partial.chmod(0o755)  # what mkdtemp makes is for its owner alone
        partial.rename(target)
        return
    partial.chmod(target.stat().st_mode & 0o777)
    earlier = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".earlier", dir=target.parent))
    target.rename(earlier / target.name)
    try:
        partial.rename(target)
    except OSError:
        (earlier / target.name).rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
