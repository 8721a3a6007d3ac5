r"""What `mine --teach` brings for artists that the lesson says nothing about.

    python benchmarks/on_given_data/teach.py DATABASE.db SIMILAR.tsv [--share .2] [--seed 1]

DATABASE.db is a mined SQLite database; a copy of it is mined again. A fifth of the artists of the truth is
held out: no pair that names one of them is in the lesson. The release before and after is judged by
`linernotes evaluate` with these artists as queries and all of the truth.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from linernotes.ground_truth import read_similar


def run(database: Path, *arguments: str) -> None:
    """Call the command line on a database; its output is shown."""
    command = [sys.executable, "-m", "linernotes", "--database", f"sqlite:///{database}", *arguments]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"{arguments[0]} failed")


def write(path: Path, header: str, rows: list[str]) -> Path:
    """Write a table of lines."""
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Split, teach and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("similar", type=Path)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    truth = read_similar(given.similar)
    names = sorted(truth.keys() | {other for others in truth.values() for other in others})
    held_out = set(random.Random(given.seed).sample(names, round(given.share * len(names))))
    pairs = [
        f"{a}\t{b}"
        for a in sorted(truth)
        for b in sorted(truth[a])
        if a not in held_out and b not in held_out
    ]
    with tempfile.TemporaryDirectory() as folder:
        lesson = write(Path(folder) / "lesson.tsv", "artist\tsimilar", pairs)
        asked = write(Path(folder) / "asked.tsv", "artist", sorted(held_out))
        copy = Path(folder) / "copy.db"
        with sqlite3.connect(given.database) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        judge = ("evaluate", "--similar", str(given.similar), "--artists", str(asked), "--no-baselines")
        print(f"{len(pairs)} pairs teach, {len(held_out)} artists are held out", flush=True)
        run(copy, *judge)
        run(copy, "mine", "--teach", str(lesson))
        run(copy, *judge)


if __name__ == "__main__":
    main()
