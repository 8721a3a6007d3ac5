"""The views as Arrow tables and Parquet files: their schemas, which are promised, and their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import BigInteger, Boolean, Connection, Date, Float, Integer

from store.types import UtcTime, Vector
from store.view_tables import VIEW_TABLES, select_view
from store.views import VIEWS, View

FORMAT_VERSION = 2
"""Grows when a column is renamed, removed or given another type; new files and columns are no break.

1: the first. 2: manifests say what `kind` of export they stand beside and what the `key` of each file is.
"""
# Rows of a row group: readers can then skip and parallelise, and memory stays at a few tens of megabytes.
ROW_GROUP = 50_000

# What tells the rows of a view apart. Where writers repeat a sentence, several rows may share a key.
KEYS: dict[str, tuple[str, ...]] = {
    "artist_descriptors": ("artist_id", "term", "kind"),
    "similar_artists": ("artist_id", "similar_artist_id"),
    "descriptor_evidence": ("artist_id", "term", "url", "quote"),
    "artist_activity": ("artist_id", "week"),
    "artist_vectors": ("artist_id",),
    "artist_summary": ("artist_id",),
    "artist_comparisons": ("artist_id", "compared_artist_id", "url", "quote"),
    "term_activity": ("artist_id", "term", "week"),
    "artist_candidates": ("name",),
    "candidate_evidence": ("name", "url", "quote"),
    "applied_overrides": ("number",),
    "artist_map": ("artist_id",),
    "map_regions": ("region_id",),
    "current_release": ("release_id",),
}

# What the columns of a view are, by what they are in SQL (`store.view_tables`); all else is text.
_ARROW: dict[type, pa.DataType] = {
    BigInteger: pa.int64(),
    Integer: pa.int32(),
    Float: pa.float64(),
    Boolean: pa.bool_(),
    Date: pa.date32(),
    UtcTime: pa.timestamp("us", tz="UTC"),
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


def schema_of(view: View, dimensions: int) -> pa.Schema:
    """Return the schema of a view's file; `dimensions` is the length of the vectors of the release."""
    types = _ARROW | {Vector: pa.list_(pa.float32(), dimensions)}
    return pa.schema(
        [
            pa.field(
                column.name,
                types.get(type(VIEW_TABLES[view.name].c[column.name].type), pa.string()),
                nullable=column.name in _NULLABLE,
                metadata={"comment": column.comment},
            )
            for column in view.columns
        ],
        metadata={"comment": view.comment},
    )


def schemas(dimensions: int) -> dict[str, pa.Schema]:
    """Return the schema of each view's file by the name of the view."""
    return {view.name: schema_of(view, dimensions) for view in VIEWS}


def described(name: str, schema: pa.Schema, rows: int) -> dict[str, Any]:
    """What the manifest says of a view's file."""
    columns = [
        {"name": field.name, "type": str(field.type), "comment": field.metadata[b"comment"].decode()}
        for field in schema
    ]
    return {
        "comment": schema.metadata[b"comment"].decode(),
        "rows": rows,
        "key": list(KEYS[name]),
        "columns": columns,
    }


def write_view(connection: Connection, name: str, schema: pa.Schema, file: Path) -> int:
    """Write a view to a file, in an order that does not depend on the database; return the number of rows."""
    written = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in view_parts(connection, name, schema):
            writer.write_table(table, row_group_size=ROW_GROUP)
            written += table.num_rows
    return written


def view_parts(connection: Connection, name: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a view, ROW_GROUP at a time."""
    result = connection.execution_options(yield_per=ROW_GROUP).execute(select_view(name))
    for rows in result.partitions():
        yield table_of(rows, schema)


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
