"""What look-ups give back: plain records, as the database has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

FACETS = ("genre", "mood", "instrument", "era", "place", "theme", "other")
KINDS = ("n1", "n2", "n3", "np", "adj")


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """What tells whether something read from the published release still holds.

    A number alone would not: the number of a deleted release can be given again, and forgetting an artist
    takes it out of a release (`artists` then counts one less).
    """

    release_id: int
    created: datetime
    artists: int


@dataclass(frozen=True, slots=True)
class ArtistEntry:
    """An artist by its number in this database, its name and its MusicBrainz identifier, when known."""

    artist_id: int
    artist: str
    mbid: str | None = None


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A term an artist is described with.

    `kind` is n1, n2, n3, np or adj; `facet` genre, mood, instrument, era, place, theme or other. `weight` is
    0 to 1 and comparable between artists; `frequency` counts occurrences, `documents` documents, `sources`
    independent sources. `first_seen` and `last_seen` are days of publication, None when unknown. An
    `inferred` term is what texts about the most similar artists suggest; its counts are 0.
    """

    term: str
    kind: str
    facet: str
    weight: float
    frequency: int
    documents: int
    sources: int
    first_seen: date | None
    last_seen: date | None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence in which an artist is described with a term, and where it stands."""

    quote: str
    url: str
    title: str | None
    source: str
    published: date | None


@dataclass(frozen=True, slots=True)
class Activity:
    """How much was written about an artist in the week that begins on Monday `week`.

    `familiarity` (0 to 1) is how widely it was written about up to then, `buzz` (0 to 1) how much more than
    usual was written in that week.
    """

    week: date
    documents: int
    sources: int
    familiarity: float
    buzz: float


@dataclass(frozen=True, slots=True)
class StoredNeighbour:
    """A similar artist as the release has it; `rank` 1 is the nearest, `similarity` is 0 to 1."""

    artist_id: int
    artist: str
    mbid: str | None
    rank: int
    similarity: float


@dataclass(frozen=True, slots=True)
class SharedWeight:
    """A term that describes two artists, how strongly each of them, and its inverse document frequency."""

    term: str
    kind: str
    facet: str
    idf: float
    weight_a: float
    weight_b: float

    @property
    def joint(self) -> float:
        """How much the term says about the two: the product of both weights and the idf."""
        return self.weight_a * self.weight_b * self.idf


class TermUse(NamedTuple):
    """One artist described with one term of a release; a tuple, since a search reads tens of thousands."""

    artist_id: int
    term_id: int
    weight: float
