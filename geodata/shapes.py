"""What somebody drew on the map, as GeoJSON: read with suspicion, and refused with what to do about it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from shapely import LineString, Polygon

from geodata.errors import BadShape, CrossesItself, TooManyPoints, WrongSize

MOST_POINTS = 500
SHORTEST_M, LONGEST_M = 2, 20_000
"""Length of a line, and extent of an area, in metres."""
METRES_PER_DEGREE = 111_320
Point = tuple[float, float]


def drawn(geometry: Mapping[str, Any]) -> LineString | Polygon:
    """Return a line, or an area without holes, in degrees of WGS 84. Raises BadShape or one of its kinds."""
    coordinates: Any = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        if not isinstance(coordinates, list) or len(coordinates) != 1:
            raise BadShape
        return _area(_points(coordinates[0], 4))
    if geometry.get("type") != "LineString":
        raise BadShape
    points = _points(coordinates, 2)
    _demand_size(points)
    return LineString(points)


def _area(points: list[Point]) -> Polygon:
    if points[0] != points[-1]:
        raise BadShape
    _demand_size(points)
    found = Polygon(points)
    if not found.is_valid:
        raise CrossesItself
    return found


def _points(coordinates: object, fewest: int) -> list[Point]:
    if not isinstance(coordinates, list) or len(coordinates) < fewest:
        raise BadShape
    if len(coordinates) > MOST_POINTS:
        raise TooManyPoints(count=len(coordinates), most=MOST_POINTS)
    return [_point(pair) for pair in coordinates]


def _point(pair: object) -> Point:
    if not isinstance(pair, list) or len(pair) != 2 or any(type(value) not in (int, float) for value in pair):
        raise BadShape
    lon, lat = float(pair[0]), float(pair[1])
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 85):
        raise BadShape
    return lon, lat


def _demand_size(points: Sequence[Point]) -> None:
    """Refuse what is shorter than a step or wider than any closure. Raises WrongSize."""
    east = METRES_PER_DEGREE * math.cos(math.radians(points[0][1]))
    (wests, souths) = zip(*points, strict=True)
    extent = math.hypot((max(wests) - min(wests)) * east, (max(souths) - min(souths)) * METRES_PER_DEGREE)
    if not SHORTEST_M <= extent <= LONGEST_M:
        raise WrongSize(metres=round(extent), least=SHORTEST_M, most=LONGEST_M // 1000)
