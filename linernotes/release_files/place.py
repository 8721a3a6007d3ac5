"""Where the files of the releases of a database lie."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sqlalchemy.engine import URL

from store.lookup_records import ReleaseKey

CACHE_VARIABLE = "LINERNOTES_CACHE"


def folder_of_database(url: URL, cache: str | Path | None = None) -> Path | None:
    """Return the directory for the files of a database; None for one that is in memory alone.

    Below `cache`, or else the directory that the environment variable LINERNOTES_CACHE names. When neither is
    given, `NAME.db-vectors` beside a SQLite file; for PostgreSQL `linernotes` in the user's cache directory
    ($XDG_CACHE_HOME, or ~/.cache).
    """
    given = cache or os.environ.get(CACHE_VARIABLE)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            return None
        file = Path(url.database).absolute()
        beside = file.with_name(f"{file.name}-vectors")
        return beside if not given else Path(given) / _named(file.name, str(file.resolve()))
    root = Path(given) if given else _user_cache() / "linernotes"
    return root / _named(url.database or "postgresql", _without_login(url))


def name_of_release(release: ReleaseKey) -> str:
    """Return the name of the directory of a release: another one for every ReleaseKey."""
    return f"release-{release.release_id}-{release.created:%Y%m%dT%H%M%S%f}-{release.artists}"


def _named(name: str, identity: str) -> str:
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{name}-{digest}-vectors"


def _without_login(url: URL) -> str:
    """The server and the database, whoever logs in: two users read the same vectors."""
    query = sorted((key, str(value)) for key, value in url.query.items() if key in {"host", "port"})
    return f"{url.host}|{url.port}|{url.database}|{query}"


def _user_cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
