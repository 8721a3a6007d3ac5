"""The look-ups: a catalog answers from the published release of one database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from linernotes import explaining, finding, likeness, trends
from linernotes.answers import (
    Explanation,
    FoundArtist,
    Interpretation,
    NotEnoughText,
    RisingArtist,
    RisingTerm,
    SimilarArtist,
)
from linernotes.browsing import Browsing, check_choice, check_limit
from linernotes.bulk import Bulk
from linernotes.errors import NoRelease
from linernotes.filters import FilterArguments, SimilarFilters
from linernotes.knowledge import not_enough_text
from linernotes.likeness import SimilarQuestion
from linernotes.naming import Seeds, Wanted, resolve, resolve_all, resolve_seeds
from store import candidates, described, lookups, maps
from store.engine import connect
from store.filters import summary_of
from store.lookup_records import (
    FACETS,
    KINDS,
    Activity,
    ArtistEntry,
    ArtistSummary,
    Candidate,
    Descriptor,
    Evidence,
)
from store.maps import ArtistMap, MapRegion
from store.releases import ReleaseInfo, list_releases
from store.schema_version import is_current

DEFAULT_DATABASE = "sqlite:///linernotes.db"
DATABASE_VARIABLE = "LINERNOTES_DATABASE"


def open_catalog(url: str | None = None, *, cache: str | Path | None = None) -> Catalog:
    """Open the database of `url`, read-only, and return its catalog.

    Without `url`, the one named by the environment variable LINERNOTES_DATABASE, or else
    `sqlite:///linernotes.db`. `cache` is where the files of its releases are looked for; see
    `linernotes.release_files.place`. Raises DatabaseUnusable when there is none or it is not ours,
    DatabaseOutdated when it is at another migration.
    """
    engine = connect(url or os.environ.get(DATABASE_VARIABLE) or DEFAULT_DATABASE, read_only=True)
    try:
        if not is_current(engine):
            from store.migrate import check_current  # noqa: PLC0415 - slow, and only needed to complain

            check_current(engine)
    except BaseException:
        engine.dispose()  # nobody else will: the caller gets no catalog to close
        raise
    return Catalog(engine, cache)


class Catalog(Browsing, Bulk):
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

    def similar(
        self,
        seeds: Seeds,
        *,
        limit: int = 10,
        exclude: Wanted | Sequence[Wanted] = (),
        **filters: Unpack[FilterArguments],
    ) -> list[SimilarArtist]:
        """Return artists similar to one, or to several together, the most similar first.

        Several seeds are a list, or have weights: `{"Slowdive": 2, "Burial": 1}` or a list of (artist,
        weight); one with a weight below 0 is moved away from. Similar is then what is near the weighted mean
        of their vectors. Seeds are left out, as are the artists of `exclude` and those with no similarity at
        all. Seeds with too little text do not count; `why_empty` says when that is why nobody is found.
        `filters` are the fields of SimilarFilters, such as `era="1990s", place="Iceland", min_sources=2`.
        """
        return self._similar(seeds, limit, exclude, filters, unlike=False)

    def dissimilar(
        self,
        seeds: Seeds,
        *,
        limit: int = 10,
        exclude: Wanted | Sequence[Wanted] = (),
        **filters: Unpack[FilterArguments],
    ) -> list[SimilarArtist]:
        """Return the artists least similar to one or several, the least `product` first; see `similar`."""
        return self._similar(seeds, limit, exclude, filters, unlike=True)

    def why_empty(self, artist: Wanted) -> NotEnoughText | None:
        """Return why there are no artists similar to this one; None when there is enough text about it."""
        with self._reading() as (connection, release):
            return not_enough_text(connection, release, resolve(connection, artist))

    def summary(self, artist: Wanted) -> ArtistSummary | None:
        """Return how much is written about an artist; None when nothing is, or in an older release."""
        with self._reading() as (connection, release):
            return summary_of(connection, release.release_id, resolve(connection, artist).artist_id)

    def terms(
        self, artist: Wanted, *, facet: str | None = None, kind: str | None = None, limit: int = 50
    ) -> list[Descriptor]:
        """Return what an artist is described with, strongest first.

        `facet` (genre, mood, instrument, era, place, theme, other) and `kind` (n1, n2, n3, np, adj) restrict
        it.
        """
        check_limit(limit)
        check_choice("facet", facet, FACETS)
        check_choice("kind", kind, KINDS)
        with self._reading() as (connection, release):
            number = resolve(connection, artist).artist_id
            return lookups.descriptors(
                connection, release.release_id, number, facet=facet, kind=kind, limit=limit
            )

    def evidence(self, artist: Wanted, term: str, limit: int = 5) -> list[Evidence]:
        """Return sentences in which an artist is described with `term`, from the newest text on.

        Empty when no sentence was kept, as for weak descriptors.
        """
        check_limit(limit)
        with self._reading() as (connection, release):
            number = resolve(connection, artist).artist_id
            return explaining.quotes(connection, release.release_id, number, term)[:limit]

    def explain(self, a: Wanted, b: Wanted) -> Explanation:
        """Return how similar two artists are, what makes them so, and sentences that say so.

        The contributions add up to the similarity; see Explanation.
        """
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
        check_limit(limit)
        with self._reading() as (connection, release):
            return finding.search(connection, release, self._cache, description, limit)

    def interpret(self, description: str) -> Interpretation:
        """Return how `search` understands a description, and which of its words are unknown."""
        with self._reading() as (connection, release):
            return finding.interpret(connection, release, self._cache, description)

    def artists(
        self, prefix: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[ArtistEntry]:
        """Return the artists that the release describes, by name; those whose name begins with `prefix`."""
        check_limit(1 if limit is None else limit, offset)
        with self._reading() as (connection, release):
            return described.described_artists(connection, release.release_id, prefix, limit, offset)

    def artist(self, wanted: Wanted) -> ArtistEntry:
        """Return the artist that `wanted` means."""
        with self._connected() as connection:
            return resolve(connection, wanted)

    def activity(self, artist: Wanted) -> list[Activity]:
        """Return how much was written about an artist, week by week, earliest first."""
        with self._reading() as (connection, release):
            return lookups.activity(connection, release.release_id, resolve(connection, artist).artist_id)

    def rising_terms(self, artist: Wanted, *, limit: int = 10) -> list[RisingTerm]:
        """Return the terms an artist is described with more than usual lately, the most rising first.

        Lately are the eight weeks up to the newest text of the release. BadQuestion for an older release.
        """
        check_limit(limit)
        with self._reading() as (connection, release):
            return trends.rising_terms(connection, release, self._cache, resolve(connection, artist), limit)

    def rising_artists(self, term: str, *, limit: int = 10) -> list[RisingArtist]:
        """Return the artists described with a term more than usual lately; see `rising_terms`."""
        check_limit(limit)
        with self._reading() as (connection, release):
            return trends.rising_artists(connection, release, self._cache, term, limit)

    def candidates(self, *, min_sources: int = 1, limit: int = 50) -> list[Candidate]:
        """Return names that writers treat as artists and the registry lacks, the surest first.

        `min_sources` is how many independent sources must name one. Those registered since are left out.
        """
        check_limit(limit)
        with self._reading() as (connection, release):
            return candidates.candidates(connection, release.release_id, min_sources=min_sources, limit=limit)

    def map(self) -> ArtistMap:
        """Return where all artists stand on the map; no artists when the release was made without one."""
        with self._reading() as (connection, release):
            return maps.artist_map(connection, release.release_id)

    def map_regions(self) -> list[MapRegion]:
        """Return the named neighbourhoods of the map, the coarsest level first."""
        with self._reading() as (connection, release):
            return maps.map_regions(connection, release.release_id)

    def release(self) -> ReleaseInfo:
        """Return the published release."""
        with self._connected() as connection:
            release = next((each for each in list_releases(connection) if each.published), None)
        if release is None:
            raise NoRelease
        return release

    def _similar(
        self,
        seeds: Seeds,
        limit: int,
        exclude: Wanted | Sequence[Wanted],
        filters: FilterArguments,
        *,
        unlike: bool,
    ) -> list[SimilarArtist]:
        check_limit(limit)
        wanted = SimilarFilters(**filters)
        with self._reading() as (connection, release):
            question = SimilarQuestion(
                resolve_seeds(connection, seeds), limit, resolve_all(connection, exclude), wanted, unlike
            )
            return likeness.similar(connection, release, self._cache, question)
