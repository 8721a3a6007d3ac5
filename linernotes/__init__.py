"""What people write about artists, as descriptors and similarity vectors in SQL.

    import linernotes
    with linernotes.open("sqlite:///linernotes.db") as catalog:
        catalog.similar("Slowdive", limit=10)

Names are imported when they are first used, so that `import linernotes` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from linernotes.answers import (
        Explanation,
        FoundArtist,
        Interpretation,
        MatchedTerm,
        NotEnoughText,
        RelatedDescriptor,
        RisingArtist,
        RisingTerm,
        SharedDescriptor,
        SimilarArtist,
    )
    from linernotes.bulk import Recall
    from linernotes.catalog import Catalog
    from linernotes.errors import ArtistNotFound, BadQuestion, NoRelease, NothingKnown, TermNotFound
    from linernotes.frames import to_arrow, to_pandas, to_polars
    from store.errors import DatabaseOutdated, DatabaseUnusable, LinernotesError
    from store.lookup_records import (
        Activity,
        ArtistEntry,
        ArtistSummary,
        Candidate,
        Comparison,
        Descriptor,
        Evidence,
        WeekCount,
    )
    from store.releases import ReleaseInfo
    from store.suggestions import SuggestedArtist
    from store.term_pages import TermArtist, TermEntry

__all__ = [
    "Activity",
    "ArtistEntry",
    "ArtistNotFound",
    "ArtistSummary",
    "BadQuestion",
    "Candidate",
    "Catalog",
    "Comparison",
    "DatabaseOutdated",
    "DatabaseUnusable",
    "Descriptor",
    "Evidence",
    "Explanation",
    "FoundArtist",
    "Interpretation",
    "LinernotesError",
    "MatchedTerm",
    "NoRelease",
    "NotEnoughText",
    "NothingKnown",
    "Recall",
    "RelatedDescriptor",
    "ReleaseInfo",
    "RisingArtist",
    "RisingTerm",
    "SharedDescriptor",
    "SimilarArtist",
    "SuggestedArtist",
    "TermArtist",
    "TermEntry",
    "TermNotFound",
    "WeekCount",
    "open",
    "to_arrow",
    "to_pandas",
    "to_polars",
]

_HOMES = {
    "linernotes.answers": (
        "Explanation",
        "FoundArtist",
        "Interpretation",
        "MatchedTerm",
        "NotEnoughText",
        "RelatedDescriptor",
        "RisingArtist",
        "RisingTerm",
        "SharedDescriptor",
        "SimilarArtist",
    ),
    "linernotes.bulk": ("Recall",),
    "linernotes.catalog": ("Catalog",),
    "linernotes.frames": ("to_arrow", "to_pandas", "to_polars"),
    "linernotes.errors": ("ArtistNotFound", "BadQuestion", "NoRelease", "NothingKnown", "TermNotFound"),
    "store.errors": ("DatabaseOutdated", "DatabaseUnusable", "LinernotesError"),
    "store.lookup_records": (
        "Activity",
        "ArtistEntry",
        "ArtistSummary",
        "Candidate",
        "Comparison",
        "Descriptor",
        "Evidence",
        "WeekCount",
    ),
    "store.releases": ("ReleaseInfo",),
    "store.suggestions": ("SuggestedArtist",),
    "store.term_pages": ("TermArtist", "TermEntry"),
}


def open(url: str | None = None, *, cache: str | Path | None = None) -> Catalog:
    """Open a database for look-ups, read-only: the one of `url`, a SQLAlchemy URL.

    Without it, the one named by the environment variable LINERNOTES_DATABASE, or else
    `sqlite:///linernotes.db`. `cache` is the directory of the files made from its releases, when it is not
    the usual one. Raises DatabaseUnusable when there is none or it is not ours, DatabaseOutdated when it is
    at another migration.
    """
    from linernotes.catalog import open_catalog  # noqa: PLC0415 - SQLAlchemy and NumPy, only when needed

    return open_catalog(url, cache=cache)


def __getattr__(name: str) -> object:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
