"""What the model of musicality sees of a text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from wordfreq import zipf_frequency

from nlp.facets import lexicon

# Words as common as "two" say nothing about a subject, and a small training set would believe them to.
_MOST_COMMON_ZIPF = 6.0


def features(words: Sequence[str]) -> Mapping[str, float]:
    """Return the features of lower-cased words: each content word, and each class of music words.

    A word counts 1 + ln(occurrences); all are divided by the length of the vector of content words, so that
    a long text is like a short one. Classes, in brackets, are sums over their words.
    """
    counts = {word: 1 + math.log(count) for word, count in Counter(words).items()}
    content = {word: value for word, value in counts.items() if _is_content(word)}
    norm = math.sqrt(sum(value * value for value in content.values())) or 1.0
    found = {word: value / norm for word, value in content.items() if word.isalpha()}
    for word in sorted(counts):
        for name in _classes(word):
            found[name] = found.get(name, 0.0) + counts[word] / norm
    return found


@cache
def _is_content(word: str) -> bool:
    return zipf_frequency(word, "en") < _MOST_COMMON_ZIPF


def _classes(word: str) -> list[str]:
    return [name for name, listed in _listed().items() if word in listed]


@cache
def _listed() -> Mapping[str, frozenset[str]]:
    return {
        "(genre)": _with_plurals(lexicon("genre")),
        "(instrument)": _with_plurals(lexicon("instrument")),
        "(sure)": _read("sure"),
        "(likely)": _read("likely"),
    }


def _with_plurals(terms: frozenset[str]) -> frozenset[str]:
    single = {term for term in terms if " " not in term}
    return frozenset(single | {f"{term}s" for term in single})


def _read(name: str) -> frozenset[str]:
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
