"""Cutting long lists of values into statements that both databases accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# Bound parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
BATCH = 5_000


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield `values` in pieces of at most BATCH, in order."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
