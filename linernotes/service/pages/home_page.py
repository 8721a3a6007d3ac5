"""The first page: what the release holds, and where to begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linernotes.service.pages.release_view import ReleaseView
from store.about_terms import popular_terms
from store.described import artists_of
from store.lookup_records import ArtistEntry, ReleaseKey
from store.releases import ReleaseInfo, list_releases
from store.term_index import KnownTerm

ENTRY_FACETS = ("genre", "mood", "era", "place", "instrument", "theme")
ENTRY_TERMS = 14
ENTRY_ARTISTS = 12
LEAST_FAMILIAR = 0.2
"""Below, a single text makes an artist rise."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """The release, the terms of each facet that describe most artists, artists to begin with, descriptions.

    `lately` are artists written about more than usual, empty when there are no dates; `known` the most
    widely written about.
    """

    release: ReleaseKey
    info: ReleaseInfo
    facets: tuple[tuple[str, tuple[KnownTerm, ...]], ...]
    lately: tuple[ArtistEntry, ...]
    known: tuple[ArtistEntry, ...]
    examples: tuple[str, ...]


def home_page(view: ReleaseView) -> HomePage:
    """Return the first page of a release."""
    return view.kept("home", lambda: _home(view))


def _home(view: ReleaseView) -> HomePage:
    info = next(each for each in list_releases(view.connection) if each.release_id == view.release_id)
    facets = {
        facet: tuple(popular_terms(view.connection, view.release_id, facet, ENTRY_TERMS))
        for facet in ENTRY_FACETS
    }
    lately, known = _artists(view)
    return HomePage(
        view.release,
        info,
        tuple((facet, terms) for facet, terms in facets.items() if terms),
        lately,
        known,
        _examples(facets),
    )


def _artists(view: ReleaseView) -> tuple[tuple[ArtistEntry, ...], tuple[ArtistEntry, ...]]:
    """Those written about more than usual lately, and those most widely written about."""
    table = view.cache.summaries(view.connection, view.release)
    rising = np.where(table.familiarity >= LEAST_FAMILIAR, table.buzz, 0.0)
    lately = [row for row in np.argsort(-rising, kind="stable")[:ENTRY_ARTISTS] if rising[row] > 0]
    known = np.argsort(-table.familiarity, kind="stable")[:ENTRY_ARTISTS]
    entries = artists_of(view.connection, [int(table.ids[row]) for row in (*lately, *known)])
    named = [tuple(entries.get(int(table.ids[row])) for row in rows) for rows in (lately, known)]
    first, second = (tuple(entry for entry in each if entry is not None) for each in named)
    return first, second


def _examples(facets: dict[str, tuple[KnownTerm, ...]]) -> tuple[str, ...]:
    """Descriptions that this release has answers to: a mood and a genre, a genre and a place, one without."""
    genres, moods, places, eras = (
        [each.term for each in facets[facet][1:]] or [each.term for each in facets[facet]]
        for facet in ("genre", "mood", "place", "era")
    )
    found: list[str] = []
    if moods and genres:
        found.append(f"{moods[0]} {genres[0]}")
    if genres and eras:
        found.append(f"{_quoted(genres[-1])} era:{_quoted(eras[0])}")
    if len(moods) > 1 and len(genres) > 2:
        found.append(f"{moods[1]} -{_quoted(genres[1])}")
    if genres and places:
        found.append(f"{_quoted(genres[0])} place:{_quoted(places[0])}")
    return tuple(found)


def _quoted(term: str) -> str:
    return f'"{term}"' if " " in term else term
