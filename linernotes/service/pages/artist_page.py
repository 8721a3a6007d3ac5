"""An artist's page: descriptors by facet, neighbours with the reason, use over time, comparisons, quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linernotes import explaining, likeness, trends
from linernotes.answers import NotEnoughText, RisingTerm, SimilarArtist
from linernotes.errors import ArtistNotFound, BadQuestion
from linernotes.knowledge import not_enough_text
from linernotes.likeness import SimilarQuestion
from linernotes.naming import Seed
from linernotes.service.pages.release_view import ReleaseView
from linernotes.service.pages.timeline import Timeline, timeline
from store import lookups
from store.about_artists import ArtistFacts, comparisons_of, disambiguations, evidence_counts, facts_of
from store.filters import summary_of
from store.lookup_records import (
    FACETS,
    ArtistEntry,
    ArtistSummary,
    Comparison,
    Descriptor,
    Evidence,
    ReleaseKey,
)

NEIGHBOURS = 12
SHOWN = 8
MOST = 25
"""Terms of a facet that are shown at once, and at all."""
LEAST_SHOWN = 0.005
"""Weights below are shown as .00 and say nothing; an artist with little text has dozens of them."""
LONGEST_BAR = 0.5
"""The weight of a bar as long as there is room, unless one is larger; .3 is much (docs/database.md)."""
DESCRIPTORS = 400
COMPARISONS = 6
RISING = 6


@dataclass(frozen=True, slots=True)
class TermRow:
    """A descriptor and how many sentences are kept for it."""

    descriptor: Descriptor
    quotes: int


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The terms of one facet, strongest first: those shown at once, and the rest."""

    facet: str
    shown: tuple[TermRow, ...]
    more: tuple[TermRow, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A similar artist and what tells it from others of its name."""

    similar: SimilarArtist
    disambiguation: str | None


@dataclass(frozen=True, slots=True)
class ArtistPage:
    """What a release says of an artist; `why_empty` tells why there are no neighbours, when so."""

    release: ReleaseKey
    facts: ArtistFacts
    summary: ArtistSummary | None
    groups: tuple[FacetGroup, ...]
    neighbours: tuple[Neighbour, ...]
    why_empty: NotEnoughText | None
    timeline: Timeline | None
    rising: tuple[RisingTerm, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def scale(self) -> float:
        """The weight of the longest bar."""
        return max([LONGEST_BAR, *(row.descriptor.weight for group in self.groups for row in group.shown)])


@dataclass(frozen=True, slots=True)
class QuotesPage:
    """The sentences in which an artist is described with a term, newest text first."""

    release: ReleaseKey
    facts: ArtistFacts
    term: str
    quotes: tuple[Evidence, ...]


def artist_page(view: ReleaseView, artist_id: int) -> ArtistPage:
    """Return the page of an artist."""
    connection, release = view.connection, view.release
    facts = _facts(view, artist_id)
    entry = ArtistEntry(facts.artist_id, facts.artist, facts.mbid)
    neighbours = _neighbours(view, entry)
    activity = lookups.activity(connection, view.release_id, artist_id)
    return ArtistPage(
        release,
        facts,
        summary_of(connection, view.release_id, artist_id),
        tuple(_groups(view, artist_id)),
        neighbours,
        None if neighbours else not_enough_text(connection, release, entry),
        timeline((each.week, each.documents) for each in activity),
        _rising(view, entry),
        tuple(comparisons_of(connection, view.release_id, artist_id, COMPARISONS)),
    )


def quotes_page(view: ReleaseView, artist_id: int, term: str) -> QuotesPage:
    """Return the quotes of a term."""
    facts = _facts(view, artist_id)
    found = explaining.quotes(view.connection, view.release_id, artist_id, term)
    return QuotesPage(view.release, facts, term, tuple(found))


def _facts(view: ReleaseView, artist_id: int) -> ArtistFacts:
    facts = facts_of(view.connection, artist_id)
    if facts is None:
        raise ArtistNotFound(f"#{artist_id}")
    return facts


def _groups(view: ReleaseView, artist_id: int) -> list[FacetGroup]:
    found = lookups.descriptors(view.connection, view.release_id, artist_id, limit=DESCRIPTORS)
    quotes = evidence_counts(view.connection, view.release_id, artist_id)
    groups = []
    for facet in FACETS:
        of_facet = [each for each in found if each.facet == facet and each.weight >= LEAST_SHOWN]
        rows = [TermRow(each, quotes.get(each.term, 0)) for each in of_facet[:MOST]]
        if rows:
            groups.append(FacetGroup(facet, *_cut(rows)))
    return groups


def _cut(rows: Sequence[TermRow]) -> tuple[tuple[TermRow, ...], tuple[TermRow, ...]]:
    """The first ones and the others; two more are not worth a click."""
    end = len(rows) if len(rows) <= SHOWN + 2 else SHOWN
    return tuple(rows[:end]), tuple(rows[end:])


def _neighbours(view: ReleaseView, entry: ArtistEntry) -> tuple[Neighbour, ...]:
    question = SimilarQuestion([Seed(entry)], NEIGHBOURS)
    found = likeness.similar(view.connection, view.release, view.cache, question)
    told = disambiguations(view.connection, [each.artist_id for each in found])
    return tuple(Neighbour(each, told.get(each.artist_id)) for each in found)


def _rising(view: ReleaseView, entry: ArtistEntry) -> tuple[RisingTerm, ...]:
    try:
        return tuple(trends.rising_terms(view.connection, view.release, view.cache, entry, RISING))
    except BadQuestion:  # the release was made before the use of terms by week was kept
        return ()
