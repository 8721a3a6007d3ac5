"""An index of vectors by inner product (HNSW), kept in a file that is mapped into memory.

Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
Small World graphs" (2016), as implemented by usearch (Apache-2.0). It holds the vectors in half precision;
whoever asks multiplies the rows found by the exact vectors, which also puts them in order.

Compared on 12,006 artists × 300 (lengths .92–1.71) and 60,000 synthetic ones × 256 by recall@10 after exact
re-ranking, each with 64 candidates: usearch f16 .999 and .998, bf16 .998 and .998, i8 .978 and .924 (it
forgets the lengths). voyager .980 and .980, and it reads its file into memory, a copy for every process.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from usearch.index import Index

LINKS = 16
"""Edges of a node. 24 instead of 16 brought nothing measurable, for a tenth more memory."""

EXPLORED_WHEN_BUILT = 128
"""Candidates looked at for a new node's edges: with 200, recall@10 was the same within .001."""

SEARCHED = 96
"""Candidates looked at for an answer, at least.

recall@10 at 12,006 real artists: .9990 with 64, .9993 with 100, .9995 with 400 in 4 times the time of 64. At
60,000 synthetic ones .9985, .9995 and 1.0; at 100,000 .995 with 64. It falls as they become more, so that
there is some to spare.
"""

BLOCK = 50_000
"""Vectors added at a time, between which an interrupt is heard."""


def build_index(vectors: NDArray[np.float32], file: Path) -> None:
    """Write the index of `vectors`, shape (rows, dimensions), to a file; keys are row numbers.

    Uses all cores. Which edges there are depends on the order in which threads come, so that two indexes of
    the same vectors may differ in a few of a thousand answers.
    """
    from usearch.index import Index  # noqa: PLC0415 - only large releases have an index

    index = Index(
        ndim=vectors.shape[1],
        metric="ip",
        dtype="f16",
        connectivity=LINKS,
        expansion_add=EXPLORED_WHEN_BUILT,
        enable_key_lookups=False,
    )
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        index.add(np.arange(start, start + len(block), dtype=np.uint64), block, copy=True)
    index.save(str(file))


class NearIndex:
    """The index of a file, which is not read but mapped: processes share it, and opening it is quick."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @classmethod
    def open(cls, file: Path) -> NearIndex:
        """Map a file that `build_index` wrote; RuntimeError, of usearch, when it is none."""
        from usearch.index import Index  # noqa: PLC0415 - only large releases have an index

        index = Index.restore(str(file), view=True, enable_key_lookups=False, expansion_search=SEARCHED)
        if index is None:
            raise RuntimeError(f"{file} is no index")
        return cls(index)

    def __len__(self) -> int:
        return len(self._index)

    def nearest(self, vector: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """Return about the `count` rows with the largest inner product with `vector`, largest first.

        Several threads may ask at once.
        """
        keys = self._index.search(vector, count, threads=1).keys
        return np.asarray(keys).astype(np.intp)
