"""The registry of artists from a file into the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from crawler.imports.errors import BrokenFile, ImportFailed
from crawler.imports.registry_files import artist_of, open_registry
from crawler.imports.report import SkipLog, Skipped
from crawler.imports.rows import BadRow, Row, Table
from store.artists import RegistryChange, add_artists
from store.names import registry_key
from store.records import Artist

# Artists in one transaction: less than a second, so that a crawl in the same database is not held up.
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class RegistryReport:
    """What became of the rows: read = added + updated + unchanged + skipped_total.

    `skipped` holds the first thousand rows that are no artist of their own, with the reason.
    """

    read: int
    added: int
    updated: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    skipped_total: int


@dataclass(frozen=True, slots=True)
class RegistryProgress:
    """Told after every stored batch: how much of the file is read (0 to 1), and artists read."""

    file: Path
    share: float
    read: int


def read_registry(path: Path | str) -> Iterator[Artist]:
    """The artists of a registry file, one after the other; rows that are none are passed over.

    See `import_registry` for the formats.
    """
    with open_registry(Path(path)) as table:
        for row in table.rows:
            artist = artist_of(row)
            if isinstance(artist, Artist):
                yield artist


def import_registry(
    engine: Engine, path: Path | str, on_event: Callable[[RegistryProgress], None] | None = None
) -> RegistryReport:
    """Add the artists of a file to the registry, and report what became of its rows. Idempotent.

    CSV needs a column `name` and may have `mbid`, `aliases` (separated by `|` or `;`), `disambiguation`,
    `country`, `begin`, `end`. A MusicBrainz JSON dump is `artist.tar.xz` as it is published, or the file
    `artist` in it, also as .jsonl, with or without gzip. MusicBrainz's special-purpose entries are left out.
    A row that repeats an artist of the file is told and counted once; what else it knows is added, unless
    both carry the same MBID.

    Raises ImportFailed for a file that is missing, of an unknown format or without any artist; BrokenFile for
    a damaged one, whose artists before the damage are kept.
    """
    file = Path(path)
    run = _Run(engine, file)
    with open_registry(file) as table:
        try:
            for row in table.rows:
                run.take(row)
                if run.full():
                    run.store()
                    _tell(on_event, file, table, run)
        except BrokenFile as error:
            run.store()
            kept = run.change.added + run.change.updated + run.change.unchanged
            raise BrokenFile(f"{error} The {kept} artists before that are kept.") from error
        run.store()
        _tell(on_event, file, table, run)
    return run.report()


def _tell(on_event: Callable[[RegistryProgress], None] | None, file: Path, table: Table, run: _Run) -> None:
    if on_event is not None:
        on_event(RegistryProgress(file, table.share(), run.read))


@dataclass(slots=True)
class _Run:
    """An import under way: the batch, where each artist of the file stands, and the counts."""

    engine: Engine
    file: Path
    read: int = 0
    change: RegistryChange = field(default_factory=RegistryChange)
    skipped: SkipLog = field(default_factory=SkipLog)
    lines: dict[int, int] = field(default_factory=dict)
    batch: list[Artist] = field(default_factory=list)
    repeated: list[Artist] = field(default_factory=list)

    def take(self, row: Row | BadRow) -> None:
        """Put the artist of a row into the batch, or tell why not."""
        self.read += 1
        artist = artist_of(row)
        if isinstance(artist, BadRow):
            self._skip(artist.line, artist.reason)
            return
        first = self.lines.setdefault(hash(_identity(artist)), row.line)
        if first == row.line:
            self.batch.append(artist)
            return
        self._skip(row.line, f"{artist.name!r} repeats the artist of line {first}")
        if artist.mbid is None:
            self.repeated.append(artist)

    def full(self) -> bool:
        return len(self.batch) + len(self.repeated) >= BATCH

    def store(self) -> None:
        """Write the batch. Repeated artists are completed, but not counted again."""
        with self.engine.begin() as connection:
            self.change += add_artists(connection, self.batch)
            add_artists(connection, self.repeated)
        self.batch, self.repeated = [], []

    def report(self) -> RegistryReport:
        if not self.lines:
            raise ImportFailed(
                f"{self.file} holds no artist; a registry needs at least one{self._example()}."
            )
        return RegistryReport(
            read=self.read,
            added=self.change.added,
            updated=self.change.updated,
            unchanged=self.change.unchanged,
            skipped=tuple(self.skipped.first),
            skipped_total=self.skipped.total,
        )

    def _skip(self, line: int, reason: str) -> None:
        self.skipped.add(Skipped(self.file, line, reason))

    def _example(self) -> str:
        return (
            f" (line {self.skipped.first[0].line}: {self.skipped.first[0].reason})"
            if self.skipped.first
            else ""
        )


def _identity(artist: Artist) -> tuple[str | None, ...]:
    return (artist.mbid,) if artist.mbid else (registry_key(artist.name), artist.disambiguation)
