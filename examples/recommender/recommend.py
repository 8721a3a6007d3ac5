"""New artists for one listener, with the reason for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.recommender.cold import fame_of, regression, sum_of_kernels
from examples.recommender.collaborative import binary
from examples.recommender.knowledge import Knowledge
from examples.recommender.likeness import likeness, played_with_row
from examples.recommender.listens import Listens, ListensUnusable
from linernotes import Catalog
from store.lookup_records import ArtistEntry

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

    The method is `cold.by_kernel` on vectors and familiarity. `listens` needs columns for artists without
    plays. Raises ListensUnusable for an unknown listener and for one none of whose artists has a vector.
    """
    row = _row_of(listener, listens)
    alike = likeness(knowledge.vectors, played_with_row(knowledge.vectors, listens.plays))
    fame, plays = fame_of(knowledge), binary(listens.plays)[:, alike.known].toarray()
    played = np.flatnonzero(plays[row])
    if not len(played):
        raise ListensUnusable(f'Too little is written about what "{listener}" plays to recommend by it.')
    new = np.flatnonzero(knowledge.described & (listens.plays.getnnz(axis=0) == 0))
    among = sum_of_kernels([alike.products[:, alike.known]], fame, alike.known, alike.known)
    towards = sum_of_kernels([alike.products[:, new]], fame, alike.known, new)
    scores = regression(among, plays[[row]])[0] @ towards
    best = np.argsort(-scores, kind="stable")[:limit]
    nearest = alike.known[played[alike.products[np.ix_(played, new[best])].argmax(axis=0)]]
    pairs = [(listens.artists[a], listens.artists[b]) for a, b in zip(new[best], nearest, strict=True)]
    return [_explained(catalog, *pair, float(score)) for pair, score in zip(pairs, scores[best], strict=True)]


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
