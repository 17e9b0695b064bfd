"""Where the places of a file lie, to be looked at: some of them as delivered and as moved, over the areas that they name."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.doctor.decide import Diagnosis
from geodata.doctor.naming import named
from geodata.doctor.outside import outside_of
from geodata.doctor.systems import SYSTEMS, System
from geodata.errors import BadValue
from geodata.imports.placing import Placing
from geodata.words import say

MOST_POINTS = 300
MOST_OUTLINES = 150
CORNERS = 300
"""An outline is drawn as if its longer side had so many steps."""
Floats = np.ndarray[Any, np.dtype[np.float64]]
Point = list[float | bool | None]


@dataclass
class Seen:
    """The coordinate system of a file by its first rows (or a question that a person must answer), and some places."""

    diagnosis: Diagnosis | None
    looked: int
    """Rows that were looked at."""
    points: list[Point]
    """As delivered (both none where that is no longitude and latitude), as moved, and whether that is inside its area."""
    outlines: list[list[list[float]]]
    """Rings of the areas that the rows name, in degrees of WGS 84."""

    def said(self, language: str) -> dict[str, Any]:
        """Return it as JSON carries it, with sentences in `zh` or `en`."""
        found = self.diagnosis
        return {
            "system": None if found is None else found.system,
            "name": "" if found is None else ", ".join(_name(one, language) for one in _systems(found)),
            "confidence": None if found is None else round(found.confidence, 4),
            "inside_share": None if found is None else found.inside_share,
            "moved_m_median": None if found is None else round(found.moved_m_median, 1),
            "mixed": found is not None and found.mixed,
            "rivals": [
                {"id": one, "name": _name(one, language), "share": share}
                for one, share in (() if found is None else found.rivals)
            ],
            "question": said_question(found, language),
            "looked": self.looked,
            "points": self.points,
            "outlines": self.outlines,
        }


def seen(placing: Placing, looked: int) -> Seen:
    """Choose what is shown of places that were looked at in one piece."""
    part, found = placing.parts[0], placing.diagnosis
    finite = np.flatnonzero(np.isfinite(part.x) & np.isfinite(part.y))
    rows = finite[np.linspace(0, len(finite) - 1, min(MOST_POINTS, len(finite))).astype(int)] if len(finite) else finite
    area = part.area[rows]
    areas = list(placing.mending.known.areas.values())
    x, y = _delivered(found, part.x, part.y)
    if found is None or found.question:
        lon = lat = np.full(len(rows), np.nan)
    else:
        lon, lat = found.lon[rows], found.lat[rows]
    inside = outside_of(areas, area)(lon, lat) if areas else np.full(len(rows), np.nan)
    points = [
        [_degree(a), _degree(b), _degree(c), _degree(d), None if not np.isfinite(metres) else bool(metres <= 0)]
        for a, b, c, d, metres in zip(x[rows], y[rows], lon, lat, inside, strict=True)
    ]
    return Seen(found, looked, points, _outlines(areas, area))


def said_question(found: Diagnosis | None, language: str) -> str | None:
    """Return what only a person can say, as a sentence; none where all is clear."""
    return say(f"refusal.{found.question}", language, **found.facts) if found is not None and found.question else None


def _systems(found: Diagnosis) -> tuple[str, ...]:
    return found.systems or ((found.system,) if found.system else ())


def _system(name: str) -> System | None:
    try:
        return SYSTEMS.get(name) or named(name)
    except BadValue:
        return None


def _name(system: str, language: str) -> str:
    found = _system(system)
    return system if found is None else found.said(language)


def _delivered(found: Diagnosis | None, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the places as they would be if their numbers were read as WGS 84; NaN where they are metres."""
    lon, lat = np.where(np.abs(x) <= 180, x, np.nan), np.where(np.abs(y) <= 90, y, np.nan)
    for number, name in enumerate(_systems(found) if found is not None else ()):
        system = _system(name)
        rows = slice(None) if found is None or found.groups is None else found.groups == number
        if system is not None and system.metric:
            lon[rows], lat[rows] = np.nan, np.nan
        elif system is not None and system.swapped:
            lon[rows], lat[rows] = y[rows], x[rows]
    return lon, lat


def _degree(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _outlines(areas: list[Any], named_by: np.ndarray[Any, np.dtype[np.int64]]) -> list[list[list[float]]]:
    """Return the rings of the areas that are named, the most named first."""
    numbers, counts = np.unique(named_by[named_by >= 0], return_counts=True)
    shapes = [areas[number] for number in numbers[np.argsort(-counts)][:MOST_OUTLINES]]
    rings = list[list[list[float]]]()
    for shape in (one for one in shapes if one is not None and not one.is_empty):
        west, south, east, north = shape.bounds
        simple = shapely.simplify(shape, max(east - west, north - south) / CORNERS)
        for part in shapely.get_parts(simple):
            if part.geom_type == "Polygon":
                rings.append(np.round(shapely.get_coordinates(part.exterior), 6).tolist())
    return rings
