r"""Import tables, mine them, and score the release: seconds, words a second, peak memory, quality.

    python benchmarks/on_given_data/mine_tables.py \
        --artists ARTISTS.csv --similar SIMILAR.tsv --tags TAGS.tsv TABLE…

Each step is one call of the command line, as a user would make it; memory is the peak of that process. With
`--database` the result is kept there.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from store.engine import connect


def step(database: str, *arguments: str) -> tuple[float, float]:
    """Run one command; return its seconds and its peak memory in GB."""
    command = [sys.executable, "-m", "linernotes", "--database", database, *arguments]
    began = time.monotonic()
    process = os.posix_spawn(sys.executable, command, dict(os.environ))
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments[:2])} failed")
    return time.monotonic() - began, usage.ru_maxrss / 1024**2


def main() -> None:
    """Run the steps and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--artists", type=Path, required=True)
    parser.add_argument("--similar", type=Path, required=True)
    parser.add_argument("--tags", type=Path, required=True)
    parser.add_argument("--database", help="where to keep the result; a temporary file by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or f"sqlite:///{folder}/linernotes.db"
        figures = {
            "init": step(database, "init"),
            "artists import": step(database, "artists", "import", str(given.artists)),
            "import": step(database, "import", *map(str, given.tables)),
            "mine": step(database, "mine"),
            "mine again": step(database, "mine"),
        }
        with connect(database).connect() as connection:
            count = "SELECT count(*), sum(words) FROM documents"
            documents, words = connection.execute(text(count)).one()
        for name, (seconds, memory) in figures.items():
            print(f"{name:15} {seconds:8.1f} s  {memory:5.2f} GB")
        spent = figures["import"][0] + figures["mine"][0]
        print(f"{documents} texts, {words} words, import and mine {spent:.0f} s, {words / spent:.0f} words/s")
        truth = ("--similar", str(given.similar), "--tags", str(given.tags))
        step(database, "evaluate", *truth, "--no-baselines")


if __name__ == "__main__":
    main()
