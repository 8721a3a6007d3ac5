"""Reading the vectors of a release in one piece."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, LargeBinary, Select, func, select, type_coerce

from store.batches import BATCH
from store.models import ReleaseVectorRow

# What pgvector's vector_send writes before the numbers: dimensions and an unused field, 16 bits each.
_PGVECTOR_HEADER = 4


def artist_vectors(
    connection: Connection, release_id: int, artist_ids: Sequence[int] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return numbers of artists, ascending, and their unit vectors, shape (artists, dimensions).

    For all artists of the release, or for those of `artist_ids` (at most BATCH) that it has.
    """
    found = _binary(connection).where(ReleaseVectorRow.release_id == release_id)
    if artist_ids is not None:
        assert len(artist_ids) <= BATCH
        found = found.where(ReleaseVectorRow.artist_id.in_(artist_ids))
    rows = connection.execute(found.order_by(ReleaseVectorRow.artist_id)).all()
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.float32)
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    return ids, _matrix(connection, [bytes(row[1]) for row in rows])


def _binary(connection: Connection) -> Select[int, bytes]:
    """The vectors as bytes: reading pgvector's decimal text takes twenty times as long."""
    if connection.dialect.name == "postgresql":
        vector = func.vector_send(ReleaseVectorRow.vector, type_=LargeBinary)
        return select(ReleaseVectorRow.artist_id, vector)
    return select(ReleaseVectorRow.artist_id, type_coerce(ReleaseVectorRow.vector, LargeBinary))


def _matrix(connection: Connection, vectors: Sequence[bytes]) -> NDArray[np.float32]:
    if connection.dialect.name != "postgresql":
        return np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(vectors), -1).astype(np.float32)
    numbers = np.frombuffer(b"".join(each[_PGVECTOR_HEADER:] for each in vectors), dtype=">f4")
    return numbers.reshape(len(vectors), -1).astype(np.float32)
