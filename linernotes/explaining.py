"""Why two artists are similar, and which sentences say so."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection

from linernotes.answers import Explanation, SharedDescriptor
from nlp.tokens import tokenize
from store import lookups
from store.lookup_records import ArtistEntry, Evidence, SharedWeight
from store.vectors import artist_vectors


def explain(connection: Connection, release_id: int, a: ArtistEntry, b: ArtistEntry) -> Explanation:
    """Return how similar a and b are and what they share, with the newest sentence on each side."""
    stored = lookups.stored_rank(connection, release_id, a.artist_id, b.artist_id)
    shared = lookups.shared_weights(connection, release_id, a.artist_id, b.artist_id)
    terms = [each.term for each in shared]
    quotes_a = lookups.evidence(connection, release_id, a.artist_id, terms)
    quotes_b = lookups.evidence(connection, release_id, b.artist_id, terms)
    total = sum(each.joint for each in shared) or 1.0
    return Explanation(
        a,
        b,
        similarity=stored[1] if stored else _similarity(connection, release_id, a.artist_id, b.artist_id),
        rank=stored[0] if stored else None,
        shared=tuple(_descriptor(each, total, quotes_a, quotes_b) for each in shared),
    )


def quotes(connection: Connection, release_id: int, artist_id: int, term: str) -> list[Evidence]:
    """Return the sentences in which an artist is described with `term`, however that is written ("lo-fi")."""
    spelt = " ".join(word for word in tokenize(term).words if word)
    found = lookups.evidence(connection, release_id, artist_id, [spelt])
    return found.get(spelt, [])


def _similarity(connection: Connection, release_id: int, a: int, b: int) -> float | None:
    ids, matrix = artist_vectors(connection, release_id, [a, b])
    rows = {int(number): row for row, number in enumerate(ids)}
    if a not in rows or b not in rows:
        return None
    return float(np.clip(matrix[rows[a]] @ matrix[rows[b]], 0, 1))


def _descriptor(
    shared: SharedWeight,
    total: float,
    quotes_a: dict[str, list[Evidence]],
    quotes_b: dict[str, list[Evidence]],
) -> SharedDescriptor:
    return SharedDescriptor(
        term=shared.term,
        kind=shared.kind,
        facet=shared.facet,
        weight_a=shared.weight_a,
        weight_b=shared.weight_b,
        contribution=shared.joint / total,
        quote_a=next(iter(quotes_a.get(shared.term, [])), None),
        quote_b=next(iter(quotes_b.get(shared.term, [])), None),
    )
