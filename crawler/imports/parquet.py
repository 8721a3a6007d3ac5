"""Parquet files as tables of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.imports.errors import BrokenFile, ImportFailed
from crawler.imports.files import check_readable
from crawler.imports.rows import Row, Table

ROWS_AT_A_TIME = 500


@contextmanager
def open_parquet(path: Path) -> Iterator[Table]:
    """A Parquet file as a table; rows are read a few hundred at a time.

    Its directory stands at the end of the file, so of a truncated one nothing can be read (ImportFailed);
    one that is damaged inside is read up to there (BrokenFile), if it carries
    checksums or the damage makes it unreadable.
    """
    check_readable(path)
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise ImportFailed(
            f"{path} is not a complete Parquet file, and nothing of it can be read ({_words(error)}); "
            "fetch it again."
        ) from error
    with file:
        total = max(file.metadata.num_rows, 1)
        reader = _Reader(file, path)
        yield Table(tuple(file.schema_arrow.names), reader.rows(), lambda: reader.read / total)


class _Reader:
    def __init__(self, file: pq.ParquetFile, path: Path) -> None:
        self._file = file
        self._path = path
        self.read = 0

    def rows(self) -> Iterator[Row]:
        try:
            for group in range(self._file.num_row_groups):
                for batch in self._file.iter_batches(ROWS_AT_A_TIME, row_groups=[group]):
                    for values in batch.to_pylist():
                        self.read += 1
                        yield Row(self.read, values)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise BrokenFile(
                f"{self._path} is damaged after row {self.read} ({_words(error)}); fetch it again."
            ) from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".")
