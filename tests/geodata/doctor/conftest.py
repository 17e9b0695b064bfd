"""A city of 1,300 villages inside the real counties, and files of places in them, as departments would deliver them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
import shapely

from geodata.demo.divisions import FOLDER
from geodata.doctor.outside import outside_of
from geodata.doctor.systems import SYSTEMS

VILLAGES = 1_300


@dataclass(frozen=True)
class File:
    """Places in WGS 84 and the index of the village that each row names."""

    lon: np.ndarray
    lat: np.ndarray
    village: np.ndarray
    villages: list

    def __len__(self) -> int:
        return len(self.lon)

    def outside(self) -> Callable:
        return outside_of(self.villages, self.village)

    def of(self, system: str) -> tuple[np.ndarray, np.ndarray]:
        x, y = SYSTEMS[system].from_wgs84(self.lon, self.lat)
        return np.array(x), np.array(y)

    def rows(self, keep: np.ndarray) -> "File":
        return replace(self, lon=self.lon[keep], lat=self.lat[keep], village=self.village[keep])


@pytest.fixture(scope="session")
def county_polygons() -> list:
    features = json.loads((FOLDER / "counties.geojson").read_text(encoding="utf-8"))["features"]
    return [shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"]))) for feature in features]


@pytest.fixture(scope="session")
def villages(county_polygons: list) -> list:
    """Cells around random seeds, thicker where towns are, cut at the city's border."""
    city = shapely.union_all(county_polygons).simplify(0.002)
    chance = np.random.default_rng(6)
    towns = chance.uniform(*np.array(city.bounds).reshape(2, 2), (60, 2))
    seeds = np.concatenate(
        [
            chance.uniform(*np.array(city.bounds).reshape(2, 2), (3_000, 2)),
            np.repeat(towns, 20, axis=0) + chance.normal(0, 0.02, (1_200, 2)),
        ]
    )
    shapely.prepare(city)
    seeds = chance.permutation(seeds[shapely.contains_xy(city, seeds)])[:VILLAGES]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=city))
    return [cell for cell in shapely.intersection(cells, city) if not cell.is_empty]


def inside(areas: list, named: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a random place in the area of each row."""
    shapes = np.array(areas, dtype=object)
    shapely.prepare(shapes)
    boxes = shapely.bounds(shapes)
    lon, lat, open_rows = np.empty(len(named)), np.empty(len(named)), np.arange(len(named))
    while len(open_rows):
        box = boxes[named[open_rows]]
        lon[open_rows] = chance.uniform(box[:, 0], box[:, 2])
        lat[open_rows] = chance.uniform(box[:, 1], box[:, 3])
        open_rows = open_rows[~shapely.contains_xy(shapes[named[open_rows]], lon[open_rows], lat[open_rows])]
    return lon, lat


@pytest.fixture(scope="session")
def delivered(villages: list) -> Callable[..., File]:
    """Make a file of so many rows, sorted by village; surveyed to 20 metres, three rows in a hundred far off."""

    def make(count: int, seed: int = 0, areas: list | None = None) -> File:
        chance = np.random.default_rng(seed)
        areas = villages if areas is None else areas
        named = np.sort(chance.integers(0, len(areas), count))
        lon, lat = inside(areas, named, chance)
        far = np.where(chance.random(count) < 0.03, 0.03, 0.0002)
        return File(lon + chance.normal(0, far), lat + chance.normal(0, far), named, areas)

    return make
