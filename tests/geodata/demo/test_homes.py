"""Buildings and households: as many as asked, inside their grid, each with a place of its own."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.demo.divisions import Divisions
from geodata.demo.homes import KINDS, Homes, Site, build, tally
from geodata.demo.plane import to_km
from geodata.demo.population import Grid, Size, inhabited
from geodata.demo.tiling import Tiling

EVERY = 5
"""Of the big city, every so-manieth grid is built; the small one is built whole."""


@pytest.fixture(scope="module")
def built(divisions: Divisions, tiling: Tiling, site: Callable[[Grid], Site]) -> list[tuple[Site, Homes]]:
    chosen = {*inhabited(divisions, Size.SMALL, tiling.grids), *tiling.grids[::EVERY]}
    return [(one, build(one)) for one in map(site, sorted(chosen, key=lambda grid: grid.code))]


def assert_sound(site: Site, homes: Homes) -> None:
    doors, buildings = homes.doors, homes.buildings
    assert len(doors.lon) == site.households
    assert shapely.contains(site.polygon, buildings.footprint).all()
    assert shapely.contains_xy(site.polygon, doors.lon, doors.lat).all()
    assert shapely.contains_xy(buildings.footprint[doors.building], doors.lon, doors.lat).all()
    assert len(np.unique(np.column_stack([doors.lon, doors.lat]), axis=0)) == site.households
    assert (tally(homes) > 0).all()
    pairs = shapely.STRtree(buildings.footprint).query(buildings.footprint, "overlaps")
    assert pairs.size == 0


def test_every_grid_is_built_as_asked(built: list[tuple[Site, Homes]]) -> None:
    for site, homes in built:
        assert_sound(site, homes)


def test_doors_are_numbered_within_their_building(built: list[tuple[Site, Homes]]) -> None:
    for _, homes in built:
        doors, own = homes.doors, homes.buildings
        assert (doors.unit >= 1).all()
        assert (doors.unit <= own.units[doors.building]).all()
        assert (doors.floor <= own.floors[doors.building]).all()
        assert (doors.room // 100 == doors.floor).all()
        assert (doors.room % 100 <= own.rooms_per_floor[doors.building]).all()
        keys = np.column_stack([doors.building, doors.unit, doors.room])
        assert len(np.unique(keys, axis=0)) == len(keys)


def test_buildings_have_real_sizes(built: list[tuple[Site, Homes]]) -> None:
    for _, homes in built:
        flat = shapely.transform(homes.buildings.footprint, lambda lonlat: to_km(lonlat) * 1000)
        area, kind = shapely.area(flat), homes.buildings.kind
        houses = kind == KINDS.index("house")
        assert ((area[houses] > 100) & (area[houses] < 135)).all()
        assert ((area[~houses] > 100) & (area[~houses] < 1_700)).all()
        assert (homes.buildings.floors[~houses] >= 5).all()
        assert (homes.buildings.floors[~houses] <= 33).all()
        assert (homes.buildings.units <= 6).all()


def test_addresses_are_told_apart(built: list[tuple[Site, Homes]]) -> None:
    for _, homes in built:
        assert len(set(homes.buildings.address)) == len(homes.buildings.address)
        assert not any("{" in text for text in homes.buildings.address + homes.buildings.name)


def test_flats_stand_in_towns_and_houses_in_villages(built: list[tuple[Site, Homes]]) -> None:
    flats = {True: 0, False: 0}
    for site, homes in built:
        kinds = homes.buildings.kind[homes.doors.building]
        flats[site.urban] += int((kinds != KINDS.index("house")).sum())
    assert flats[True] > 20 * flats[False]


def test_no_square_of_four_kilometres_is_overcrowded(tiling: Tiling) -> None:
    middle = to_km([shapely.point_on_surface(tiling.polygons[grid.code]).coords[0] for grid in tiling.grids])
    households = np.array([grid.households for grid in tiling.grids])
    for shift in np.stack(np.meshgrid(range(4), range(4)), axis=-1).reshape(-1, 2):
        _, square = np.unique(np.floor((middle + shift) / 4.0).astype(int), axis=0, return_inverse=True)
        assert np.bincount(square.ravel(), households).max() < 40_000


def test_the_same_grid_is_built_twice_alike(built: list[tuple[Site, Homes]]) -> None:
    for site, homes in built[::40]:
        again = build(site)
        assert shapely.to_wkb(again.buildings.footprint).tolist() == shapely.to_wkb(homes.buildings.footprint).tolist()
        assert again.buildings.address == homes.buildings.address
        assert again.doors.lon.tobytes() == homes.doors.lon.tobytes()
        assert again.doors.room.tobytes() == homes.doors.room.tobytes()


@settings(max_examples=25, deadline=None)
@given(
    households=st.integers(100, 500),
    urban=st.booleans(),
    metres=st.floats(420, 4_000),
    code=st.text("0123456789", min_size=15, max_size=15),
    wild=st.integers(0, 2**32 - 1),
)
def test_any_ground_of_usual_size_is_built_on(
    households: int, urban: bool, metres: float, code: str, wild: int
) -> None:
    chance = np.random.default_rng(wild)
    angles = np.sort(chance.uniform(0, 2 * np.pi, 9)) + np.linspace(0, 2 * np.pi, 9, endpoint=False)
    radius = metres / 111_320 / 1.6 * chance.uniform(0.8, 1.2, 9)
    ring = np.column_stack([111.2 + radius * np.cos(np.sort(angles)), 34.7 + radius * np.sin(np.sort(angles))])
    polygon = shapely.convex_hull(shapely.multipoints(ring))
    assume(shapely.transform(polygon, to_km).area * 1e6 > households * 400)
    site = Site(code, code[:12], "村", polygon, households, urban, (111.2, 34.7))
    assert_sound(site, build(site))
