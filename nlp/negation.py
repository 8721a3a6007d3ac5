"""Which words of the corpus are denied: "never boring", "without guitars", "far from dreamy".

A scope after a trigger, as in NegEx (Chapman et al. 2001), on the arrays of the whole corpus.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import Corpus

# Words after the trigger that it denies, as far as its clause goes: "not a very heavy record" needs four.
SCOPE = 4

_AUXILIARIES = [
    "ai",
    "are",
    "ca",
    "could",
    "did",
    "do",
    "does",
    "had",
    "has",
    "have",
    "is",
    "must",
    "need",
    "should",
    "was",
    "were",
    "wo",
    "would",
]
_CONTRACTED = frozenset(verb + "n't" for verb in _AUXILIARIES) | frozenset(
    # As speech-to-text and hurried writers spell them; "cant" and "wont" are words too, but hardly in
    # reviews.
    verb + "nt"
    for verb in _AUXILIARIES
)
_DENYING = _CONTRACTED | {
    "aint", "barely", "cannot", "hardly", "neither", "never", "no", "nor", "not", "scarcely",
}  # fmt: skip
_LACKING = frozenset({"absent", "devoid", "lack", "lacked", "lacking", "lacks", "minus", "sans", "without"})
_LACKING_PAIRS = (
    ("anything", "but"),
    ("absence", "of"),
    ("away", "from"),
    ("far", "from"),
    ("free", "from"),
    ("free", "of"),
    ("instead", "of"),
    ("nothing", "like"),
    ("rather", "than"),
)
# "Not only dreamy" says dreamy, "no doubt" denies nothing, "never more aggressive" is aggressive indeed.
_NO_DENIAL = frozenset(
    [
        "all",
        "better",
        "doubt",
        "end",
        "exactly",
        "if",
        "just",
        "less",
        "longer",
        "matter",
        "mention",
        "merely",
        "more",
        "necessarily",
        "one",
        "only",
        "question",
        "sooner",
        "simply",
        "solely",
        "stranger",
        "surprise",
        "than",
    ]
)
# Words at which a scope ends although no punctuation does.
_NEXT_CLAUSE = frozenset(
    [
        "although",
        "always",
        "because",
        "but",
        "despite",
        "except",
        "however",
        "instead",
        "just",
        "just",
        "less",
        "more",
        "only",
        "since",
        "so",
        "still",
        "than",
        "that",
        "then",
        "though",
        "unless",
        "until",
        "when",
        "where",
        "whereas",
        "which",
        "while",
        "who",
        "whose",
        "yet",
    ]
)


def negated(corpus: Corpus) -> NDArray[np.bool_]:
    """For each position of the corpus, whether the word there is denied.

    A denying word ("not", "isn't") or one of lack ("without", "far from") covers the SCOPE words after it up
    to the next punctuation or the next clause. What both cover is affirmed ("not without charm"); "not only",
    "not just", "no doubt" and the like deny nothing.
    """
    numbers = corpus.numbers
    following = np.append(numbers[1:], 0)
    ends = (numbers == 0) | _among(corpus, _NEXT_CLAUSE)[numbers]
    idle = _among(corpus, _NO_DENIAL)[following]
    # "Dreamy if not outright sleepy", "nothing if not dreamy": what "if not" says is left open or affirmed.
    idle[1:] |= _among(corpus, {"if"})[numbers[:-1]]
    denying = _among(corpus, _DENYING)[numbers] & ~idle
    lacking = (_among(corpus, _LACKING)[numbers] & ~idle) | _second_of_pair(corpus, numbers)
    result: NDArray[np.bool_] = _covered(denying, ends) ^ _covered(lacking, ends)
    return result


def _among(corpus: Corpus, words: Collection[str]) -> NDArray[np.bool_]:
    return np.array([word in words for word in corpus.words], dtype=np.bool_)


def _second_of_pair(corpus: Corpus, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where the second word of an expression of lack stands."""
    found = np.zeros(len(numbers), dtype=np.bool_)
    for first, second in _LACKING_PAIRS:
        pair = _among(corpus, {first})[numbers[:-1]] & _among(corpus, {second})[numbers[1:]]
        found[1:] |= pair
    return found


def _covered(triggers: NDArray[np.bool_], ends: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The positions within reach of a trigger before them."""
    covered = np.zeros(len(triggers), dtype=np.bool_)
    reach = np.flatnonzero(triggers)
    for _ in range(SCOPE):
        reach = reach[reach + 1 < len(triggers)] + 1
        reach = reach[~ends[reach]]
        covered[reach] = True
    return covered
