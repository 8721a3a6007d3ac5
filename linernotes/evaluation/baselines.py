"""The plain methods of `nlp.baselines`, run on the texts of the release's artists."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.evaluation.artists import KnownArtist
from linernotes.evaluation.descriptors import STRONGEST_TERMS, TermLists
from linernotes.evaluation.similar import Rankings
from linernotes.jobs.editing import open_editing
from linernotes.jobs.material import load_material, own_text
from linernotes.jobs.mining import MiningSettings
from linernotes.progress import Stage
from nlp import baselines as plain
from nlp.corpus import Corpus, Spans
from nlp.metrics import DEEPEST

TFIDF, PAIRS = "TF-IDF, words", "TF-IDF, words and pairs"
LSA = f"LSA, {plain.LSA_DIMENSIONS} dimensions"
POPULARITY, RANDOM, FREQUENCY = "most written about", "random", "most frequent words"


@dataclass(frozen=True, slots=True)
class ArtistTexts:
    """The texts about artists as a release reads them; row i of `spans` is the artist of key `keys[i]`."""

    corpus: Corpus
    spans: Spans
    keys: tuple[str, ...]
    documents: NDArray[np.float64]


def load_texts(
    connection: Connection, settings: MiningSettings, artists: Mapping[str, KnownArtist]
) -> ArtistTexts:
    """The texts of everybody in `artists`, with the words and links of the last `mine`."""
    material = load_material(connection, settings, open_editing(connection, settings.overrides))
    spans = own_text(material.spans, len(material.artists))
    row_of = {artist.artist_id: row for row, artist in enumerate(artists.values())}
    rows = np.array([row_of.get(artist, -1) for artist in material.artists.tolist()], dtype=np.int64)
    kept = spans.only(rows[spans.artist] >= 0)
    kept = replace(kept, artist=rows[kept.artist])
    about = np.unique(np.stack([kept.artist[kept.subject], kept.document[kept.subject]]), axis=1)
    documents = np.bincount(about[0], minlength=len(artists)).astype(np.float64)
    return ArtistTexts(material.corpus, kept, tuple(artists), documents)


class PlainMethods:
    """The plain methods on texts that are loaded when the first of them needs them."""

    def __init__(self, load: Callable[[], ArtistTexts]) -> None:
        self._load = load

    @cached_property
    def _texts(self) -> ArtistTexts:
        return self._load()

    @cached_property
    def _words(self) -> plain.Counts:
        return plain.count_words(self._texts.corpus, self._texts.spans, len(self._texts.keys))

    def rankings(self, stage: Stage) -> dict[str, Rankings]:
        """Rank everybody by each method."""
        stage.update(0, 3, {"now": TFIDF})
        count = len(self._texts.keys)
        lists = {
            POPULARITY: plain.rank_by_amount(self._texts.documents, DEEPEST),
            RANDOM: plain.rank_at_random(count, DEEPEST),
        }
        lists[TFIDF] = plain.rank_sparse(plain.tfidf(self._words.matrix), DEEPEST)
        stage.update(1, 3, {"now": PAIRS})
        pairs = plain.count_words_and_pairs(self._texts.corpus, self._texts.spans, count)
        weights = plain.tfidf(pairs.matrix, sublinear=True)
        lists[PAIRS] = plain.rank_sparse(weights, DEEPEST)
        stage.update(2, 3, {"now": LSA})
        lists[LSA] = plain.rank_dense(plain.lsa(weights), DEEPEST)
        stage.update(3, 3)
        ordered = (TFIDF, PAIRS, LSA, POPULARITY, RANDOM)
        return {method: _named(self._texts.keys, lists[method]) for method in ordered}

    def term_lists(self, artists: Container[str], stage: Stage) -> dict[str, TermLists]:
        """List the strongest words of each of the artists by TF-IDF, and its most frequent ones.

        The document frequencies are those among all artists with text.
        """
        stage.update(0, 1, {"now": f"{TFIDF}, {FREQUENCY}"})
        corpus, words = self._texts.corpus, self._words
        content = plain.without_stop_words(corpus, words)
        lists = {
            TFIDF: plain.strongest(corpus, words, plain.tfidf(words.matrix), STRONGEST_TERMS),
            FREQUENCY: plain.strongest(corpus, content, content.matrix, STRONGEST_TERMS),
        }
        stage.update(1, 1)
        return {
            method: {key: terms for key, terms in zip(self._texts.keys, each, strict=True) if key in artists}
            for method, each in lists.items()
        }


def _named(keys: tuple[str, ...], ranked: NDArray[np.int64]) -> Rankings:
    return {key: [keys[row] for row in rows] for key, rows in zip(keys, ranked.tolist(), strict=True)}
