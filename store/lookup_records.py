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
class WeekCount:
    """Documents, and independent sources of them, of the week that begins on Monday `week`."""

    week: date
    documents: int
    sources: int


@dataclass(frozen=True, slots=True)
class ArtistSummary:
    """How much a release knows of an artist: what of its text is about it, and from how many sources.

    `familiarity` (0 to 1) is how widely it is written about, `buzz` (0 to 1) how much more than usual lately.
    """

    artist_id: int
    words: int
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
class Comparison:
    """A sentence in which a writer, in a text about `artist`, compares it with `compared_artist`."""

    artist_id: int
    artist: str
    compared_artist_id: int
    compared_artist: str
    quote: str
    url: str
    title: str | None
    source: str
    published: date | None


@dataclass(frozen=True, slots=True)
class TermOfPair:
    """A term that describes one of two artists or both: how strongly each (0 when it does not describe it).

    `inferred_a` and `inferred_b` say that only texts about its most similar artists describe it so.
    """

    term_id: int
    term: str
    kind: str
    facet: str
    idf: float
    weight_a: float = 0.0
    weight_b: float = 0.0
    inferred_a: bool = False
    inferred_b: bool = False

    @property
    def joint(self) -> float:
        """How much the term says about the two: the product of both weights and the idf."""
        return self.weight_a * self.weight_b * self.idf


class TermUse(NamedTuple):
    """One artist described with one term of a release; a tuple, since a search reads tens of thousands."""

    artist_id: int
    term_id: int
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that writers treat as an artist and the registry lacks.

    `score` is 0 to 1: how surely it names an artist. `mentions`, `documents` and `sources` say how widely it
    is written; `evidence` are a few of the sentences, of different sources as far as there are.
    """

    name: str
    score: float
    mentions: int
    documents: int
    sources: int
    first_seen: date | None
    last_seen: date | None
    evidence: tuple[Evidence, ...]
