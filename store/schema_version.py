"""A check of the migration that costs a millisecond, for look-ups.

`store.migrate.check_current` needs Alembic, whose import takes longer than a look-up may.
"""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

# The newest migration of alembic/versions; a test holds it to that.
HEAD = "0004"


def is_current(engine: Engine) -> bool:
    """Whether the schema is certainly the newest; when not, `check_current` says what is wrong."""
    try:
        with engine.connect() as connection:
            found = connection.scalars(text("SELECT version_num FROM linernotes_version")).all()
    except SQLAlchemyError:
        return False
    return found == [HEAD]
