"""Kill -9 a crawl and a mine at random moments, resume, and compare with an undisturbed run.

    python benchmarks/kills.py [--kills 10] [--seed 1] [--database FILE]

Crawls the sample site on loopback and mines it; with `--database`, mining is tried on a copy of that SQLite
file (its releases and what was read are removed first) instead. Exits 1 when the documents or the release
differ. What would make it fail: anything that is committed before what it rests on.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from linernotes.demo import demo_sources
from linernotes.sample_site import serve_sample_site, site_root

DOCUMENTS = "SELECT url, title, author, published, label, text, words FROM documents ORDER BY url"
RELEASE = (
    "SELECT artist, term, kind, facet, weight, frequency, documents, sources, first_seen, last_seen"
    " FROM artist_descriptors ORDER BY 1, 2",
    "SELECT artist, rank, similar_artist, similarity FROM similar_artists ORDER BY 1, 2",
    "SELECT artist, vector FROM artist_vectors ORDER BY 1",
    "SELECT artist, term, quote, url FROM descriptor_evidence ORDER BY 1, 2, 4, 3",
)


def digest(database: Path, *queries: str) -> str:
    """One digest of all rows that the queries give."""
    sha = hashlib.sha256()
    with sqlite3.connect(database) as connection:
        for query in queries:
            for row in connection.execute(query):
                sha.update(repr(row).encode())
    connection.close()
    return sha.hexdigest()[:16]


def command(folder: Path, *arguments: str) -> list[str]:
    """The command line, on the database in `folder`."""
    return [
        sys.executable,
        "-m",
        "linernotes",
        "--database",
        f"sqlite:///{folder / 'linernotes.db'}",
        *arguments,
    ]


def run(folder: Path, *arguments: str) -> float:
    """Run a command to its end; return its seconds."""
    began = time.monotonic()
    subprocess.run(command(folder, *arguments), cwd=folder, check=True, capture_output=True)
    return time.monotonic() - began


def run_killed(
    folder: Path, seconds: float, *, kills: int, chance: random.Random, arguments: list[str]
) -> int:
    """Start a command `kills` times and kill it at a random moment; then let it finish. Count real kills."""
    hits = 0
    for _ in range(kills):
        process = subprocess.Popen(
            command(folder, *arguments), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=chance.uniform(0.3, seconds))
        except subprocess.TimeoutExpired:
            process.kill()
            hits += 1
        process.wait()
    run(folder, *arguments)
    return hits


def prepare(folder: Path, urls: list[tuple[str, str, str | None]]) -> None:
    """A database with the registry and the sources of the sample site."""
    folder.mkdir()
    (folder / "linernotes.toml").write_text("[crawl]\nallow_private_hosts = true\ndelay_seconds = 0.02\n")
    run(folder, "init")
    run(folder, "artists", "import", str(site_root() / "artists.csv"))
    for url, kind, scope in urls:
        run(folder, "sources", "add", url, "--kind", kind, *(["--scope", scope] if scope else []))


def try_crawl(root: Path, *, kills: int, chance: random.Random) -> bool:
    """Crawl twice, once disturbed, and compare the documents."""
    with serve_sample_site() as site:
        urls = [(source.url, source.kind, source.scope) for source in demo_sources(site)]
        for name in ("calm", "killed"):
            prepare(root / name, urls)
        seconds = run(root / "calm", "crawl")
        hits = run_killed(root / "killed", seconds, kills=kills, chance=chance, arguments=["crawl"])
    digests = [digest(root / name / "linernotes.db", DOCUMENTS) for name in ("calm", "killed")]
    print(f"crawl: {hits} kills in {seconds:.0f} s of work, documents {digests[0]} and {digests[1]}")
    return digests[0] == digests[1]


def try_mine(root: Path, *, kills: int, chance: random.Random) -> bool:
    """Mine the same documents twice, once disturbed, and compare the releases."""
    shutil.copytree(root / "calm", root / "mined")
    seconds = run(root / "calm", "mine")
    hits = run_killed(root / "mined", seconds, kills=kills, chance=chance, arguments=["mine"])
    digests = [digest(root / name / "linernotes.db", *RELEASE) for name in ("calm", "mined")]
    print(f"mine: {hits} kills in {seconds:.0f} s of work, releases {digests[0]} and {digests[1]}")
    return digests[0] == digests[1]


def unmined_copy(database: Path, folder: Path) -> None:
    """Copy a database into `folder` without what mining made."""
    folder.mkdir()
    shutil.copyfile(database, folder / "linernotes.db")
    with sqlite3.connect(folder / "linernotes.db") as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        made = [t for t in tables if t.startswith("release") or t in {"mentions", "mined_documents", "words"}]
        for table in ["published_release", *sorted(made, key=lambda name: name == "releases")]:
            connection.execute(f"DELETE FROM {table}")
    connection.close()


def main() -> None:
    """Try both, print, and exit 1 on a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", type=Path)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        same = True
        if given.database:
            unmined_copy(given.database, root / "calm")
        else:
            same = try_crawl(root, kills=given.kills, chance=chance)
        same = try_mine(root, kills=given.kills, chance=chance) and same
    if not same:
        raise SystemExit("The resumed run ended differently.")


if __name__ == "__main__":
    main()
