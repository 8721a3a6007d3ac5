"""The form of the answers, for OpenAPI; items are the records that the catalog gives.

Answers are written from those records as they are; a test holds the one to the other.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from linernotes.answers import (
    Explanation,
    Interpretation,
    NotEnoughText,
    RelatedDescriptor,
    SharedDescriptor,
    SimilarArtist,
)
from linernotes.service.parameters import Number, Text
from store.lookup_records import ArtistEntry, ArtistSummary, Comparison, Descriptor
from store.records import Artist
from store.releases import ReleaseInfo
from store.term_pages import TermEntry

T = TypeVar("T")
ReleaseNumber = Annotated[int, Field(description="The release that all of this answer is of")]
Part = Literal["terms", "similar", "summary", "vector"]


class Problem(BaseModel):
    """What was wrong (RFC 9457); more members say more, such as `suggestions`."""

    type: str = Field(description="Name of the kind of problem, as a URI")
    title: str
    status: int
    detail: str = Field(description="What was wrong and what to do, in one sentence or a few")


class Items(BaseModel, Generic[T]):
    """All there is."""

    release: ReleaseNumber
    items: list[T]


class Page(BaseModel, Generic[T]):
    """Some of a longer list."""

    release: ReleaseNumber
    items: list[T]
    limit: int
    offset: int
    next: str | None = Field(description="Path and query of the next page; null for the last")


class ArtistAnswer(BaseModel):
    """An artist: what the registry says, and how much the release knows."""

    release: ReleaseNumber
    artist: Artist
    summary: ArtistSummary | None = Field(description="How much is written; null when nothing is")
    not_enough_text: NotEnoughText | None = Field(
        description="Why there are no similar artists; null when there is text enough"
    )


class Reason(BaseModel):
    """What makes an artist similar to one seed: the strongest parts of the explanation of the pair."""

    seed: ArtistEntry
    similarity: float | None
    shared: list[SharedDescriptor]
    related: list[RelatedDescriptor]
    comparisons: list[Comparison]


class Similar(BaseModel):
    """A similar artist; see SimilarArtist. `reasons` are given with `explain=true`."""

    artist_id: int
    artist: str
    mbid: str | None
    similarity: float
    rank: int
    shared: list[str]
    product: float
    reasons: list[Reason] | None = None


class SimilarAnswer(BaseModel):
    """Similar artists, most similar first. `notes` say why there are none when there are none."""

    release: ReleaseNumber
    seeds: list[ArtistEntry]
    items: list[Similar]
    notes: list[str]


class ExplanationAnswer(BaseModel):
    """Why two artists are similar."""

    release: ReleaseNumber
    explanation: Explanation


class Compared(BaseModel):
    """One of two artists that are compared. `own_terms` describe it and not the other, strongest first."""

    artist: ArtistEntry
    summary: ArtistSummary | None
    terms: list[Descriptor]
    own_terms: list[str]


class ComparisonAnswer(BaseModel):
    """Two artists side by side. `shared_terms` describe both, the strongest together first."""

    release: ReleaseNumber
    a: Compared
    b: Compared
    shared_terms: list[str]
    similarity: float | None
    rank: int | None


class SearchAnswer(BaseModel, Generic[T]):
    """The artists that a description fits, and how it was understood."""

    release: ReleaseNumber
    items: list[T]
    interpretation: Interpretation


class TermAnswer(BaseModel):
    """A term: an entry for each of its kinds and facets."""

    release: ReleaseNumber
    term: str
    artists: int = Field(description="Artists described with it")
    entries: list[TermEntry]


class VectorItem(BaseModel):
    """An artist's vector; the dot product of two, cut to 0 to 1, is their similarity."""

    artist_id: int
    vector: list[float]


class VectorPage(BaseModel):
    """Vectors by number of artist."""

    release: ReleaseNumber
    dimensions: int
    items: list[VectorItem]
    next: str | None


class BulkQuestion(BaseModel):
    """Many artists at once."""

    artists: list[Number | Text] = Field(min_length=1, description="Numbers, MBIDs or names")
    include: list[Part] = Field(default=["terms"], min_length=1, max_length=4, description="What of each")
    limit: int = Field(default=10, ge=1, le=1000, description="Terms, and similar artists, of each")


class BulkItem(BaseModel):
    """What is known of one of them; only what was asked for is there."""

    wanted: int | str
    artist: ArtistEntry
    summary: ArtistSummary | None = None
    terms: list[Descriptor] | None = None
    similar: list[SimilarArtist] | None = None
    vector: list[float] | None = None


class BulkAnswer(BaseModel):
    """Those that were found, in the order asked for, and those that were not."""

    release: ReleaseNumber
    items: list[BulkItem]
    not_found: list[int | str]


class ReleaseAnswer(BaseModel):
    """The published release."""

    release: ReleaseNumber
    info: ReleaseInfo


class StateRow(BaseModel):
    """A count: pages, documents, jobs and the like."""

    area: str
    measure: str
    reason: str | None
    value: int | float | str | None


class StateAnswer(BaseModel):
    """Where the crawl and the mining stand."""

    items: list[StateRow]


class Health(BaseModel):
    """Whether the service can answer."""

    status: str
    release: int | None = None


class MapFacet(BaseModel):
    """The commonest terms of a facet, and which of them describes each artist most strongly."""

    terms: list[str]
    counts: list[int] = Field(description="For how many artists each term is the strongest")
    artist: list[int] = Field(description="Of each artist the place of its term, or `other`, or `nothing`")


class MapArea(BaseModel):
    """A named region of the map."""

    id: int
    level: int = Field(description="0 for the coarsest")
    label: str
    x: int
    y: int
    artists: int = Field(description="How many artists are in it")


class MapAnswer(BaseModel):
    """The map: `id`, `name`, `x`, `y`, `familiarity` and each facet's `artist` have an element an artist."""

    release: ReleaseNumber
    artists: int
    scale: int = Field(description="What a coordinate of 1 is as a whole number")
    id: list[int] = Field(description="Numbers of artists, each as the difference to the one before")
    name: list[str]
    x: list[int]
    y: list[int] = Field(description="Grows upwards")
    familiarity: list[int] = Field(description="How widely written about, 0 to 99")
    facets: dict[str, MapFacet]
    other: int
    nothing: int
    regions: list[MapArea]
