"""What pictures show, read from the published release."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from linernotes.answers import SimilarArtist
from linernotes.catalog import Catalog
from linernotes.errors import BadQuestion, NoRelease
from linernotes.naming import Wanted
from linernotes.plotting.map_picture import MapContent
from linernotes.plotting.profile_picture import ProfileContent
from linernotes.plotting.trend_picture import TrendContent
from nlp.facets import DESCRIPTIVE_FACETS
from nlp.tokens import spelt
from store.described import familiarity_of_artists
from store.lookup_records import Descriptor
from store.lookups import published_key
from store.map_material import strongest_terms
from store.maps import artist_map, map_regions
from store.snapshot import snapshot
from store.term_index import known_terms
from store.trends import documents_of_terms

_TERMS_OF_FACET, _SIMILAR = 5, 20


def map_content(engine: Engine, facet: str | None) -> MapContent:
    """Read the map; raises BadQuestion for a release without one."""
    with snapshot(engine) as connection:
        release = _published(connection)
        artists = artist_map(connection, release)
        if not len(artists.ids):
            raise BadQuestion("The release has no map; draw one with `linernotes map`.")
        strongest = strongest_terms(connection, release, facet) if facet else None
        familiarity = familiarity_of_artists(connection, release)
        return MapContent(artists, map_regions(connection, release), familiarity, strongest)


def profile_content(catalog: Catalog, artist: Wanted) -> ProfileContent:
    """Read an artist's profile; raises BadQuestion when too little is written about it."""
    entry = catalog.artist(artist)
    facets: dict[str, list[Descriptor]] = {
        facet: terms
        for facet in DESCRIPTIVE_FACETS
        if (terms := catalog.terms(entry, facet=facet, limit=_TERMS_OF_FACET))
    }
    similar: list[SimilarArtist] = catalog.similar(entry, limit=_SIMILAR)
    if not facets and not similar:
        raise BadQuestion(f"Too little is written about {entry.artist} for a picture.")
    return ProfileContent(entry.artist, facets, similar)


def artist_trend(catalog: Catalog, artist: Wanted) -> TrendContent:
    """Read how much was written about an artist; raises BadQuestion when no text has a day."""
    entry = catalog.artist(artist)
    weeks = [(each.week, each.documents) for each in catalog.activity(entry)]
    if not weeks:
        raise BadQuestion(f"No text about {entry.artist} has a known day.")
    return TrendContent(f"What is written about {entry.artist}", "documents", weeks)


def term_trend(engine: Engine, term: str) -> TrendContent:
    """Read how often a term is used; raises BadQuestion when no text with a day uses it."""
    written = spelt(term)
    with snapshot(engine) as connection:
        release = _published(connection)
        numbers = [each.number for each in known_terms(connection, release, [written]).get(written, [])]
        weeks = documents_of_terms(connection, release, numbers)
    if not weeks:
        raise BadQuestion(f'No text with a known day describes an artist with "{term}".')
    return TrendContent(f"Artists described as “{written}”", "uses in documents", weeks)


def _published(connection: Connection) -> int:
    release = published_key(connection)
    if release is None:
        raise NoRelease
    return release.release_id
