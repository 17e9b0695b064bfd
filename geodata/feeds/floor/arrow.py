"""Rows as Arrow columns, for feeds that take a million of them: which type a field has, and columns out of rows."""

from collections.abc import Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import pyarrow as pa
from pydantic import AwareDatetime

from geodata.feeds.floor.declaration import Columns, Row

_TYPES = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def kind_of(row: type[Row], field: str) -> type:
    """Return the plain Python type of a field, without what may be missing: `Annotated[int, …] | None` is int."""
    return _plain(row.model_fields[field].annotation)


def _plain(annotation: Any) -> type:
    if get_origin(annotation) in (Union, UnionType):
        return _plain(next(one for one in get_args(annotation) if one is not NoneType))
    if hasattr(annotation, "__metadata__"):
        return _plain(get_args(annotation)[0])
    if annotation is AwareDatetime:
        return datetime
    return annotation if isinstance(annotation, type) else str


def arrow_type(row: type[Row], field: str) -> pa.DataType:
    """Return the type of a field's column; whatever is neither number nor time is text."""
    return _TYPES.get(kind_of(row, field), pa.string())


def columns_of(row: type[Row], rows: Sequence[Row]) -> Columns:
    """Return checked rows as columns."""
    return {
        name: pa.array([getattr(one, name) for one in rows], type=arrow_type(row, name)) for name in row.model_fields
    }
