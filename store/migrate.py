"""Creating and migrating the database: `linernotes init`, and the check before every other command."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from alembic import command
from store.access import note_rights, restore_rights
from store.engine import check_reachable, reason_of
from store.errors import DatabaseOutdated, DatabaseUnusable
from store.models import Base
from store.nearest import drop_indexes, sweep_indexes
from store.nearest_functions import create_functions, drop_functions
from store.statistics import refresh_statistics
from store.views import create_views, drop_views

VERSION_TABLE = "linernotes_version"
"""Named after us: a database with another program's `alembic_version` is then not taken for ours."""


def upgrade(engine: Engine) -> None:
    """Create the schema and views in an empty database, or bring an older one of ours to the newest.

    All in one transaction. Raises DatabaseUnusable when the database belongs to something else, cannot be
    written, or comes from a newer linernotes.
    """
    check_reachable(engine)
    try:
        with engine.begin() as connection:
            _refuse_foreign(connection)
            _refuse_newer(connection)
            rights = note_rights(connection)
            drop_views(connection)
            drop_functions(connection)
            command.upgrade(_config(connection), "head")
            create_views(connection)
            create_functions(connection)
            restore_rights(connection, rights)
            refresh_statistics(connection)
        sweep_indexes(engine)
    except DBAPIError as error:
        raise DatabaseUnusable(f"{_name(engine)} cannot be set up: {reason_of(error)}.") from error


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` ("base" removes everything of ours). The views are for the newest only."""
    with engine.begin() as connection:
        drop_views(connection)
        drop_functions(connection)
        drop_indexes(connection)
        command.downgrade(_config(connection), revision)


def check_current(engine: Engine) -> None:
    """Raise DatabaseUnusable or DatabaseOutdated, saying what to do, unless the schema is the newest."""
    check_reachable(engine)
    try:
        with engine.connect() as connection:
            _refuse_foreign(connection)
            _refuse_newer(connection)
            found = _revision(connection)
    except SQLAlchemyError as error:
        reason = reason_of(error) if isinstance(error, DBAPIError) else str(error)
        raise DatabaseUnusable(f"{_name(engine)} cannot be read: {reason}.") from error
    if found is None:
        raise DatabaseOutdated(f"{_name(engine)} is empty; create the tables with `linernotes init`.")
    if found != _scripts().get_current_head():
        raise DatabaseOutdated(
            f"{_name(engine)} is at the older migration {found}; bring it up with `linernotes init`."
        )


def _refuse_foreign(connection: Connection) -> None:
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE in tables or not tables:
        return
    known = ", ".join(sorted(tables)[:3])
    if connection.dialect.name == "sqlite" or tables & set(Base.metadata.tables):
        raise DatabaseUnusable(
            f"{_name(connection.engine)} belongs to another program (it holds {known}); "
            "name another database with --database."
        )


def _refuse_newer(connection: Connection) -> None:
    found = _revision(connection)
    try:
        if found is not None:
            _scripts().get_revision(found)
    except CommandError as error:
        raise DatabaseOutdated(
            f"{_name(connection.engine)} was made by a newer linernotes (migration {found}); "
            "upgrade the program with `pip install --upgrade linernotes`."
        ) from error


def _revision(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_script_folder()))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_script_folder()))


def _script_folder() -> Path:
    """The migrations: in the package of an installed wheel, else in the checkout."""
    packaged = Path(__file__).with_name("_alembic")
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "alembic"
