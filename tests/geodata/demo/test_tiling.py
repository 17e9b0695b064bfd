"""Polygons of all levels: one clean coverage, the same on every run."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.demo import counties as shapes
from geodata.demo.divisions import CITY, ZONE, Divisions
from geodata.demo.plane import on_lattice, to_km
from geodata.demo.tiling import Tiling

LEVELS = ("city", "county", "township", "village", "grid")
ROOT = Path(__file__).parents[3]
DIGEST = """
from hashlib import sha256
import shapely
from geodata.demo import divisions
from geodata.demo.tiling import tile
made = tile(divisions.read())
codes = sorted(made.polygons)
bits = b"".join(shapely.to_wkb([made.polygons[c] for c in codes]))
print(sha256(bits + repr(sorted(made.centres.items())).encode()).hexdigest())
"""


def codes_of(level: str, divisions: Divisions, tiling: Tiling) -> list[str]:
    if level == "grid":
        return [grid.code for grid in tiling.grids]
    return [row.code for row in divisions.level(level)]


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_a_coverage_of_single_polygons(level: str, divisions: Divisions, tiling: Tiling) -> None:
    polygons = np.array([tiling.polygons[code] for code in codes_of(level, divisions, tiling)])
    assert shapely.is_valid(polygons).all()
    assert set(shapely.get_type_id(polygons)) == {shapely.GeometryType.POLYGON}
    assert shapely.coverage_is_valid(polygons)


def test_children_make_up_their_parent_exactly(divisions: Divisions, tiling: Tiling) -> None:
    children = {code: [row.code for row in rows] for code, rows in divisions.children.items()}
    for grid in tiling.grids:
        children.setdefault(grid.village, []).append(grid.code)
    assert len(children) == 1 + 7 + 81 + 1381
    for code, below in children.items():
        union = shapely.coverage_union_all([tiling.polygons[child] for child in below])
        assert shapely.equals_exact(union, tiling.polygons[code], normalize=True)


def test_all_borders_lie_on_the_lattice(tiling: Tiling) -> None:
    coords = shapely.get_coordinates(list(tiling.polygons.values()))
    assert (coords == on_lattice(coords)).all()


def test_counties_are_the_given_ones_but_for_the_zone(tiling: Tiling) -> None:
    one_km2 = 1e-4
    for code, source in shapes.given().items():
        ours = tiling.polygons[code]
        moved = shapely.area(shapely.symmetric_difference(ours, source))
        carved = shapely.area(shapely.intersection(source, tiling.polygons[ZONE]))
        assert moved - carved < one_km2
        assert (carved > 0) == (code in {"411202", "411203"})


def test_the_zone_lies_between_its_neighbours_and_is_compact(tiling: Tiling) -> None:
    zone = shapely.transform(tiling.polygons[ZONE], to_km)
    around = shapely.union_all([tiling.polygons["411202"], tiling.polygons["411203"]])
    assert 30 < zone.area < 60
    assert zone.area / shapely.minimum_bounding_circle(zone).area > 0.6
    assert shapely.contains(shapely.convex_hull(around), tiling.polygons[ZONE])
    assert shapely.intersects(tiling.polygons[ZONE], tiling.polygons["411202"])
    for code, seat in shapes.SEATS.items():
        assert shapely.contains_xy(tiling.polygons[code], *seat)


def test_communities_are_small_and_villages_large(divisions: Divisions, tiling: Tiling) -> None:
    km2 = {True: [], False: []}
    for grid in tiling.grids:
        km2[divisions.urban(divisions[grid.village])].append(shapely.transform(tiling.polygons[grid.code], to_km).area)
    assert np.median(km2[True]) * 10 < np.median(km2[False])
    assert min(km2[True]) > 0.03


def test_the_heart_of_a_village_lies_in_it(tiling: Tiling) -> None:
    for code, heart in tiling.centres.items():
        assert shapely.contains_xy(tiling.polygons[code], *heart)


def test_the_city_is_one_piece_without_holes(tiling: Tiling) -> None:
    assert shapely.get_num_interior_rings(tiling.polygons[CITY]) == 0


def test_another_process_draws_the_same_bytes(tiling: Tiling) -> None:
    codes = sorted(tiling.polygons)
    ours = sha256(b"".join(shapely.to_wkb([tiling.polygons[code] for code in codes])))
    ours.update(repr(sorted(tiling.centres.items())).encode())
    other = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == ours.hexdigest()
