"""The client: what a Catalog answers, asked over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack, cast
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from linernotes.answers import (
    Explanation,
    FoundArtist,
    Interpretation,
    NotEnoughText,
    RisingArtist,
    RisingTerm,
    SimilarArtist,
)
from linernotes.client.naming import in_path, reference, seeds, several
from linernotes.client.transport import Parameters, Transport
from linernotes.filters import FilterArguments
from linernotes.naming import Seeds, Wanted
from store.lookup_records import (
    Activity,
    ArtistEntry,
    ArtistSummary,
    Candidate,
    Descriptor,
    Evidence,
)
from store.records import Artist
from store.releases import ReleaseInfo
from store.suggestions import SuggestedArtist
from store.term_pages import TermArtist, TermEntry

T = TypeVar("T")

Part = Literal["terms", "similar", "summary", "vector"]
_PAGE = 1000
_VECTORS = 20_000


@dataclass(frozen=True, slots=True)
class Known:
    """What one of many artists is known by; what was not asked for is None."""

    wanted: int | str
    artist: ArtistEntry
    summary: ArtistSummary | None = None
    terms: tuple[Descriptor, ...] | None = None
    similar: tuple[SimilarArtist, ...] | None = None
    vector: tuple[float, ...] | None = None


class Client:
    """Look-ups from a service: the questions, records and exceptions are those of `linernotes.Catalog`.

    Beside these it raises ServiceUnavailable when the service cannot be reached or stays too busy,
    AccessDenied without a token that it knows, ReleaseChanged when another release is published between two
    pages, and ServiceFailed for anything else. It asks again, up to `retries` times, when the service says
    when (`Retry-After`, up to `patience` seconds) or the connection breaks. Several threads may share one;
    in asyncio, `await asyncio.to_thread(client.similar, "Slowdive")`.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        token: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        patience: float = 30.0,
    ) -> None:
        self._transport = Transport(url, token, timeout=timeout, retries=retries, patience=patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def similar(
        self,
        seeds: Seeds,
        *,
        limit: int = 10,
        exclude: Wanted | Sequence[Wanted] = (),
        **filters: Unpack[FilterArguments],
    ) -> list[SimilarArtist]:
        """Return artists similar to one, or to several together; see Catalog.similar."""
        return self._items("/v1/similar", SimilarArtist, _seeded(seeds, limit, exclude, filters))

    def dissimilar(
        self,
        seeds: Seeds,
        *,
        limit: int = 10,
        exclude: Wanted | Sequence[Wanted] = (),
        **filters: Unpack[FilterArguments],
    ) -> list[SimilarArtist]:
        """Return the artists least similar to one or several; see Catalog.dissimilar."""
        return self._items("/v1/dissimilar", SimilarArtist, _seeded(seeds, limit, exclude, filters))

    def why_empty(self, artist: Wanted) -> NotEnoughText | None:
        """Return why there are no artists similar to this one; None when there is enough text about it."""
        reason = self._artist(artist)["not_enough_text"]
        return None if reason is None else _read(NotEnoughText, reason)

    def summary(self, artist: Wanted) -> ArtistSummary | None:
        """Return how much is written about an artist; None when nothing is."""
        found = self._artist(artist)["summary"]
        return None if found is None else _read(ArtistSummary, found)

    def registered(self, artist: Wanted) -> Artist:
        """Return what the registry says of an artist."""
        return _read(Artist, self._artist(artist)["artist"])

    def artist(self, wanted: Wanted) -> ArtistEntry:
        """Return the artist that `wanted` means."""
        found = self.registered(wanted)
        assert found.id is not None, "what comes from the registry has a number"
        return ArtistEntry(found.id, found.name, found.mbid)

    def artists(
        self, prefix: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[ArtistEntry]:
        """Return the artists that the release describes, by name; all of them without a limit."""
        return self._pages("/v1/artists", ArtistEntry, limit, offset, prefix=prefix)

    def suggest(self, prefix: str, limit: int = 10) -> list[SuggestedArtist]:
        """Return artists one of whose names begins so, the most widely written about first."""
        return self._items("/v1/suggest", SuggestedArtist, _given(q=prefix, limit=limit))

    def terms(
        self, artist: Wanted, *, facet: str | None = None, kind: str | None = None, limit: int = 50
    ) -> list[Descriptor]:
        """Return what an artist is described with, strongest first."""
        path = f"{self._path(artist)}/terms"
        return self._pages(path, Descriptor, limit, 0, facet=facet, kind=kind)

    def evidence(self, artist: Wanted, term: str, limit: int = 5) -> list[Evidence]:
        """Return sentences in which an artist is described with `term`, from the newest text on."""
        return self._items(f"{self._path(artist)}/evidence", Evidence, _given(term=term, limit=limit))

    def activity(self, artist: Wanted) -> list[Activity]:
        """Return how much was written about an artist, week by week, earliest first."""
        return self._items(f"{self._path(artist)}/activity", Activity)

    def explain(self, a: Wanted, b: Wanted) -> Explanation:
        """Return how similar two artists are, what makes them so, and sentences that say so."""
        answer = self._transport.get("/v1/explanation", _given(a=reference(a), b=reference(b)))
        return _read(Explanation, answer["explanation"])

    def search(self, description: str, *, limit: int = 10) -> list[FoundArtist]:
        """Return the artists that a description fits, best first."""
        return self._items("/v1/search", FoundArtist, _given(q=description, limit=limit))

    def interpret(self, description: str) -> Interpretation:
        """Return how `search` understands a description."""
        answer = self._transport.get("/v1/search", _given(q=description, limit=1))
        return _read(Interpretation, answer["interpretation"])

    def rising_terms(self, artist: Wanted, *, limit: int = 10) -> list[RisingTerm]:
        """Return the terms an artist is described with more than usual lately."""
        return self._items(f"{self._path(artist)}/rising-terms", RisingTerm, _given(limit=limit))

    def rising_artists(self, term: str, *, limit: int = 10) -> list[RisingArtist]:
        """Return the artists described with a term more than usual lately."""
        return self._items(f"{_term_path(term)}/rising-artists", RisingArtist, _given(limit=limit))

    def known_terms(
        self,
        prefix: str | None = None,
        *,
        facet: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[TermEntry]:
        """Return the terms of the release, those that describe most artists first."""
        return self._pages("/v1/terms", TermEntry, limit, offset, prefix=prefix, facet=facet, kind=kind)

    def term(self, term: str) -> list[TermEntry]:
        """Return what the release knows of a term: one entry for each kind and facet."""
        return _read_all(TermEntry, self._transport.get(_term_path(term))["entries"])

    def term_artists(
        self, term: str, *, facet: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[TermArtist]:
        """Return the artists described with a term, those it describes most strongly first."""
        return self._pages(f"{_term_path(term)}/artists", TermArtist, limit, offset, facet=facet)

    def candidates(self, *, min_sources: int = 1, limit: int = 50) -> list[Candidate]:
        """Return names that writers treat as artists and the registry lacks, the surest first."""
        return self._pages("/v1/candidates", Candidate, limit, 0, min_sources=min_sources)

    def release(self) -> ReleaseInfo:
        """Return the published release."""
        return _read(ReleaseInfo, self._transport.get("/v1/releases/current")["info"])

    def vectors(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return numbers of artists, ascending, and their vectors: float32 (artists, dimensions)."""
        from linernotes.service.arrow import vectors_from_arrow  # noqa: PLC0415 - pyarrow, only when needed

        pages: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
        query = _given(format="arrow", limit=_VECTORS)
        while True:
            content, headers = self._transport.get_bytes("/v1/vectors", query)
            pages.append(vectors_from_arrow(content))
            if "link" not in headers:
                return np.concatenate([ids for ids, _ in pages]), np.concatenate([rows for _, rows in pages])
            query = _given(
                format="arrow",
                limit=_VECTORS,
                after=int(pages[-1][0][-1]),
                release=headers["linernotes-release"],
            )

    def many(
        self, artists: Sequence[Wanted], *, include: Sequence[Part] = ("terms",), limit: int = 10
    ) -> list[Known]:
        """Return what is known of many artists at once, in their order; unknown ones are left out."""
        asked = {"artists": several(artists), "include": list(include), "limit": limit}
        return _read_all(Known, self._transport.post("/v1/bulk", asked)["items"])

    def _artist(self, wanted: Wanted) -> Mapping[str, Any]:
        part = in_path(reference(wanted))
        if part is None:
            return self._transport.get("/v1/artists/lookup", _given(name=wanted))
        return self._transport.get(f"/v1/artists/{part}")

    def _path(self, wanted: Wanted) -> str:
        """The path of an artist; one whose name no path can hold is looked up first."""
        part = in_path(reference(wanted))
        return f"/v1/artists/{self.artist(wanted).artist_id if part is None else part}"

    def _items(self, path: str, kind: type[T], query: Parameters = ()) -> list[T]:
        return _read_all(kind, self._transport.get(path, query)["items"])

    def _pages(
        self, path: str, record: type[T], limit: int | None, offset: int, /, **asked: object
    ) -> list[T]:
        """As many items as are wanted, page by page, all of one release."""
        found: list[T] = []
        release: int | None = None
        while True:
            wanted = _PAGE if limit is None else min(_PAGE, limit - len(found))
            query = _given(limit=wanted, offset=offset + len(found), release=release, **asked)
            answer = self._transport.get(path, query)
            found += _read_all(record, answer["items"])
            release = answer["release"]
            if answer["next"] is None or (limit is not None and len(found) >= limit):
                return found


def _seeded(
    wanted: Seeds, limit: int, exclude: Wanted | Sequence[Wanted], filters: FilterArguments
) -> Parameters:
    named = [("seed", each) for each in seeds(wanted)] + [("exclude", each) for each in several(exclude)]
    return [*named, *_given(limit=limit, **filters)]


def _given(**parameters: object) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in parameters.items() if value is not None]


def _term_path(term: str) -> str:
    # Terms hold no slash: what is written with one is spelt as two words.
    return f"/v1/terms/{quote(term.replace('/', ' '), safe='')}"


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any type
    return TypeAdapter(kind)


def _read(kind: type[T], value: object) -> T:
    """A value of JSON as a record: dates from text, tuples from lists."""
    record: T = _adapter(cast("Any", kind)).validate_python(value)
    return record


def _read_all(kind: type[T], values: Sequence[object]) -> list[T]:
    return [_read(kind, value) for value in values]
