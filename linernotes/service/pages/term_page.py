"""A term's page: whom it describes, what else describes them, what is used like it, when it was used."""

from __future__ import annotations

from dataclasses import dataclass

from linernotes import meaning, trends
from linernotes.answers import RisingArtist
from linernotes.errors import BadQuestion, TermNotFound
from linernotes.service.pages.artist_page import LONGEST_BAR
from linernotes.service.pages.release_view import ReleaseView
from linernotes.service.pages.timeline import Timeline, timeline
from nlp.tokens import spelt as spelt_as_releases
from store.about_terms import CompanyTerm, DescribedArtist, company, strongest_artists
from store.lookup_records import ReleaseKey
from store.term_index import KnownTerm, known_terms
from store.trends import documents_of_terms

ON_ONE_PAGE = 48
COMPANY = 16
ALIKE = 8
LEAST_ALIKE = 0.55
"""Cosine of word vectors from which on a term is named as used alike: lower than where one stands for
another (`linernotes.meaning.LEAST_LIKENESS`), since here a reader judges."""
RISING = 8


class UnknownTerm(TermNotFound):
    """No artist is described with a term; `suggestions` are terms that it may be a misspelling of."""

    def __init__(self, term: str, suggestions: tuple[str, ...] = ()) -> None:
        self.suggestions = suggestions
        super().__init__(term)


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term of a release; `page` of the artists, counted from 1, is one of `pages`."""

    release: ReleaseKey
    term: str
    facet: str
    count: int
    artists: tuple[DescribedArtist, ...]
    page: int
    pages: int
    company: tuple[CompanyTerm, ...]
    alike: tuple[str, ...]
    timeline: Timeline | None
    rising: tuple[RisingArtist, ...]

    @property
    def scale(self) -> float:
        """The weight of the longest bar; the same for all pages of a term that is not stronger."""
        return max([LONGEST_BAR, *(each.weight for each in self.artists)])


def term_page(view: ReleaseView, term: str, page: int) -> TermPage:
    """Return the page of a term, however it is written ("lo-fi", "90s")."""
    spelt, known = _known(view, term)
    numbers = [each.number for each in known]
    count = sum(each.artists for each in known)
    pages = max(1, -(-count // ON_ONE_PAGE))
    if not 1 <= page <= pages:
        raise BadQuestion(
            f"There is no page {page} of the artists described with {spelt}; the last is {pages}."
        )
    found = strongest_artists(
        view.connection, view.release_id, numbers, ON_ONE_PAGE, (page - 1) * ON_ONE_PAGE
    )
    return TermPage(
        view.release,
        spelt,
        max(known, key=lambda each: each.artists).facet,
        count,
        tuple(found),
        page,
        pages,
        tuple(view.kept(f"company {spelt}", lambda: _company(view, numbers))),
        _alike(view, spelt),
        view.kept(f"timeline {spelt}", lambda: _timeline(view, numbers)),
        view.kept(f"rising {spelt}", lambda: _rising(view, spelt)),
    )


def _known(view: ReleaseView, term: str) -> tuple[str, list[KnownTerm]]:
    """The term as the release writes it, and its entries: several when it is of several kinds."""
    spelt = spelt_as_releases(term)
    ways = [way for way in dict.fromkeys([term, spelt, *meaning.spellings(spelt)]) if way]
    known = known_terms(view.connection, view.release_id, ways)
    for way in ways:
        if way in known:
            return way, known[way]
    alike = meaning.suggestions(spelt, view.cache.terms(view.connection, view.release)) if spelt else ()
    raise UnknownTerm(term, tuple(alike))


def _company(view: ReleaseView, numbers: list[int]) -> list[CompanyTerm]:
    everybody = view.release.artists
    return company(view.connection, view.release_id, numbers, everybody, COMPANY)


def _alike(view: ReleaseView, term: str) -> tuple[str, ...]:
    """Terms whose words are used like those of the term; the term itself left out."""
    words = view.cache.words(view.connection, view.release)
    near = words.nearest_terms(term.split(), ALIKE + 2, LEAST_ALIKE)
    return tuple(each for each, _ in near if each not in {term, *term.split()})[:ALIKE]


def _timeline(view: ReleaseView, numbers: list[int]) -> Timeline | None:
    return timeline(documents_of_terms(view.connection, view.release_id, numbers))


def _rising(view: ReleaseView, term: str) -> tuple[RisingArtist, ...]:
    try:
        return tuple(trends.rising_artists(view.connection, view.release, view.cache, term, RISING))
    except BadQuestion:  # the release was made before the use of terms by week was kept
        return ()
