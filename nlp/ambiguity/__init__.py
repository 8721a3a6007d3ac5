"""Whether a name that is also a word means the artist: two small linear models, one upon the other.

The first (model `context` in linking.tsv) reads the words around a name (`nlp.ambiguity.context`). It was
taught without labels: names that mean only an artist are its positive examples, other capitalised words its
negative ones. The second (`document`) weighs what the first says with what the whole text says
(`nlp.ambiguity.features`), and was taught on judged occurrences. Both are logistic regressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from nlp.ambiguity.features import ContextModel, doubtful_features
from nlp.linear import INTERCEPT, logit, probability, weights
from nlp.records import NameHit
from nlp.spelling import fold

# A name in a text without letter case, or within a longer name or a title, is not believed at all.
_NEVER = 0.01


def judge(text: str, hits: Sequence[NameHit], title: str = "") -> list[NameHit]:
    """The candidates of `Gazetteer.candidates`, each common name with how probably it means the artist."""
    if not any(hit.common for hit in hits):
        return list(hits)
    features = doubtful_features(_context_model(), text, fold(text), hits, fold(title))
    return [
        replace(hit, confidence=_confidence(features[place])) if hit.common else hit
        for place, hit in enumerate(hits)
    ]


def _confidence(features: dict[str, float]) -> float:
    if features["part of longer"]:
        return _NEVER
    return round(probability(logit("document", features)), 3)


@cache
def _context_model() -> ContextModel:
    known = dict(weights("context"))
    return ContextModel.of(known, known.pop(INTERCEPT))
