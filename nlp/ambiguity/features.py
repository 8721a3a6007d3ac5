"""What the whole text says of a name that is also a word: the features of the second model."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.ambiguity.context import context, is_part_of_longer
from nlp.facets import Facet, lexicon
from nlp.gazetteer import starts_a_sentence
from nlp.records import NameHit
from nlp.spelling import rarest_zipf

_BESIDE = 100
"""Characters on either side within which another artist's name lends credit."""
_LISTED: tuple[Facet, ...] = ("genre", "mood", "instrument", "theme")
_OF_PLACES = frozenset({"p1=in", "p1=at", "p1=near", "p1=to", "p1=across", "p1=throughout", "p1=around"})
_BOUND = 4.0
"""What the words around a name say is cut to this many logits either way."""


@dataclass(frozen=True, slots=True)
class ContextModel:
    """The weights of the features around a name, and the words they speak of."""

    weights: Mapping[str, float]
    intercept: float
    words: frozenset[str]

    @classmethod
    def of(cls, weights: Mapping[str, float], intercept: float) -> ContextModel:
        """The model with the words that its features name."""
        words = {name.partition("=")[2] for name in weights if "=" in name}
        return cls(weights, intercept, frozenset(word for word in words if word.isalpha()))

    def logit(self, text: str, folded: str, start: int, end: int) -> tuple[float, frozenset[str]]:
        """How much the surroundings speak for a name, in logits, and the features themselves."""
        found = frozenset(context(text, folded, start, end, self.words))
        logit = self.intercept + sum(self.weights.get(name, 0.0) for name in sorted(found))
        return max(-_BOUND, min(_BOUND, logit)), found


@dataclass(frozen=True, slots=True)
class _Occurrence:
    place: int
    logit: float
    found: frozenset[str]
    alone: bool


def doubtful_features(
    model: ContextModel, text: str, folded: str, hits: Sequence[NameHit], title: str = ""
) -> dict[int, dict[str, float]]:
    """The features of each common name among `hits`, by its place in `hits`."""
    by_name: defaultdict[str, list[_Occurrence]] = defaultdict(list)
    for place, hit in enumerate(hits):
        if hit.common:
            name = folded[hit.start : hit.end].lower().removeprefix("the ")
            by_name[name].append(_occurrence(model, text, folded, hit, place))
    found: dict[int, dict[str, float]] = {}
    for name, occurrences in by_name.items():
        shared = _of_name(name, occurrences, folded, title)
        for each in occurrences:
            found[each.place] = shared | _of_place(each, occurrences, folded, hits)
    return found


def _occurrence(model: ContextModel, text: str, folded: str, hit: NameHit, place: int) -> _Occurrence:
    logit, found = model.logit(text, folded, hit.start, hit.end)
    return _Occurrence(place, logit, found, not is_part_of_longer(found))


def _of_name(name: str, occurrences: Sequence[_Occurrence], folded: str, title: str) -> dict[str, float]:
    alone = [each for each in occurrences if each.alone]
    return {
        "usual": max(0.0, rarest_zipf(name) - 3.0),
        "several words": float(" " in name),
        "is place": float(_is_listed(name, "place")),
        "is descriptor": float(_is_listed(name, *_LISTED)),
        "times alone": math.log2(1 + len(alone)),
        "times in longer names": math.log2(1 + sum("behind capital" in each.found for each in occurrences)),
        "first in a longer name": float("behind capital" in occurrences[0].found),
        "first as a title": float(bool({"in short quote", "slanted", "in a title"} & occurrences[0].found)),
        "share alone": len(alone) / len(occurrences),
        "times small": math.log2(1 + folded.count(f" {name} ")),
        "inside sentences": float(any("starts" not in each.found for each in alone)),
        "in title": float(name in title.lower()),
    }


def _is_listed(name: str, *facets: Facet) -> bool:
    return any(name in _listed(facet) for facet in facets)


@cache
def _listed(facet: Facet) -> frozenset[str]:
    return lexicon(facet)


def _of_place(
    each: _Occurrence, occurrences: Sequence[_Occurrence], folded: str, hits: Sequence[NameHit]
) -> dict[str, float]:
    others = [other.logit for other in occurrences if other is not each and other.alone]
    hit = hits[each.place]
    with_the = folded[hit.start : hit.start + 4].lower() == "the "
    return {
        "begins names": hit.begins,
        "ends names": hit.ends,
        "part of longer": float(is_part_of_longer(each.found)),
        "context": each.logit,
        "context elsewhere": sum(others) / (len(others) + 1),
        "quoted": float("quoted" in each.found),
        "dated": float("dated" in each.found),
        "dated line": float("dated line" in each.found),
        "of a work": float("of a work" in each.found),
        "behind a place's word": float(bool(_OF_PLACES & each.found)),
        "starts": float("starts" in each.found),
        "small the": float(with_the and folded[hit.start] == "t"),
        "large the": float(
            with_the and folded[hit.start] == "T" and not starts_a_sentence(folded, hit.start)
        ),
        "artists beside": float(_artists_beside(each.place, hits)),
        "listed with artists": float(_is_listed_with_artists(each.place, hits, folded)),
    }


def _artists_beside(place: int, hits: Sequence[NameHit]) -> int:
    """How many sure names stand near, two at most."""
    hit, near = hits[place], 0
    for step in (-1, 1):
        other = place + step
        while 0 <= other < len(hits) and abs(hits[other].start - hit.start) < _BESIDE:
            near += not hits[other].common
            other += step
    return min(near, 2)


def _is_listed_with_artists(place: int, hits: Sequence[NameHit], folded: str) -> bool:
    """Whether only a comma or a conjunction separates the name from a sure one: "like Codeine and Low"."""
    for left, right in ((place - 1, place), (place, place + 1)):
        if left < 0 or right >= len(hits):
            continue
        other = hits[left if right == place else right]
        between = folded[hits[left].end : hits[right].start].strip().lower()
        if not other.common and between in {",", "and", "or", "&", ", and", ", or", "/", "meets", "vs."}:
            return True
    return False
