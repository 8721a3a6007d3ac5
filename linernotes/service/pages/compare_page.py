"""Two artists side by side: how similar, what makes them so, what one or both are described with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linernotes import explaining
from linernotes.answers import Explanation
from linernotes.naming import resolve
from linernotes.service.pages.release_view import ReleaseView
from store.about_artists import ArtistFacts, facts_of
from store.filters import summary_of
from store.lookup_records import ArtistEntry, ArtistSummary, ReleaseKey, TermOfPair
from store.pairs import terms_of_pair

PARTS = 12
TERMS = 18


@dataclass(frozen=True, slots=True)
class Part:
    """Something that adds to the similarity, or takes from it when `contribution` is below 0.

    `of` says whose descriptor it is: both, or the name of one.
    """

    term: str
    facet: str
    of: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what is known of it, and the terms only it has, strongest first."""

    facts: ArtistFacts
    summary: ArtistSummary | None
    only: tuple[TermOfPair, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two artists; `parts` are the terms that add most, `others` what all other terms add together."""

    release: ReleaseKey
    a: Side
    b: Side
    explanation: Explanation
    parts: tuple[Part, ...]
    others: float
    both: tuple[TermOfPair, ...]

    @property
    def scale(self) -> float:
        """The largest contribution of a term, which has the longest bar."""
        return max([*(abs(each.contribution) for each in self.parts), 1e-9])


def compare_page(view: ReleaseView, a: str, b: str) -> ComparePage:
    """Return the page of two artists; ArtistNotFound for one that the registry lacks."""
    entries = resolve(view.connection, a), resolve(view.connection, b)
    why = explaining.explain(view.connection, view.release_id, *entries)
    terms = terms_of_pair(view.connection, view.release_id, entries[0].artist_id, entries[1].artist_id)
    parts = _parts(why)
    shown = parts[:PARTS]
    return ComparePage(
        view.release,
        _side(view, entries[0], [each for each in terms if each.weight_a and not each.weight_b]),
        _side(view, entries[1], [each for each in terms if each.weight_b and not each.weight_a]),
        why,
        tuple(shown),
        sum(each.contribution for each in parts[PARTS:]),
        tuple(_strongest([each for each in terms if each.weight_a and each.weight_b])),
    )


def _parts(why: Explanation) -> list[Part]:
    """All terms that add anything, the largest first, whether they add or take away."""
    shared = [Part(each.term, each.facet, "both", each.contribution) for each in why.shared]
    related = [Part(each.term, each.facet, each.artist, each.contribution) for each in why.related]
    found = [each for each in (*shared, *related) if each.contribution]
    return sorted(found, key=lambda each: (-abs(each.contribution), each.term))


def _strongest(terms: Sequence[TermOfPair]) -> list[TermOfPair]:
    ordered = sorted(terms, key=lambda each: (-(each.weight_a or 1) * (each.weight_b or 1), each.term))
    return ordered[:TERMS]


def _side(view: ReleaseView, entry: ArtistEntry, only: Sequence[TermOfPair]) -> Side:
    facts = facts_of(view.connection, entry.artist_id)
    assert facts is not None, "the artist was found in the same transaction"
    summary = summary_of(view.connection, view.release_id, entry.artist_id)
    return Side(facts, summary, tuple(_strongest(only)))
