"""The look-ups: a catalog answers from the published release of one database."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from linernotes import explaining, finding, likeness
from linernotes.answers import Explanation, FoundArtist, Interpretation, SimilarArtist
from linernotes.errors import BadQuestion, NoRelease
from linernotes.naming import Wanted, resolve, resolve_all
from linernotes.release_cache import ReleaseCache
from store import candidates, described, lookups
from store.engine import connect, reason_of
from store.errors import DatabaseUnusable
from store.lookup_records import (
    FACETS,
    KINDS,
    Activity,
    ArtistEntry,
    Candidate,
    Descriptor,
    Evidence,
    ReleaseKey,
)
from store.releases import ReleaseInfo, list_releases
from store.schema_version import is_current
from store.snapshot import snapshot

DEFAULT_DATABASE = "sqlite:///linernotes.db"
DATABASE_VARIABLE = "LINERNOTES_DATABASE"


def open_catalog(url: str | None = None) -> Catalog:
    """Open the database of `url`, read-only, and return its catalog.

    Without `url`, the one named by the environment variable LINERNOTES_DATABASE, or else
    `sqlite:///linernotes.db`. Raises DatabaseUnusable when there is none or it is not ours, DatabaseOutdated
    when it is at another migration.
    """
    engine = connect(url or os.environ.get(DATABASE_VARIABLE) or DEFAULT_DATABASE, read_only=True)
    try:
        if not is_current(engine):
            from store.migrate import check_current  # noqa: PLC0415 - slow, and only needed to complain

            check_current(engine)
    except BaseException:
        engine.dispose()  # nobody else will: the caller gets no catalog to close
        raise
    return Catalog(engine)


class Catalog:
    """Look-ups in the published release; made by `linernotes.open`.

    An artist is given by its name or an alias, by its MusicBrainz identifier, or by its number in this
    database (as an int, or as "#12"). Spelling counts little: "the beatles" is The Beatles. Of several
    artists of one name the one with the most text is meant; the others are reached by number, by MusicBrainz
    identifier, or as "Name (disambiguation)".

    Every look-up raises ArtistNotFound for an artist the registry does not have, NoRelease before the first
    `linernotes mine`, BadQuestion for a limit below 1 and the like, and DatabaseUnusable when the database
    goes away. An artist with too little text has empty answers. Each call reads one release, the one that is
    published when it begins. A catalog may be used by several threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cache = ReleaseCache()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections; a later call would open new ones."""
        self._engine.dispose()

    def similar(
        self, artist_or_artists: Wanted | Sequence[Wanted], *, limit: int = 10
    ) -> list[SimilarArtist]:
        """Return artists similar to one, or to several together, the most similar first.

        For several, similar to the mean of their vectors; they themselves are left out, as are artists
        with no similarity at all. Those among the seeds with too little text do not count.
        """
        _check_limit(limit)
        with self._reading() as (connection, release):
            seeds = resolve_all(connection, artist_or_artists)
            return likeness.similar(connection, release, self._cache, seeds, limit)

    def terms(
        self, artist: Wanted, *, facet: str | None = None, kind: str | None = None, limit: int = 50
    ) -> list[Descriptor]:
        """Return what an artist is described with, strongest first.

        `facet` (genre, mood, instrument, era, place, theme, other) and `kind` (n1, n2, n3, np, adj) restrict
        it.
        """
        _check_limit(limit)
        _check_choice("facet", facet, FACETS)
        _check_choice("kind", kind, KINDS)
        with self._reading() as (connection, release):
            number = resolve(connection, artist).artist_id
            return lookups.descriptors(
                connection, release.release_id, number, facet=facet, kind=kind, limit=limit
            )

    def evidence(self, artist: Wanted, term: str, limit: int = 5) -> list[Evidence]:
        """Return sentences in which an artist is described with `term`, from the newest text on.

        Empty when no sentence was kept, as for weak descriptors.
        """
        _check_limit(limit)
        with self._reading() as (connection, release):
            number = resolve(connection, artist).artist_id
            return explaining.quotes(connection, release.release_id, number, term)[:limit]

    def explain(self, a: Wanted, b: Wanted) -> Explanation:
        """Return how similar two artists are, what both are described with, and sentences that say so."""
        with self._reading() as (connection, release):
            return explaining.explain(
                connection, release.release_id, resolve(connection, a), resolve(connection, b)
            )

    def search(self, description: str, *, limit: int = 10) -> list[FoundArtist]:
        """Return the artists that a description fits, such as `dreamy shoegaze -metal live^0.5`.

        See `linernotes.description` for how it is read and `linernotes.search` for how artists are scored.
        Raises BadQuestion for a malformed description, NothingKnown when no word of it is known. Words
        that nobody uses are passed over: `interpret` says which.
        """
        _check_limit(limit)
        with self._reading() as (connection, release):
            return finding.search(connection, release, self._cache, description, limit)

    def interpret(self, description: str) -> Interpretation:
        """Return how `search` understands a description, and which of its words are unknown."""
        with self._reading() as (connection, release):
            return finding.interpret(connection, release, self._cache, description)

    def vectors(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return numbers of artists, ascending, and their unit vectors: float32 (artists, dimensions).

        The dot product of two rows, cut to 0–1, is their similarity. The arrays are read-only; copy them to
        change them.
        """
        with self._reading() as (connection, release):
            table = self._cache.vectors(connection, release)
            return table.ids, table.matrix

    def artists(self, prefix: str | None = None, *, limit: int | None = None) -> list[ArtistEntry]:
        """Return the artists that the release describes, by name; those whose name begins with `prefix`."""
        if limit is not None:
            _check_limit(limit)
        with self._reading() as (connection, release):
            return described.described_artists(connection, release.release_id, prefix, limit)

    def artist(self, wanted: Wanted) -> ArtistEntry:
        """Return the artist that `wanted` means."""
        with self._connected() as connection:
            return resolve(connection, wanted)

    def activity(self, artist: Wanted) -> list[Activity]:
        """Return how much was written about an artist, week by week, earliest first."""
        with self._reading() as (connection, release):
            return lookups.activity(connection, release.release_id, resolve(connection, artist).artist_id)

    def candidates(self, *, min_sources: int = 1, limit: int = 50) -> list[Candidate]:
        """Return names that writers treat as artists and the registry lacks, the surest first.

        `min_sources` is how many independent sources must name one. Those registered since are left out.
        """
        _check_limit(limit)
        with self._reading() as (connection, release):
            return candidates.candidates(connection, release.release_id, min_sources=min_sources, limit=limit)

    def release(self) -> ReleaseInfo:
        """Return the published release."""
        with self._connected() as connection:
            release = next((each for each in list_releases(connection) if each.published), None)
        if release is None:
            raise NoRelease
        return release

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, ReleaseKey]]:
        """A transaction on the release that is published now."""
        with self._connected() as connection:
            release = lookups.published_key(connection)
            if release is None:
                raise NoRelease
            yield connection, release

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with snapshot(self._engine) as connection:
                yield connection
        except DBAPIError as error:
            name = self._engine.url.render_as_string(hide_password=True)
            raise DatabaseUnusable(f"{name} cannot be read: {reason_of(error)}.") from error


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise BadQuestion(f"The limit is {limit}; it must be at least 1.")


def _check_choice(what: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise BadQuestion(f'"{value}" is not a {what}; it is one of {", ".join(choices)}.')
