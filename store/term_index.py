"""From terms to the artists described with them, and the word vectors that lead to terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from store.batches import batches
from store.lookup_records import TermUse
from store.models import ReleaseDescriptorRow, ReleaseTermRow, ReleaseWordRow


class KnownTerm(NamedTuple):
    """A term of a release: its number, how it is written, its facet, and how many artists it describes."""

    number: int
    term: str
    facet: str
    artists: int


_TERM = select(ReleaseTermRow.term_id, ReleaseTermRow.term, ReleaseTermRow.facet, ReleaseTermRow.artists)


def known_terms(connection: Connection, release_id: int, terms: Iterable[str]) -> dict[str, list[KnownTerm]]:
    """What the release knows of those of `terms` that it has; several when a term has several kinds."""
    known: dict[str, list[KnownTerm]] = {}
    for chunk in batches(sorted(set(terms))):
        found = _TERM.where(ReleaseTermRow.release_id == release_id, ReleaseTermRow.term.in_(chunk))
        # Sorted here: told to sort, SQLite reads all terms in order of number, and not these by their index.
        for row in sorted(connection.execute(found), key=lambda row: row.term_id):
            known.setdefault(row.term, []).append(KnownTerm(*row))
    return known


def all_terms(connection: Connection, release_id: int, facet: str | None = None) -> list[KnownTerm]:
    """Return the terms of a release, of one facet when given, by number."""
    found = _TERM.where(ReleaseTermRow.release_id == release_id).order_by(ReleaseTermRow.term_id)
    if facet is not None:
        found = found.where(ReleaseTermRow.facet == facet)
    return [KnownTerm(*row) for row in connection.execute(found)]


def term_uses(connection: Connection, release_id: int, term_ids: Sequence[int]) -> list[TermUse]:
    """Return every artist described with one of the terms."""
    row = ReleaseDescriptorRow
    uses: list[TermUse] = []
    for chunk in batches(term_ids):
        found = select(row.artist_id, row.term_id, row.weight).where(
            row.release_id == release_id, row.term_id.in_(chunk)
        )
        uses += map(TermUse._make, connection.execute(found))
    return uses


def one_word_terms(connection: Connection, release_id: int) -> set[str]:
    """Return the terms of a release that are one word."""
    found = select(ReleaseTermRow.term).where(
        ReleaseTermRow.release_id == release_id, ReleaseTermRow.term.not_like("% %")
    )
    return set(connection.scalars(found))


def word_vectors(connection: Connection, release_id: int) -> tuple[list[str], NDArray[np.float32]]:
    """Return the words of a release, alphabetically, and their unit vectors, shape (words, dimensions)."""
    found = (
        select(ReleaseWordRow.word, ReleaseWordRow.vector)
        .where(ReleaseWordRow.release_id == release_id)
        .order_by(ReleaseWordRow.word)
    )
    rows = connection.execute(found).all()
    if not rows:
        return [], np.zeros((0, 0), dtype=np.float32)
    matrix = np.frombuffer(b"".join(bytes(row.vector) for row in rows), dtype="<f4")
    return [row.word for row in rows], matrix.reshape(len(rows), -1).astype(np.float32, copy=False)
