"""Editors' overrides at work: whom their names mean, what they change, and how often they did."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.overrides import (
    Alias,
    BlockTerm,
    Forbid,
    Override,
    Overrides,
    OverridesError,
    Pin,
    RenameTerm,
    Unlink,
)
from nlp.corpus import Spans
from nlp.overrides import (
    Blocked,
    Neighbours,
    Pinned,
    Renamed,
    as_term,
    edit_neighbours,
    edit_terms,
    pairs_both_ways,
)
from nlp.terms import TermCounts
from store.artists import find_artists, nearest_names
from store.mining import registry_names
from store.names import registry_key
from store.overrides import WrittenMention, written_mentions

# Names told in one error: more are a file of another database.
_TOLD = 10
# No number of an artist; two, so that two unknown artists are not the same.
_NOBODY, _UNKNOWN = -1, -2


class Editing:
    """The overrides of one run of mining.

    Each method is one place at which overrides change what is mined; it counts what each of them changed, and
    `rows` says so in the release. `artists` is whom each name of the overrides means.
    """

    def __init__(self, overrides: Overrides, artists: dict[str, int]) -> None:
        self._entries = overrides.entries
        self._artists = artists
        self._applied: Counter[int] = Counter()
        self._pins = self._pinned()
        self._forbidden = pairs_both_ways(
            [(artists[e.artist], artists[e.similar]) for e in self._entries if isinstance(e, Forbid)]
        )

    @property
    def aliases(self) -> list[tuple[int, str]]:
        """The names that overrides add: (artist id, name)."""
        return [(self._artists[e.artist], e.name) for e in self._entries if isinstance(e, Alias)]

    def names(self, connection: Connection) -> list[tuple[int, str]]:
        """Every name and alias of every artist, those of the overrides among them, in order of artist."""
        return sorted({*registry_names(connection), *self.aliases})

    def labelled(self, label: str) -> tuple[int, ...]:
        """The artist whom a label means by an alias of the overrides; empty when none does."""
        key = registry_key(label)
        return tuple(artist for artist, name in self.aliases if registry_key(name) == key)[:1]

    def wrong_links(self, connection: Connection) -> frozenset[tuple[int, int, int]]:
        """The mentions that an editor calls wrong: (document id, artist id, start)."""
        wrong: set[tuple[int, int, int]] = set()
        for entry in self._entries:
            if isinstance(entry, Unlink):
                artist = self._artists[entry.artist]
                place = {"url": entry.url, "source": entry.source}
                found = written_mentions(connection, artist, **place)
                gone = {(m.document_id, artist, m.start) for m in found if _is_written(m, entry.name)}
                self._applied[entry.number] += len(gone - wrong)
                wrong |= gone
            elif isinstance(entry, Alias):
                found = written_mentions(connection, self._artists[entry.artist])
                self._applied[entry.number] += sum(_is_written(m, entry.name) for m in found)
        return frozenset(wrong)

    def terms(self, counts: TermCounts, spans: Spans, artists: NDArray[np.int64]) -> TermCounts:
        """The terms after renaming and blocking; `artists` are the ids of the artists by row."""
        row_of = {artist: row for row, artist in enumerate(artists.tolist())}
        entries = [e for e in self._entries if isinstance(e, BlockTerm | RenameTerm)]
        edits = [self._edit(entry, row_of) for entry in entries]
        counts, applied = edit_terms(counts, spans.artist, edits)
        self._applied.update({e.number: times for e, times in zip(entries, applied, strict=True)})
        return counts

    def blocked_for(self, artist: int) -> frozenset[str]:
        """The terms that must not describe an artist, whoever says so: for what is inferred."""
        return frozenset(
            as_term(e.term)
            for e in self._entries
            if isinstance(e, BlockTerm) and e.artist is not None and self._artists[e.artist] == artist
        )

    @property
    def most_forbidden(self) -> int:
        """How many neighbours of one artist can be forbidden: so many more have to be computed."""
        return max(map(len, self._forbidden.values()), default=0)

    def neighbours(self, artist: int, near: Neighbours, limit: int) -> list[tuple[int, float]]:
        """The neighbours of an artist, by id and nearest first, after pinning and forbidding."""
        pins = self._pins.get(artist, [])
        forbidden = self._forbidden.get(artist, frozenset())
        self._count_neighbours(artist, [number for number, _ in near], forbidden)
        return edit_neighbours(near, [pin for _, pin in pins], forbidden, limit)

    def only_pinned(self, known: Sequence[int]) -> list[int]:
        """The artists that have pinned neighbours but are not among `known`: too little is written."""
        return sorted(self._pins.keys() - set(known))

    def rows(self) -> Iterator[Sequence[Any]]:
        """The overrides as rows of a release: what each is and how often it applied."""
        for entry in self._entries:
            artist, other = getattr(entry, "artist", None), getattr(entry, "similar", None)
            yield (
                entry.number,
                entry.kind,
                *subject_and_object(entry),
                entry.note,
                self._applied[entry.number],
                self._artists[artist] if artist else None,
                self._artists[other] if other else None,
            )

    def _edit(self, entry: BlockTerm | RenameTerm, row_of: dict[int, int]) -> Renamed | Blocked:
        if isinstance(entry, RenameTerm):
            return Renamed(entry.old, entry.new)
        if entry.artist is None:
            return Blocked(entry.term)
        return Blocked(entry.term, row_of.get(self._artists[entry.artist], _NOBODY))

    def _pinned(self) -> dict[int, list[tuple[int, Pinned]]]:
        pins: dict[int, list[tuple[int, Pinned]]] = {}
        for entry in self._entries:
            if isinstance(entry, Pin):
                artist, similar = self._artists[entry.artist], self._artists[entry.similar]
                pins.setdefault(artist, []).append((entry.number, Pinned(artist, similar, entry.similarity)))
        return pins

    def _count_neighbours(self, artist: int, near: Sequence[int], forbidden: frozenset[int]) -> None:
        for number, pin in self._pins.get(artist, []):
            self._applied[number] += pin.similar not in forbidden
        for entry in self._entries if forbidden.intersection(near) else ():
            if isinstance(entry, Forbid):
                pair = {self._artists[entry.artist], self._artists[entry.similar]}
                self._applied[entry.number] += artist in pair and bool((pair - {artist}) & set(near))


def open_editing(connection: Connection, overrides: Overrides) -> Editing:
    """Find out whom the overrides mean.

    Raises OverridesError with all the names that the registry does not have or that several artists share,
    and pairs that are one artist.
    """
    artists, wrong = resolve_artists(connection, overrides)
    wrong += [
        f'"{entry.artist}" and "{entry.similar}" are one artist'
        for entry in overrides.entries
        if isinstance(entry, Pin | Forbid)
        and artists.get(entry.artist, _NOBODY) == artists.get(entry.similar, _UNKNOWN)
    ]
    if wrong:
        more = f" and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise OverridesError(f"The overrides cannot be applied: {'; '.join(wrong[:_TOLD])}{more}.")
    return Editing(overrides, artists)


def resolve_artists(connection: Connection, overrides: Overrides) -> tuple[dict[str, int], list[str]]:
    """The number of each artist that the overrides name, and what is wrong with the other names."""
    numbers: dict[str, int] = {}
    wrong: list[str] = []
    for name in dict.fromkeys(name for entry in overrides.entries for name in artists_of(entry)):
        found = find_artists(connection, name)
        if len(found) == 1 and found[0].id is not None:
            numbers[name] = found[0].id
        else:
            wrong.append(_several(name, len(found)) if found else _unknown(connection, name))
    return numbers, wrong


def artists_of(entry: Override) -> list[str]:
    """The artists that an override names."""
    return [name for field in ("artist", "similar") if (name := getattr(entry, field, None)) is not None]


def subject_and_object(entry: Override) -> tuple[str, str | None]:
    """What an override is about, and the other artist, name, term or place, as the editor wrote them."""
    if isinstance(entry, Unlink):
        return entry.artist, f"{entry.name} in {entry.url or entry.source}"
    if isinstance(entry, Alias):
        return entry.artist, entry.name
    if isinstance(entry, BlockTerm):
        return entry.term, entry.artist
    if isinstance(entry, RenameTerm):
        return entry.old, entry.new
    return entry.artist, entry.similar


def _unknown(connection: Connection, name: str) -> str:
    near = nearest_names(connection, name, 1)
    return f'there is no artist "{name}"' + (f" (did you mean {near[0]}?)" if near else "")


def _several(name: str, count: int) -> str:
    return f'{count} artists are called "{name}" (give the MBID, or "Name (disambiguation)")'


def _is_written(mention: WrittenMention, name: str) -> bool:
    """Whether a mention goes by this name; a whole text's by its label, or within its title or text."""
    key = registry_key(name)
    if mention.start >= 0:
        return registry_key(mention.written) == key
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    return registry_key(mention.label) == key or any(map(whole.search, (mention.title, mention.written)))
