"""What a file, a map maker or a person calls a coordinate system."""

import re
import unicodedata
from functools import cache
from threading import get_ident

import numpy as np
import pyproj
from pyproj.exceptions import CRSError

from geodata.coordinates import Floats, Places, many_in_china
from geodata.doctor.systems import SWAPPED, SYSTEMS, System, turned
from geodata.errors import BadValue

_NAMES = {
    "wgs84": (
        "wgs84",
        "wgs1984",
        "4326",
        "crs84",
        "gps",
        "ogc:crs84",
        "urn:ogc:def:crs:ogc:1.3:crs84",
        "84坐标",
        "84坐标系",
    ),
    "cgcs2000": (
        "cgcs2000",
        "4490",
        "国家2000",
        "国家大地2000",
        "2000国家大地坐标系",
        "大地2000",
        "2000坐标系",
        "天地图",
    ),
    "gcj02": (
        "gcj02",
        "gcj",
        "火星",
        "火星坐标",
        "火星坐标系",
        "高德",
        "高德地图",
        "腾讯",
        "腾讯地图",
        "amap",
        "tencent",
        "国测局",
    ),
    "bd09": ("bd09", "bd09ll", "百度", "百度地图", "百度坐标", "百度坐标系", "baidu"),
}
_BY_NAME = {name: system for system, names in _NAMES.items() for name in names}
_AUTO = frozenset({"", "auto", "自动"})
_UNSURE = 20
"""The confidence, of 100, at which PROJ may say which EPSG code a .prj without one means."""
_CHINAS_ELLIPSOID = 298.257222101


def named(crs: str | None) -> System | None:
    """Return the system that a text names: a name, an EPSG code, the WKT of a .prj or anything else that PROJ reads.

    None where nothing is said (`auto`). Raises BadValue where the text names no system.
    """
    text = unicodedata.normalize("NFKC", crs or "").strip()
    plain = re.sub(r"[\s_\-]", "", text.lower()).removesuffix("swapped")
    if plain in _AUTO:
        return None
    name = _BY_NAME.get(plain.removeprefix("epsg:"), text.removesuffix(SWAPPED))
    found = SYSTEMS.get(name) or _read(name)
    return SYSTEMS.get(found.id + SWAPPED) or turned(found) if text.endswith(SWAPPED) else found


def _read(text: str) -> System:
    try:
        crs = pyproj.CRS.from_user_input(int(text) if text.isdecimal() else text)
    except (CRSError, OverflowError) as error:
        raise BadValue(name="crs", value=text[:80], wanted="EPSG:4490, EPSG:4547, gcj02, bd09, auto") from error
    return _known(crs) or _other(crs)


def _known(crs: pyproj.CRS) -> System | None:
    """Return the system of ours that PROJ recognises in a .prj, which names it in its own way and without a code."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_geographic and crs.datum is not None:
        datum = re.sub(r"[^a-z0-9]", "", crs.datum.name.lower())
        if "wgs84" in datum or "wgs1984" in datum or "worldgeodeticsystem1984" in datum:
            return SYSTEMS["wgs84"]
        if "china2000" in datum or "cgcs2000" in datum:
            return SYSTEMS["cgcs2000"]
    return SYSTEMS.get(f"EPSG:{crs.to_epsg(_UNSURE)}") or _zone_like(crs)


def _zone_like(crs: pyproj.CRS) -> System | None:
    """Return the zone whose numbers a projection has, whatever it is called."""
    operation = crs.coordinate_operation if crs.is_projected else None
    if operation is None or crs.ellipsoid is None or abs(crs.ellipsoid.inverse_flattening - _CHINAS_ELLIPSOID) > 1e-6:
        return None
    numbers: dict[str, object] = {parameter.name: parameter.value for parameter in operation.params}
    if numbers.get("Scale factor at natural origin") != 1 or numbers.get("False northing") != 0:
        return None
    prefix, easting = divmod(int(str(numbers.get("False easting", 0)).partition(".")[0]), 1_000_000)
    wanted = (numbers.get("Longitude of natural origin"), prefix, 500_000)
    zones = (system for system in SYSTEMS.values() if system.metric and not system.swapped)
    return next((s for s in zones if (s.facts["meridian"], s.facts["prefix"], easting) == wanted), None)


@cache
def _transformer(wkt: str, back: bool, thread: int) -> pyproj.Transformer:
    # PROJ's objects may not be shared by threads, so each has its own.
    del thread
    ends = ("EPSG:4326", wkt) if back else (wkt, "EPSG:4326")
    return pyproj.Transformer.from_crs(*ends, always_xy=True)


def _other(crs: pyproj.CRS) -> System:
    """Return a system that PROJ knows and we do not try by ourselves: UTM, Beijing 1954, Xi'an 1980 and all others."""
    wkt, authority = crs.to_wkt(), crs.to_authority()

    def convert(x: Floats, y: Floats, back: bool) -> Places:
        found = _transformer(wkt, back, get_ident()).transform(x, y)
        return np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.float64)

    return System(
        id=":".join(authority) if authority else crs.name[:80],
        key="system.other",
        to_wgs84=lambda x, y: convert(x, y, False),
        from_wgs84=lambda lon, lat: convert(lon, lat, True),
        plausible=lambda x, y: many_in_china(*convert(x, y, False)),
        metric=not crs.is_geographic,
        facts={"name": crs.name[:80]},
    )
