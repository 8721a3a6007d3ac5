"""Breaking a measure down: by how much text there is, and by how widely an artist is written about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.artists import KnownArtist

Groups = Mapping[str, NDArray[np.bool_]]
"""For each group which of the queries belong to it, in the order in which groups are shown."""

# From so many words on.
WORD_GROUPS = {"100–300 words": 0, "300–1,000 words": 300, "over 1,000 words": 1_000}
DECILES = 10


def by_words(queries: Sequence[str], artists: Mapping[str, KnownArtist]) -> Groups:
    """Queries by the words of text about the artist; a group without any is left out."""
    words = np.array([artists[query].words for query in queries], dtype=np.int64)
    place = np.searchsorted(list(WORD_GROUPS.values()), words, side="right") - 1
    return _present({name: place == number for number, name in enumerate(WORD_GROUPS)})


def by_familiarity(queries: Sequence[str], artists: Mapping[str, KnownArtist]) -> Groups:
    """Queries by the tenth of all `artists` that the artist is in; the first are the least familiar."""
    ordered = sorted(artists, key=lambda key: (artists[key].familiarity, key))
    decile_of = {key: place * DECILES // len(ordered) + 1 for place, key in enumerate(ordered)}
    deciles = np.array([decile_of[query] for query in queries], dtype=np.int64)
    return _present({f"familiarity decile {n}": deciles == n for n in range(1, DECILES + 1)})


def _present(groups: Groups) -> Groups:
    return {name: members for name, members in groups.items() if members.any()}
