"""The look-ups of who does not know yet what to ask for: suggestions, the registry's entry, terms, pages."""

from __future__ import annotations

from collections.abc import Sequence

from linernotes.errors import BadQuestion, TermNotFound
from linernotes.naming import Wanted, known_artist, resolve
from linernotes.reader import Reader
from nlp.tokens import spelt
from store import suggestions, term_pages
from store.artists import find_artists
from store.lookup_records import FACETS, KINDS, ArtistEntry
from store.records import Artist
from store.suggestions import SuggestedArtist
from store.term_pages import TermArtist, TermEntry


class Browsing(Reader):
    """Look-ups that lead to artists and terms; a part of Catalog."""

    def suggest(self, prefix: str, limit: int = 10) -> list[SuggestedArtist]:
        """Return artists one of whose names begins so, the most widely written about first.

        Names and aliases are compared as the registry does it: without case, accents and a leading "the".
        """
        check_limit(limit)
        with self._reading() as (connection, release):
            return suggestions.suggest(connection, release.release_id, prefix, limit)

    def registered(self, artist: Wanted) -> Artist:
        """Return what the registry says of an artist: aliases, disambiguation, country, from when to when."""
        with self._connected() as connection:
            return find_artists(connection, resolve(connection, artist).artist_id)[0]

    def find(self, artists: Sequence[Wanted]) -> list[ArtistEntry | None]:
        """Return the artist that each of `artists` means, None for one the registry does not have."""
        with self._connected() as connection:
            return [known_artist(connection, each) for each in artists]

    def known_terms(
        self,
        prefix: str | None = None,
        *,
        facet: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[TermEntry]:
        """Return the terms of the release, those that describe most artists first."""
        check_limit(limit, offset)
        check_choice("facet", facet, FACETS)
        check_choice("kind", kind, KINDS)
        with self._reading() as (connection, release):
            return term_pages.terms_by_use(
                connection, release.release_id, prefix, facet=facet, kind=kind, limit=limit, offset=offset
            )

    def term(self, term: str) -> list[TermEntry]:
        """Return what the release knows of a term, however it is spelt: one entry for each kind and facet.

        Raises TermNotFound when it describes nobody.
        """
        with self._reading() as (connection, release):
            found = term_pages.entries_of_term(connection, release.release_id, spelt(term))
        if not found:
            raise TermNotFound(term)
        return found

    def term_artists(
        self, term: str, *, facet: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[TermArtist]:
        """Return the artists described with a term, those it describes most strongly first.

        Raises TermNotFound when it describes nobody.
        """
        check_limit(limit, offset)
        check_choice("facet", facet, FACETS)
        with self._reading() as (connection, release):
            entries = term_pages.entries_of_term(connection, release.release_id, spelt(term))
            if not entries:
                raise TermNotFound(term)
            numbers = [each.term_id for each in entries if facet in {None, each.facet}]
            return term_pages.artists_of_term(connection, release.release_id, numbers, limit, offset)


def check_limit(limit: int, offset: int = 0) -> None:
    """Raise BadQuestion for a limit below 1 or an offset below 0."""
    if limit < 1:
        raise BadQuestion(f"The limit is {limit}; it must be at least 1.")
    if offset < 0:
        raise BadQuestion(f"The offset is {offset}; it must not be below 0.")


def check_choice(what: str, value: str | None, choices: Sequence[str]) -> None:
    """Raise BadQuestion for a value that is none of the choices."""
    if value is not None and value not in choices:
        raise BadQuestion(f'"{value}" is not a {what}; it is one of {", ".join(choices)}.')
