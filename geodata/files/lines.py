"""NDJSON: one object a line; a line may be a GeoJSON feature."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.errors import ShapelyError

from geodata.files import heads
from geodata.files.book import Book, Piece
from geodata.files.encodings import Text
from geodata.files.limits import COLUMNS, LINE_BYTES
from geodata.files.refusals import CutOff, NoRows, NotAnObject, TooLongLine, TooManyColumns

BATCH = 20_000
_LOAD = partial(json.loads, parse_float=str, parse_int=str, parse_constant=str)
"""Numbers stay as they were written: a code keeps its digits and its nought in front."""
Row = dict[str, Any]


def is_object(line: str) -> bool:
    """Say whether a line is one whole object."""
    try:
        return isinstance(_LOAD(line), dict)
    except (ValueError, RecursionError):
        return False


def book(text: Text) -> Book:
    """Open NDJSON: its columns are all names that any of its objects has. Raises UnreadableFile."""
    names: dict[str, None] = {}
    places, count = False, 0
    for row, place in _rows(text):
        names.update(dict.fromkeys(row))
        places, count = places or place is not None, count + 1
        if len(names) > COLUMNS:
            raise TooManyColumns(limit=COLUMNS)
    if not count:
        raise NoRows
    found: Counter[str] = Counter()
    columns = heads.cleaned(list(names), found)
    source = partial(_pieces, text, tuple(names), columns, places)
    return Book("ndjson", columns, text.encoding, "EPSG:4326" if places else None, count, source, found)


def _pieces(
    text: Text, names: tuple[str, ...], columns: tuple[str, ...], places: bool, _counted: Counter[str]
) -> Iterator[Piece]:
    rows = _rows(text)
    schema = pa.schema([(column, pa.string()) for column in columns])
    while batch := list(islice(rows, BATCH)):
        arrays = [pa.array([_text(row.get(name)) for row, _ in batch], pa.string()) for name in names]
        yield Piece(pa.record_batch(arrays, schema=schema), _drawn([place for _, place in batch]) if places else None)


def _rows(text: Text) -> Iterator[tuple[Row, Any]]:
    """Yield the properties and the GeoJSON geometry of each line. Raises NotAnObject, TooLongLine, CutOff."""
    with text.path.open("rb") as file:
        file.seek(text.start)
        for number in range(1, text.lines + 2):
            line = file.readline(LINE_BYTES + 1)
            if len(line) > LINE_BYTES:
                raise TooLongLine(line=number)
            if line.strip():
                yield _parts(_object(line, number, last=number >= text.lines))


def _object(line: bytes, number: int, *, last: bool) -> Row:
    try:
        found = _LOAD(line)
    except (ValueError, RecursionError):
        if last and number > 1 and not line.endswith(b"\n"):
            raise CutOff from None
        raise NotAnObject(line=number) from None
    if not isinstance(found, dict):
        raise NotAnObject(line=number)
    return found


def _parts(found: Row) -> tuple[Row, Any]:
    if found.get("type") != "Feature" or "geometry" not in found:
        return found, None
    properties = found.get("properties")
    return properties if isinstance(properties, dict) else {}, found["geometry"]


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _drawn(places: list[Any]) -> Any:
    drawn: Any = np.empty(len(places), object)
    drawn[:] = [_shape(place) for place in places]
    return drawn


def _shape(place: Any) -> Any:
    """Return a geometry as it is, None where it is none; whether it is a good one is not judged here."""
    if not isinstance(place, dict):
        return None
    try:
        return shapely.from_geojson(json.dumps(_numbers(place)))
    except (ShapelyError, ValueError, RecursionError):
        return None


def _numbers(value: Any) -> Any:
    """Turn the texts of coordinates back into numbers."""
    turn: Callable[[Any], Any] = _numbers
    if isinstance(value, dict):
        return {key: inner if key == "type" else turn(inner) for key, inner in value.items()}
    return [turn(inner) for inner in value] if isinstance(value, list) else float(value)
