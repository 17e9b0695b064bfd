"""GCJ-02 (Amap, Tencent) and BD-09 (Baidu) against WGS 84: shifted by hundreds of metres, and without an EPSG code.

The formulas are the public approximation of the law's own (as in `eviltransform` and `coordtransform`). Longitudes and
latitudes are degrees. Outside China nothing is shifted. CGCS2000 differs from WGS 84 by centimetres and needs nothing.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt

LonLat = tuple[float, float]
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of where the shift applies."""
_AXIS_M = 6_378_245.0
_FLATNESS = 0.00669342162296594323
_BD = pi * 3000 / 180
_CLOSE = 1e-9
"""Degrees (a tenth of a millimetre) at which the way back is good enough."""


def in_china(lon: float, lat: float) -> bool:
    """Say whether a place lies in the rectangle where the shift applies."""
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """Return where GCJ-02 draws a place."""
    if not in_china(lon, lat):
        return lon, lat
    east_m, north_m = _shift_m(lon - 105, lat - 35)
    flat = 1 - _FLATNESS * sin(radians(lat)) ** 2
    meridian_m = _AXIS_M * (1 - _FLATNESS) / (flat * sqrt(flat))
    parallel_m = _AXIS_M / sqrt(flat) * cos(radians(lat))
    return lon + east_m * 180 / (parallel_m * pi), lat + north_m * 180 / (meridian_m * pi)


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """Return the place that GCJ-02 draws there, to a millimetre."""
    return _back(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """Return where BD-09 draws a place of GCJ-02."""
    far = hypot(lon, lat) + 0.00002 * sin(lat * _BD)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD)
    return far * cos(angle) + 0.0065, far * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> LonLat:
    """Return the GCJ-02 place that BD-09 draws there, to a millimetre."""
    return _back(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> LonLat:
    """Return where BD-09 draws a place."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> LonLat:
    """Return the place that BD-09 draws there, to a millimetre."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _back(there: Callable[[float, float], LonLat], lon: float, lat: float) -> LonLat:
    """Walk towards the place that `there` takes to (lon, lat): the shift hardly changes on the way, so each step helps."""
    guess = lon, lat
    for _ in range(20):
        found = there(*guess)
        missing = lon - found[0], lat - found[1]
        guess = guess[0] + missing[0], guess[1] + missing[1]
        if abs(missing[0]) + abs(missing[1]) < _CLOSE:
            break
    return guess


def _shift_m(x: float, y: float) -> tuple[float, float]:
    """Return the shift east and north in metres, `x` and `y` being degrees from 105° E, 35° N."""
    common = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    return east, north
