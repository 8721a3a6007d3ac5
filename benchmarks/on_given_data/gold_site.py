"""Crawl a saved site from its home page and compare with what its authors kept: text, subject, revisit.

    python benchmarks/on_given_data/gold_site.py SITE_DIRECTORY GOLD.jsonl ARTISTS.csv

The gold file has one JSON object a line: `path` (and optionally `twin`, a second address of the same page)
below the site's root, `text`, `published`, optionally `author`, and `artist` with `kind` "reviews" for pages
about one artist. A page that became several documents (a list, cut at its headings) is compared as a whole;
comments of readers are no part of it.
The site is served on 127.0.0.1 by Python's own http.server, which answers If-Modified-Since.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from sqlalchemy import text

from nlp.metrics import token_f1, words_of
from store.engine import connect
from store.names import name_key


class _Handler(SimpleHTTPRequestHandler):
    answers: ClassVar[Counter[int]] = Counter()

    def log_message(self, format: str, *args: object) -> None:
        """Count instead of printing."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Count every answer by its status."""
        self.answers[code] += 1
        super().send_response(code, message)


@contextmanager
def serve(directory: Path) -> Iterator[str]:
    """Serve `directory` on loopback and yield its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(directory)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


def linernotes(folder: Path, *arguments: str) -> None:
    """Run the command line in `folder`, as a user would."""
    subprocess.run([sys.executable, "-m", "linernotes", *arguments], cwd=folder, check=True)


def documents(folder: Path) -> dict[str, dict[str, Any]]:
    """The stored originals by the URL of their page, each with the artist it was linked to."""
    engine = connect(f"sqlite:///{folder / 'linernotes.db'}", read_only=True)
    query = (
        "SELECT d.url, d.title, d.text, d.published, d.author, d.thread, a.name AS artist FROM documents d"
        " LEFT JOIN mentions m ON m.document_id = d.id AND m.role = 'subject' AND m.confidence ="
        " (SELECT max(confidence) FROM mentions x WHERE x.document_id = d.id AND x.role = 'subject')"
        " LEFT JOIN artists a ON a.id = m.artist_id WHERE d.duplicate_of IS NULL"
        " AND d.kind <> 'comments' ORDER BY d.id"
    )
    with engine.connect() as connection:
        found: dict[str, dict[str, Any]] = {}
        for row in connection.execute(text(query)):
            page = found.setdefault(row.thread or row.url, dict(row._mapping) | {"text": ""})
            page["text"] = f"{page['text']}\n{row.text}"
        return found


def compare(gold: list[dict[str, Any]], stored: dict[str, dict[str, Any]], base: str) -> dict[str, Any]:
    """The figures."""
    found, once, f1, dates, authors, subjects = 0, 0, [], [], [], []
    for page in gold:
        addresses = {base + page["path"].strip("/") + "/", base + page["path"].strip("/")}
        if page.get("twin"):
            addresses.add(base + quote(page["twin"], safe="/="))
        here = [stored[url] for url in sorted(addresses) if url in stored]
        found += bool(here)
        once += len(here) == 1
        if here:
            f1.append(token_f1(words_of(here[0]["text"]), words_of(page["text"])))
            dates.append(str(here[0]["published"]) == page["published"])
            if page.get("author"):
                authors.append(here[0]["author"] == page["author"])
        if page.get("kind") == "reviews":
            artist = here[0]["artist"] if here else None
            subjects.append(bool(artist) and name_key(artist) == name_key(page["artist"]))
    return {
        "gold pages": len(gold),
        "stored": found / len(gold),
        "stored exactly once": once / len(gold),
        "token F1 median": statistics.median(f1),
        "token F1 mean": statistics.mean(f1),
        "date right": statistics.mean(dates),
        "author right": statistics.mean(authors) if authors else None,
        "subject right": statistics.mean(subjects) if subjects else None,
        "other documents": len(stored) - found,
    }


def main() -> None:
    """Crawl, crawl again, mine, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("artists", type=Path)
    given = parser.parse_args()
    gold = [json.loads(line) for line in given.gold.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as name, serve(given.site) as base:
        folder = Path(name)
        (folder / "linernotes.toml").write_text("[crawl]\nallow_private_hosts = true\ndelay_seconds = 0\n")
        linernotes(folder, "init")
        linernotes(folder, "artists", "import", str(given.artists.resolve()))
        linernotes(folder, "sources", "add", base, "--kind", "site")
        rounds = []
        for _ in range(2):
            _Handler.answers.clear()
            began = time.monotonic()
            linernotes(folder, "crawl")
            rounds.append(dict(_Handler.answers) | {"seconds": round(time.monotonic() - began, 1)})
        linernotes(folder, "mine")
        print(json.dumps(compare(gold, documents(folder), base), indent=2))
        print("first crawl, answers by status:", rounds[0])
        print("second crawl, answers by status:", rounds[1])


if __name__ == "__main__":
    main()
