"""Reading ground truth: tab-separated files with a header line, of similar artists, tags and mentions."""

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

_MENTION_COLUMNS = ("file", "line", "start", "end", "meant")
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
    for _, row in rows_of(path, ("artist", "similar")):
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
    for line, row in rows_of(path, ("artist", "tag")):
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


@dataclass(frozen=True, slots=True)
class JudgedMention:
    """A place in a table of texts where a name stands, and whether an artist is meant.

    `file` is the name of the table, `line` that of the row in it from 1, `start` and `end` are characters of
    its text. `part` names the part of the file that it belongs to, where the file has parts.
    """

    file: str
    line: int
    start: int
    end: int
    meant: bool
    part: str | None


def read_mentions(path: Path) -> list[JudgedMention]:
    """Return the judged places of a file with columns file, line, start, end and meant (yes or no).

    A column `half` names parts of the file that are told apart. Raises GroundTruthUnusable, naming the line.
    """
    found = [_judged(path, line, row) for line, row in rows_of(path, _MENTION_COLUMNS)]
    if not found:
        raise GroundTruthUnusable(f"{path} has a header and no row; nothing can be measured with it.")
    return found


def _judged(path: Path, line: int, row: dict[str, str]) -> JudgedMention:
    place, start, end = (_number(path, line, row, column) for column in ("line", "start", "end"))
    if row["meant"] not in {"yes", "no"}:
        raise GroundTruthUnusable(f'{path}, line {line}: meant is yes or no, not "{row["meant"]}".')
    if not place or start >= end:
        raise GroundTruthUnusable(
            f"{path}, line {line}: lines count from 1, and end comes after start; found line {place}, "
            f"start {start}, end {end}."
        )
    return JudgedMention(row["file"], place, start, end, row["meant"] == "yes", row.get("half") or None)


def read_artists(path: Path) -> set[str]:
    """Return the keys of the names in a file: one a line, or the column `artist` of a TSV with a header."""
    lines = list(_lines(path))
    if "artist" in (lines[0] if lines else "").split("\t"):
        names = [row["artist"] for _, row in rows_of(path, ("artist",))]
    else:
        names = lines
    keys = {key for name in names if (key := name_key(name))}
    if not keys:
        raise GroundTruthUnusable(
            f"{path} names no artist; write one name a line, or a header with a column artist."
        )
    return keys


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


def _number(path: Path, line: int, row: dict[str, str], column: str) -> int:
    value = row[column]
    if not (value.isascii() and value.isdigit()):
        raise GroundTruthUnusable(f'{path}, line {line}: {column} is a whole number from 0, not "{value}".')
    return int(value)


def rows_of(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line number; quotation marks are letters like others."""
    lines = _lines(path)
    header = next(lines, "").split("\t")
    missing = [column for column in needed if column not in header]
    if missing:
        raise GroundTruthUnusable(
            f"{path}, line 1: expected a header with the tab-separated columns {_listed(needed)}, "
            f"but {_listed(missing)} is missing; it has {', '.join(map(repr, header[:6]))}."
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


def header_of(path: Path) -> list[str]:
    """The columns of a tab-separated file; GroundTruthUnusable when it cannot be read."""
    return next(_lines(path), "").split("\t")


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            for line in file:
                yield line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise GroundTruthUnusable(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8.") from error
    except OSError as error:
        raise GroundTruthUnusable(f"{path} cannot be read: {error.strerror or error}.") from error
