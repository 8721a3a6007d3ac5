"""Whether a name that is also a word means the artist: two small linear models, one upon the other.

The first (`weights.tsv`, rows `context`) reads the words around a name (`nlp.ambiguity.context`). It was
taught without labels: names that mean only an artist are its positive examples, other capitalised words its
negative ones. The second (rows `document`) weighs what the first says with what the whole text says
(`nlp.ambiguity.features`), and was taught on judged occurrences. Both are logistic regressions;
benchmarks/on_given_data/train_linking.py made them and says how.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from nlp.ambiguity.features import ContextModel, doubtful_features
from nlp.records import NameHit
from nlp.spelling import fold

INTERCEPT = "(intercept)"


def judge(text: str, hits: Sequence[NameHit], title: str = "") -> list[NameHit]:
    """The candidates of `Gazetteer.candidates` with the probability that each common name means the artist."""
    if not any(hit.common for hit in hits):
        return list(hits)
    weights = _weights("document")
    features = doubtful_features(_context_model(), text, fold(text), hits, fold(title))
    return [
        replace(hit, confidence=round(_probability(weights, features[place]), 3)) if hit.common else hit
        for place, hit in enumerate(hits)
    ]


def _probability(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    logit = weights[INTERCEPT] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-logit))


@cache
def _context_model() -> ContextModel:
    weights = dict(_weights("context"))
    return ContextModel.of(weights, weights.pop(INTERCEPT))


@cache
def _weights(model: str) -> Mapping[str, float]:
    """The weights of one model of the package: model, feature and weight on each line."""
    text = files(__package__).joinpath("weights.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {feature: float(weight) for name, feature, weight in rows if name == model}
