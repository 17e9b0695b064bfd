"""The seven counties as one clean coverage, in degrees of longitude and latitude.

The six given polygons are taken as delivered: approximate to 0.001 degree and probably GCJ-02, so they may lie some
hundreds of metres beside the truth. Their overlaps and gaps along common borders are closed, crumbs outside the city
are dropped, and the development zone, which no polygon bears, is carved out of its two neighbours.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata.demo.chance import generator
from geodata.demo.divisions import FOLDER, ZONE
from geodata.demo.plane import KM_PER_DEGREE, on_lattice, to_degrees, to_km

SEATS = {
    "411202": (111.190, 34.770),
    "411203": (111.085, 34.730),
    "411221": (111.760, 34.770),
    "411224": (111.050, 34.050),
    ZONE: (111.160, 34.728),
    "411281": (111.870, 34.750),
    "411282": (110.890, 34.520),
}
"""Where the seat of each county lies, about."""

_ZONE_RADIUS_KM = 3.5
_SLIVER_DEGREES = 0.02
_HOLE_KM2 = 2.0


@dataclass(frozen=True)
class County:
    """A county and its polygon."""

    code: str
    polygon: shapely.Polygon


def given(path: Path = FOLDER / "counties.geojson") -> dict[str, Any]:
    """The polygons as their source has them, by code."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in features}


def counties() -> list[County]:
    """Six given counties and the carved zone, one polygon each, in the order of their codes; together one coverage."""
    source = given()
    zone = _zone()
    whole = dict(sorted({**source, ZONE: zone}.items()))
    shapes = [shape if code == ZONE else shape.difference(zone) for code, shape in whole.items()]
    rounded = shapely.set_precision(shapely.coverage_clean(shapes, gap_width=_SLIVER_DEGREES), 1e-7)
    clean = shapely.coverage_clean([_largest(shape) for shape in rounded], gap_width=_SLIVER_DEGREES)
    return [County(code, _largest(shape)) for code, shape in zip(whole, clean, strict=True)]


def _largest(shape: Any) -> shapely.Polygon:
    """The biggest part without its small holes; the other parts are crumbs of the source's digitising."""
    parts = shapely.get_parts(shape)
    polygon = parts[np.argmax(shapely.area(parts))]
    to_km2 = KM_PER_DEGREE[0] * KM_PER_DEGREE[1]
    holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area * to_km2 > _HOLE_KM2]
    return shapely.Polygon(polygon.exterior, holes)


def _zone() -> shapely.Polygon:
    """A compact, irregular outline of about 40 square kilometres beside the centre of Hubin."""
    angles = np.linspace(0, 2 * np.pi, 110, endpoint=False)
    phases = generator(ZONE, "outline").uniform(0, 2 * np.pi, 40)
    waves = [np.sin(k * angles + phases[k]) / k for k in range(2, 40)]
    radius = _ZONE_RADIUS_KM * (1 + 0.13 * np.sum(waves, axis=0))
    ring = to_km(SEATS[ZONE]) + radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return shapely.Polygon(on_lattice(to_degrees(ring)))
