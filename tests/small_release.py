"""A small release, written row by row: what look-ups are tested on, without any mining."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from sqlalchemy import Connection, insert

from store.models import (
    ArtistAliasRow,
    ArtistRow,
    DocumentRow,
    MentionRow,
    MinedDocumentRow,
    PageBodyRow,
    PageRow,
)
from store.names import registry_key
from store.releases import ReleaseRows, begin_release, finish_release, publish_release, write_release

# Frequency, documents, sources, and the days of first and last use of a descriptor.
Used = tuple[int, int, int, date | None, date | None]
USED: Used = (3, 2, 1, date(2001, 2, 3), None)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def add_artist(
    connection: Connection,
    name: str,
    *,
    mbid: str | None = None,
    aliases: Sequence[str] = (),
    disambiguation: str | None = None,
    **facts: str,
) -> int:
    """Add an artist to the registry and return its number; `facts` are country, begin and end."""
    values = {
        "name": name,
        "key": registry_key(name),
        "mbid": mbid,
        "disambiguation": disambiguation,
        **facts,
    }
    number = _insert(connection, ArtistRow, values)
    for alias in aliases:
        _insert(connection, ArtistAliasRow, {"artist_id": number, "alias": alias, "key": registry_key(alias)})
    return number


def add_page(connection: Connection, url: str, source_id: int, **facts: Any) -> int:  # noqa: ANN401
    """Add a fetched page with a body and return its number."""
    values = {
        "url": url,
        "host": "/".join(url.split("/")[:3]),
        "source_id": source_id,
        "role": "page",
        "depth": 1,
        "priority": 0,
        "state": "fetched",
        "due_at": LONG_AGO,
        "attempts": 0,
    }
    number = _insert(connection, PageRow, values | facts)
    connection.execute(insert(PageBodyRow).values(page_id=number, body=b"x"))
    return number


def add_document(
    connection: Connection,
    url: str,
    text: str,
    *,
    about: Sequence[int] = (),
    words: int | None = None,
    **facts: Any,  # noqa: ANN401
) -> int:
    """Add a document that was mined, with the artists it is about, and return its number."""
    values = {
        "url": url,
        "source": urlsplit(url).netloc,
        "text": text,
        "words": len(text.split()) if words is None else words,
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "added_at": LONG_AGO,
    }
    number = _insert(connection, DocumentRow, values | facts)
    read = {"document_id": number, "digest": "0" * 64, "tokens": b"", "sentences": b""}
    connection.execute(insert(MinedDocumentRow).values(read))
    for artist in about:
        mention = {"document_id": number, "artist_id": artist, "start": -1, "end": -1, "role": "subject"}
        passage = {"first_sentence": 0, "last_sentence": text.count("."), "confidence": 1.0}
        connection.execute(insert(MentionRow).values(mention | passage))
    return number


def publish(
    connection: Connection,
    descriptors: Mapping[int, Mapping[str, float]],
    vectors: Mapping[int, Sequence[float]],
    *,
    facets: Mapping[str, str] | None = None,
    evidence: Sequence[tuple[int, str, int, str]] = (),
    words: Mapping[str, Sequence[float]] | None = None,
    activity: Sequence[tuple[int, date, int, int, float, float]] = (),
    stored: int = 50,
    directions: Mapping[str, Sequence[float]] | None = None,
    inferred: Collection[tuple[int, str]] = (),
    summaries: Sequence[tuple[int, int, int, int, float, float]] = (),
    comparisons: Sequence[tuple[int, int, int, str]] = (),
    term_weeks: Sequence[tuple[int, str, date, int, int]] = (),
    pinned: Mapping[tuple[int, int], float] | None = None,
    forbidden: Sequence[tuple[int, int]] = (),
    used: Mapping[tuple[int, str], Used] | None = None,
    parameters: Mapping[str, Any] | None = None,
    candidates: Sequence[tuple[Any, ...]] = (),
    candidate_evidence: Sequence[tuple[str, int, str]] = (),
    overrides: Sequence[tuple[Any, ...]] = (),
    places: Mapping[int, tuple[float, float, int | None]] | None = None,
    regions: Sequence[tuple[int, int | None, int, float, float, int, str, list[str]]] = (),
) -> int:
    """Write and publish a release.

    `descriptors` are weights by artist and term, `evidence` (artist, term, document, sentence of it),
    `inferred` the descriptors (artist, term) that only similar artists have. Vectors are brought to unit
    length; the nearest `stored` become the neighbours, with the similarities of `pinned` where it has one,
    and without the pairs (artist, other artist) of `forbidden`.
    `directions` are those of terms, `summaries` (artist, words, documents, sources, familiarity, buzz),
    `comparisons` (artist, other artist, document, sentence of it) and `term_weeks` (artist, term, Monday,
    documents, sources). `places` are x, y and region of artists on the map, `regions` (number, parent, level,
    x, y, artists, label, terms). `used` tells how often (artist, term) are, `candidate_evidence` (name,
    document, sentence of it); `candidates` and `overrides` are rows as they are stored.
    """
    terms = sorted({term for weights in descriptors.values() for term in weights})
    number = {term: place for place, term in enumerate(terms, start=1)}
    units = {artist: _unit(vector) for artist, vector in sorted(vectors.items())}
    counts_of = used or {}
    rows = ReleaseRows(
        terms=[
            (
                number[t],
                t,
                "n1" if " " not in t else "np",
                (facets or {}).get(t, "other"),
                sum(t in weights for weights in descriptors.values()),
                1.0,
                (directions or {}).get(t),
            )
            for t in terms
        ],
        descriptors=[
            (artist, number[term], weight, *counts_of.get((artist, term), USED), (artist, term) in inferred)
            for artist, weights in descriptors.items()
            for term, weight in weights.items()
        ],
        evidence=[
            (artist, number[term], document, *_place(connection, document, sentence))
            for artist, term, document, sentence in evidence
        ],
        neighbours=[
            row for artist in units for row in _neighbours(artist, units, stored, pinned or {}, forbidden)
        ],
        vectors=[(artist, len(vector), vector) for artist, vector in units.items()],
        activity=activity,
        words=[(word, _unit(vector).astype("<f4").tobytes()) for word, vector in (words or {}).items()],
        artists=summaries,
        comparisons=[
            (artist, other, document, *_place(connection, document, sentence))
            for artist, other, document, sentence in comparisons
        ],
        term_weeks=[(artist, number[term], *counts) for artist, term, *counts in term_weeks],
        overrides=[
            (place, "forbid", str(one), str(other), None, 1, one, other)
            for place, (one, other) in enumerate(forbidden, start=1)
        ]
        + list(overrides),
        candidates=candidates,
        candidate_evidence=[
            (name, document, *_place(connection, document, sentence))
            for name, document, sentence in candidate_evidence
        ],
        regions=regions,
        map=[(artist, *place) for artist, place in (places or {}).items()],
    )
    made = parameters or {"seed": 1}
    release = begin_release(connection, engine="local", parameters=made, input_digest="0" * 64)
    write_release(connection, release, rows)
    finish_release(
        connection, release, documents=7, artists=len(units), terms=len(terms), metrics={"seconds": 1.5}
    )
    publish_release(connection, release)
    return release


def _insert(connection: Connection, row: type, values: Mapping[str, Any]) -> int:
    key = connection.execute(insert(row).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _place(connection: Connection, document: int, sentence: str) -> tuple[int, int]:
    text = connection.scalar(
        DocumentRow.__table__.select().with_only_columns(DocumentRow.text).where(DocumentRow.id == document)
    )
    start = text.index(sentence)
    return start, start + len(sentence)


def _unit(vector: Sequence[float]) -> np.ndarray:
    values = np.asarray(vector, dtype=np.float32)
    return values / np.linalg.norm(values)


def _neighbours(
    artist: int,
    units: Mapping[int, np.ndarray],
    stored: int,
    pinned: Mapping[tuple[int, int], float],
    forbidden: Sequence[tuple[int, int]],
) -> list[tuple[int, int, int, float]]:
    others = [
        (pinned.get((artist, other), max(0.0, float(units[artist] @ unit))), other)
        for other, unit in units.items()
        if other != artist and not {(artist, other), (other, artist)} & set(forbidden)
    ]
    others.sort(key=lambda each: (-each[0], each[1]))
    return [
        (artist, rank, other, similarity) for rank, (similarity, other) in enumerate(others[:stored], start=1)
    ]
