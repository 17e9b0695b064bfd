"""From points to cells that share their edges exactly: Voronoi lines and county borders, noded together once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.demo.chance import Floats, Ints
from geodata.demo.counties import County
from geodata.demo.partition import Cells
from geodata.demo.plane import STEP, on_lattice, to_degrees, to_km


@dataclass(frozen=True)
class Faces:
    """Cells of the whole city: polygons in degrees, the county and the point each belongs to, and their touching."""

    polygons: Any
    county: Ints
    point: Ints
    km2: Floats
    cells: Cells


def lines_between(points: Floats) -> Floats:
    """The segments (m, 4) in degrees between the Voronoi cells of points in km, ends on the lattice."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    return _segments(shapely.transform(cells, lambda km: on_lattice(to_degrees(km))))


def _segments(polygons: Any) -> Floats:
    """Each edge of some polygons once (m, 4), its lesser end first."""
    keys, _ = _edges(polygons)
    return on_lattice(np.unique(keys, axis=0) * STEP)


def _edges(polygons: Any) -> tuple[Ints, Ints]:
    """Every edge (m, 4) in steps of the lattice with its lesser end first, and the polygon (m,) it comes from."""
    rings, ring_of = shapely.get_rings(polygons, return_index=True)
    coords, index = shapely.get_coordinates(rings, return_index=True)
    ends = np.round(coords / STEP).astype(np.int64)
    same = index[1:] == index[:-1]
    one, two = ends[:-1][same], ends[1:][same]
    swap = (one[:, 0] > two[:, 0]) | ((one[:, 0] == two[:, 0]) & (one[:, 1] > two[:, 1]))
    ordered = np.where(swap[:, None], np.hstack([two, one]), np.hstack([one, two]))
    moved = (ordered[:, :2] != ordered[:, 2:]).any(axis=1)
    return ordered[moved], ring_of[index[1:][same]][moved]


def noded(lines: Floats, borders: Floats) -> list[Any]:
    """Lines and borders cut wherever they meet; only lines that meet a border are worth the work."""
    strokes = shapely.linestrings(lines.reshape(-1, 2, 2))
    fences = shapely.linestrings(borders.reshape(-1, 2, 2))
    meets = np.unique(shapely.STRtree(strokes).query(fences, "intersects")[1])
    crossing = np.zeros(len(strokes), dtype=bool)
    crossing[meets] = True
    knots = shapely.union_all(np.concatenate([strokes[crossing], fences]), grid_size=STEP)
    return [*strokes[~crossing], *shapely.transform(shapely.get_parts(knots), on_lattice)]


def faces(points: Floats, counties: list[County]) -> Faces:
    """Divide the counties into one cell a point (cells that a border crosses fall into several)."""
    borders = _segments(np.array([county.polygon for county in counties]))
    pieces = shapely.get_parts(shapely.polygonize(noded(lines_between(points), borders)))
    inner = to_km(shapely.get_coordinates(shapely.point_on_surface(pieces)))
    county = _owner(inner, counties)
    pieces, inner, county = pieces[county >= 0], inner[county >= 0], county[county >= 0]
    point = shapely.STRtree(shapely.points(points)).nearest(shapely.points(inner))
    flat = shapely.transform(pieces, to_km)
    centres = shapely.get_coordinates(shapely.centroid(flat))
    km2 = shapely.area(flat)
    return Faces(pieces, county, point, km2, Cells(centres, km2, touching(pieces)))


def _owner(km: Floats, counties: list[County]) -> Ints:
    """Index of the county that holds each point (n, 2), -1 outside the city."""
    owner = np.full(len(km), -1, dtype=np.int64)
    for index, county in enumerate(counties):
        shapely.prepare(county.polygon)
        owner[shapely.contains_xy(county.polygon, to_degrees(km))] = index
    return owner


def touching(polygons: Any) -> list[list[int]]:
    """For each polygon the polygons that share an edge with it."""
    edges, owner = _edges(polygons)
    order = np.lexsort((owner, *edges.T))
    edges, owner = edges[order], owner[order]
    twice = (edges[1:] == edges[:-1]).all(axis=1)
    neighbours: list[list[int]] = [[] for _ in range(len(polygons))]
    for one, two in np.unique(np.column_stack([owner[:-1][twice], owner[1:][twice]]), axis=0).tolist():
        neighbours[one].append(two)
        neighbours[two].append(one)
    return neighbours
