"""What the catalog answers with; beside these, the records of `store.lookup_records`."""

from __future__ import annotations

from dataclasses import dataclass

from store.lookup_records import ArtistEntry, Evidence


@dataclass(frozen=True, slots=True)
class SimilarArtist:
    """A similar artist.

    `similarity` is 0 to 1, `rank` 1 for the nearest. `shared` are terms that describe it and what it is
    similar to, the strongest joint contribution (product of both weights and the inverse document frequency
    of the term) first.
    """

    artist_id: int
    artist: str
    mbid: str | None
    similarity: float
    rank: int
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedDescriptor:
    """A term that describes two artists, a and b.

    `contribution` is the product of both weights and the inverse document frequency of the term, as a share
    of the sum over all terms they share: 0 to 1.
    The quotes are None where no sentence was kept.
    """

    term: str
    kind: str
    facet: str
    weight_a: float
    weight_b: float
    contribution: float
    quote_a: Evidence | None
    quote_b: Evidence | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two artists are similar, or how little they are.

    `similarity` is 0 to 1, None when there is too little text about one of them. `rank` is the place of b
    among the stored neighbours of a, None when it is not among them. `shared` has the largest contribution
    first.
    """

    a: ArtistEntry
    b: ArtistEntry
    similarity: float | None
    rank: int | None
    shared: tuple[SharedDescriptor, ...]


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """How a word of a description was understood.

    `asked` is the word or phrase, `term` the descriptor it stands for. `likeness` is 1 when they are the
    same, else the cosine of their word vectors. `boost` is what was asked for (`^0.5`), 1 by default.
    """

    asked: str
    term: str
    likeness: float
    boost: float


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a description was understood: terms to look for, terms to keep out, words that nobody uses."""

    wanted: tuple[MatchedTerm, ...]
    excluded: tuple[MatchedTerm, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundArtist:
    """An artist that a description fits.

    `score` is 0 to 1: the mean weight of what was asked for, each by its boost. `matched` are the terms that
    made it, the largest part first; a term whose `asked` is another word was found through word vectors.
    """

    artist_id: int
    artist: str
    mbid: str | None
    score: float
    rank: int
    matched: tuple[MatchedTerm, ...]
