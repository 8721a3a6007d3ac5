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
    from linernotes.catalog import Catalog
    from linernotes.errors import ArtistNotFound, BadQuestion, NoRelease, NothingKnown, TermNotFound
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
    "linernotes.catalog": ("Catalog",),
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


def open(url: str | None = None) -> Catalog:
    """Open a database for look-ups, read-only: the one of `url`, a SQLAlchemy URL.

    Without it, the one named by the environment variable LINERNOTES_DATABASE, or else
    `sqlite:///linernotes.db`. Raises DatabaseUnusable when there is none or it is not ours, DatabaseOutdated
    when it is at another migration.
    """
    from linernotes.catalog import open_catalog  # noqa: PLC0415 - SQLAlchemy and NumPy, only when needed

    return open_catalog(url)


def __getattr__(name: str) -> object:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
