"""Search by description: what the words mean in this release, and who is described so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from linernotes import meaning
from linernotes.answers import FoundArtist, Interpretation
from linernotes.description import Wish, parse_description, possible_terms, read_wishes
from linernotes.errors import BadQuestion, NothingKnown
from linernotes.meaning import Meaning
from linernotes.release_cache import ReleaseCache
from linernotes.search import Ranked, interpretation, rank_artists
from store.described import artists_of
from store.lookup_records import ReleaseKey
from store.term_index import KnownTerm, known_terms, term_uses

_BY_FACET = {"era": meaning.terms_of_era, "place": meaning.terms_of_place}


def search(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str, limit: int
) -> list[FoundArtist]:
    """Return up to `limit` artists that the description fits, best first."""
    return _found(connection, release, cache, _meanings(connection, release, cache, description), limit)


def search_and_interpret(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str, limit: int
) -> tuple[list[FoundArtist], Interpretation]:
    """Return what `search` and `interpret` do, reading the description once."""
    meanings = _meanings(connection, release, cache, description)
    found = _found(connection, release, cache, meanings, limit)
    return found, _interpretation(connection, release, cache, meanings)


def _found(
    connection: Connection,
    release: ReleaseKey,
    cache: ReleaseCache,
    meanings: Sequence[Meaning],
    limit: int,
) -> list[FoundArtist]:
    if all(each.wish.negated or not each.terms for each in meanings):
        understood = _interpretation(connection, release, cache, meanings)
        raise NothingKnown(understood.unknown, understood.suggestions)
    numbers = _numbers(connection, release, meanings)
    wanted = sorted({number for found in numbers.values() for number in found})
    uses = term_uses(connection, release.release_id, wanted)
    vectors = cache.vectors(connection, release)
    return _named(connection, rank_artists(meanings, numbers, uses, limit, vectors))


def interpret(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str
) -> Interpretation:
    """Return how a description is understood."""
    return _interpretation(connection, release, cache, _meanings(connection, release, cache, description))


def _interpretation(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, meanings: Sequence[Meaning]
) -> Interpretation:
    unknown = [each.wish.term for each in meanings if not each.terms]
    terms = cache.terms(connection, release) if unknown else []
    found = {word: meaning.suggestions(word, terms) for word in unknown}
    return interpretation(meanings, {word: alike for word, alike in found.items() if alike})


def _meanings(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, description: str
) -> list[Meaning]:
    clauses = parse_description(description)
    asked = possible_terms(clauses)
    written = {term: [term, *meaning.spellings(term), *sorted(meaning.names(term))] for term in asked}
    known = known_terms(connection, release.release_id, {way for ways in written.values() for way in ways})
    wishes = read_wishes(clauses, _resolved(written, known), _rare(written, known))
    if all(wish.negated for wish in wishes):
        raise BadQuestion("The description names nothing to look for, such as: dreamy shoegaze -metal")
    return [
        Meaning(
            wish, tuple(_terms(connection, release, cache, wish, written=written[wish.term], known=known))
        )
        for wish in wishes
    ]


def _resolved(written: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[KnownTerm]]) -> set[str]:
    """Which terms are known, in this spelling or another, and of which facets."""
    found: set[str] = set()
    for term, ways in written.items():
        for way in ways:
            if way in known:
                found |= {term, *(f"{each.facet}:{term}" for each in known[way])}
    return found


def _rare(written: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[KnownTerm]]) -> set[str]:
    """The terms of several words that describe few artists, in any spelling."""
    return {
        term
        for term, ways in written.items()
        if " " in term
        and sum(each.artists for way in ways for each in known.get(way, ())) < meaning.FEWEST_ARTISTS
    }


def _terms(
    connection: Connection,
    release: ReleaseKey,
    cache: ReleaseCache,
    wish: Wish,
    *,
    written: Sequence[str],
    known: Mapping[str, Sequence[KnownTerm]],
) -> list[tuple[str, float]]:
    """The terms that stand for a wish: itself and what means the same, or what is used like it."""
    if wish.facet in _BY_FACET:
        terms = cache.terms(connection, release, wish.facet)
        if found := _BY_FACET[wish.facet](wish.term, terms):
            return found
    if wish.known:
        exact = next((way for way in written if _has(known, way, wish.facet)), wish.term)
        same = {*meaning.names(wish.term), *meaning.spaced(wish.term)} - {exact}
        return [(exact, 1.0), *((each, 1.0) for each in sorted(same) if _has(known, each, wish.facet))]
    near = meaning.used_alike(wish.term, cache.words(connection, release))
    if wish.facet is None:
        return near
    facets = known_terms(connection, release.release_id, [term for term, _ in near])
    return [(term, likeness) for term, likeness in near if _has(facets, term, wish.facet)]


def _has(known: Mapping[str, Sequence[KnownTerm]], term: str, facet: str | None) -> bool:
    return any(facet in {None, each.facet} for each in known.get(term, ()))


def _numbers(
    connection: Connection, release: ReleaseKey, meanings: Sequence[Meaning]
) -> dict[tuple[str, str | None], list[int]]:
    """The numbers of all terms, of the facet that was asked for."""
    asked = {(term, each.wish.facet) for each in meanings for term, _ in each.terms}
    known = known_terms(connection, release.release_id, {term for term, _ in asked})
    return {
        (term, facet): [each.number for each in known.get(term, ()) if facet in {None, each.facet}]
        for term, facet in asked
    }


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
