"""Polygons of every area of the demo city: each level tiles the one above it, without gaps, overlaps or loose ends.

Cells (see `faces`) are shared out from the top down, so every area is one piece; polygons are joined from the bottom up,
so neighbours have the same vertices along a common border. In degrees, on a lattice of 1e-7 degree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.demo.chance import Floats, Ints, generator
from geodata.demo.counties import counties
from geodata.demo.divisions import CITY, Division, Divisions
from geodata.demo.faces import Faces, faces
from geodata.demo.layout import Layout, lay_out, people
from geodata.demo.partition import Cells, around, connected, halves, rounded, slices
from geodata.demo.plane import ripple, to_degrees
from geodata.demo.population import Grid, grids, villages


@dataclass(frozen=True)
class Tiling:
    """Polygons by code at all five levels (grids at full size), and the middle (lon, lat) of every village."""

    polygons: dict[str, Any]
    centres: dict[str, tuple[float, float]]
    grids: list[Grid]


@dataclass
class _Cut:
    """What is needed while a county is being shared out."""

    divisions: Divisions
    cells: Cells
    warped: Floats
    town: Any
    households: dict[str, int]
    grids: dict[str, list[Grid]]
    owner: dict[str, Ints]
    centres: dict[str, int]


def tile(divisions: Divisions) -> Tiling:
    """Polygons for the whole city; the same on every run."""
    every = grids(divisions)
    homes = villages(divisions)
    shapes = counties()
    layouts = [lay_out(county, people(divisions, county.code, homes)) for county in shapes]
    pieces = faces(np.concatenate([layout.points for layout in layouts]), shapes)
    cut = _begin(divisions, homes, every, layouts, pieces)
    for index, layout in enumerate(layouts):
        _share_county(cut, layout, np.flatnonzero(pieces.county == index))
    centres = {code: pieces.cells.centres[cell] for code, cell in cut.centres.items()}
    polygons = _joined(divisions, every, cut.owner, pieces.polygons)
    return Tiling(polygons, {code: _lonlat(km) for code, km in centres.items()}, every)


def _lonlat(km: Floats) -> tuple[float, float]:
    """One point in degrees."""
    lon, lat = to_degrees(km).tolist()
    return lon, lat


def _begin(
    divisions: Divisions, homes: dict[str, int], every: list[Grid], layouts: list[Layout], pieces: Faces
) -> _Cut:
    """Masses and warped centres of all cells: warping the plane a little bends every border that is cut in it."""
    centres, km2 = pieces.cells.centres, pieces.km2
    masses, town = np.zeros(len(km2)), np.zeros(len(km2), dtype=bool)
    first = np.cumsum([0] + [len(layout.points) for layout in layouts])
    for index, layout in enumerate(layouts):
        mine = (pieces.point >= first[index]) & (pieces.point < first[index + 1])
        local = pieces.point[mine] - first[index]
        masses[mine] = layout.masses(local, centres[mine], km2[mine])
        town[mine] = local < layout.town_points
    chance = generator(CITY, "warp")
    bend = np.column_stack([ripple(centres, 4.0, chance), ripple(centres, 4.0, chance)])
    by_village: dict[str, list[Grid]] = {}
    for grid in every:
        by_village.setdefault(grid.village, []).append(grid)
    cells = Cells(centres, masses, pieces.cells.neighbours)
    return _Cut(divisions, cells, centres + 0.3 * bend, town, homes, by_village, {}, {})


def _share_county(cut: _Cut, layout: Layout, members: Ints) -> None:
    """Share a county's cells out to its townships, and on down to the grids."""
    targets = np.array([p.every for p in layout.people], dtype=np.float64)
    points, masses = cut.warped[members], cut.cells.masses[members]
    region = around(points, masses, layout.seats, targets)
    region = connected(cut.cells, members, region, len(targets))
    for index, township in enumerate(layout.people):
        _share_township(cut, township.township, members[region == index])


def _share_township(cut: _Cut, township: Division, members: Ints) -> None:
    """Share a township's cells out to its villages: communities in the built-up part, villages outside it."""
    rows = cut.divisions.children[township.code]
    chance = generator(township.code, "villages")
    urban = np.array([cut.divisions.urban(row) for row in rows])
    targets = np.array([cut.households[row.code] for row in rows], dtype=np.float64)
    points, masses = cut.warped[members], cut.cells.masses[members]
    town = _built_up(points, masses, cut.town[members], float(targets[urban].sum() / targets.sum()))
    region = np.zeros(len(members), dtype=np.int64)
    for rows_of, ground in ((urban, town), (~urban, ~town)):
        if rows_of.any():
            parts = halves(points[ground], masses[ground], targets[rows_of], chance)
            region[ground] = np.flatnonzero(rows_of)[parts]
    region = rounded(points, masses, region, targets)
    region = connected(cut.cells, members, region, len(rows))
    for index, row in enumerate(rows):
        _share_village(cut, row, members[region == index])


def _built_up(points: Floats, masses: Floats, town: Any, share: float) -> Any:
    """Which cells hold the communities' share of the households: the town's first, then those nearest to it."""
    middle = points[town].mean(axis=0) if town.any() else points.mean(axis=0)
    order = np.lexsort((np.hypot(*(points - middle).T), ~town))
    filled = masses[order].cumsum()
    inside = np.zeros(len(points), dtype=bool)
    inside[order[filled - masses[order] / 2 <= share * filled[-1]]] = True
    return inside


def _share_village(cut: _Cut, village: Division, members: Ints) -> None:
    """Share a village's cells out to its grids: blocks in a community, slices around the middle in a village."""
    parts = cut.grids[village.code]
    points, masses = cut.cells.centres[members], cut.cells.masses[members] + 1e-6
    middle = int(np.argmin(((points - np.average(points, axis=0, weights=masses)) ** 2).sum(axis=1)))
    cut.centres[village.code] = int(members[middle])
    chance = generator(village.code, "cut")
    targets = np.array([grid.households for grid in parts], dtype=np.float64)
    if cut.divisions.urban(village) or len(parts) > 5:
        region = rounded(points, masses, halves(points, masses, targets, chance), targets)
    else:
        region = slices(points, masses, targets, points[middle], chance)
    region = connected(cut.cells, members, region, len(parts))
    for index, grid in enumerate(parts):
        cut.owner[grid.code] = members[region == index]


def _joined(divisions: Divisions, every: Iterable[Grid], owner: dict[str, Ints], pieces: Any) -> dict[str, Any]:
    """Polygons by code: grids from their cells, then each level from the one below it."""
    polygons = {grid.code: shapely.coverage_union_all(pieces[owner[grid.code]]) for grid in every}
    below: dict[str, list[Any]] = {}
    for grid in every:
        below.setdefault(grid.village, []).append(polygons[grid.code])
    for row in reversed(divisions.rows):
        polygons[row.code] = shapely.coverage_union_all(below[row.code])
        if row.parent:
            below.setdefault(row.parent, []).append(polygons[row.code])
    return polygons
