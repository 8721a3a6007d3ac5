"""Runs the migrations on the connection that `store.migrate` hands over, or on LINERNOTES_DATABASE."""

import os

from alembic import context
from store.engine import connect
from store.migrate import VERSION_TABLE
from store.models import Base


def run(connection) -> None:  # noqa: ANN001 - alembic's own environment
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        # SQLite cannot alter columns: alembic copies the table instead.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        # The caller's transaction holds all migrations and the views, on both databases.
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with connect(os.environ.get("LINERNOTES_DATABASE", "sqlite:///linernotes.db")).begin() as connection:
        run(connection)
