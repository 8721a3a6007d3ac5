"""Reading a release piece by piece in the shape of arrays, for the files that look-ups map into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Result, func, select

from store.lookup_records import ReleaseKey
from store.models import ReleaseDescriptorRow, ReleaseRow, ReleaseTermRow, ReleaseVectorRow
from store.vectors import bytes_of, matrix_of

# Rows read at a time. Vectors of 1,000 dimensions are then 20 MB, descriptors 5 MB.
VECTOR_ROWS = 5_000
DESCRIPTOR_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class VectorShape:
    """What tells the vectors of a release apart: how many, of what length, and the sum of the artists."""

    artists: int
    dimensions: int
    sum_of_ids: int


@dataclass(frozen=True, slots=True)
class DescriptorPiece:
    """Written descriptors, by artist and then term: numbers of artists and terms, and weights."""

    artists: NDArray[np.int64]
    terms: NDArray[np.int64]
    weights: NDArray[np.float64]


def release_keys(connection: Connection) -> tuple[ReleaseKey, ...]:
    """Return what identifies each release that is there, complete or not, oldest first."""
    found = select(ReleaseRow.id, ReleaseRow.created, ReleaseRow.artists).order_by(ReleaseRow.id)
    return tuple(ReleaseKey(*row) for row in connection.execute(found))


def vector_shape(connection: Connection, release_id: int) -> VectorShape:
    """Return the shape of the vectors of a release; answered from an index, without reading a vector."""
    row = ReleaseVectorRow
    counted = select(func.count(), func.sum(row.artist_id)).where(row.release_id == release_id)
    artists, total = connection.execute(counted).one()
    length = select(row.dimensions).where(row.release_id == release_id).limit(1)
    return VectorShape(artists, connection.scalar(length) or 0, int(total or 0))


def vector_pieces(
    connection: Connection, release_id: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield numbers of artists, ascending, and their vectors, VECTOR_ROWS at a time."""
    row = ReleaseVectorRow
    found = (
        select(row.artist_id, bytes_of(connection, row.vector))
        .where(row.release_id == release_id)
        .order_by(row.artist_id)
    )
    for rows in _pieces(connection.execution_options(yield_per=VECTOR_ROWS).execute(found)):
        ids = np.array([each[0] for each in rows], dtype=np.int64)
        yield ids, matrix_of(connection, [bytes(each[1]) for each in rows])


def term_table(connection: Connection, release_id: int) -> tuple[list[int], list[str], list[float]]:
    """Return number, term and inverse document frequency of the terms of a release, by term."""
    row = ReleaseTermRow
    found = select(row.term_id, row.term, row.idf).where(row.release_id == release_id)
    rows = sorted(connection.execute(found).all(), key=lambda each: each[1])  # not by a database's collation
    return [each[0] for each in rows], [each[1] for each in rows], [each[2] for each in rows]


def count_written(connection: Connection, release_id: int) -> int:
    """Return how many descriptors of a release are written, rather than inferred from similar artists."""
    row = ReleaseDescriptorRow
    counted = select(func.count()).where(row.release_id == release_id, row.inferred.is_(False))
    return connection.scalar(counted) or 0


def descriptor_pieces(connection: Connection, release_id: int) -> Iterator[DescriptorPiece]:
    """Yield the written descriptors of a release, by artist and term, DESCRIPTOR_ROWS at a time."""
    row = ReleaseDescriptorRow
    found = (
        select(row.artist_id, row.term_id, row.weight)
        .where(row.release_id == release_id, row.inferred.is_(False))
        .order_by(row.artist_id, row.term_id)
    )
    for rows in _pieces(connection.execution_options(yield_per=DESCRIPTOR_ROWS).execute(found)):
        artists, terms, weights = zip(*rows, strict=True)
        yield DescriptorPiece(np.array(artists), np.array(terms), np.array(weights, dtype=np.float64))


def _pieces(result: Result[*tuple[Any, ...]]) -> Iterator[list[Any]]:
    for rows in result.partitions():
        yield list(rows)
