"""Reading ground truth: tab-separated files of similar artists and of tags, with a header line."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from store.errors import LinernotesError
from store.names import name_key

# A tag counts when so many rows carry it.
FEWEST_USES = 3
LONGEST_TAG_WORDS = 3
# hetrec lists every tag that one listener gave once; from this count on it means something.
HETREC_SOURCE, HETREC_COUNT = "hetrec", 2

_NOT_TAG = re.compile(r"[^a-z0-9&' ]+")


class GroundTruthUnusable(LinernotesError):
    """A file of ground truth cannot be read, or is of another shape."""


@dataclass(frozen=True, slots=True)
class TagTruth:
    """Tags by key of the artist's name, and the vocabulary: the tags that enough rows carry."""

    tags: dict[str, set[str]]
    vocabulary: set[str]


def read_similar(path: Path) -> dict[str, set[str]]:
    """Return, by key of the artist's name, the keys of the names of similar artists.

    The file has columns `artist` and `similar`, one pair a row. Raises GroundTruthUnusable, naming the line.
    """
    truth: dict[str, set[str]] = defaultdict(set)
    for _, row in _rows(path, ("artist", "similar")):
        artist, similar = name_key(row["artist"]), name_key(row["similar"])
        if artist and similar and artist != similar:
            truth[artist].add(similar)
    return dict(truth)


def read_tags(path: Path) -> TagTruth:
    """Return the tags of a file with columns `artist` and `tag`, and optionally `source` and `count`.

    Tags of more than three words and those that are the artist's name do not count. Raises
    GroundTruthUnusable, naming the line.
    """
    tags: dict[str, set[str]] = defaultdict(set)
    uses: Counter[str] = Counter()
    for line, row in _rows(path, ("artist", "tag")):
        artist, tag = name_key(row["artist"]), tag_key(row["tag"])
        if (
            not tag
            or tag.count(" ") >= LONGEST_TAG_WORDS
            or name_key(tag) == artist
            or _rare(path, line, row)
        ):
            continue
        uses[tag] += 1
        if artist:
            tags[artist].add(tag)
    return TagTruth(dict(tags), {tag for tag, count in uses.items() if count >= FEWEST_USES})


def tag_key(text: str) -> str:
    """A tag or term as tags are compared: lower case, ASCII letters, digits, & and ', single spaces."""
    return " ".join(_NOT_TAG.sub(" ", text.lower()).split())


def _rare(path: Path, line: int, row: dict[str, str]) -> bool:
    if row.get("source") != HETREC_SOURCE or "count" not in row:
        return False
    try:
        return int(row["count"]) < HETREC_COUNT
    except ValueError:
        raise GroundTruthUnusable(
            f'{path}, line {line}: the count "{row["count"]}" is not a whole number.'
        ) from None


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line number; quotation marks are letters like others."""
    lines = _lines(path)
    header = next(lines, "").split("\t")
    missing = [column for column in needed if column not in header]
    if missing:
        raise GroundTruthUnusable(
            f"{path}, line 1: expected a header with the tab-separated columns {' and '.join(needed)}, "
            f"but {' and '.join(missing)} is missing; it has {', '.join(map(repr, header[:6]))}."
        )
    for number, text in enumerate(lines, start=2):
        values = text.split("\t")
        if not text.strip():
            continue
        if len(values) < len(header):
            raise GroundTruthUnusable(
                f"{path}, line {number}: expected {len(header)} tab-separated columns "
                f"({', '.join(header)}), found {len(values)}."
            )
        yield number, dict(zip(header, values, strict=False))


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            for line in file:
                yield line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise GroundTruthUnusable(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8.") from error
    except OSError as error:
        raise GroundTruthUnusable(f"{path} cannot be read: {error.strerror or error}.") from error
