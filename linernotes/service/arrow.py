"""Vectors as an Arrow IPC stream: every language reads it, and nothing is lost or copied on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STREAM = "application/vnd.apache.arrow.stream"


def vectors_as_arrow(ids: NDArray[np.int64], matrix: NDArray[np.float32]) -> bytes:
    """Return a stream of one table: `artist_id` int64, `vector` a list of as many float32 as dimensions."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and only who wants vectors needs it

    width = matrix.shape[1]
    values = pa.array(np.ascontiguousarray(matrix).reshape(-1))
    table = pa.table(
        {"artist_id": pa.array(ids), "vector": pa.FixedSizeListArray.from_arrays(values, max(1, width))}
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def vectors_from_arrow(stream: bytes) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return numbers of artists and their vectors, float32 (artists, dimensions), of such a stream."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    with pa.ipc.open_stream(stream) as reader:
        table = reader.read_all().combine_chunks()
    vectors = table.column("vector")
    width = table.schema.field("vector").type.list_size
    parts = [chunk.flatten().to_numpy() for chunk in vectors.chunks]
    values = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
    return table.column("artist_id").to_numpy(), values.reshape(-1, width).astype(np.float32, copy=False)
