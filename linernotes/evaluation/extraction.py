"""How well pages were read, measured against texts and facts as their authors kept them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from sqlalchemy import Connection

from linernotes.evaluation.measuring import Judged
from linernotes.evaluation.records import RELEASE, Measurement
from linernotes.ground_truth import GroundTruthUnusable
from nlp.bootstrap import median_interval
from nlp.metrics import PerQuery, token_f1, words_of
from store.names import registry_key, stands_in
from store.pages_read import PageRead, addresses_of_pages, pages_at


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page as it should have been read: the paths it stands at, its text, and facts where known."""

    paths: tuple[str, ...]
    text: str
    title: str | None
    published: date | None
    artist: str | None


def read_gold(path: Path) -> list[GoldPage]:
    """Return the pages of a JSONL file with `text` and `url` or `path` (and `twin`, a second address).

    `title`, `published` (a day) and `artist` are used when there. Raises GroundTruthUnusable, naming the
    line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise GroundTruthUnusable(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8.") from error
    except OSError as error:
        raise GroundTruthUnusable(f"{path} cannot be read: {error.strerror or error}.") from error
    pages = [_gold(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not pages:
        raise GroundTruthUnusable(f"{path} holds no page; each line is a JSON object with url and text.")
    return pages


def _gold(path: Path, line: int, text: str) -> GoldPage:
    try:
        row = json.loads(text)
    except ValueError as error:
        raise GroundTruthUnusable(f"{path}, line {line}: not JSON: {error}.") from error
    if not isinstance(row, dict):
        raise GroundTruthUnusable(f"{path}, line {line}: expected a JSON object, found {text[:40]!r}.")
    addresses = [row[name] for name in ("url", "path", "twin") if _filled(row, name)]
    if not addresses or not _filled(row, "text"):
        raise GroundTruthUnusable(
            f"{path}, line {line}: expected url or path, and text; found {', '.join(row) or 'nothing'}."
        )
    paths = tuple(dict.fromkeys(map(path_of, addresses)))
    facts = {name: row[name].strip() if _filled(row, name) else None for name in ("title", "artist")}
    return GoldPage(paths, row["text"], facts["title"], _day(path, line, row), facts["artist"])


def _filled(row: Mapping[str, Any], name: str) -> bool:
    return isinstance(row.get(name), str) and bool(row[name].strip())


def _day(path: Path, line: int, row: Mapping[str, Any]) -> date | None:
    if not _filled(row, "published"):
        return None
    try:
        return date.fromisoformat(row["published"].strip()[:10])
    except ValueError:
        raise GroundTruthUnusable(
            f'{path}, line {line}: published is a day such as 2019-05-17, not "{row["published"]}".'
        ) from None


def path_of(address: str) -> str:
    """What a URL and a bare path of it share: path and query, percent signs read, no outer slashes."""
    parts = urlsplit(address.strip())
    query = f"?{parts.query}" if parts.query else ""
    return unquote(parts.path + query).strip("/")


def judge_extraction(
    connection: Connection, pages: Sequence[GoldPage], *, truth: str, times: int
) -> Iterator[Measurement]:
    """Compare the documents of each page with what it should have given.

    Raises GroundTruthUnusable when the database has none of the pages.
    """
    stored = _stored(connection, pages)
    found = [(page, read[0]) for page, read in zip(pages, stored, strict=True) if read]
    if not found:
        raise GroundTruthUnusable(f"{truth} has no page whose path a document of this database has.")
    judged = Judged("extraction", truth, {}, times)
    yield judged.count("pages", len(pages))
    scores = np.array([token_f1(words_of(page.text), words_of(read.text)) for page, read in found])
    for measure, right in _facts(found).items():
        if right:
            yield from _mean(judged, measure, right)
    yield from _mean(judged, "page_stored", [bool(read) for read in stored])
    yield from _mean(judged, "stored_once", [len(read) == 1 for read in stored])
    yield from _mean(judged, "token_f1", scores.tolist())
    middle = median_interval(scores, times=times)
    yield Measurement(
        "extraction",
        truth,
        RELEASE,
        "all",
        "token_f1_median",
        middle.value,
        middle.low,
        middle.high,
        len(scores),
    )


def _mean(judged: Judged, measure: str, values: Sequence[float]) -> Iterator[Measurement]:
    numbers = tuple(map(str, range(len(values))))
    return judged.means(RELEASE, PerQuery(numbers, {measure: np.array(values, dtype=np.float64)}))


def _facts(found: Sequence[tuple[GoldPage, PageRead]]) -> dict[str, list[bool]]:
    """For each fact, whether it is right on each page where it is known."""
    return {
        "title_right": [stands_in(page.title, read.title or "") for page, read in found if page.title],
        "date_right": [page.published == read.published for page, read in found if page.published],
        "artist_right": [
            registry_key(page.artist) == registry_key(read.artist or "")
            for page, read in found
            if page.artist
        ],
    }


def _stored(connection: Connection, pages: Sequence[GoldPage]) -> list[list[PageRead]]:
    """For each page what was read under its paths: one thing, if all is well."""
    wanted = {path for page in pages for path in page.paths}
    urls: dict[str, list[str]] = defaultdict(list)
    for url in addresses_of_pages(connection):
        if (path := path_of(url)) in wanted:
            urls[path].append(url)
    read = pages_at(connection, [url for each in urls.values() for url in each])
    return [[read[url] for path in page.paths for url in urls.get(path, ())] for page in pages]
