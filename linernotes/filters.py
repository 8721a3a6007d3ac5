"""Who counts as a similar artist: filters by evidence, familiarity, buzz, era and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import BadQuestion
from nlp.eras import BROADEST, years_of
from nlp.facets import normal_form
from nlp.places import is_named, names_of_place
from store.filters import FacetTable, RegistryFacts, SummaryTable

ERA_SHARE = 0.2
"""Share of an artist's weight on years that has to lie in an era.

Against decades that listeners tag (769 artists): F1 .506 at .05, .532 at .1, .557 at .2, .539 at
.25, .417 at .4; any one weight or the strongest alone gives at most .523.
"""

PLACE_SHARE = 0.2
"""Share of an artist's weight on places that has to lie in a place."""

_STILL = 9999
"""The last year of who has not ended."""

_SHARES = ("min_familiarity", "max_familiarity", "min_buzz")
_COUNTS = ("min_documents", "min_sources", "min_words")


class FilterArguments(TypedDict, total=False):
    """The keyword arguments that filter similar artists; see SimilarFilters."""

    min_familiarity: float | None
    max_familiarity: float | None
    min_buzz: float | None
    min_documents: int | None
    min_sources: int | None
    min_words: int | None
    era: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class SimilarFilters:
    """What a similar artist has to be; None asks for nothing. BadQuestion for a value that makes no sense.

    Familiarity and buzz are 0 to 1. `era` names years ("1990s", "early 80s", "1994"): an artist fits by its
    descriptors of years or by the registry's. `place` names a country, region or town: an artist fits by its
    descriptors of places or by the registry's country.
    """

    min_familiarity: float | None = None
    max_familiarity: float | None = None
    min_buzz: float | None = None
    min_documents: int | None = None
    min_sources: int | None = None
    min_words: int | None = None
    era: str | None = None
    place: str | None = None

    def __post_init__(self) -> None:
        for name in _SHARES:
            _check_share(name, getattr(self, name))
        for name in _COUNTS:
            _check_count(name, getattr(self, name))
        if self.era is not None and years_of(self.era) is None:
            raise BadQuestion(f'"{self.era}" names no years; write an era such as 1990s, early 80s or 1994.')
        if self.place is not None and not normal_form(self.place):
            raise BadQuestion("The place is empty; write one such as Iceland or Detroit.")

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))

    @property
    def by_evidence(self) -> bool:
        """Whether it asks for what the release says of artists as a whole."""
        return any(getattr(self, name) is not None for name in (*_SHARES, *_COUNTS))


def _check_share(name: str, value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:  # also refuses what is no number
        raise BadQuestion(f"{name} is {value}; it must be between 0 and 1.")


def _check_count(name: str, value: int | None) -> None:
    if value is not None and value < 0:
        raise BadQuestion(f"{name} is {value}; it must not be below 0.")


EVERYONE = SimilarFilters()


def with_evidence(table: SummaryTable, filters: SimilarFilters) -> NDArray[np.int64]:
    """Return the artists that are written about as much, and as lately, as asked."""
    fits = np.ones(len(table.ids), dtype=np.bool_)
    for values, least in (
        (table.familiarity, filters.min_familiarity),
        (table.buzz, filters.min_buzz),
        (table.documents, filters.min_documents),
        (table.sources, filters.min_sources),
        (table.words, filters.min_words),
    ):
        if least is not None:
            fits &= values >= least
    if filters.max_familiarity is not None:
        fits &= table.familiarity <= filters.max_familiarity
    return table.ids[fits]


def of_era(era: str, uses: FacetTable, registry: Sequence[RegistryFacts]) -> NDArray[np.int64]:
    """Return the artists of an era: by a fair share of their descriptors of years, or by the registry."""
    wanted = years_of(era)
    assert wanted is not None, "SimilarFilters has checked it"
    spans = [years_of(term) for term in uses.terms]
    counted = [span is not None and span[1] - span[0] < BROADEST for span in spans]
    fits = [
        ok and span is not None and _overlap(span, wanted) for span, ok in zip(spans, counted, strict=True)
    ]
    listed = [each.artist_id for each in registry if _active(each, wanted)]
    return np.union1d(_with_share(uses, counted, fits, ERA_SHARE), np.array(listed, dtype=np.int64))


def of_place(place: str, uses: FacetTable, registry: Sequence[RegistryFacts]) -> NDArray[np.int64]:
    """Return the artists of a place: by a fair share of their descriptors of places, or by the registry."""
    names = names_of_place(place)
    fits = [is_named(term, names) for term in uses.terms]
    listed = [each.artist_id for each in registry if each.country and normal_form(each.country) in names]
    described = _with_share(uses, [True] * len(fits), fits, PLACE_SHARE)
    return np.union1d(described, np.array(listed, dtype=np.int64))


def _with_share(
    uses: FacetTable, counted: Sequence[bool], fits: Sequence[bool], share: float
) -> NDArray[np.int64]:
    """The artists of whose weight on the terms that count at least a share lies on those that fit."""
    if not len(uses.artist):
        return uses.artist
    starts = np.flatnonzero(np.diff(uses.artist, prepend=-1))  # the table is sorted by artist
    total = np.add.reduceat(uses.weight * np.array(counted, dtype=np.bool_)[uses.term], starts)
    part = np.add.reduceat(uses.weight * np.array(fits, dtype=np.bool_)[uses.term], starts)
    return uses.artist[starts][(part > 0) & (part >= share * total)]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _active(facts: RegistryFacts, wanted: tuple[int, int]) -> bool:
    begin, end = _year(facts.begin), _year(facts.end)
    if begin is None:
        return False
    return _overlap((begin, _STILL if end is None else end), wanted)


def _year(day: str | None) -> int | None:
    found = (day or "")[:4]
    return int(found) if found.isdigit() else None
