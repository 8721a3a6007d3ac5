"""What changed between an earlier export and the published release, and applying it.

For each view two files: `VIEW.removed.parquet` lists the keys whose rows must go, `VIEW.parquet` holds the
rows that come in their place or are new. To apply them, delete the rows with a listed key, then insert.
Compared are the rows of the earlier export itself, not those of its release in the database: names may have
been corrected since, and `linernotes forget` reaches into releases, so that a comparison with the database
would leave a forgotten quote standing downstream. So it works, too, when the release has been pruned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.export_place import ExportFailed, read_manifest, replacing, write_manifest
from linernotes.export_tables import KEYS, ROW_GROUP, described, schemas, view_parts


def write_changes(connection: Connection, since: Path, folder: Path, dimensions: int) -> dict[str, Any]:
    """Write what changed since the export in `since`; return what the manifest says of the files.

    One view at a time is in memory, twice.
    """
    files: dict[str, Any] = {}
    for name, schema in schemas(dimensions).items():
        new = pa.Table.from_batches(
            [batch for part in view_parts(connection, name, schema) for batch in part.to_batches()], schema
        )
        removed, rows = changes(_read(since / f"{name}.parquet", schema), new, KEYS[name])
        for file, table in ((f"{name}.removed.parquet", removed), (f"{name}.parquet", rows)):
            pq.write_table(table, folder / file, compression="zstd", row_group_size=ROW_GROUP)
            files[file] = described(name, table.schema, table.num_rows)
    return files


def changes(old: pa.Table, new: pa.Table, key: tuple[str, ...]) -> tuple[pa.Table, pa.Table]:
    """Return the keys of `old` whose rows are others in `new`, and the rows of `new` that `old` lacks.

    Rows are taken by key: when one of several with a key changed, all of them come.
    """
    keys = _numbered(old, new, key)
    rows = _numbered(old, new, tuple(new.column_names))
    size = int(rows.max(initial=-1)) + 1
    before, after = np.split(rows, [old.num_rows])
    differs = np.bincount(before, minlength=size) != np.bincount(after, minlength=size)
    changed = np.zeros(int(keys.max(initial=-1)) + 1, dtype=bool)
    changed[keys[differs[rows]]] = True
    _, first = np.unique(keys[: old.num_rows], return_index=True)
    gone = np.sort(first[changed[keys[first]]])
    return old.select(list(key)).take(gone), new.filter(pa.array(changed[keys[old.num_rows :]]))


def apply_changes(earlier: Path, changed: Path, directory: Path) -> None:
    """Write to `directory` the whole export that `changed` makes of `earlier`, in the order of its files.

    Raises ExportFailed when `changed` was not made from an export of the release that `earlier` holds.
    """
    whole, manifest = read_manifest(earlier), read_manifest(changed)
    if manifest.get("kind") != "changes" or manifest.get("since") != whole["release_id"]:
        raise ExportFailed(f"{changed} does not hold what changed since the export in {earlier}.")
    files: dict[str, Any] = {}
    with replacing(directory) as folder:
        for name, schema in schemas(manifest["dimensions"]).items():
            table = _applied(earlier, changed, name, schema)
            pq.write_table(table, folder / f"{name}.parquet", compression="zstd", row_group_size=ROW_GROUP)
            files[f"{name}.parquet"] = described(name, schema, table.num_rows)
        del manifest["since"]
        write_manifest(folder, manifest | {"kind": "parquet", "files": files})


def _applied(earlier: Path, changed: Path, name: str, schema: pa.Schema) -> pa.Table:
    key = KEYS[name]
    old = _read(earlier / f"{name}.parquet", schema)
    removed = pq.read_table(changed / f"{name}.removed.parquet")
    numbers = _numbered(old, removed, key)
    stays = ~np.isin(numbers[: old.num_rows], numbers[old.num_rows :])
    rows = pq.read_table(changed / f"{name}.parquet")
    joined = pa.concat_tables([old.filter(pa.array(stays)), rows.cast(schema)])
    return joined.sort_by([(column, "ascending") for column in key])


def _read(file: Path, schema: pa.Schema) -> pa.Table:
    """The rows of an earlier export; none of vectors of another length, which all change."""
    if not file.is_file():
        return schema.empty_table()
    table = pq.read_table(file)
    return table.cast(schema) if table.schema.equals(schema) else _as_now(table, schema)


def _as_now(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows of an export made before a column came, which then all change; the keys are what matters."""
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names and not pa.types.is_fixed_size_list(field.type)
        else _filler(field, table.num_rows)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _filler(field: pa.Field, rows: int) -> pa.Array:
    """Values that no row of a release has."""
    if pa.types.is_fixed_size_list(field.type):
        numbers = pa.array(np.full(rows * field.type.list_size, np.inf, dtype=np.float32))
        return pa.FixedSizeListArray.from_arrays(numbers, field.type.list_size)
    return pa.nulls(rows, field.type)


def _numbered(one: pa.Table, other: pa.Table, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """A number for each row of both tables, the same for rows that are equal in all `columns`."""
    numbers = np.zeros(one.num_rows + other.num_rows, dtype=np.int64)
    for column in columns:
        codes = _codes(one[column], other[column])
        both = numbers * (int(codes.max(initial=0)) + 1) + codes
        numbers = np.unique(both, return_inverse=True)[1].astype(np.int64)
    return numbers


def _codes(one: pa.ChunkedArray, other: pa.ChunkedArray) -> NDArray[np.int64]:
    if pa.types.is_fixed_size_list(one.type):
        width = max(1, one.type.list_size)
        flat = [pc.list_flatten(each).to_numpy() for each in (one, other)]
        rows = np.ascontiguousarray(np.concatenate(flat).astype(np.float32)).reshape(-1, width)
        whole = rows.view(np.dtype((np.void, 4 * width))).ravel()
        return np.unique(whole, return_inverse=True)[1].astype(np.int64)
    joined = pa.chunked_array([*one.chunks, *other.chunks], type=one.type).combine_chunks()
    return np.asarray(pc.dictionary_encode(joined, null_encoding="encode").indices, dtype=np.int64)
