"""A grid's polygon in metres, and good places in it to build at."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.demo.chance import Floats
from geodata.demo.plane import on_lattice

_METRES = 111_320.0


@dataclass(frozen=True)
class Ground:
    """A polygon in metres east and north of its own origin, prepared for many questions."""

    polygon: Any
    origin: Floats
    scale: Floats

    @property
    def km2(self) -> float:
        """Area in square kilometres."""
        return float(self.polygon.area) / 1e6

    def to_degrees(self, metres: Floats) -> Floats:
        """Metres (..., 2) to degrees on the lattice."""
        return on_lattice(metres / self.scale + self.origin)

    def to_metres(self, lonlat: Floats) -> Floats:
        """Degrees (..., 2) to metres."""
        return (lonlat - self.origin) * self.scale

    def without(self, corners: Floats, margin_m: float) -> "Ground":
        """The same ground without the hull of what stands on it, given by corners (n, 4, 2)."""
        taken = shapely.buffer(shapely.convex_hull(shapely.multipoints(corners.reshape(-1, 2))), margin_m, quad_segs=2)
        left = shapely.difference(self.polygon, taken)
        shapely.prepare(left)
        return Ground(left, self.origin, self.scale)

    def holds(self, corners: Floats) -> NDArray[np.bool_]:
        """Which rectangles, given by corners (n, 4, 2) in metres, lie wholly inside."""
        flat = corners.reshape(-1, 2)
        inside = shapely.contains_xy(self.polygon, flat[:, 0], flat[:, 1]).reshape(-1, 4).all(axis=1)
        boxes = shapely.polygons(corners[inside])
        inside[inside] = shapely.contains_properly(self.polygon, boxes)
        return np.asarray(inside, dtype=np.bool_)


def ground(polygon: Any) -> Ground:
    """A polygon in degrees as ground in metres; good to 0.1 % over a grid."""
    west, south, east, north = polygon.bounds
    origin = np.array([(west + east) / 2, (south + north) / 2])
    scale = _METRES * np.array([np.cos(np.radians(origin[1])), 0.9966])
    flat = shapely.transform(polygon, lambda lonlat: (lonlat - origin) * scale)
    shapely.prepare(flat)
    return Ground(flat, origin, scale)


def places(land: Ground, heart: Floats, clearance_m: float, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Points (n, 2) well inside the ground, nearest to the heart first, and their distance (n,) to the border.

    Where nothing keeps the clearance, the roomiest points are given. `heart` is in metres, anywhere.
    """
    west, south, east, north = land.polygon.bounds
    x, y = np.meshgrid(np.linspace(west, east, 22)[1:-1], np.linspace(south, north, 22)[1:-1])
    raster = np.column_stack([x.ravel(), y.ravel()])
    raster = raster[shapely.contains_xy(land.polygon, raster)]
    if len(raster) == 0:
        raster = shapely.get_coordinates(shapely.point_on_surface(land.polygon))
    room = shapely.distance(shapely.boundary(land.polygon), shapely.points(raster))
    good = room >= min(clearance_m, 0.75 * float(room.max()))
    raster, room = raster[good], room[good]
    away = np.hypot(*(raster - heart).T) * chance.uniform(1.0, 1.25, len(raster))
    order = np.argsort(away, kind="stable")
    return raster[order], room[order]
