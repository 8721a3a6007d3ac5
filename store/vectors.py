"""Reading the vectors of a release in one piece: of its artists, and of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from store.batches import BATCH, batches
from store.models import ReleaseTermRow, ReleaseVectorRow

# What pgvector's vector_send writes before the numbers: dimensions and an unused field, 16 bits each.
_PGVECTOR_HEADER = 4


def artist_vectors(
    connection: Connection, release_id: int, artist_ids: Sequence[int] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return numbers of artists, ascending, and their vectors, shape (artists, dimensions).

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
    return ids, matrix_of(connection, [bytes(row[1]) for row in rows])


def term_directions(
    connection: Connection, release_id: int, term_ids: Sequence[int]
) -> dict[int, NDArray[np.float32]]:
    """Return what weight 1 of each term adds to an artist's vector, for those terms where that is known."""
    found: dict[int, NDArray[np.float32]] = {}
    for batch in batches(term_ids):
        asked = _term_binary(connection).where(
            ReleaseTermRow.release_id == release_id,
            ReleaseTermRow.term_id.in_(batch),
            ReleaseTermRow.direction.is_not(None),
        )
        rows = connection.execute(asked).all()
        if rows:
            matrix = matrix_of(connection, [bytes(row[1]) for row in rows])
            found |= {row[0]: direction for row, direction in zip(rows, matrix, strict=True)}
    return found


def _binary(connection: Connection) -> Select[int, bytes]:
    return select(ReleaseVectorRow.artist_id, bytes_of(connection, ReleaseVectorRow.vector))


def _term_binary(connection: Connection) -> Select[int, bytes]:
    return select(ReleaseTermRow.term_id, bytes_of(connection, ReleaseTermRow.direction))


def bytes_of(connection: Connection, vector: InstrumentedAttribute[Any]) -> ColumnElement[bytes]:
    """A vector as bytes: reading pgvector's decimal text takes twenty times as long."""
    if connection.dialect.name == "postgresql":
        return func.vector_send(vector, type_=LargeBinary)
    return type_coerce(vector, LargeBinary)


def matrix_of(connection: Connection, vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Return vectors, read as `bytes_of` gives them, as the rows of a matrix."""
    if connection.dialect.name != "postgresql":
        return np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(vectors), -1).astype(np.float32)
    numbers = np.frombuffer(b"".join(each[_PGVECTOR_HEADER:] for each in vectors), dtype=">f4")
    return numbers.reshape(len(vectors), -1).astype(np.float32)
