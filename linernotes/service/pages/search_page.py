"""What a search found: an artist by name, a term, artists that a description fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linernotes import finding
from linernotes.answers import FoundArtist, Interpretation
from linernotes.errors import ArtistNotFound, BadQuestion, NothingKnown
from linernotes.naming import resolve
from linernotes.service.pages.release_view import ReleaseView
from store.about_artists import disambiguations
from store.artists import nearest_names
from store.lookup_records import ArtistEntry, ReleaseKey
from store.term_index import known_terms

RESULTS = 30
_OPERATORS = set('-^:"')  # in a description; who writes one of them means no name
LONGEST = 300
"""Characters of a question; a description of 40 words is shorter."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a question found.

    `artist` is the one of that name, `is_term` whether the question is also a term: without that, the page
    of the artist is all that was asked for. `problem` says what is wrong with a malformed description.
    """

    release: ReleaseKey
    question: str
    artist: ArtistEntry | None = None
    is_term: bool = False
    found: tuple[FoundArtist, ...] = ()
    disambiguations: Mapping[int, str] = field(default_factory=dict)
    understood: Interpretation | None = None
    problem: str | None = None
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def goes_to(self) -> int | None:
        """The number of the artist whose page answers the question alone."""
        return None if self.artist is None or self.is_term else self.artist.artist_id


def search_page(view: ReleaseView, question: str) -> SearchPage:
    """Return what a question finds; an empty one finds nothing."""
    asked = " ".join(question.split())
    if not asked:
        return SearchPage(view.release, "")
    if len(asked) > LONGEST:
        problem = f"The question has {len(asked)} characters; {LONGEST} are the most."
        return SearchPage(view.release, asked[:LONGEST], problem=problem)
    artist = _artist(view, asked)
    is_term = bool(known_terms(view.connection, view.release_id, [asked.lower()]))
    if artist is not None and not is_term:
        return SearchPage(view.release, asked, artist)
    return _described(view, asked, artist, is_term=is_term)


def _artist(view: ReleaseView, asked: str) -> ArtistEntry | None:
    try:
        return resolve(view.connection, asked)
    except ArtistNotFound:
        return None


def _described(view: ReleaseView, asked: str, artist: ArtistEntry | None, *, is_term: bool) -> SearchPage:
    """The answer to a description; with names and terms like it where no word of it is known."""
    try:
        found, understood = finding.search_and_interpret(
            view.connection, view.release, view.cache, asked, RESULTS
        )
    except BadQuestion as error:
        return SearchPage(view.release, asked, artist, is_term, problem=str(error), names=_names(view, asked))
    except NothingKnown as error:
        terms = tuple(term for alike in error.suggestions.values() for term in alike)
        problem = None if artist else str(error)
        return SearchPage(
            view.release, asked, artist, is_term, problem=problem, names=_names(view, asked), terms=terms
        )
    return SearchPage(
        view.release,
        asked,
        artist,
        is_term,
        tuple(found),
        disambiguations(view.connection, [each.artist_id for each in found]),
        understood,
        names=_names(view, asked) if understood.unknown and not _OPERATORS & set(asked) else (),
    )


def _names(view: ReleaseView, asked: str) -> tuple[str, ...]:
    return tuple(nearest_names(view.connection, asked))
