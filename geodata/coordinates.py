"""GCJ-02 (Amap, Tencent) and BD-09 (Baidu) against WGS 84: shifted by hundreds of metres, and without an EPSG code.

The formulas are the public approximation of the law's own (as in `eviltransform` and `coordtransform`). Longitudes and
latitudes are degrees. Outside China nothing is shifted. CGCS2000 differs from WGS 84 by centimetres and needs nothing.
Functions for one place take and return floats; those named `many_...` take and return arrays of one length (n,).
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import pi

import numpy as np
import numpy.typing as npt

LonLat = tuple[float, float]
Floats = npt.NDArray[np.float64]
Places = tuple[Floats, Floats]
"""Longitudes and latitudes, or eastings and northings."""
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of where the shift applies."""
_AXIS_M = 6_378_245.0
_FLATNESS = 0.00669342162296594323
_BD = pi * 3000 / 180
_CLOSE = 1e-7
"""Degrees (a centimetre) after which one more step, at least fifty times smaller, is the last."""
_BLOCK = 16_384
"""Places that are walked back at once: what they need fits the processor's own memory."""
_FEW = 8
"""Blocks that are not worth a second thread."""


def in_china(lon: float, lat: float) -> bool:
    """Say whether a place lies in the rectangle where the shift applies."""
    return bool(many_in_china(np.float64(lon), np.float64(lat)))


def many_in_china(lon: Floats | np.float64, lat: Floats | np.float64) -> npt.NDArray[np.bool_]:
    """Say of each place whether it lies in the rectangle where the shift applies; NaN does not."""
    west, south, east, north = CHINA
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """Return where GCJ-02 draws a place."""
    return _one(many_wgs84_to_gcj02, lon, lat)


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """Return the place that GCJ-02 draws there, to a millimetre."""
    return _one(many_gcj02_to_wgs84, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """Return where BD-09 draws a place of GCJ-02."""
    return _one(many_gcj02_to_bd09, lon, lat)


def bd09_to_gcj02(lon: float, lat: float) -> LonLat:
    """Return the GCJ-02 place that BD-09 draws there, to a millimetre."""
    return _one(many_bd09_to_gcj02, lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> LonLat:
    """Return where BD-09 draws a place."""
    return _one(many_wgs84_to_bd09, lon, lat)


def bd09_to_wgs84(lon: float, lat: float) -> LonLat:
    """Return the place that BD-09 draws there, to a millimetre."""
    return _one(many_bd09_to_wgs84, lon, lat)


def many_wgs84_to_gcj02(lon: Floats, lat: Floats) -> Places:
    """Return where GCJ-02 draws places; what lies outside China, or is no number, stays."""
    with np.errstate(invalid="ignore"):
        east_m, north_m = _shift_m(lon - 105, lat - 35)
        sine = np.sin(np.radians(lat))
        flat = 1 - _FLATNESS * sine * sine
        meridian_m = _AXIS_M * (1 - _FLATNESS) / (flat * np.sqrt(flat))
        parallel_m = _AXIS_M / np.sqrt(flat) * np.sqrt(1 - sine * sine)
        east, north = lon + east_m * 180 / (parallel_m * pi), lat + north_m * 180 / (meridian_m * pi)
    inside = many_in_china(lon, lat)
    return np.where(inside, east, lon), np.where(inside, north, lat)


def many_gcj02_to_wgs84(lon: Floats, lat: Floats) -> Places:
    """Return the places that GCJ-02 draws there, to a millimetre."""
    return _back(many_wgs84_to_gcj02, lon, lat)


def many_gcj02_to_bd09(lon: Floats, lat: Floats) -> Places:
    """Return where BD-09 draws places of GCJ-02.

    The published formula turns by an angle of at most 0.000003 and stretches; of so small an angle the sine is itself.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = 1 + 0.00002 * np.sin(lat * _BD) / np.hypot(lon, lat)
        turn = 0.000003 * np.cos(lon * _BD)
        along = 1 - turn * turn / 2
        return (
            stretch * (lon * along - lat * turn) + 0.0065,
            stretch * (lat * along + lon * turn) + 0.006,
        )


def many_bd09_to_gcj02(lon: Floats, lat: Floats) -> Places:
    """Return the GCJ-02 places that BD-09 draws there, to a millimetre."""
    return _back(many_gcj02_to_bd09, lon, lat)


def many_wgs84_to_bd09(lon: Floats, lat: Floats) -> Places:
    """Return where BD-09 draws places."""
    return many_gcj02_to_bd09(*many_wgs84_to_gcj02(lon, lat))


def many_bd09_to_wgs84(lon: Floats, lat: Floats) -> Places:
    """Return the places that BD-09 draws there, to a millimetre."""
    return many_gcj02_to_wgs84(*many_bd09_to_gcj02(lon, lat))


def _one(convert: Callable[[Floats, Floats], Places], lon: float, lat: float) -> LonLat:
    east, north = convert(np.array([lon], dtype=np.float64), np.array([lat], dtype=np.float64))
    return float(east[0]), float(north[0])


def _back(there: Callable[[Floats, Floats], Places], lon: Floats, lat: Floats) -> Places:
    """Walk towards the places that `there` takes to (lon, lat), block by block, several at once where there are many."""
    east, north = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    parts = [slice(first, first + _BLOCK) for first in range(0, len(east), _BLOCK)]
    if len(parts) <= _FEW:
        for part in parts:
            _walk(there, east[part], north[part])
        return east, north
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # numpy lets others work while it counts
        list(pool.map(lambda part: _walk(there, east[part], north[part]), parts))
    return east, north


def _walk(there: Callable[[Floats, Floats], Places], east: Floats, north: Floats) -> None:
    """Turn a block into what it was drawn from, in place: the shift hardly changes on the way, so each step helps."""
    lon, lat = east.copy(), north.copy()
    for _ in range(20):
        found = there(east, north)
        with np.errstate(invalid="ignore"):
            missing = lon - found[0], lat - found[1]
            east += missing[0]
            north += missing[1]
            if not (np.abs(missing[0]) + np.abs(missing[1]) >= _CLOSE).any():
                return


def _shift_m(x: Floats, y: Floats) -> Places:
    """Return the shift east and north in metres, `x` and `y` being degrees from 105° E, 35° N."""
    sine_x, cosine_x, slow_x = _waves(x)
    twice = 2 * sine_x * cosine_x
    common = (20 * _tripled(twice) + 20 * twice) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + common
    east += (20 * sine_x + slow_x + 300 * np.sin(x * (pi / 30))) * 2 / 3
    sine_y, _, slow_y = _waves(y, 160)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + common
    north += (20 * sine_y + slow_y + 320 * np.sin(y * (pi / 30))) * 2 / 3
    return east, north


def _waves(degrees: Floats, slow: float = 150) -> tuple[Floats, Floats, Floats]:
    """Return sine and cosine of pi x, and 40 sin(pi x / 3) + slow sin(pi x / 12), all out of one sine and one cosine."""
    sine, cosine = np.sin(degrees * (pi / 12)), np.cos(degrees * (pi / 12))
    sum_of_slow = slow * sine
    for _ in range(2):
        sine, cosine = 2 * sine * cosine, cosine * cosine - sine * sine
    sum_of_slow += 40 * sine
    return _tripled(sine), cosine * (4 * cosine * cosine - 3), sum_of_slow


def _tripled(sine: Floats) -> Floats:
    """Return the sine of three times the angle."""
    return sine * (3 - 4 * sine * sine)
