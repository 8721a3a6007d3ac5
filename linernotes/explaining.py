"""Why two artists are similar, and which sentences say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.answers import Explanation, RelatedDescriptor, SharedDescriptor
from nlp.attribution import Attribution, attribute, share_out
from nlp.tokens import spelt
from store import lookups, pairs
from store.lookup_records import ArtistEntry, Evidence, TermOfPair
from store.vectors import artist_vectors, term_directions

SET_BY_AN_EDITOR = 1e-4
"""A stored similarity that differs by this much is not that of the vectors, rounded to six decimals."""

_Vectors = tuple[NDArray[np.float32], NDArray[np.float32]]
_Quotes = Mapping[str, Sequence[Evidence]]


def explain(connection: Connection, release_id: int, a: ArtistEntry, b: ArtistEntry) -> Explanation:
    """Return how similar a and b are, what makes them so, and the newest sentence on each side."""
    stored = lookups.stored_rank(connection, release_id, a.artist_id, b.artist_id)
    terms = pairs.terms_of_pair(connection, release_id, a.artist_id, b.artist_id)
    vectors = _vectors(connection, release_id, a.artist_id, b.artist_id)
    parts, exact = _parts(connection, release_id, vectors, terms)
    similarity = _similarity(parts.product, stored[1] if stored else None) if vectors else None
    quotes = [_quotes(connection, release_id, each.artist_id, terms) for each in (a, b)]
    added = list(zip(terms, parts.terms.tolist(), strict=True))
    return Explanation(
        a,
        b,
        similarity=similarity,
        rank=stored[0] if stored else None,
        shared=_shared(added, *quotes),
        related=_related(added, (a, b), quotes) if vectors and exact else (),
        rest=parts.rest,
        adjustment=0.0 if similarity is None else similarity - parts.product,
        comparisons=tuple(pairs.comparisons(connection, release_id, a.artist_id, b.artist_id)),
        exact=exact,
    )


def quotes(connection: Connection, release_id: int, artist_id: int, term: str) -> list[Evidence]:
    """Return the sentences in which an artist is described with `term`, however that is written ("lo-fi")."""
    written = spelt(term)
    found = lookups.evidence(connection, release_id, artist_id, [written])
    return found.get(written, [])


def _quotes(connection: Connection, release_id: int, artist_id: int, terms: Sequence[TermOfPair]) -> _Quotes:
    return lookups.evidence(connection, release_id, artist_id, [each.term for each in terms])


def _vectors(connection: Connection, release_id: int, a: int, b: int) -> _Vectors | None:
    ids, matrix = artist_vectors(connection, release_id, [a, b])
    rows = {int(number): row for row, number in enumerate(ids)}
    return (matrix[rows[a]], matrix[rows[b]]) if a in rows and b in rows else None


def _parts(
    connection: Connection, release_id: int, vectors: _Vectors | None, terms: Sequence[TermOfPair]
) -> tuple[Attribution, bool]:
    """What each term adds, and whether that is exact; nothing does where one has no vector.

    Inferred descriptors count as no weight: the directions were fitted without them.
    """
    if vectors is None:
        return Attribution(0.0, np.zeros(len(terms)), 0.0), True
    directions = term_directions(connection, release_id, [each.term_id for each in terms])
    if not directions:
        product = float(np.clip(vectors[0] @ vectors[1], 0, 1))
        return share_out(product, np.array([each.joint for each in terms])), False
    none = np.zeros(len(vectors[0]), dtype=np.float32)
    return attribute(
        *vectors,
        np.array([0.0 if each.inferred_a else each.weight_a for each in terms]),
        np.array([0.0 if each.inferred_b else each.weight_b for each in terms]),
        np.stack([directions.get(each.term_id, none) for each in terms]),
    ), True


def _similarity(product: float, stored: float | None) -> float:
    """The similarity that is shown: of the vectors, unless an editor set another."""
    computed = min(1.0, max(0.0, product))
    return computed if stored is None or abs(stored - computed) < SET_BY_AN_EDITOR else stored


def _shared(
    added: Sequence[tuple[TermOfPair, float]], quotes_a: _Quotes, quotes_b: _Quotes
) -> tuple[SharedDescriptor, ...]:
    both = [(term, part) for term, part in added if term.weight_a and term.weight_b]
    both.sort(key=lambda each: (-each[1], -each[0].joint, each[0].term))
    return tuple(
        SharedDescriptor(
            term=term.term,
            kind=term.kind,
            facet=term.facet,
            weight_a=term.weight_a,
            weight_b=term.weight_b,
            contribution=part,
            quote_a=next(iter(quotes_a.get(term.term, ())), None),
            quote_b=next(iter(quotes_b.get(term.term, ())), None),
            inferred=term.inferred_a or term.inferred_b,
        )
        for term, part in both
    )


def _related(
    added: Sequence[tuple[TermOfPair, float]], both: Sequence[ArtistEntry], quotes: Sequence[_Quotes]
) -> tuple[RelatedDescriptor, ...]:
    one = [(term, part) for term, part in added if bool(term.weight_a) != bool(term.weight_b)]
    one = [(term, part) for term, part in one if not (term.inferred_a or term.inferred_b)]
    one.sort(key=lambda each: (-each[1], each[0].term))
    return tuple(
        RelatedDescriptor(
            artist_id=both[0 if term.weight_a else 1].artist_id,
            artist=both[0 if term.weight_a else 1].artist,
            term=term.term,
            kind=term.kind,
            facet=term.facet,
            weight=term.weight_a or term.weight_b,
            contribution=part,
            quote=next(iter(quotes[0 if term.weight_a else 1].get(term.term, ())), None),
        )
        for term, part in one
    )
