"""The coordinate systems that Chinese departments deliver in, each with the way to WGS 84 and back.

`x` and `y` are the two columns as delivered, in that order: longitude and latitude or easting and northing, unless the
system is a swapped one, whose first column is what a surveyor calls X, the north.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import get_ident
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyproj

from geodata.coordinates import (
    Floats,
    Places,
    many_bd09_to_wgs84,
    many_gcj02_to_wgs84,
    many_in_china,
    many_wgs84_to_bd09,
    many_wgs84_to_gcj02,
)
from geodata.words import say

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Convert = Callable[[Floats, Floats], Places]
SWAPPED = "-swapped"
"""What the id of a system with swapped columns ends in."""
FALSE_EASTING_M = 500_000
REACH_M = 350_000
"""How far east or west of its meridian a zone is used: three degrees at China's southern end, and a little over."""
NORTHINGS_M = (300_000, 6_200_000)


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system: `key` and `facts` are its words in the catalogue, the ways take and return arrays (n,)."""

    id: str
    key: str
    to_wgs84: Convert
    from_wgs84: Convert
    plausible: Callable[[Floats, Floats], Bools]
    """Which pairs can be of this system at all, as numbers and in China."""
    metric: bool = False
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def swapped(self) -> bool:
        """Whether the first column is the north."""
        return self.id.endswith(SWAPPED)

    def said(self, language: str) -> str:
        """Return the system's name in `zh` or `en`."""
        return say(self.key, language, **self.facts)


def turned(system: System) -> System:
    """Return the same system with its columns swapped."""
    return System(
        id=system.id + SWAPPED,
        key=system.key + "_swapped",
        to_wgs84=lambda x, y: system.to_wgs84(y, x),
        from_wgs84=lambda lon, lat: system.from_wgs84(lon, lat)[::-1],
        plausible=lambda x, y: system.plausible(y, x),
        metric=system.metric,
        facts=system.facts,
    )


def _as_it_is(lon: Floats, lat: Floats) -> Places:
    return np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)


def _degrees() -> list[System]:
    ways: dict[str, tuple[Convert, Convert]] = {
        "wgs84": (_as_it_is, _as_it_is),
        "cgcs2000": (_as_it_is, _as_it_is),
        "gcj02": (many_gcj02_to_wgs84, many_wgs84_to_gcj02),
        "bd09": (many_bd09_to_wgs84, many_wgs84_to_bd09),
    }
    found = [System(name, f"system.{name}", there, back, many_in_china) for name, (there, back) in ways.items()]
    return [*found, System("dms", "system.dms", _unpacked_places, _packed_places, _packed_in_china)]


def _unpacked(packed: Floats) -> Floats:
    """Return decimal degrees of what surveyors write as 111.1230, 111 degrees 12 minutes 30 seconds; NaN for 111.1275."""
    with np.errstate(invalid="ignore"):
        # Rounded, or 111.1200 would at times be 111 degrees 11 minutes 100 seconds.
        digits = np.round(np.asarray(packed, dtype=np.float64) * 10_000, 7)
        degrees, rest = np.divmod(digits, 10_000)
        minutes, seconds = np.divmod(rest, 100)
        return np.where((minutes < 60) & (seconds < 60), degrees + minutes / 60 + seconds / 3600, np.nan)


def _packed(degrees: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        whole, rest = np.divmod(np.round(np.asarray(degrees, dtype=np.float64) * 3600, 7), 3600)
        minutes, seconds = np.divmod(rest, 60)
        return np.asarray(whole + minutes / 100 + seconds / 10_000)


def _unpacked_places(x: Floats, y: Floats) -> Places:
    return _unpacked(x), _unpacked(y)


def _packed_places(lon: Floats, lat: Floats) -> Places:
    return _packed(lon), _packed(lat)


def _packed_in_china(x: Floats, y: Floats) -> Bools:
    return many_in_china(*_unpacked_places(x, y))


@cache
def _projection(meridian: int, false_easting_m: int, thread: int) -> pyproj.Proj:
    # PROJ's objects may not be shared by threads, so each has its own.
    del thread
    return pyproj.Proj(proj="tmerc", lat_0=0, lon_0=meridian, k=1, x_0=false_easting_m, y_0=0, ellps="GRS80")


def _zone(code: int, meridian: int, prefix: int, width: int) -> System:
    """Return a Gauss-Krueger zone; `prefix` is the zone's number in front of the easting, 0 where it is left out."""
    false_easting_m = prefix * 1_000_000 + FALSE_EASTING_M

    def project(x: Floats, y: Floats, inverse: bool) -> Places:
        found = _projection(meridian, false_easting_m, get_ident())(x, y, inverse=inverse)
        return np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.float64)

    return System(
        id=f"EPSG:{code}",
        key="system.zone_prefixed" if prefix else "system.zone",
        to_wgs84=lambda x, y: project(x, y, True),
        from_wgs84=lambda lon, lat: project(lon, lat, False),
        plausible=lambda x, y: (np.abs(x - false_easting_m) <= REACH_M) & _northing(y),
        metric=True,
        facts=MappingProxyType({"meridian": meridian, "prefix": prefix, "width": width}),
    )


def _northing(y: Floats) -> Bools:
    return np.asarray((y >= NORTHINGS_M[0]) & (y <= NORTHINGS_M[1]))


def _zones() -> list[System]:
    """Return CGCS2000's zones, EPSG 4491 to 4554: of three degrees first, which are used where there is a choice."""
    three = [_zone(4513 + step, 75 + 3 * step, 25 + step, 3) for step in range(21)]
    three += [_zone(4534 + step, 75 + 3 * step, 0, 3) for step in range(21)]
    six = [_zone(4491 + step, 75 + 6 * step, 13 + step, 6) for step in range(11)]
    return three + six + [_zone(4502 + step, 75 + 6 * step, 0, 6) for step in range(11)]


def _all() -> dict[str, System]:
    straight = _degrees() + _zones()
    return {system.id: system for system in straight + [turned(system) for system in straight]}


SYSTEMS: Mapping[str, System] = MappingProxyType(_all())
"""Every system that is tried, by id; where two say the same of a place, the first is preferred."""
