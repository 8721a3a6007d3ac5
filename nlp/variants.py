"""Spellings of one term: hip-hop and hiphop, rock & roll and rock 'n' roll, 1960s and sixties."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nlp.facets import DESCRIPTIVE_FACETS, Facet
from nlp.terms import TermCounts

_DECADES = {
    f"{name}": f"{tens}0s"
    for tens, name in enumerate(
        ["thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"], start=3
    )
} | {"noughties": "00s", "aughts": "00s"}
# The decades of recorded popular music; "20s" may be of either century and stays as it is written.
_LONG_DECADE = re.compile(r"19([3-9]0s)|20([01]0s)")
_RHYTHM_AND_BLUES = re.compile(r"\b(?:r'n'b|rnb)\b")
_LINKS = frozenset({"and", "n"})
_PLURAL = re.compile(r"(?<![sui])s$")


def merge_variants(counts: TermCounts, facets: Sequence[Facet]) -> tuple[TermCounts, tuple[Facet, ...]]:
    """Count the spellings of a term of a facet as one, and return the facets of what is left.

    Spellings that differ in "and", "&" or "'n'", in a space or hyphen, in how a decade is written, or in the
    plural of a noun are one term. The one that the corpus uses most is shown (of equals the first in the
    alphabet), a decade as "80s". Terms without a facet stay as they are.
    """
    uses = np.bincount(counts.term, minlength=len(counts.terms)).tolist()
    shown = _shown(counts, facets, uses)
    kept = sorted(set(shown))
    number = {old: new for new, old in enumerate(kept)}
    renumbered = np.array([number[old] for old in shown], dtype=np.int64)
    merged = replace(
        counts,
        terms=_unique(
            [short_decades(counts.terms[old]) for old in kept], [counts.terms[old] for old in kept]
        ),
        kinds=tuple(counts.kinds[old] for old in kept),
        term=renumbered[counts.term] if kept else counts.term,
    )
    return merged, tuple(facets[old] for old in kept)


def _unique(wanted: Sequence[str], written: Sequence[str]) -> tuple[str, ...]:
    """The wanted forms, except where one would be taken twice."""
    taken = set(written)
    return tuple(w if w == old or w not in taken else old for w, old in zip(wanted, written, strict=True))


def short_decades(term: str) -> str:
    """The term with its decades as most listeners write them: "60s" for "1960s" and "sixties"."""
    return " ".join(_short_decade(word) for word in term.split(" "))


def variant_key(term: str) -> str:
    """What the spellings of a term share, the plural apart: "rock roll" → "rockroll"."""
    plain = _RHYTHM_AND_BLUES.sub("r&b", short_decades(term))
    words = [word for part in plain.split(" ") for word in part.split("'n'")]
    inner = [w for i, w in enumerate(words) if not (0 < i < len(words) - 1 and w in _LINKS)]
    return "".join(inner)


def _short_decade(word: str) -> str:
    if match := _LONG_DECADE.fullmatch(word):
        return match[1] or match[2]
    return _DECADES.get(word, word)


def _shown(counts: TermCounts, facets: Sequence[Facet], uses: Sequence[int]) -> list[int]:
    """For each term the number of the one that it is counted as."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (term, facet) in enumerate(zip(counts.terms, facets, strict=True)):
        if facet in DESCRIPTIVE_FACETS:
            groups[facet, variant_key(term)].append(number)
    shown = list(range(len(counts.terms)))
    for members in _with_plurals(groups, counts).values():
        best = min(members, key=lambda n: (-uses[n], counts.terms[n]))
        for member in members:
            shown[member] = best
    return shown


def _with_plurals(
    groups: Mapping[tuple[str, str], list[int]], counts: TermCounts
) -> dict[tuple[str, str], list[int]]:
    """The groups, those of plurals joined with the group of their singular."""
    joined = {key: list(members) for key, members in groups.items()}
    for facet, key in sorted(groups):
        single = facet, _PLURAL.sub("", key)
        if single[1] == key or single not in joined or facet == "era":
            continue
        if all(counts.kinds[member] != "adj" for member in groups[single]):
            joined[single] += joined.pop((facet, key))
    return joined
