"""Which registry entry an artist is, and what it adds to it. Pure: plain records in, plain records out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from store.names import registry_key
from store.records import Artist


@dataclass(slots=True)
class Entry:
    """An artist as the database has it (None when it is new) and as it will be."""

    before: Artist | None
    after: Artist


class Roster:
    """The part of the registry that a batch of artists touches.

    Artists are the same when their MBIDs are; without an MBID, when key and disambiguation are. A bare name
    (neither MBID nor disambiguation) means the first artist of that name. An entry without MBID is
    completed by the first artist of that name that has one.
    """

    def __init__(self, known: Iterable[Artist]) -> None:
        self._by_mbid: dict[str, Entry] = {}
        self._by_key: dict[str, list[Entry]] = {}
        self.entries: list[Entry] = []
        for artist in known:
            self._enter(Entry(artist, artist))

    def take(self, incoming: Artist) -> Literal["added", "updated", "unchanged"]:
        """Enter `incoming` as a new artist, or let the entry it means take over what is new."""
        entry = self._find(incoming)
        if entry is None:
            self._enter(Entry(None, merged(Artist(incoming.name), incoming)))
            return "added"
        after = merged(entry.after, incoming)
        if after == entry.after:
            return "unchanged"
        self._change(entry, after)
        return "updated"

    def _change(self, entry: Entry, after: Artist) -> None:
        before = entry.after
        entry.after = after
        if after.mbid is not None:
            self._by_mbid[after.mbid] = entry
        if registry_key(after.name) != registry_key(before.name):
            self._by_key.setdefault(registry_key(after.name), []).append(entry)

    def _enter(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._by_key.setdefault(registry_key(entry.after.name), []).append(entry)
        if entry.after.mbid is not None:
            self._by_mbid[entry.after.mbid] = entry

    def _find(self, incoming: Artist) -> Entry | None:
        if incoming.mbid is not None and incoming.mbid in self._by_mbid:
            return self._by_mbid[incoming.mbid]
        namesakes = self._by_key.get(registry_key(incoming.name), [])
        if incoming.mbid is not None:
            namesakes = [entry for entry in namesakes if entry.after.mbid is None]
        for entry in namesakes:
            if entry.after.disambiguation == incoming.disambiguation:
                return entry
        if incoming.mbid is not None:
            return next((entry for entry in namesakes if entry.after.disambiguation is None), None)
        return namesakes[0] if namesakes and incoming.disambiguation is None else None


def merged(known: Artist, incoming: Artist) -> Artist:
    """`known` with what `incoming` adds.

    With an MBID, the facts of `incoming` replace known ones; without, they only fill gaps, so that importing
    a file of contradicting rows twice ends where once does. Names are never lost: what is not the name
    becomes an alias.
    """
    first, second = (known, incoming) if incoming.mbid is None else (incoming, known)
    names = dict.fromkeys((known.name, incoming.name, *incoming.aliases))
    added = [name for name in names if name and name != first.name and name not in known.aliases]
    return Artist(
        first.name,
        mbid=first.mbid or second.mbid,
        aliases=(*known.aliases, *added),
        disambiguation=first.disambiguation or second.disambiguation,
        country=first.country or second.country,
        begin=first.begin or second.begin,
        end=first.end or second.end,
        id=known.id,
    )
