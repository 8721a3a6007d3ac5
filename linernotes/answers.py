"""What the catalog answers with; beside these, the records of `store.lookup_records`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from store.lookup_records import ArtistEntry, Comparison, Evidence, WeekCount


@dataclass(frozen=True, slots=True)
class SimilarArtist:
    """A similar artist.

    `similarity` is 0 to 1, `rank` 1 for the nearest. `shared` are terms that describe it and what it is
    similar to, the strongest joint contribution (product of both weights and the inverse document frequency
    of the term) first. `product` (-1 to 1) is what is cut to 0 and 1 to make the similarity: it tells
    artists apart that are all dissimilar.
    """

    artist_id: int
    artist: str
    mbid: str | None
    similarity: float
    rank: int
    shared: tuple[str, ...]
    product: float = 0.0


@dataclass(frozen=True, slots=True)
class NotEnoughText:
    """Why there are no artists similar to `artist`: of the `needed` words about it there are `words`.

    With as many as are needed, what they say shares too little with what is written about others.
    """

    artist: str
    words: int
    needed: int

    def __str__(self) -> str:
        if self.words >= self.needed:
            return f"The {self.words} words about {self.artist} have too little in common with other texts."
        there = "is 1 word" if self.words == 1 else f"are {self.words} words"
        return (
            f"There {there} of text about {self.artist}; at least {self.needed} are needed to say who is"
            " similar."
        )


@dataclass(frozen=True, slots=True)
class SharedDescriptor:
    """A term that describes two artists, a and b.

    `contribution` is what it adds to their similarity, below 0 where it tells them apart. The quotes are None
    where no sentence was kept. `inferred` says that of one of them only texts about similar artists say so.
    """

    term: str
    kind: str
    facet: str
    weight_a: float
    weight_b: float
    contribution: float
    quote_a: Evidence | None
    quote_b: Evidence | None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class RelatedDescriptor:
    """A term that describes only `artist`, one of two, and by what it means brings it near to the other.

    `contribution` is what it adds to their similarity, below 0 where it tells them apart.
    """

    artist_id: int
    artist: str
    term: str
    kind: str
    facet: str
    weight: float
    contribution: float
    quote: Evidence | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two artists are similar, or how little they are.

    `similarity` is 0 to 1, None when there is too little text about one of them; the fields below are then
    empty or 0. `rank` is the place of b among the stored neighbours of a, None when it is not among them.

    The contributions of `shared` (terms that describe both) and `related` (terms that describe one of them),
    each with the largest contribution first, `rest` (other words, and names) and `adjustment` add up to
    `similarity`; see `nlp.attribution`. The adjustment is 0 but for two opposites, whose similarity is cut to
    0, and for neighbours that an editor set. `comparisons` are sentences in which writers compare the one
    with the other. `exact` is False for a release that was mined before directions of terms were kept: the
    similarity is then shared out among the shared terms by weight.
    """

    a: ArtistEntry
    b: ArtistEntry
    similarity: float | None
    rank: int | None
    shared: tuple[SharedDescriptor, ...]
    related: tuple[RelatedDescriptor, ...] = ()
    rest: float = 0.0
    adjustment: float = 0.0
    comparisons: tuple[Comparison, ...] = ()
    exact: bool = True

    @property
    def total(self) -> float:
        """The sum of all parts: the similarity, up to rounding; 0 when there is none."""
        shared = (each.contribution for each in self.shared)
        related = (each.contribution for each in self.related)
        return math.fsum((*shared, *related, self.rest, self.adjustment))


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """How a word of a description was understood.

    `asked` is the word or phrase, `term` the descriptor it stands for. `likeness` is 1 when they mean the
    same, below 1 for a part of an era that was asked for, else the cosine of their word vectors. `boost` is
    what was asked for (`^0.5`), 1 by default.
    """

    asked: str
    term: str
    likeness: float
    boost: float


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a description was understood: terms to look for, terms to keep out, words that nobody uses.

    `suggestions` are terms that an unknown word may be a misspelling of.
    """

    wanted: tuple[MatchedTerm, ...]
    excluded: tuple[MatchedTerm, ...]
    unknown: tuple[str, ...]
    suggestions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundArtist:
    """An artist that a description fits.

    `score` is 0 to 1: a mean, each by its boost, of how well what was asked for fits (`linernotes.search`).
    `matched` are the terms that describe it, the largest part first; a term whose `asked` is another word
    stands in for that.
    """

    artist_id: int
    artist: str
    mbid: str | None
    score: float
    rank: int
    matched: tuple[MatchedTerm, ...]


@dataclass(frozen=True, slots=True)
class RisingTerm:
    """A term that an artist is described with more than usual lately.

    `rising` is 0 (as usual) to 1 (out of nothing; few texts alone stay well below), `documents` how many of
    the recent weeks use it, and `weeks` its use week by week, earliest first; weeks without any are left out.
    Recent are the eight weeks up to the newest one of the release.
    """

    term: str
    facet: str
    rising: float
    documents: int
    weeks: tuple[WeekCount, ...]


@dataclass(frozen=True, slots=True)
class RisingArtist:
    """An artist that is described with a term more than usual lately; the fields are those of RisingTerm."""

    artist_id: int
    artist: str
    mbid: str | None
    rising: float
    documents: int
    weeks: tuple[WeekCount, ...]
