"""Time `catalog.similar()` on a database, beside the same look-up by scikit-learn on its vectors.

    python benchmarks/on_given_data/lookup.py sqlite:///linernotes.db [--queries 2000]

Opening is timed in a new process and shows which heavy libraries it imported. The peer gets the vectors in
memory for nothing and returns row numbers only; ours reads SQL and returns names and shared terms.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time

import numpy as np
import sklearn
from sklearn.neighbors import NearestNeighbors

import linernotes

HEAVY = ("spacy", "gensim", "sklearn", "trafilatura", "torch")
OPENING = """
import sys, time
began = time.perf_counter()
import linernotes
catalog = linernotes.open(sys.argv[1])
catalog.similar(int(sys.argv[2]))
print(time.perf_counter() - began, [name for name in {heavy} if name in sys.modules])
"""


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--queries", type=int, default=2000)
    given = parser.parse_args()
    with linernotes.open(given.database) as catalog:
        ids, matrix = catalog.vectors()
        chosen = random.Random(1).choices(range(len(ids)), k=given.queries)
        seconds = []
        for row in chosen:
            began = time.perf_counter()
            catalog.similar(int(ids[row]), limit=10)
            seconds.append(time.perf_counter() - began)
        opened = subprocess.run(
            [sys.executable, "-c", OPENING.format(heavy=HEAVY), given.database, str(ids[0])],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split(maxsplit=1)
    peer = NearestNeighbors(n_neighbors=11, metric="cosine", algorithm="brute").fit(matrix)
    theirs = []
    for row in chosen[:200]:
        began = time.perf_counter()
        peer.kneighbors(matrix[row : row + 1])
        theirs.append(time.perf_counter() - began)
    ours, scikit = statistics.median(seconds), statistics.median(theirs)
    print(f"{len(ids)} artists × {matrix.shape[1]}")
    print(f"open and first look-up: {float(opened[0]):.3f} s, heavy imports: {opened[1].strip()}")
    slow = float(np.quantile(seconds, 0.99))
    print(f"catalog.similar: median {1000 * ours:.2f} ms, 99 % {1000 * slow:.2f} ms")
    print(f"scikit-learn {sklearn.__version__}, brute: median {1000 * scikit:.2f} ms, {scikit / ours:.1f} ×")


if __name__ == "__main__":
    main()
