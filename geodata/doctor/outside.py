"""How far places lie outside the areas that their own rows name."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geodata.coordinates import Floats
from geodata.doctor.systems import Ints

METRES_PER_DEGREE = 111_320
NOT_KNOWN = -1
_MANY_SIDES = 1_000
"""Above this a tree of an area's sides is faster than all of them."""
_AT_ONCE = 20_000
"""Sides that are measured at once: what they need fits the processor's own memory."""


class Outside:
    """Called with longitudes and latitudes (n,), in degrees of WGS 84, it returns metres (n,).

    0 is inside, NaN a row whose area is not known or a place that is no number. Metres are good to a per cent or two.
    `index` (n,) says which area each row names, -1 where none.
    """

    def __init__(self, areas: Sequence[Any], index: Ints) -> None:
        """Keep the polygons, measured in metres so that distances in them are."""
        # None at the end is what -1 finds.
        shapes = np.array([*areas, None], dtype=object)
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        index = np.asarray(index, dtype=np.int64)
        self.index = np.where(there[index], index, NOT_KNOWN)
        self._narrowing = np.ones(len(shapes))
        self._narrowing[there] = np.cos(np.radians(shapely.get_y(shapely.centroid(shapes[there]))))
        shapes[there] = _in_metres(shapes[there], self._narrowing[there])
        shapely.prepare(shapes)
        self._shapes = shapes
        self._starts, self._ends, owner = _sides(shapes)
        along = self._ends - self._starts
        length = np.maximum((along * along).sum(axis=1), 1e-12)
        self._lines = np.stack([*self._starts.T, *along.T, length])
        self._first = np.searchsorted(owner, np.arange(len(shapes)))
        self._sides = np.bincount(owner, minlength=len(shapes))

    def __call__(self, lon: Floats, lat: Floats) -> Floats:
        """Return how many metres each place lies outside its row's area."""
        found = np.full(len(self.index), np.nan)
        rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (self.index != NOT_KNOWN))
        rows = rows[np.argsort(self.index[rows], kind="stable")]
        area = self.index[rows]
        x, y = lon[rows] * METRES_PER_DEGREE * self._narrowing[area], lat[rows] * METRES_PER_DEGREE
        out = np.flatnonzero(~shapely.intersects_xy(self._shapes[area], x, y))
        found[rows] = 0.0
        found[rows[out]] = self._far(area[out], x[out], y[out])
        return found

    def _far(self, area: Ints, x: Floats, y: Floats) -> Floats:
        """Return how far each place is from the nearest side of its area; `area` (n,) rises."""
        found = np.empty(len(area))
        sides = self._sides[area]
        many = sides > _MANY_SIDES
        for one in np.unique(area[many]):
            mine = area == one
            found[mine] = self._by_tree(one, x[mine], y[mine])
        few = np.flatnonzero(~many)
        ends = np.cumsum(sides[few])
        cuts = np.searchsorted(ends, np.arange(_AT_ONCE, ends[-1] if len(few) else 0, _AT_ONCE))
        for some in np.split(few, np.unique(cuts)):
            if len(some):
                found[some] = self._by_all(area[some], x[some], y[some])
        return found

    def _by_tree(self, area: int, x: Floats, y: Floats) -> Floats:
        mine = slice(self._first[area], self._first[area] + self._sides[area])
        tree = shapely.STRtree(shapely.linestrings(np.stack([self._starts[mine], self._ends[mine]], axis=1)))
        return np.asarray(tree.query_nearest(shapely.points(x, y), return_distance=True, all_matches=False)[1])

    def _by_all(self, area: Ints, x: Floats, y: Floats) -> Floats:
        """Measure against every side, many places at once: faster than one call of GEOS a place."""
        count = self._sides[area]
        begin = np.cumsum(count) - count
        side = np.arange(count.sum()) + np.repeat(self._first[area] - begin, count)
        start_x, start_y, along_x, along_y, length = self._lines[:, side]
        east, north = np.repeat(x, count) - start_x, np.repeat(y, count) - start_y
        share = (east * along_x + north * along_y) / length
        np.minimum(np.maximum(share, 0, out=share), 1, out=share)
        east -= share * along_x
        north -= share * along_y
        return np.asarray(np.sqrt(np.minimum.reduceat(east * east + north * north, begin)))


def outside_of(areas: Sequence[Any], index: Ints) -> Outside:
    """Return the measure for rows that name `areas[index]`; an area may be None, an index -1."""
    return Outside(areas, index)


def _in_metres(shapes: Any, narrowing: Floats) -> Any:
    """Return polygons with metres for degrees, each true at its own latitude."""
    corners, shape = shapely.get_coordinates(shapes, return_index=True)
    corners[:, 0] *= METRES_PER_DEGREE * narrowing[shape]
    corners[:, 1] *= METRES_PER_DEGREE
    return shapely.set_coordinates(shapely.force_2d(shapes), corners)


def _sides(shapes: Any) -> tuple[Floats, Floats, Ints]:
    """Return where the sides of all rings begin and end, (m, 2) each, and the area (m,) that each is of."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return corners[:-1][same], corners[1:][same], shape[part[ring[:-1][same]]]
