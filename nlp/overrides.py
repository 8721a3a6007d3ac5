"""What editors' overrides do to terms and to neighbours, on plain arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.records import Kind
from nlp.terms import TermCounts
from nlp.tokens import tokenize

# A pinned neighbour without a similarity, of an artist of which no other is known: neither near nor far.
_UNKNOWN_SIMILARITY = 0.5


@dataclass(frozen=True, slots=True)
class Renamed:
    """What is said with the term `old` counts for `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A term that describes nobody, or not the artist of this row."""

    term: str
    artist: int | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """An artist (by number) that stands first among the neighbours of another."""

    artist: int
    similar: int
    similarity: float | None = None


Neighbours = Sequence[tuple[int, float]]
"""The neighbours of an artist, nearest first: number and similarity."""


def as_term(text: str) -> str:
    """A term as the miner writes it: lower case, words separated by one space ("Lo-Fi" is "lo fi")."""
    return " ".join(word for word in tokenize(text).words if word)


def edit_terms(
    counts: TermCounts, artist_of_span: NDArray[np.int64], edits: Sequence[Renamed | Blocked]
) -> tuple[TermCounts, list[int]]:
    """The occurrences after all edits, and for each edit how many descriptors (artist, term) it changed.

    Renaming comes first, in the order given, so that a blocked term does not come back under its old name; a
    new name need not be a term yet. `artist_of_span` is the artist's row of each span.
    """
    applied = [0] * len(edits)
    for place, edit in enumerate(edits):
        if isinstance(edit, Renamed):
            counts, applied[place] = _rename(counts, artist_of_span, edit)
    for place, edit in enumerate(edits):
        if isinstance(edit, Blocked):
            counts, applied[place] = _block(counts, artist_of_span, edit)
    return counts, applied


def _rename(counts: TermCounts, artist_of_span: NDArray[np.int64], edit: Renamed) -> tuple[TermCounts, int]:
    old, new = as_term(edit.old), as_term(edit.new)
    if old not in counts.terms or old == new or not new:
        return counts, 0
    source = counts.terms.index(old)
    uses = counts.term == source
    changed = len(np.unique(artist_of_span[counts.span[uses]]))
    if new in counts.terms:
        term = np.where(uses, counts.terms.index(new), counts.term)
        return replace(counts, term=term), changed
    terms, kinds = list(counts.terms), list(counts.kinds)
    terms[source], kinds[source] = new, _kind_of(new, kinds[source])
    return replace(counts, terms=tuple(terms), kinds=tuple(kinds)), changed


def _kind_of(term: str, before: Kind) -> Kind:
    if " " in term:
        return before if before in {"np", "n2", "n3"} else "np"
    return before if before in {"n1", "adj"} else "n1"


def _block(counts: TermCounts, artist_of_span: NDArray[np.int64], edit: Blocked) -> tuple[TermCounts, int]:
    term = as_term(edit.term)
    if term not in counts.terms:
        return counts, 0
    artists = artist_of_span[counts.span]
    gone = counts.term == counts.terms.index(term)
    if edit.artist is not None:
        gone &= artists == edit.artist
    kept = replace(counts, term=counts.term[~gone], span=counts.span[~gone], position=counts.position[~gone])
    return kept, len(np.unique(artists[gone]))


def edit_neighbours(
    near: Neighbours, pinned: Sequence[Pinned], forbidden: Collection[int], limit: int
) -> list[tuple[int, float]]:
    """The neighbours of one artist, edited: at most `limit`, nearest first.

    Forbidden ones are left out. Pinned ones stand first: each is as similar as given or as computed, and at
    least as similar as the nearest that is not pinned, whichever is most; so similarity still falls with the
    rank.
    """
    computed = {number: similarity for number, similarity in near if number not in forbidden}
    wanted = {pin.similar: pin for pin in pinned if pin.similar not in forbidden}
    others = [(number, similarity) for number, similarity in computed.items() if number not in wanted]
    least = others[0][1] if others else 0.0
    first = [
        (number, max(_given(pin, alone=not computed), computed.get(number, 0.0), least))
        for number, pin in wanted.items()
    ]
    first.sort(key=lambda pair: -pair[1])  # stable: in the order of the file where equal
    return [*first, *others][:limit]


def _given(pin: Pinned, *, alone: bool) -> float:
    if pin.similarity is not None:
        return pin.similarity
    return _UNKNOWN_SIMILARITY if alone else 0.0


def pairs_both_ways(pairs: Sequence[tuple[int, int]]) -> Mapping[int, frozenset[int]]:
    """For each artist of the pairs those it is paired with, in either direction."""
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {artist: frozenset(others) for artist, others in found.items()}
