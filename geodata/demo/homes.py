"""Buildings and households of one grid: compounds of slabs and towers in towns, houses along lanes in villages.

Everything is columns; positions are degrees on a lattice of 1e-7; every footprint and point lies inside the grid.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.demo import hamlets, names
from geodata.demo.blocks import Raised, raise_blocks
from geodata.demo.chance import Floats, Ints, generator, seed
from geodata.demo.ground import Ground, ground

KINDS = ("slab", "tower", "house")
_FLATS_ABOVE = 1_200.0
"""Households per square kilometre from which even a village grid is built of flats."""


@dataclass(frozen=True)
class Site:
    """What must be known of a grid to build in it: its village's code and name, and the `heart` (lon, lat) of that."""

    code: str
    village_code: str
    village: str
    polygon: Any
    households: int
    urban: bool
    heart: tuple[float, float]


@dataclass(frozen=True)
class Buildings:
    """Columns (b,) of buildings; `kind` counts in KINDS, `footprint` holds shapely polygons in degrees."""

    kind: NDArray[np.int8]
    name: list[str]
    address: list[str]
    units: NDArray[np.int16]
    floors: NDArray[np.int16]
    rooms_per_floor: NDArray[np.int16]
    footprint: Any


@dataclass(frozen=True)
class Doors:
    """Columns (h,) of households; `building` counts in the grid's buildings, `room` is written 1203 for room 3 on floor 12."""

    building: NDArray[np.int32]
    unit: NDArray[np.int16]
    floor: NDArray[np.int16]
    room: NDArray[np.int32]
    lon: Floats
    lat: Floats


@dataclass(frozen=True)
class Homes:
    """All buildings of a grid and all their households."""

    buildings: Buildings
    doors: Doors


_Columns = TypeVar("_Columns", Buildings, Doors)


def build(site: Site) -> Homes:
    """Buildings and exactly `site.households` households; the same for the same site."""
    land = ground(site.polygon)
    chance = generator(site.code, "homes")
    heart = land.to_metres(np.array(site.heart))
    if site.urban or site.households / land.km2 > _FLATS_ABOVE:
        return _town(site, land, heart, chance)
    return _houses(site, land, hamlets.settle(land, heart, site.households, chance))


def _town(site: Site, land: Ground, heart: Floats, chance: np.random.Generator) -> Homes:
    """Compounds of flats, and beside them in most grids a quarter of old houses."""
    low = int(site.households * chance.uniform(0.15, 0.5)) if chance.random() < 0.75 else 0
    raised = raise_blocks(land, heart, site.households - low, chance)
    if raised is None:
        return _houses(site, land, hamlets.settle(land, heart, site.households, chance))
    if low == 0:
        return _flats(site, land, raised)
    try:
        rest = land.without(raised.corners, 12.0)
        lots = hamlets.settle(rest, raised.corners.mean(axis=(0, 1)), low, chance, hamlets.QUARTER)
    except hamlets.NoRoomError:
        raised = raise_blocks(land, heart, site.households, chance) or raised
        return _flats(site, land, raised)
    return _both(_flats(site, land, raised), _houses(site, land, lots))


def _both(flats: Homes, houses: Homes) -> Homes:
    """The buildings and doors of two parts of a grid, the second counted on from the first."""
    one, two = flats.buildings, houses.buildings
    moved = replace(houses.doors, building=houses.doors.building + np.int32(len(one.name)))
    return Homes(_joined(one, two), _joined(flats.doors, moved))


def _joined(one: _Columns, two: _Columns) -> _Columns:
    """Columns of the one followed by those of the other."""
    pairs = {f.name: (getattr(one, f.name), getattr(two, f.name)) for f in fields(one)}
    together: dict[str, Any] = {
        name: a + b if isinstance(a, list) else np.concatenate([a, b]) for name, (a, b) in pairs.items()
    }
    return type(one)(**together)


def _houses(site: Site, land: Ground, lots: hamlets.Lots) -> Homes:
    """One building of one household each."""
    count = len(lots.lane)
    lanes = [names.lane(site.code, turn) for turn in range(int(lots.lane.max()) + 1)]
    words = names.vocabulary()["place"]
    numbers = [words["door"].format(number=n) for n in lots.number.tolist()]
    where = [site.village + lanes[lane] for lane in lots.lane.tolist()]
    ones = np.ones(count, dtype=np.int16)
    buildings = Buildings(
        kind=np.full(count, KINDS.index("house"), dtype=np.int8),
        name=numbers,
        address=[lane + number for lane, number in zip(where, numbers, strict=True)],
        units=ones,
        floors=ones,
        rooms_per_floor=ones,
        footprint=shapely.polygons(land.to_degrees(lots.corners)),
    )
    lon, lat = land.to_degrees(lots.corners.mean(axis=1)).T
    index = np.arange(count, dtype=np.int32)
    return Homes(buildings, Doors(index, ones, ones, np.full(count, 101, dtype=np.int32), lon, lat))


def _flats(site: Site, land: Ground, raised: Raised) -> Homes:
    """Slabs and towers with their doors counted by building, unit, floor and room."""
    words = names.vocabulary()["place"]
    compounds = [names.compound(site.code, turn) for turn in range(int(raised.compound.max()) + 1)]
    streets = [names.street(site.code, turn) for turn in range(len(compounds))]
    gates = [1 + seed(site.code, name) % 180 for name in compounds]
    buildings = Buildings(
        kind=raised.tower.astype(np.int8),
        name=[words["block"].format(block=n) for n in raised.number.tolist()],
        address=[
            words["flats"].format(street=streets[c], number=gates[c], compound=compounds[c], block=n)
            for c, n in zip(raised.compound.tolist(), raised.number.tolist(), strict=True)
        ],
        units=raised.units.astype(np.int16),
        floors=raised.floors.astype(np.int16),
        rooms_per_floor=raised.rooms.astype(np.int16),
        footprint=shapely.polygons(land.to_degrees(raised.corners)),
    )
    return Homes(buildings, _doors(raised, land))


def _doors(raised: Raised, land: Ground) -> Doors:
    """Doors floor by floor, the last building filled as far as needed; points spread like an unrolled façade."""
    per_floor = raised.units * raised.rooms
    building = np.repeat(np.arange(len(per_floor)), per_floor * raised.floors)[: raised.households]
    first = np.cumsum(per_floor * raised.floors) - per_floor * raised.floors
    place = np.arange(raised.households) - first[building]
    floor, along = np.divmod(place, per_floor[building])
    unit, room = np.divmod(along, raised.rooms[building])
    across = (along + 0.5) / per_floor[building] * 0.92 + 0.04
    deep = (floor + 0.5) / raised.floors[building] * 0.84 + 0.08
    point = _inside(raised.corners[building], across, deep)
    lon, lat = land.to_degrees(point).T
    return Doors(
        building.astype(np.int32),
        (unit + 1).astype(np.int16),
        (floor + 1).astype(np.int16),
        ((floor + 1) * 100 + room + 1).astype(np.int32),
        lon,
        lat,
    )


def _inside(corners: Floats, across: Floats, deep: Floats) -> Floats:
    """Points (n, 2) at shares of the length and depth of rectangles (n, 4, 2)."""
    origin = corners[:, 0]
    return np.asarray(
        origin + across[:, None] * (corners[:, 1] - origin) + deep[:, None] * (corners[:, 3] - origin), dtype=np.float64
    )


def tally(homes: Homes) -> Ints:
    """Households (b,) in each building of a grid."""
    return np.bincount(homes.doors.building, minlength=len(homes.buildings.name)).astype(np.int64)
