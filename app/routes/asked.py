"""Reading what was asked for: moments, boxes, languages. What cannot be read is refused with what it should be."""

import math
from collections.abc import Mapping
from datetime import datetime, tzinfo
from http.cookies import CookieError, SimpleCookie

from geodata.errors import BadValue
from layers.declaration import Layer

FARTHEST_NORTH = 85.06
"""Degrees at which the tiles' projection ends."""
Box = tuple[float, float, float, float]


def moment(value: str | None, zone: tzinfo) -> datetime | None:
    """Return a moment from ISO 8601 (a date, or a date and time; without an offset: city time), none for now.

    Raises BadValue.
    """
    if not value:
        return None
    try:
        # A plus sign that was not encoded arrives as a space.
        found = datetime.fromisoformat(value.strip().replace(" 0", "+0").replace(" 1", "+1"))
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        found.timestamp()
        known = 1900 < found.year < 2200
    except (ValueError, OverflowError):
        known = False
    if not known:
        raise BadValue(name="at", value=value[:40], wanted="ISO 8601, 2020-02-11 / 2020-02-11T08:00+08:00")
    return found


def box(value: str | None) -> Box | None:
    """Return west, south, east, north in degrees, none for everywhere. Raises BadValue."""
    if not value:
        return None
    try:
        west, south, east, north = (float(part) for part in value.split(","))
        good = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    except ValueError:
        good = False
    if not good or not all(map(math.isfinite, (west, south, east, north))):
        raise BadValue(name="bbox", value=value[:60], wanted="west,south,east,north (°)")
    return west, max(south, -FARTHEST_NORTH), east, min(north, FARTHEST_NORTH)


def measure(value: str | None, layer: Layer) -> str:
    """Return what a layer is to be coloured by; the empty text is its own first. Raises BadValue."""
    if not value or not layer.measures:
        return ""
    known = [one.id for one in layer.measures]
    if value not in known:
        raise BadValue(name="measure", value=value[:40], wanted=", ".join(known))
    return value


def language(headers: Mapping[str, str]) -> str:
    """Return `zh` or `en`: the cookie's, else the browser's."""
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get("lang")
    except CookieError:
        chosen = None
    wanted = chosen.value if chosen else headers.get("accept-language", "")
    return "en" if wanted[:2].lower() == "en" else "zh"
