"""The registry of artists: adding to it and finding in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    union,
    update,
)

from store.artist_merge import Entry, Roster
from store.models import ArtistAliasRow, ArtistRow
from store.names import registry_key
from store.records import Artist

# Bound parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
BATCH = 5000
# Below this Jaro-Winkler similarity two names look unrelated: of 2,000 names with one or two letters changed,
# dropped, added or swapped, 99 % stay above.
LIKENESS = 0.8
HIGHEST_CHARACTER = chr(0x10FFFF)
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"#(\d{1,18})")
_WITH_DISAMBIGUATION = re.compile(r"(?P<name>.+\S)\s*\((?P<disambiguation>[^()]+)\)")


@dataclass(frozen=True, slots=True)
class RegistryChange:
    """What became of the artists given: their numbers add up to how many there were."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: RegistryChange) -> RegistryChange:
        return RegistryChange(
            self.added + other.added, self.updated + other.updated, self.unchanged + other.unchanged
        )


def add_artists(connection: Connection, artists: Iterable[Artist]) -> RegistryChange:
    """Add artists to the registry, or complete those it has; see `Roster` for when two are the same.

    Idempotent: adding the same artists again changes nothing. The `id` of the given artists is ignored.
    """
    change = RegistryChange()
    remaining = iter(artists)
    while batch := list(islice(remaining, BATCH)):
        change += _add_batch(connection, batch)
    return change


def _add_batch(connection: Connection, batch: Sequence[Artist]) -> RegistryChange:
    roster = Roster(_namesakes(connection, batch))
    counts = {"added": 0, "updated": 0, "unchanged": 0}
    for artist in batch:
        counts[roster.take(artist)] += 1
    _insert_new(connection, [entry for entry in roster.entries if entry.before is None])
    _update_known(connection, [entry for entry in roster.entries if entry.before is not None])
    return RegistryChange(**counts)


def _namesakes(connection: Connection, batch: Sequence[Artist]) -> list[Artist]:
    """The registered artists that any of the batch could be, lowest number first."""
    mbids = {artist.mbid for artist in batch if artist.mbid is not None}
    keys = {registry_key(artist.name) for artist in batch}
    found = {artist.id: artist for artist in _load(connection, ArtistRow.key.in_(keys))}
    found |= {artist.id: artist for artist in _load(connection, ArtistRow.mbid.in_(mbids))}
    return sorted(found.values(), key=lambda artist: artist.id or 0)


def _insert_new(connection: Connection, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    connection.execute(insert(ArtistRow), [_columns(entry.after) for entry in entries])
    named = [entry.after for entry in entries if entry.after.aliases]
    # Read back instead of RETURNING, which SQLite can only do row by row, at a third of the speed.
    numbers = {_identity(artist): artist.id for artist in _namesakes(connection, named)}
    _insert_aliases(connection, [(numbers[_identity(a)], alias) for a in named for alias in a.aliases])


def _identity(artist: Artist) -> tuple[str, str | None]:
    return (artist.mbid, None) if artist.mbid else (registry_key(artist.name), artist.disambiguation)


def _update_known(connection: Connection, entries: Sequence[Entry]) -> None:
    changed = [(entry.before, entry.after) for entry in entries if entry.before not in (None, entry.after)]
    if not changed:
        return
    statement = update(ArtistRow).where(ArtistRow.id == bindparam("number"))
    connection.execute(statement, [_columns(after) | {"number": after.id} for _, after in changed])
    known = {before.id: before.aliases for before, _ in changed if before is not None}
    _insert_aliases(
        connection,
        [(after.id, name) for _, after in changed for name in after.aliases if name not in known[after.id]],
    )


def _insert_aliases(connection: Connection, aliases: Sequence[tuple[int | None, str]]) -> None:
    rows = [{"artist_id": number, "alias": alias, "key": registry_key(alias)} for number, alias in aliases]
    if rows:
        connection.execute(insert(ArtistAliasRow), rows)


def _columns(artist: Artist) -> dict[str, Any]:
    return {
        "name": artist.name,
        "key": registry_key(artist.name),
        "mbid": artist.mbid,
        "disambiguation": artist.disambiguation,
        "country": artist.country,
        "begin": artist.begin,
        "end": artist.end,
    }


def all_names(connection: Connection) -> Iterator[tuple[int, str, bool]]:
    """Every name of every artist as (artist id, name, whether it is an alias): names first, then aliases.

    Streams from the database: 10⁶ names pass in a few megabytes.
    """
    names = select(ArtistRow.id, ArtistRow.name).order_by(ArtistRow.id)
    for number, name in connection.execution_options(yield_per=BATCH).execute(names):
        yield number, name, False
    aliases = select(ArtistAliasRow.artist_id, ArtistAliasRow.alias).order_by(ArtistAliasRow.id)
    for number, alias in connection.execution_options(yield_per=BATCH).execute(aliases):
        yield number, alias, True


def find_artists(connection: Connection, wanted: str | int) -> list[Artist]:
    """The artists that `wanted` can mean, likeliest first; empty when there is none.

    A number, or "#12", is the id; an MBID is itself; "Nirvana (60s band)" is a name with its disambiguation;
    anything else is a name: written exactly so, then spelled alike, then an alias. Only the first of these
    that finds somebody counts; several artists of one name come lowest id first.
    """
    for condition in _readings(wanted):
        found = _load(connection, condition)
        if found:
            return found
    return []


def _readings(wanted: str | int) -> Iterator[ColumnElement[bool]]:
    if isinstance(wanted, int):
        yield ArtistRow.id == wanted
        return
    text = " ".join(wanted.split())
    if number := _NUMBER.fullmatch(text):
        yield ArtistRow.id == int(number[1])
    if _MBID.fullmatch(text):
        yield ArtistRow.mbid == text.lower()
    yield from _name_readings(text)
    if parts := _WITH_DISAMBIGUATION.fullmatch(text):
        yield and_(
            ArtistRow.key == registry_key(parts["name"]),
            func.lower(ArtistRow.disambiguation) == parts["disambiguation"].strip().lower(),
        )


def _name_readings(name: str) -> Iterator[ColumnElement[bool]]:
    key = registry_key(name)
    if not key:
        return
    called = select(ArtistAliasRow.artist_id).where(ArtistAliasRow.key == key)
    yield and_(ArtistRow.key == key, ArtistRow.name == name)
    yield ArtistRow.key == key
    yield ArtistRow.id.in_(called.where(ArtistAliasRow.alias == name))
    yield ArtistRow.id.in_(called)


def nearest_names(connection: Connection, text: str, limit: int = 5) -> list[str]:
    """Names of the registry that look like a misspelt `text`, likeliest first, at most `limit`.

    Jaro-Winkler similarity of the keys of names and aliases (Winkler 1990), which forgives swapped and
    missing letters and counts the beginning more. For an alias the artist's name is given.
    """
    key = registry_key(text)
    alike = process.extract(
        key,
        _candidates(connection, key),
        scorer=JaroWinkler.similarity,
        score_cutoff=LIKENESS,
        limit=limit * 3,
    )
    names = dict.fromkeys(name for match, _, _ in alike for name in _names_of(connection, match))
    return list(names)[:limit]


def _candidates(connection: Connection, key: str) -> list[str]:
    """Keys that begin or end like `key`: a misspelling hardly ever changes both.

    Of 10⁶ artists with 250,000 aliases in SQLite the beginnings take 1 ms (index), the endings 120 ms.
    """
    found: dict[str, None] = {}
    for column in (ArtistRow.key, ArtistAliasRow.key):
        begins = column.between(key[:3], key[:3] + HIGHEST_CHARACTER)
        ends = column.endswith(key[-3:], autoescape=True)
        found |= dict.fromkeys(
            connection.scalars(union(select(column).where(begins), select(column).where(ends)))
        )
    return list(found)


def _names_of(connection: Connection, key: str) -> Sequence[str]:
    called = select(ArtistAliasRow.artist_id).where(ArtistAliasRow.key == key)
    wanted = or_(ArtistRow.key == key, ArtistRow.id.in_(called))
    return connection.scalars(select(ArtistRow.name).where(wanted).order_by(ArtistRow.id)).all()


def _load(connection: Connection, condition: ColumnElement[bool]) -> list[Artist]:
    columns = (ArtistRow.id, ArtistRow.name, ArtistRow.mbid, ArtistRow.disambiguation)
    rows = connection.execute(
        select(*columns, ArtistRow.country, ArtistRow.begin, ArtistRow.end)
        .where(condition)
        .order_by(ArtistRow.id)
    ).all()
    aliases = _aliases(connection, [row.id for row in rows])
    return [
        Artist(
            row.name,
            mbid=row.mbid,
            aliases=tuple(aliases.get(row.id, ())),
            disambiguation=row.disambiguation,
            country=row.country,
            begin=row.begin,
            end=row.end,
            id=row.id,
        )
        for row in rows
    ]


def _aliases(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    aliases: dict[int, list[str]] = {}
    for start in range(0, len(ids), BATCH):
        wanted = ArtistAliasRow.artist_id.in_(ids[start : start + BATCH])
        found = (
            select(ArtistAliasRow.artist_id, ArtistAliasRow.alias).where(wanted).order_by(ArtistAliasRow.id)
        )
        for number, alias in connection.execute(found):
            aliases.setdefault(number, []).append(alias)
    return aliases
