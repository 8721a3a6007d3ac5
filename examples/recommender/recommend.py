"""New artists for one listener, with the reason for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.recommender.cold import place, with_fame
from examples.recommender.collaborative import als_factors
from examples.recommender.knowledge import Knowledge
from examples.recommender.likeness import played_with_row
from examples.recommender.listens import Listens, ListensUnusable
from examples.recommender.splits import SEED
from linernotes import ArtistEntry, Catalog

SHARED_TERMS = 4


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An artist that nobody plays yet, the listener's artist that it is most like, and what they share."""

    artist: ArtistEntry
    score: float
    because_of: ArtistEntry
    shared: tuple[str, ...]


def recommend_new(
    listener: str, listens: Listens, knowledge: Knowledge, catalog: Catalog, limit: int = 10
) -> list[Recommendation]:
    """Return artists that nobody in `listens` plays, the most fitting for the listener first.

    The method is `cold.by_factors` on vectors and familiarity. `listens` needs columns for artists without
    plays. Raises ListensUnusable for an unknown listener and for one none of whose artists has a vector.
    """
    row, played = _row_of(listener, listens), listens.plays.getnnz(axis=0) > 0
    own = played_with_row(knowledge.vectors, listens.plays[[row]])
    if not len(own):
        raise ListensUnusable(f'Too little is written about what "{listener}" plays to recommend by it.')
    factors = als_factors(listens.plays, SEED)
    new = np.flatnonzero(knowledge.described & ~played)
    scores = place(with_fame(knowledge), factors, played)[new] @ factors.listeners[row]
    best = np.argsort(-scores, kind="stable")[:limit]
    nearest = own[(knowledge.vectors[own] @ knowledge.vectors[new[best]].T).argmax(axis=0)]
    return [
        _explained(catalog, listens.artists[artist], listens.artists[because], float(score))
        for artist, because, score in zip(new[best], nearest, scores[best], strict=True)
    ]


def _explained(
    catalog: Catalog, artist: ArtistEntry, because_of: ArtistEntry, score: float
) -> Recommendation:
    why = catalog.explain(artist.artist_id, because_of.artist_id)
    return Recommendation(artist, score, because_of, tuple(each.term for each in why.shared[:SHARED_TERMS]))


def _row_of(listener: str, listens: Listens) -> int:
    if listener not in listens.listeners:
        first = ", ".join(f'"{each}"' for each in listens.listeners[:3])
        raise ListensUnusable(f'There is no listener "{listener}"; the first are {first}.')
    return listens.listeners.index(listener)
