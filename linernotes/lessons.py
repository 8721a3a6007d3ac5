"""A truth of the user's own that the vectors learn from: similar artists, or plays of listeners."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linernotes.ground_truth import GroundTruthUnusable, header_of, read_similar, rows_of
from nlp.company import Pairs
from nlp.teaching import co_listening
from store.names import name_key

PLAYS = ("listener", "artist", "plays")


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a file teaches, artists by key of their name; none by default.

    `similar` are pairs, `plays` are (listener, artist, plays). `digest` is of the file's content.
    """

    similar: tuple[tuple[str, str], ...] = ()
    plays: tuple[tuple[str, str, float], ...] = ()
    digest: str = ""

    def pairs(self, row_of: Mapping[str, int], count: int) -> Pairs:
        """The pairs among the artists that have a row; `count` is the number of rows."""
        if self.plays:
            return self._listened(row_of, count)
        known = [(row_of[a], row_of[b]) for a, b in self.similar if a in row_of and b in row_of]
        rows = np.array(sorted(set(known)), dtype=np.int64).reshape(-1, 2)
        return Pairs(rows[:, 0], rows[:, 1], np.ones(len(rows)))

    def _listened(self, row_of: Mapping[str, int], count: int) -> Pairs:
        number = {listener: place for place, listener in enumerate(sorted({p[0] for p in self.plays}))}
        known = sorted(
            (number[listener], row_of[artist], plays)
            for listener, artist, plays in self.plays
            if artist in row_of
        )
        table = np.array(known, dtype=np.float64).reshape(-1, 3)
        listeners, artists = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        return co_listening(listeners, artists, table[:, 2], count=count)


def read_lessons(path: Path) -> Lessons:
    """Read a tab-separated file with columns artist and similar, or listener, artist and plays.

    Raises GroundTruthUnusable, naming file and line, when it is of another shape or has no usable row.
    """
    columns = header_of(path)
    if "similar" in columns:
        truth = read_similar(path)
        lessons = Lessons(similar=tuple((a, b) for a in sorted(truth) for b in sorted(truth[a])))
    elif set(PLAYS) <= set(columns):
        lessons = Lessons(plays=_read_plays(path))
    else:
        raise GroundTruthUnusable(
            f"{path}, line 1: expected the tab-separated columns artist and similar, or listener, artist and "
            f"plays; it has {', '.join(map(repr, columns[:6]))}."
        )
    if not lessons.similar and not lessons.plays:
        raise GroundTruthUnusable(f"{path} has no row below its header; nothing can be learnt from it.")
    return Lessons(lessons.similar, lessons.plays, hashlib.sha256(path.read_bytes()).hexdigest())


def _read_plays(path: Path) -> tuple[tuple[str, str, float], ...]:
    plays: dict[tuple[str, str], float] = {}
    for line, row in rows_of(path, PLAYS):
        key = name_key(row["artist"])
        if key:
            pair = row["listener"], key
            plays[pair] = plays.get(pair, 0.0) + _count(path, line, row["plays"])
    return tuple((listener, artist, count) for (listener, artist), count in plays.items())


def _count(path: Path, line: int, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise GroundTruthUnusable(f'{path}, line {line}: plays is a number from 0, not "{value}".')
    return number
