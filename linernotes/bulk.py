"""What a catalog gives in one piece: vectors and whole views; and the files that make look-ups quick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import BadQuestion
from linernotes.naming import Wanted, resolve_all
from linernotes.reader import Reader
from linernotes.vectors import VectorTable

if TYPE_CHECKING:
    import pyarrow as pa

RECALL_SAMPLE = 200
"""Artists asked for by `recall`: its standard error is then below .005 where it is above .97."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of the truly nearest `limit` artists the index finds, on average over `sample` artists.

    `share` is 0 to 1. Without an index (`indexed`), as small releases are, all are compared and it is 1.
    """

    share: float
    limit: int
    sample: int
    artists: int
    indexed: bool


class Bulk(Reader):
    """Reading much at a time."""

    def vectors(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return numbers of artists, ascending, and their vectors: float32 (artists, dimensions).

        The dot product of two rows, cut to 0–1, is their similarity. Rows are near length 1: hubs are
        shorter, artists in few lists longer. The arrays are read-only; copy them to change them. Where the
        release has files the matrix is mapped into memory: rows are read when they are touched, and all
        processes share them. It stays what it is when another release is published, and after `close`.
        """
        with self._reading() as (connection, release):
            table = self._cache.vectors(connection, release)
            return table.ids, table.matrix

    def table(
        self,
        view: str,
        *,
        artists: Wanted | Sequence[Wanted] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return a view of the database (docs/database.md) as an Arrow table, or the rows of some artists.

        `linernotes.to_pandas` and `linernotes.to_polars` take it on. Raises BadQuestion for an unknown view
        or column, and when rows of artists are asked of a view that has none.
        """
        from linernotes.view_reading import check_view, read_view  # noqa: PLC0415 - pyarrow, when needed

        check_view(view, columns, by_artist=artists is not None)
        with self._reading() as (connection, release):
            numbers = (
                None if artists is None else [each.artist_id for each in resolve_all(connection, artists)]
            )
            return read_view(connection, release.release_id, view, numbers, columns)

    def prepare(self) -> Path | None:
        """Make the files of the published release where they are missing, and use them from now on.

        `linernotes mine` makes them where it runs; this is for a machine that only looks up, in a PostgreSQL
        of elsewhere. It takes seconds, and with a million artists minutes. Returns the directory, None for a
        database in memory. Raises OSError when the directory cannot be written.
        """
        from linernotes.release_files.making import keep_files  # noqa: PLC0415 - tempfile, shutil

        folder = keep_files(self._engine, self._files)
        self._cache.look_again()
        return folder

    def recall(self, *, limit: int = 10, sample: int = RECALL_SAMPLE) -> Recall:
        """Measure the index of the published release against exact search, on artists drawn at random.

        The same artists are drawn every time. Raises BadQuestion for a limit or sample below 1.
        """
        if limit < 1 or sample < 1:
            raise BadQuestion("The limit and the sample must be at least 1.")
        with self._reading() as (connection, release):
            table = self._cache.vectors(connection, release)
        drawn = np.random.default_rng(1).choice(
            len(table.ids), size=min(sample, len(table.ids)), replace=False
        )
        shares = [_share_found(table, int(row), limit) for row in drawn.tolist()]
        indexed = table.index is not None
        return Recall(float(np.mean(shares or [1.0])), limit, len(drawn), len(table.ids), indexed)


def _share_found(table: VectorTable, row: int, limit: int) -> float:
    itself, direction = int(table.ids[row]), table.matrix[row]
    exact = [artist for artist, _ in table.exactly(direction, limit, out=[itself])]
    found = {artist for artist, _ in table.nearest(direction, limit, out=[itself])}
    return len(found & set(exact)) / max(1, len(exact))
