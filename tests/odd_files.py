"""Odd files by rule: they open, and their first row has a place that is none, or none here.

What is done with such a row is for the doctor and the import to say.
"""

import math
import struct
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from tests.good_files import SHAPES, Maker, Rows, csv_in, frame, save

CROSSED = shapely.Polygon([(111.2, 34.7), (111.3, 34.8), (111.3, 34.7), (111.2, 34.8)])
ELSEWHERE = shapely.box(116.3, 39.8, 116.5, 40.0)
_NAN, _ENDLESS = float("nan"), float("inf")
PLACES: dict[str, BaseGeometry | None] = {
    "nan": shapely.Point(_NAN, 34.7),
    "endless": shapely.Point(_ENDLESS, 34.7),
    "null_island": shapely.Point(0, 0),
    "empty": shapely.Point(),
    "none": None,
    "crossed": CROSSED,
    "elsewhere": ELSEWHERE,
}


def _patched(path: Path, rows: Rows, x: float) -> None:
    """GDAL writes no endless coordinate into a shapefile: other programs do."""
    save(frame([{**rows[0], "lon": "123.456"}, *rows[1:]]), path, SHAPES)
    path.write_bytes(path.read_bytes().replace(struct.pack("<d", 123.456), struct.pack("<d", x)))


def odd_places(driver: str, place: BaseGeometry | None) -> Maker:
    """Return who writes rows of which the first has an odd place."""

    def make(path: Path, rows: Rows) -> None:
        if driver == SHAPES and isinstance(place, shapely.Point) and not place.is_empty and not math.isfinite(place.x):
            _patched(path, rows, place.x)
            return
        usual = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
        kind = (lambda point: point.buffer(0.001)) if isinstance(place, shapely.Polygon) else (lambda point: point)
        save(frame(rows, [place, *map(kind, usual[1:])]), path, driver)

    return make


ODD: dict[str, tuple[str, Maker]] = {
    f"{name}_{driver.lower()}": (suffix, odd_places(driver, place))
    for name, place in PLACES.items()
    for driver, suffix in (("GPKG", ".gpkg"), (SHAPES, ".shp"))
} | {
    f"{name}_csv": (
        ".csv",
        lambda path, rows, x=x, y=y: csv_in("utf-8")(path, [{**rows[0], "lon": x, "lat": y}, *rows[1:]]),
    )
    for name, x, y in (("nan", "NaN", "34.7"), ("endless", "inf", "34.7"), ("null_island", "0", "0"), ("none", "", ""))
}
"""Files that open and whose first row has a place that is none, or none here."""
