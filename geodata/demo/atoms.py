"""The smallest pieces of the city: some 25,000 points, fine in towns and coarse in the mountains, and the cells around them.

Every higher area is a union of cells, so borders agree exactly: whatever meets, meets along the same edges.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.demo.chance import Floats, generator
from geodata.demo.counties import County
from geodata.demo.plane import ripple, to_km

TOWN_DENSITY = 2_150.0
"""Households per square kilometre in towns: a square of 4 km then holds fewer than 40,000."""
BLOCK_KM = (0.135, 0.116)
"""Sides of the blocks that a town is laid out in."""
_PER_ATOM = 48.0
"""Households that the countryside of one atom holds at most."""
_CLEAR_KM = 0.17


@dataclass(frozen=True)
class Town:
    """A built-up place: where, and how many households in flats."""

    code: str
    centre: Floats
    households: int


@dataclass(frozen=True)
class Countryside:
    """Households per square kilometre outside towns: denser near seats, thin in the mountains."""

    county: str
    scale: float
    seats: Floats

    def density(self, km: Floats) -> Floats:
        """Households per square kilometre at each point (n, 2)."""
        return np.asarray(self.scale * self._shape(km), dtype=np.float64)

    def _shape(self, km: Floats) -> Floats:
        chance = generator(self.county, "terrain")
        hills = np.exp(0.75 * ripple(km, 16.0, chance) + 0.35 * ripple(km, 6.0, chance))
        away = np.sqrt(((km[:, None, :] - self.seats[None, :, :]) ** 2).sum(axis=2)).min(axis=1)
        return np.asarray(hills * (0.75 + 2.0 * np.exp(-away / 2.2)), dtype=np.float64)

    def scaled(self, households: float, sample: Floats, km2_each: float) -> "Countryside":
        """The same shape with so many households on the sampled ground."""
        held = float(self._shape(sample).sum() * km2_each)
        return Countryside(self.county, households / held, self.seats)


def blocks(town: Town, ground: Any) -> Floats:
    """Points (n, 2) in km of a town's blocks: a turned, slightly loose street raster of irregular outline."""
    chance = generator(town.code, "blocks")
    wanted = max(4, round(town.households / (TOWN_DENSITY * BLOCK_KM[0] * BLOCK_KM[1])))
    half = int(np.sqrt(wanted)) + 12
    steps = np.stack(np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1)), axis=-1).reshape(-1, 2)
    angle = chance.uniform(-0.5, 0.5)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    loose = steps + chance.uniform(-0.17, 0.17, steps.shape)
    around = loose * BLOCK_KM @ turn
    stretched = around * np.array([0.84, 1.18])
    reach = np.hypot(*stretched.T) * (1 + 0.22 * ripple(around, 0.5 * np.sqrt(wanted) * BLOCK_KM[0], chance))
    points = town.centre + around
    inside = shapely.contains_xy(ground, points)
    order = np.argsort(np.where(inside, reach, np.inf), kind="stable")[: min(wanted, int(inside.sum()))]
    return np.asarray(points[order], dtype=np.float64)


def fields(land: Countryside, ground: Any) -> Floats:
    """Points (n, 2) in km of the countryside: cells halved at loose places until each holds few households."""
    chance = generator(land.county, "fields")
    west, south, east, north = ground.bounds
    cells = np.array([[west, south, east, north]])
    done = []
    while len(cells):
        sides = cells[:, 2:] - cells[:, :2]
        small = land.density((cells[:, :2] + cells[:, 2:]) / 2) * sides.prod(axis=1) < _PER_ATOM
        small &= sides.max(axis=1) < 3.0
        done.append(cells[small])
        cells = _halved(cells[~small], chance)
    leaves = np.concatenate(done)
    spot = 0.5 + chance.uniform(-0.3, 0.3, (len(leaves), 2))
    points = leaves[:, :2] + spot * (leaves[:, 2:] - leaves[:, :2])
    return np.asarray(points[shapely.contains_xy(ground, points)], dtype=np.float64)


def _halved(cells: Floats, chance: np.random.Generator) -> Floats:
    """Both parts of each cell (west, south, east, north), cut across its longer side near the middle."""
    sides = cells[:, 2:] - cells[:, :2]
    axis = np.argmax(sides * chance.uniform(0.8, 1.25, sides.shape), axis=1)
    rows = np.arange(len(cells))
    cut = cells[rows, axis] + sides[rows, axis] * chance.uniform(0.4, 0.6, len(cells))
    low, high = cells.copy(), cells.copy()
    low[rows, axis + 2] = cut
    high[rows, axis] = cut
    return np.concatenate([low, high])


def clear_of(points: Floats, towns: Floats) -> Floats:
    """Those countryside points that keep their distance from every town block."""
    if len(towns) == 0:
        return points
    near = shapely.STRtree(shapely.points(towns)).query(shapely.points(points), "dwithin", distance=_CLEAR_KM)
    keep = np.ones(len(points), dtype=bool)
    keep[near[0]] = False
    return points[keep]


def sample(ground: Any, step_km: float) -> Floats:
    """A square raster of points (n, 2) inside a polygon in km."""
    west, south, east, north = ground.bounds
    x, y = np.meshgrid(np.arange(west, east, step_km), np.arange(south, north, step_km))
    points = np.column_stack([x.ravel(), y.ravel()])
    return np.asarray(points[shapely.contains_xy(ground, points)], dtype=np.float64)


def ground_km(county: County) -> Any:
    """A county's polygon in kilometres, prepared for many questions."""
    ground = shapely.transform(county.polygon, to_km)
    shapely.prepare(ground)
    return ground
