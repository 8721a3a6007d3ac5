"""Compare the text of articles, ours and plain trafilatura's, with the article extraction benchmark.

    python benchmarks/on_given_data/extraction.py BENCHMARK

BENCHMARK is the benchmark's directory, or its tar archive: `ground-truth.json` and `html/*.html.gz`
(https://github.com/scrapinghub/article-extraction-benchmark). The measure is the benchmark's own: shares of
the runs of four words that both texts have, only the truth has, or only the found text has, page by page;
precision and recall are means over the pages, and F1 is theirs. Both read the same decoded pages in one run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import trafilatura

from crawler.extraction.extract import extract
from crawler.extraction.markup import decode
from crawler.extraction.records import NoText

# The benchmark's: words in a shingle.
_SHINGLE = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the benchmark and the text of its article."""

    url: str
    html: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """Means over all pages, and the seconds that reading all of them took."""

    precision: float
    recall: float
    seconds: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def load(folder: Path) -> list[Page]:
    """The pages of the benchmark in `folder` or below it."""
    truth_file = next(folder.rglob("ground-truth.json"))
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    return [
        Page(page["url"], gzip.decompress((truth_file.parent / "html" / f"{key}.html.gz").read_bytes()), text)
        for key, page in sorted(truth.items())
        if (text := page.get("articleBody", "")) is not None
    ]


def shares(truth: str, found: str) -> tuple[float, float, float]:
    """Shares of shingles that both have, that only `found` has, and that only `truth` has."""
    wanted, got = _shingles(truth), _shingles(found)
    both, extra, missed = (wanted & got).total(), (got - wanted).total(), (wanted - got).total()
    total = both + extra + missed or 1
    return both / total, extra / total, missed / total


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    runs = (tuple(words[start : start + _SHINGLE]) for start in range(max(1, len(words) - _SHINGLE + 1)))
    return Counter(run for run in runs if run)


def score(pages: list[Page], read: Callable[[Page], str]) -> Score:
    """Read all pages and compare."""
    began = time.perf_counter()
    texts = [read(page) for page in pages]
    seconds = time.perf_counter() - began
    found = [shares(page.text, text) for page, text in zip(pages, texts, strict=True)]
    precision = [both / (both + extra) for both, extra, _ in found if both + extra]
    recall = [both / (both + missed) for both, _, missed in found if both + missed]
    return Score(statistics.mean(precision), statistics.mean(recall), seconds)


def ours(page: Page) -> str:
    """The text that becomes a document; none when the page is refused."""
    found = extract(page.html, url=page.url)
    return "" if isinstance(found, NoText) else found.text


def plain(page: Page) -> str:
    """What trafilatura's default call gives."""
    return trafilatura.extract(decode(page.html), url=page.url) or ""


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmark", type=Path)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.benchmark
        if folder.is_file():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            with tarfile.open(given.benchmark) as archive:
                archive.extractall(folder, filter="data")
        pages = load(folder)
    print(f"{len(pages)} pages, runs of {_SHINGLE} words")
    print(f"{'':<22}{'F1':>7}{'precision':>11}{'recall':>9}{'seconds':>9}")
    name = f"trafilatura {version('trafilatura')}"
    for label, read in (("linernotes", ours), (name, plain)):
        found = score(pages, read)
        print(f"{label:<22}{found.f1:>7.3f}{found.precision:>11.3f}{found.recall:>9.3f}{found.seconds:>9.1f}")


if __name__ == "__main__":
    main()
