"""What the databases' planners know of a release; without it, queries on views begin at the wrong end.

Measured on a release of 12,006 artists and a million descriptors: "which terms do two artists share" on the
views takes SQLite 80 s without statistics and 5 ms with them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from store.models import Base

_TABLES: Final = ("artists", *(name for name in Base.metadata.tables if name.startswith("release_")))


def refresh_statistics(connection: Connection) -> None:
    """Have the planner look at the registry and the releases as they are in this transaction."""
    if connection.dialect.name == "sqlite":
        # Of all rows: from a sample of 1,000, SQLite took a release for as small, and planned by that.
        connection.exec_driver_sql("PRAGMA analysis_limit = 0")
        for table in _TABLES:
            connection.exec_driver_sql(f"ANALYZE {table}")
    else:
        connection.exec_driver_sql(f"ANALYZE {', '.join(_TABLES)}")
