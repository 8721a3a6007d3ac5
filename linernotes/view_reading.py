"""Views of the published release as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlalchemy import Connection

from linernotes.errors import BadQuestion
from linernotes.export_tables import schema_of, table_of
from store.batches import batches
from store.lookups import vector_dimensions
from store.view_tables import VIEW_TABLES, select_view
from store.views import VIEWS

_VIEWS = {view.name: view for view in VIEWS}


def check_view(name: str, columns: Sequence[str] | None, *, by_artist: bool) -> None:
    """Raise BadQuestion unless there is such a view with these columns, and artists if they are asked for."""
    if name not in _VIEWS:
        raise BadQuestion(f'There is no view "{name}"; there are {", ".join(sorted(_VIEWS))}.')
    known = [column.name for column in _VIEWS[name].columns]
    for column in columns or ():
        if column not in known:
            raise BadQuestion(f'{name} has no column "{column}"; it has {", ".join(known)}.')
    if by_artist and "artist_id" not in known:
        raise BadQuestion(f"{name} is not by artist; leave `artists` out.")


def read_view(
    connection: Connection,
    release_id: int,
    name: str,
    artist_ids: Sequence[int] | None,
    columns: Sequence[str] | None,
) -> pa.Table:
    """Return the rows of a view in its order, all or those of some artists, with some or all columns."""
    schema = schema_of(_VIEWS[name], vector_dimensions(connection, release_id))
    if columns is not None:
        schema = pa.schema([schema.field(column) for column in columns], metadata=schema.metadata)
    wanted = select_view(name).with_only_columns(*(VIEW_TABLES[name].c[field.name] for field in schema))
    if artist_ids is None:
        return table_of(connection.execute(wanted).all(), schema)
    of_artist = VIEW_TABLES[name].c.artist_id
    pieces = [
        table_of(connection.execute(wanted.where(of_artist.in_(batch))).all(), schema)
        for batch in batches(sorted(artist_ids))
    ]
    return pa.concat_tables(pieces) if pieces else table_of([], schema)
