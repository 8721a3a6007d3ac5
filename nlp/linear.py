"""The small linear models of the package: weights of named features, in linking.tsv.

benchmarks/on_given_data/train_linking.py makes the file and says what each model was taught on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

INTERCEPT = "(intercept)"


@cache
def weights(model: str) -> Mapping[str, float]:
    """The weights of one model, with its intercept; each line of the file is model, feature and weight."""
    lines = files("nlp").joinpath("linking.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return {feature: float(weight) for name, feature, weight in rows if name == model}


def logit(model: str, features: Mapping[str, float]) -> float:
    """How much the features speak for what the model knows, in logits."""
    known = weights(model)
    return known[INTERCEPT] + sum(known.get(name, 0.0) * value for name, value in features.items())


def probability(logit: float) -> float:
    """The probability of a logit; of an extreme one nearly 0 or 1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
