"""Answers of the catalog as tables: Arrow, pandas or Polars.

    linernotes.to_pandas(catalog.similar("Slowdive"))
    linernotes.to_polars(catalog.table("artist_descriptors", artists=["Slowdive"]))

pandas and Polars are no dependencies of linernotes: whoever asks for their frames has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from linernotes.errors import BadQuestion

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_PLAIN: dict[object, pa.DataType] = {
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def to_arrow(answers: Sequence[Any] | pa.Table, record: type | None = None) -> pa.Table:
    """Return records of the catalog as an Arrow table: a column for each field, a row for each record.

    Tuples become lists, records within records structures. The columns have the types of the fields, however
    the values are; of an empty answer nobody knows the fields unless `record` names its class. An Arrow table
    is returned as it is. Raises BadQuestion for what is no record, or of several kinds.
    """
    if isinstance(answers, pa.Table):
        return answers
    kinds = {type(answer) for answer in answers} | ({record} if record is not None else set())
    if not kinds:
        return pa.table({})
    kind = kinds.pop()
    if kinds or not is_dataclass(kind):
        raise BadQuestion("Only records of one kind become a table, such as what `similar` returns.")
    return pa.Table.from_pylist([asdict(answer) for answer in answers], schema=pa.schema(_fields_of(kind)))


def to_pandas(answers: Sequence[Any] | pa.Table, record: type | None = None) -> pd.DataFrame:
    """Return what `to_arrow` does as a pandas DataFrame; BadQuestion where pandas is not installed."""
    _need("pandas")
    return to_arrow(answers, record).to_pandas()


def to_polars(answers: Sequence[Any] | pa.Table, record: type | None = None) -> pl.DataFrame:
    """Return what `to_arrow` does as a Polars DataFrame; BadQuestion where Polars is not installed."""
    _need("polars")
    import polars as pl  # noqa: PLC0415 - not a dependency

    frame = pl.from_arrow(to_arrow(answers, record))
    assert isinstance(frame, pl.DataFrame), "a table becomes a frame"
    return frame


def _need(package: str) -> None:
    from importlib.util import find_spec  # noqa: PLC0415 - only asked here

    if find_spec(package) is None:
        raise BadQuestion(f"The Python package {package} is not installed; run `pip install {package}`.")


def _fields_of(record: type) -> list[pa.Field]:
    hints = get_type_hints(record)
    assert is_dataclass(record)
    return [_field(each.name, hints[each.name]) for each in fields(record)]


def _field(name: str, hint: Any) -> pa.Field:  # noqa: ANN401 - a type annotation of any form
    options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    given = [option for option in options if option is not type(None)]
    return pa.field(name, _type(given[0]), nullable=len(given) < len(options))


def _type(hint: Any) -> pa.DataType:  # noqa: ANN401 - a type annotation of any form
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) in {tuple, list}:
        return pa.list_(_type(get_args(hint)[0]))
    if is_dataclass(hint) and isinstance(hint, type):
        return pa.struct(_fields_of(hint))
    return pa.map_(pa.string(), pa.string())
