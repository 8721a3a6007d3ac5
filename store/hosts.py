"""What is known of hosts: their robots.txt and when they may be asked again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from store.models import HostRow
from store.upserts import insert_or


@dataclass(frozen=True, slots=True)
class Host:
    """One host (`scheme://host:port`).

    `robots_status` is the HTTP status of its robots.txt, 0 when it could not be reached; `not_before` is
    the moment before which it asked not to be asked; `failures` counts failures in a row. `tdm_…` is the same
    for its /.well-known/tdmrep.json.
    """

    host: str
    robots_status: int | None = None
    robots_txt: str | None = None
    robots_fetched_at: datetime | None = None
    not_before: datetime | None = None
    failures: int = 0
    tdm_status: int | None = None
    tdm_text: str | None = None
    tdm_fetched_at: datetime | None = None


def load_host(connection: Connection, host: str) -> Host:
    """Return what is known of a host; an empty record for a new one."""
    row = connection.execute(
        select(*(getattr(HostRow, name) for name in Host.__dataclass_fields__)).where(HostRow.host == host)
    ).first()
    return Host(host) if row is None else Host(*row)


def save_host(connection: Connection, host: Host) -> None:
    """Store what is known of a host."""
    values = asdict(host)
    statement = insert_or(connection, HostRow).values(**values)
    del values["host"]
    connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=values))
