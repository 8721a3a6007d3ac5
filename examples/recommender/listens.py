"""Who plays what: a file of plays, with its artists found in the registry of a catalog."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from linernotes import ArtistEntry, ArtistNotFound, Catalog, LinernotesError
from linernotes.ground_truth import rows_of

COLUMNS = ("listener", "artist", "plays")


class ListensUnusable(LinernotesError):
    """A file of plays cannot be read, or has too little in common with the database."""


@dataclass(frozen=True, slots=True)
class Listens:
    """How often each listener played each artist.

    `plays` is float32 of shape (listeners, artists): row i is of `listeners[i]`, column j of `artists[j]`, in
    order of their numbers. Artists that nobody plays have a column too, an empty one, when they were asked
    for. `names` is how many names of artists the file has, `matched` how many of them the registry knows.
    """

    listeners: tuple[str, ...]
    artists: tuple[ArtistEntry, ...]
    plays: sp.csr_matrix
    names: int
    matched: int

    @property
    def ids(self) -> NDArray[np.int64]:
        """The numbers of the artists, ascending."""
        return np.array([entry.artist_id for entry in self.artists], dtype=np.int64)

    @property
    def played(self) -> sp.csr_matrix:
        """1 where a listener played an artist at all: the same shape."""
        ones = self.plays.copy()
        ones.data = np.ones_like(ones.data)
        return ones


def read_plays(path: Path) -> dict[tuple[str, str], float]:
    """The plays of a tab-separated file with columns listener, artist and plays, by listener and name.

    Rows of the same listener and name add up. Raises ListensUnusable or GroundTruthUnusable, naming file and
    line, for a file of another shape.
    """
    plays: dict[tuple[str, str], float] = {}
    for line, row in rows_of(path, COLUMNS):
        count = _count(path, line, row["plays"])
        if count:
            pair = row["listener"], row["artist"]
            plays[pair] = plays.get(pair, 0.0) + count
    if not plays:
        raise ListensUnusable(f"{path} has no plays below its header; there is nothing to learn from.")
    return plays


def load_listens(path: Path, catalog: Catalog, beside: Iterable[ArtistEntry] = ()) -> Listens:
    """Read a file of plays and find its artists in the catalog's registry, as any look-up would.

    `beside` are artists that get a column even if nobody plays them. Names that the registry does not know
    are left out and counted; when it knows none, ListensUnusable is raised.
    """
    plays = read_plays(path)
    names = sorted({name for _, name in plays})
    found = _found(names, catalog)
    if not found:
        raise ListensUnusable(f"None of the artists in {path} is in the registry of the database.")
    by_number = {entry.artist_id: entry for entry in (*beside, *found.values())}
    artists = tuple(by_number[number] for number in sorted(by_number))
    known = {pair: count for pair, count in plays.items() if pair[1] in found}
    listeners = tuple(sorted({listener for listener, _ in known}))
    return Listens(listeners, artists, _table(known, found, listeners, artists), len(names), len(found))


def _found(names: Iterable[str], catalog: Catalog) -> dict[str, ArtistEntry]:
    """The artist that each name means, of those that the registry knows."""
    found = {}
    for name in names:
        try:
            found[name] = catalog.artist(name)
        except ArtistNotFound:
            continue
    return found


def _table(
    plays: Mapping[tuple[str, str], float],
    found: Mapping[str, ArtistEntry],
    listeners: tuple[str, ...],
    artists: tuple[ArtistEntry, ...],
) -> sp.csr_matrix:
    """Plays as a sparse matrix; those of two names of one artist add up."""
    row_of = {listener: row for row, listener in enumerate(listeners)}
    column_of = {entry.artist_id: column for column, entry in enumerate(artists)}
    rows = [row_of[listener] for listener, _ in plays]
    columns = [column_of[found[name].artist_id] for _, name in plays]
    counts = np.array(list(plays.values()), dtype=np.float32)
    return sp.csr_matrix((counts, (rows, columns)), shape=(len(listeners), len(artists)))


def _count(path: Path, line: int, value: str) -> float:
    try:
        count = float(value)
    except ValueError:
        count = math.nan
    if not 0 <= count < math.inf:
        raise ListensUnusable(f'{path}, line {line}: plays is a number from 0, not "{value}".')
    return count
