"""Opening a database: SQLite by default, PostgreSQL in production."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from store.errors import DatabaseUnusable

READS_ONLY = "linernotes_reads_only"
"""Execution option of a connection that will not write, so that on SQLite it keeps no writer waiting."""
# PostgreSQL's code for a right that the role does not have.
_INSUFFICIENT_PRIVILEGE = "42501"
# How long a writer waits for another one before it gives up.
BUSY_SECONDS = 30
# 256 MiB: measured on the release of 37,617 texts, the working set of a look-up is below 100 MiB.
SQLITE_MMAP_BYTES = 256 * 1024 * 1024


def connect(url: str, *, read_only: bool = False) -> Engine:
    """Return an engine for `url`, with what each database needs set up.

    Raises DatabaseUnusable when the URL is malformed, its driver is missing, or a SQLite file cannot be
    opened. A SQLite file that does not exist is created unless `read_only`.
    """
    parsed = _parse(url)
    try:
        _refuse_unopenable_file(parsed, read_only=read_only)
    except PermissionError as error:
        raise DatabaseUnusable(f"{error.filename} may not be looked at by this user.") from error
    try:
        engine = create_engine(parsed, connect_args=_arguments(parsed))
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            f"{_shown(parsed)} needs the Python package {error.name!r}; install linernotes[postgres]."
        ) from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite_session(read_only=read_only))
        event.listen(engine, "begin", _sqlite_begin(read_only=read_only))
    elif read_only:
        event.listen(engine, "begin", _postgres_read_only)
    return engine


def limit_statements(engine: Engine, seconds: float) -> None:
    """Have PostgreSQL end statements that take longer, on connections that are made from now on.

    SQLite has no such limit: its statements run in this process.
    """
    if engine.dialect.name != "postgresql":
        return

    def limit(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {max(1, round(seconds * 1000))}")
        connection.commit()

    event.listen(engine, "connect", limit)


def check_reachable(engine: Engine) -> None:
    """Raise DatabaseUnusable, with the reason in words, unless a connection can be made."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        raise DatabaseUnusable(f"{_shown(engine.url)} cannot be opened: {reason_of(error)}.") from error


def may_recover(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed later: the server restarts, or another writer was first."""
    if error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    # PostgreSQL's driver counts all of "starting up", "connection refused" and "deadlock" as operational.
    sqlite = type(error.orig).__module__.startswith("sqlite3")
    return not sqlite or any(word in str(error.orig) for word in ("locked", "busy"))


def reason_of(error: DBAPIError) -> str:
    """The database driver's own words, on one line, without SQL and parameters."""
    words = " ".join(str(error.orig).split()).rstrip(".")
    if getattr(error.orig, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE:
        return f"{words}; its owner can allow that with `linernotes grant ROLE --for lookups`"
    return words


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseUnusable(
            f"{url!r} is not a database URL; write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        ) from error
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            f"The database URL needs the Python package {error.name!r}; install linernotes[postgres]."
        ) from error
    if backend not in {"sqlite", "postgresql"}:
        raise DatabaseUnusable(f"{backend} is not supported; use SQLite or PostgreSQL.")
    return parsed


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database.removeprefix("file:"))


def _refuse_unopenable_file(url: URL, *, read_only: bool) -> None:
    file = _sqlite_file(url)
    if file is None:
        return
    if file.is_dir():
        raise DatabaseUnusable(f"{file} is a directory; name a database file in it.")
    if not file.exists() and read_only:
        raise DatabaseUnusable(f"There is no database {file}; create one with `linernotes init`.")
    if not file.parent.is_dir():
        raise DatabaseUnusable(f"There is no directory {file.parent} for the database; create it first.")


def _arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": BUSY_SECONDS}
    return {"connect_timeout": 10}


def _sqlite_session(*, read_only: bool) -> Any:  # noqa: ANN401 - an event listener of SQLAlchemy's shape
    def setup(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.isolation_level = None  # transactions are begun by us: pysqlite's own begin comes too late
        cursor = connection.cursor()
        if not read_only:
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA mmap_size = {SQLITE_MMAP_BYTES}")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    return setup


def _sqlite_begin(*, read_only: bool) -> Any:  # noqa: ANN401 - an event listener of SQLAlchemy's shape
    # A writer takes its lock at once: upgrading a read lock later fails when another writer came between.
    def begin(connection: Connection) -> None:
        reads = read_only or connection.get_execution_options().get(READS_ONLY, False)
        driver = connection.connection.driver_connection
        if reads and driver is not None:
            driver.execute("BEGIN")  # waits for nobody, so cannot fail; past SQLAlchemy in half the time
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return begin


def _postgres_read_only(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
