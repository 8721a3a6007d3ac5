from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from store.engine import limit_statements


def test_a_statement_that_takes_longer_is_ended_where_the_database_can(engine: Engine) -> None:
    engine.dispose()
    limit_statements(engine, 0.05)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        return
    for _ in range(2):  # also when a connection is used again
        with engine.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(text("SELECT pg_sleep(2)"))
