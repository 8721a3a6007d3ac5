"""The catalog of a call of the command line."""

from __future__ import annotations

from linernotes.catalog import Catalog, open_catalog
from linernotes.cli.context import Invocation


def open_for(invocation: Invocation) -> Catalog:
    """Open the catalog of the database that the call names."""
    settings = invocation.settings()
    return open_catalog(settings.database, cache=settings.cache)
