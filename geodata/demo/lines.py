"""Columns of numbers and texts as the lines that COPY reads."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.bulk import escape
from geodata.demo.chance import Floats, Ints
from geodata.demo.rules.states import OPEN

NOTHING = "\\N"
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")])


def lines(*columns: Sequence[str]) -> str:
    """COPY text of columns of equal length; texts that people wrote must have gone through `texts`."""
    rows = "\n".join(map("\t".join, zip(*columns, strict=True)))
    return rows + "\n" if rows else ""


def numbers(values: ArrayLike) -> list[str]:
    """Whole numbers or fractions as text."""
    return list(map(str, np.asarray(values).tolist()))


def texts(values: Iterable[str]) -> list[str]:
    """Texts as COPY wants them."""
    return [escape(value) for value in values]


def picked(words: Sequence[str], index: NDArray[Any]) -> list[str]:
    """The words at these places."""
    return [words[place] for place in index.tolist()]


def moments(seconds: Ints) -> list[str]:
    """Moments in UTC from seconds since 1970; nothing for an interval without end."""
    known = np.where(seconds == OPEN, 0, seconds).astype("datetime64[s]")
    written = np.datetime_as_string(known, timezone="UTC").tolist()
    return [NOTHING if end else word for word, end in zip(written, (seconds == OPEN).tolist(), strict=True)]


def ranges(began: Ints, ended: Ints) -> list[str]:
    """Half-open ranges of time."""
    pairs = zip(moments(began), moments(ended), strict=True)
    return [f"[{begin},{'' if end == NOTHING else end})" for begin, end in pairs]


def days(since_1970: Ints) -> list[str]:
    """Dates; nothing for day 0."""
    written = np.datetime_as_string(since_1970.astype("datetime64[D]")).tolist()
    return [word if day else NOTHING for word, day in zip(written, since_1970.tolist(), strict=True)]


def points(lon: Floats, lat: Floats) -> list[str]:
    """Points as hexadecimal EWKB in EPSG:4326."""
    table = np.empty(len(lon), dtype=_POINT)
    table["order"], table["type"], table["srid"] = 1, 0x20000001, 4326
    table["x"], table["y"] = lon, lat
    word = table.tobytes().hex()
    return [word[i : i + 50] for i in range(0, len(word), 50)]


def shapes(geometries: Any) -> list[str]:
    """Shapes as hexadecimal EWKB in EPSG:4326."""
    return list(
        shapely.to_wkb(shapely.set_srid(np.asarray(geometries, dtype=object), 4326), hex=True, include_srid=True)
    )
