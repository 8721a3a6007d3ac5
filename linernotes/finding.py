"""Search by description: what the words mean in this release, and who is described so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from linernotes.answers import FoundArtist, Interpretation
from linernotes.description import Wish, parse_description, possible_terms, read_wishes
from linernotes.errors import BadQuestion, NothingKnown
from linernotes.release_cache import ReleaseCache
from linernotes.search import (
    LEAST_LIKENESS,
    TERMS_ALIKE,
    Meaning,
    Ranked,
    interpretation,
    rank_artists,
)
from store.described import artists_of
from store.lookup_records import ReleaseKey
from store.term_index import term_numbers, term_uses


def search(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str, limit: int
) -> list[FoundArtist]:
    """Return up to `limit` artists that the description fits, best first."""
    meanings = _meanings(connection, release, cache, description)
    understood = interpretation(meanings)
    if not understood.wanted:
        raise NothingKnown(understood.unknown)
    terms = {term for meaning in meanings for term, _ in meaning.terms}
    numbers = term_numbers(connection, release.release_id, terms)
    uses = term_uses(connection, release.release_id, [each for found in numbers.values() for each in found])
    return _named(connection, rank_artists(meanings, numbers, uses, limit))


def interpret(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str
) -> Interpretation:
    """Return how a description is understood."""
    return interpretation(_meanings(connection, release, cache, description))


def _meanings(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str
) -> list[Meaning]:
    clauses = parse_description(description)
    known = term_numbers(connection, release.release_id, possible_terms(clauses))
    wishes = read_wishes(clauses, known)
    if all(wish.negated for wish in wishes):
        raise BadQuestion("The description names nothing to look for, such as: dreamy shoegaze -metal")
    return [_meaning(connection, release, cache, wish) for wish in wishes]


def _meaning(connection: Connection, release: ReleaseKey, cache: ReleaseCache, wish: Wish) -> Meaning:
    if wish.known:
        return Meaning(wish, ((wish.term, 1.0),))
    if " " in wish.term:  # a phrase was meant as it stands; a guess would be at one of its words
        return Meaning(wish, ())
    words = cache.words(connection, release)
    return Meaning(wish, tuple(words.nearest_terms(wish.term, TERMS_ALIKE, LEAST_LIKENESS)))


def _named(connection: Connection, ranked: Sequence[Ranked]) -> list[FoundArtist]:
    entries = artists_of(connection, [each.artist_id for each in ranked])
    return [
        FoundArtist(
            artist_id=each.artist_id,
            artist=entries[each.artist_id].artist,
            mbid=entries[each.artist_id].mbid,
            score=each.score,
            rank=rank,
            matched=each.matched,
        )
        for rank, each in enumerate(ranked, start=1)
    ]
