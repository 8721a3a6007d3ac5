"""What may stand in a request, and how an artist is named in it.

An artist is a number (`25134`), an MBID, or a name or alias; `name:1975` is a name even where it looks like a
number. A seed may have a weight behind `^`: `Slowdive^2`, `Burial^-0.5`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from fastapi import Path as InPath
from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from linernotes.errors import BadQuestion
from linernotes.filters import FilterArguments
from linernotes.naming import Wanted

LONGEST_TEXT = 300
"""Characters of a name, term or description; the longest name of MusicBrainz that is no joke has 180."""

FARTHEST = 1_000_000_000
"""Highest offset: numbers beyond are more than databases take."""

HIGHEST_LIMIT = 100_000
"""More than any setting allows; the settings lower it (service.max_limit)."""

_LIGHTEST, _HEAVIEST = 1e-3, 1e3
_WEIGHTED = re.compile(r"(?P<artist>.+)\^(?P<weight>[-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))", re.DOTALL)
_FORCED = "name:"
# PostgreSQL takes no NUL in a text, and nobody a surrogate without its pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
PRINTABLE = r"^[^\x00]*\S[^\x00]*$"


def _storable(value: str) -> str:
    if _UNSTORABLE.search(value):
        raise ValueError("it holds a character that no text has (NUL, or half of a surrogate pair)")
    if not value.strip():
        raise ValueError("it is empty")
    return value


_Storable = AfterValidator(_storable)
_Schema = Field(min_length=1, max_length=LONGEST_TEXT, json_schema_extra={"pattern": PRINTABLE})
Text: TypeAlias = Annotated[str, _Schema, _Storable]
Number: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=FARTHEST)]
Reference: TypeAlias = Annotated[
    str,
    InPath(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="Number, MBID, name or alias of an artist; `name:1975` for a name of digits",
        examples=["Slowdive"],
    ),
    _Storable,
]
Term: TypeAlias = Annotated[
    str,
    InPath(min_length=1, max_length=LONGEST_TEXT, description="A term", examples=["dream pop"]),
    _Storable,
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=HIGHEST_LIMIT, description="At most so many")]
Offset: TypeAlias = Annotated[int, Query(ge=0, le=FARTHEST, description="So many are passed over")]
OfRelease: TypeAlias = Annotated[
    int | None,
    Query(
        ge=1,
        le=FARTHEST,
        description="The release the page before was of: 409 when another one is published by now",
    ),
]
Facet: TypeAlias = Annotated[
    Literal["genre", "mood", "instrument", "era", "place", "theme", "other"] | None,
    Query(description="Only of this facet"),
]
Kind: TypeAlias = Annotated[
    Literal["n1", "n2", "n3", "np", "adj"] | None, Query(description="Only of this kind")
]
_Share = Annotated[float | None, Field(ge=0, le=1)]
_Count = Annotated[int | None, Field(ge=0, le=FARTHEST)]


class Filters(BaseModel):
    """What a similar artist has to be."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=HIGHEST_LIMIT, description="At most so many")
    exclude: list[Text] = Field(default=[], description="Artists to leave out; may be repeated")
    min_familiarity: _Share = Field(default=None, description="At least so widely written about")
    max_familiarity: _Share = Field(default=None, description="At most so widely written about")
    min_buzz: _Share = Field(default=None, description="At least so much more than usual lately")
    min_documents: _Count = Field(default=None, description="With so many documents")
    min_sources: _Count = Field(default=None, description="With so many independent sources")
    min_words: _Count = Field(default=None, description="With so many words")
    era: Text | None = Field(default=None, description="Of these years: 1990s, early 80s or 1994")
    place: Text | None = Field(default=None, description="Of this country, region or town")
    explain: bool = Field(default=False, description="Whether to tell what makes each of them similar")

    def arguments(self) -> FilterArguments:
        """Return the filters as the catalog takes them."""
        return FilterArguments(
            min_familiarity=self.min_familiarity,
            max_familiarity=self.max_familiarity,
            min_buzz=self.min_buzz,
            min_documents=self.min_documents,
            min_sources=self.min_sources,
            min_words=self.min_words,
            era=self.era,
            place=self.place,
        )


class SeededFilters(Filters):
    """Whom to look for: similar to which artists, and what they have to be."""

    seed: list[Text] = Field(
        min_length=1,
        description="Artists, each with its weight behind ^ if it is not 1; may be repeated",
        examples=[["Slowdive^2", "Burial"]],
    )


def wanted(reference: str | int) -> Wanted:
    """Return whom a reference means, as the catalog takes it."""
    if isinstance(reference, int):
        reference = str(reference)
    if reference.isascii() and reference.isdigit():
        # Numbers beyond what databases take are left to the registry, which has nobody of such a name.
        return int(reference) if len(reference) < len(str(FARTHEST)) else f"#{reference}"
    return reference.removeprefix(_FORCED)


def all_wanted(references: Sequence[str], most: int) -> list[Wanted]:
    """Return whom the references mean; BadQuestion when there are more than `most`."""
    if len(references) > most:
        raise BadQuestion(f"There are {len(references)} artists; at most {most} may be named at once.")
    return [wanted(each) for each in references]


def weighted(references: Sequence[str], most: int) -> list[tuple[Wanted, float]]:
    """Return seeds with their weights."""
    split = [_split(each) for each in references]
    named = all_wanted([reference for reference, _ in split], most)
    return [(artist, weight) for artist, (_, weight) in zip(named, split, strict=True)]


def _split(reference: str) -> tuple[str, float]:
    found = _WEIGHTED.fullmatch(reference)
    if found is None:
        return reference, 1.0
    weight = float(found["weight"])
    if not _LIGHTEST <= abs(weight) <= _HEAVIEST:
        raise BadQuestion(
            f"The weight of {found['artist']} is {found['weight']}; without its sign it must be between "
            f"{_LIGHTEST:g} and {_HEAVIEST:g}."
        )
    return found["artist"], weight
