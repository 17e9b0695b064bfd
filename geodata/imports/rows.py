"""From a file to rows in EPSG:4326, and what is wrong with each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import geopandas
import pandas as pd
import shapely
from pydantic import BaseModel, ConfigDict, ValidationError
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import Geometry, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.errors import BadValue, RefusedRows

TABLES = {".csv", ".txt"}
ENCODINGS = ("utf-8-sig", "gb18030")
"""What departments send: UTF-8 with or without a mark, or GBK."""
WGS84 = "EPSG:4326"


R = TypeVar("R", bound="Row")


class Row(BaseModel):
    """One row of a file. Columns that a kind does not name are left in the file: nobody's name or number comes in."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, str_max_length=500)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which row (1 is the first after the head), in which column, and what to do."""

    row: int
    column: str
    reason: str
    suggestion: str

    def as_dict(self) -> dict[str, object]:
        """Return it as a refusal carries it."""
        return {"row": self.row, "column": self.column, "reason": self.reason, "suggestion": self.suggestion}


@dataclass
class Report:
    """What an import found on its way: problems that stop it, and what it mended."""

    problems: list[Problem] = field(default_factory=list)
    mended: list[Problem] = field(default_factory=list)
    added: int = 0
    changed: int = 0

    def refuse(self, row: int, column: str, reason: str, suggestion: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(row, column, reason, suggestion))

    def stop_if_refused(self) -> None:
        """Raise RefusedRows where there is a problem."""
        if self.problems:
            raise RefusedRows([problem.as_dict() for problem in sorted(self.problems, key=lambda p: p.row)])


@dataclass(frozen=True, slots=True)
class Read:
    """One row as it came: its number, its columns as text, its geometry in EPSG:4326 if it has one."""

    number: int
    columns: Mapping[str, str]
    place: BaseGeometry | None


def read(file: Path, crs: str | None = None) -> list[Read]:
    """Read a table (CSV in UTF-8 or GBK) or any file of places that GDAL reads. Raises BadValue.

    `crs` names the coordinate system where the file does not; a table's `lon` and `lat` are WGS 84 unless it does.
    """
    if not file.is_file():
        raise BadValue(name="file", value=file, wanted="a file that exists and can be read")
    frame = _table(file, crs) if file.suffix.lower() in TABLES else _places(file, crs)
    return list(_rows(frame))


def _table(file: Path, crs: str | None) -> geopandas.GeoDataFrame:
    frame = None
    for encoding in ENCODINGS:
        try:
            frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding=encoding, skipinitialspace=True)
            break
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError) as error:
            raise BadValue(name="file", value=file, wanted=f"a table with a head ({error})") from error
    if frame is None:
        raise BadValue(name="file", value=file, wanted="text in UTF-8 or GBK")
    places: list[BaseGeometry | None] = [None] * len(frame)
    if {"lon", "lat"} <= set(frame.columns):
        lon, lat = (pd.to_numeric(frame[name], errors="coerce") for name in ("lon", "lat"))
        places = [Point(x, y) if pd.notna(x) and pd.notna(y) else None for x, y in zip(lon, lat, strict=True)]
    made = geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries(places, crs=_system(crs or WGS84)))
    return made.to_crs(WGS84)


def _places(file: Path, crs: str | None) -> geopandas.GeoDataFrame:
    try:
        frame = geopandas.read_file(file)
    except Exception as error:
        raise BadValue(name="file", value=file, wanted=f"a file of places that GDAL reads ({error})") from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        frame = geopandas.GeoDataFrame(frame, geometry=[None] * len(frame), crs=WGS84)
    if crs:
        frame = frame.set_crs(_system(crs), allow_override=True)
    if frame.crs is None:
        raise BadValue(
            name="crs", value="?", wanted="the file names no coordinate system: say --crs EPSG:4490 or the like"
        )
    return frame.to_crs(WGS84)


def _system(crs: str) -> CRS:
    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise BadValue(name="crs", value=crs, wanted="EPSG:4326, EPSG:4490, EPSG:4547 …") from error


def _rows(frame: geopandas.GeoDataFrame) -> Iterator[Read]:
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    for number, (values, place) in enumerate(
        zip(frame[names].itertuples(index=False, name=None), frame.geometry, strict=True), 1
    ):
        yield Read(number, {n.lower(): _text(v) for n, v in zip(names, values, strict=True)}, place or None)


def _text(value: Any) -> str:
    """Write a value as a table would; a code that some program took for a number loses its `.0`."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def checked(model: type[R], rows: list[Read], report: Report) -> list[tuple[Read, R]]:
    """Return the rows that fit a model; what does not is noted with its row and column."""
    good = []
    for row in rows:
        try:
            good.append((row, model.model_validate({name: text for name, text in row.columns.items() if text != ""})))
        except ValidationError as error:
            for found in error.errors():
                missing = found["type"] == "missing"
                name = str(found["loc"][0]) if found["loc"] else ""
                report.refuse(row.number, name, found["msg"], f"add a column {name}" if missing else f"mend {name}")
    return good


def point(row: Read, report: Report) -> Point | None:
    """Return a row's place as a point within the world; anything else is noted."""
    place = row.place
    if place is not None and not isinstance(place, Point):
        place = place.representative_point()
    if place is None or place.is_empty or not _in_world(place):
        report.refuse(
            row.number, "place", "no place, or one outside the world", "give lon and lat in degrees, or a point"
        )
        return None
    return place


def polygons(row: Read, report: Report) -> MultiPolygon | None:
    """Return a row's polygons, mended where they cross themselves; what cannot be mended is noted."""
    place: Geometry | None = row.place
    if place is None or place.is_empty:
        return None
    if not place.is_valid:
        why = shapely.is_valid_reason(place)
        place = shapely.make_valid(place)
        report.mended.append(Problem(row.number, "place", why, "mended by the rule of ST_MakeValid; look at it"))
    parts = [part for part in _parts(place) if isinstance(part, Polygon) and part.area > 0]
    if not parts or not _in_world(place):
        report.refuse(row.number, "place", "no polygon, or one outside the world", "draw it anew, or leave it out")
        return None
    return MultiPolygon([shapely.force_2d(part) for part in parts])


def _parts(place: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in getattr(place, "geoms", [place]):
        if hasattr(part, "geoms"):
            yield from _parts(part)
        else:
            yield part


def _in_world(place: BaseGeometry) -> bool:
    west, south, east, north = place.bounds
    return bool(-180 <= west <= east <= 180 and -85.06 <= south <= north <= 85.06)
