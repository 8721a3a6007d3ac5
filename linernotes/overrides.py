"""Editors' overrides: what a person knows better than the miner, in a small TOML file.

See docs/editing.md for the format. Reading the file needs no database; whom its names mean is found out by
`linernotes.jobs.editing`.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

from linernotes.config_errors import ConfigError
from linernotes.config_file import read_toml

FORMAT_VERSION = 1
Kind: TypeAlias = Literal["alias", "unlink", "block_term", "rename_term", "pin", "forbid"]


class OverridesError(ConfigError):
    """A file of overrides cannot be read or says something that cannot be done."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an artist, as if the registry had it."""

    kind: ClassVar[Kind] = "alias"
    number: int
    artist: str
    name: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Unlink:
    """A wrong link: on one page (`url`) or in one source, a name does not mean this artist."""

    kind: ClassVar[Kind] = "unlink"
    number: int
    artist: str
    name: str
    url: str | None = None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class BlockTerm:
    """A term that describes nobody, or not this artist."""

    kind: ClassVar[Kind] = "block_term"
    number: int
    term: str
    artist: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RenameTerm:
    """A term that is another term: what is said with `old` counts for `new`. In the file: from, to."""

    kind: ClassVar[Kind] = "rename_term"
    number: int
    old: str
    new: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A neighbour that stands first, at least as similar as given."""

    kind: ClassVar[Kind] = "pin"
    number: int
    artist: str
    similar: str
    similarity: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Forbid:
    """Two artists that are never neighbours, in either direction."""

    kind: ClassVar[Kind] = "forbid"
    number: int
    artist: str
    similar: str
    note: str | None = None


Override: TypeAlias = Alias | Unlink | BlockTerm | RenameTerm | Pin | Forbid
_TABLES: dict[str, type[Override]] = {
    each.kind: each for each in (Alias, Unlink, BlockTerm, RenameTerm, Pin, Forbid)
}
# Words of Python, or unclear in code, that read well in the file.
_IN_FILE = {"old": "from", "new": "to"}


@dataclass(frozen=True, slots=True)
class Overrides:
    """All overrides of a file, numbered from 1 by kind and place."""

    entries: tuple[Override, ...] = ()

    @property
    def digest(self) -> str:
        """Changes with anything that the overrides say."""
        return hashlib.sha256(repr(self.entries).encode()).hexdigest()


def read_overrides(file: Path) -> Overrides:
    """Read a file of overrides; OverridesError, naming file and entry, when something is wrong with it."""
    content = read_toml(file, "file of overrides", OverridesError)
    version = content.pop("version", None)
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise OverridesError(f"{file}: its first line must be `version = {FORMAT_VERSION}`, not {version!r}.")
    for name in content:
        if name not in _TABLES:
            raise OverridesError(f"{file}: there is no table [[{name}]]; {_meant(name, _TABLES)}.")
    return Overrides(tuple(_entries(file, content)))


def _entries(file: Path, content: Mapping[str, Any]) -> Iterator[Override]:
    number = 0
    for name, table in content.items():
        if not isinstance(table, list):
            raise OverridesError(f"{file}: write [[{name}]] with two brackets, once for each entry.")
        for place, entry in enumerate(table, start=1):
            number += 1
            yield _entry(f"{file}: {name}[{place}]", _TABLES[name], number, entry)


def _entry(where: str, table: type[Override], number: int, given: object) -> Override:
    if not isinstance(given, Mapping):
        raise OverridesError(f"{where} is not a table of keys.")
    known = {_IN_FILE.get(field.name, field.name): field for field in fields(table) if field.name != "number"}
    for key in given:
        if key not in known:
            raise OverridesError(f"{where}: there is no key {key}; {_meant(str(key), known)}.")
    for key, field in known.items():
        if field.default is MISSING and key not in given:
            raise OverridesError(f"{where}: {key} is missing.")
    values = {known[key].name: _value(f"{where}: {key}", key, value) for key, value in given.items()}
    entry = table(number=number, **values)  # type: ignore[arg-type]  # the types of the values are checked
    _check(where, entry)
    return entry


def _value(where: str, key: str, value: object) -> str | float:
    if key == "similarity":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise OverridesError(f"{where} must be a number from 0 to 1, not {value!r}.")
        return float(value)
    if not isinstance(value, str) or not value.strip():
        raise OverridesError(f"{where} must be a text that is not empty, not {value!r}.")
    return " ".join(value.split())


def _check(where: str, entry: Override) -> None:
    """What no single value shows."""
    if isinstance(entry, Unlink) and (entry.url is None) == (entry.source is None):
        raise OverridesError(f"{where}: give either url (one page) or source (one host), not both.")
    if isinstance(entry, Pin | Forbid) and entry.artist.casefold() == entry.similar.casefold():
        raise OverridesError(f"{where}: artist and similar are the same, {entry.artist}.")


def _meant(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?".removesuffix("?") if near else f"known are {', '.join(known)}"
