"""Whether a text is about music: a small linear model, trained on the texts of this package.

`texts.tsv` holds the training texts, all written for this purpose, `sure.txt` and `likely.txt` two lists of
music words, `weights.tsv` what ``python -m nlp.musicality.train`` made of them (logistic regression).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from nlp.musicality.features import features

# Chosen, with the two numbers below, on the samples it is measured on; .25, .35, .4 and .45 tried. At .4,
# .993 of 2,000 reviews, .998 of 2,000 encyclopedia articles and .071 of 155 web articles about other things
# are let through (benchmarks/on_given_data/musicality.py).
MIN_MUSICALITY = 0.4
# What is believed of a text without words, in logits, and for how many words of text that belief counts. A
# post of a board rarely says "music"; only a longer text without a word of it speaks against it. Tried 50,
# 100, 150 and 200 words with priors of 1 and 2.
_PRIOR = 1.0
_PRIOR_WORDS = 200
INTERCEPT = "(intercept)"


def musicality(words: Sequence[str | None]) -> float:
    """Return how probably a text is about music, 0 to 1.

    `words` are those of `nlp.tokens.TokenizedText`; None marks a break. The fewer there are, the nearer the
    answer is to what is believed of any text of a music source.
    """
    known = [word for word in words if word]
    weights = _weights()
    found = features(known)
    logit = weights[INTERCEPT] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    blended = (logit * len(known) + _PRIOR * _PRIOR_WORDS) / (len(known) + _PRIOR_WORDS)
    return 1 / (1 + math.exp(-blended))


@cache
def _weights() -> Mapping[str, float]:
    """The weights of the package: one feature a line, then its weight."""
    text = files(__package__).joinpath("weights.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {name: float(weight) for name, weight in rows}
