"""The views of the contract as SQLAlchemy tables, with the types of their columns, for reading them typed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.types import TypeEngine

from store.types import UtcTime, Vector
from store.views import VIEWS

# Columns of one name have one type in all views, except `documents` and `artists`, which are numbers of some
# size everywhere.
_TYPES: dict[str, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    "artist_id": BigInteger,
    "similar_artist_id": BigInteger,
    "compared_artist_id": BigInteger,
    "release_id": BigInteger,
    "region_id": BigInteger,
    "parent_id": BigInteger,
    "level": Integer,
    "x": Float,
    "y": Float,
    "mbid": String,
    "weight": Float,
    "score": Float,
    "similarity": Float,
    "familiarity": Float,
    "buzz": Float,
    "inferred": Boolean,
    "frequency": Integer,
    "mentions": Integer,
    "words": Integer,
    "number": Integer,
    "applied": Integer,
    "documents": Integer,
    "sources": Integer,
    "rank": Integer,
    "dimensions": Integer,
    "artists": Integer,
    "terms": Integer,
    "first_seen": Date,
    "last_seen": Date,
    "published": Date,
    "week": Date,
    "created": UtcTime(),
    "parameters": JSON,
    "metrics": JSON,
    "vector": Vector(),
}
# By these the rows of a view come in an order that does not depend on how they were written.
_ORDER: dict[str, tuple[str, ...]] = {
    "artist_descriptors": ("artist_id", "-weight", "term"),
    "similar_artists": ("artist_id", "rank"),
    "descriptor_evidence": ("artist_id", "term", "url", "quote"),
    "artist_activity": ("artist_id", "week"),
    "artist_vectors": ("artist_id",),
    "artist_summary": ("artist_id",),
    "artist_comparisons": ("artist_id", "compared_artist_id", "url", "quote"),
    "term_activity": ("artist_id", "term", "week"),
    "artist_candidates": ("-score", "name"),
    "candidate_evidence": ("name", "url", "quote"),
    "applied_overrides": ("number",),
    "artist_map": ("artist_id",),
    "map_regions": ("region_id",),
    "current_release": ("release_id",),
}

_METADATA = MetaData()
VIEW_TABLES: dict[str, Table] = {
    view.name: Table(
        view.name, _METADATA, *(Column(column.name, _TYPES.get(column.name, Text)) for column in view.columns)
    )
    for view in VIEWS
}


def select_view(name: str) -> Select[*tuple[Any, ...]]:
    """Return a statement for all rows of a view, ordered by what they say, not by how they were written."""
    table = VIEW_TABLES[name]
    order = [
        table.c[column.removeprefix("-")].desc() if column.startswith("-") else table.c[column]
        for column in _ORDER[name]
    ]
    return select(table).order_by(*order)
