"""Where in a county its townships have their seats, which of them are towns, and the points that its cells grow from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.demo.atoms import BLOCK_KM, TOWN_DENSITY, Countryside, Town, blocks, clear_of, fields, ground_km, sample
from geodata.demo.chance import Floats, Ints, generator
from geodata.demo.counties import SEATS, County
from geodata.demo.divisions import Division, Divisions
from geodata.demo.partition import halves, slices
from geodata.demo.plane import ripple, to_km

_RASTER_KM = 0.8
_BLOCK_HOUSEHOLDS = TOWN_DENSITY * BLOCK_KM[0] * BLOCK_KM[1]


@dataclass(frozen=True)
class People:
    """Households of one township: in flats and in all."""

    township: Division
    flats: int
    every: int

    @property
    def rank(self) -> int:
        """0: all built up around the county's seat; 1: at the edge of the town; 2: outside."""
        if not self.township.core:
            return 2
        return 0 if self.flats > 0.9 * self.every else 1


@dataclass(frozen=True)
class Layout:
    """A county before its cells are drawn: its townships and their seats, the points, and how many live around each."""

    code: str
    people: list[People]
    seats: Floats
    points: Floats
    town_points: int
    land: Countryside

    def masses(self, point: Ints, centres: Floats, km2: Floats) -> Floats:
        """Households that each cell can hold, from its point (index here), centre and area."""
        block = BLOCK_KM[0] * BLOCK_KM[1]
        town = TOWN_DENSITY * np.minimum(km2, 1.4 * block)
        return np.where(point < self.town_points, town, self.land.density(centres) * km2)


def people(divisions: Divisions, county: str, households: dict[str, int]) -> list[People]:
    """Households per township of a county, in the order of the codes."""
    counted = []
    for township in divisions.children[county]:
        rows = divisions.children[township.code]
        flats = sum(households[v.code] for v in rows if divisions.urban(v))
        counted.append(People(township, flats, sum(households[v.code] for v in rows)))
    return counted


def lay_out(county: County, townships: list[People]) -> Layout:
    """Choose seats and points for one county; pure, seeded by the codes."""
    ground = ground_km(county)
    seat = to_km([SEATS[county.code]])
    core = blocks(Town(county.code, seat[0], sum(p.flats for p in townships if p.township.core)), ground)
    rural = sum(p.every for p in townships) - _BLOCK_HOUSEHOLDS * len(core)
    raster = sample(ground, _RASTER_KM)
    rough = Countryside(county.code, 1.0, seat).scaled(rural, raster, _RASTER_KM**2)
    seats = _seats(townships, rough, raster, core)
    towns = _towns(townships, seats, core, ground)
    left = sum(p.every for p in townships) - _BLOCK_HOUSEHOLDS * len(towns)
    land = Countryside(county.code, 1.0, np.concatenate([seat, seats])).scaled(left, raster, _RASTER_KM**2)
    points = np.concatenate([towns, clear_of(fields(land, ground), towns)])
    return Layout(county.code, townships, seats, points, len(towns), land)


def _seats(townships: list[People], land: Countryside, raster: Floats, core: Floats) -> Floats:
    """The middle (k, 2) in km of each township when the county is shared out roughly by households."""
    open_land = clear_of(raster, core)
    points = np.concatenate([core, open_land])
    masses = np.concatenate([np.full(len(core), _BLOCK_HOUSEHOLDS), land.density(open_land) * _RASTER_KM**2])
    targets = np.array(
        [p.every if p.township.core else max(p.every - p.flats, 300) for p in townships], dtype=np.float64
    )
    rank = np.array([p.rank for p in townships])
    region = _rings(points, masses, targets, rank, land)
    return np.array([_middle(points[region == i]) for i in range(len(townships))])


def _rings(points: Floats, masses: Floats, targets: Floats, rank: Ints, land: Countryside) -> Ints:
    """The township (n,) of each point: the built-up ones around the seat, then those at its edge, then the others."""
    chance = generator(land.county, "seats")
    reach = np.hypot(*(points - land.seats[0]).T) * (1 + 0.15 * ripple(points, 8.0, chance))
    order = np.argsort(reach, kind="stable")
    share = np.bincount(rank, targets, 3).cumsum()[:2] / targets.sum()
    ring = np.empty(len(points), dtype=np.int64)
    filled = masses[order].cumsum()
    ring[order] = np.searchsorted(share * filled[-1], filled - masses[order] / 2)
    region = np.zeros(len(points), dtype=np.int64)
    for turn in range(3):
        which, mine = np.flatnonzero(rank == turn), ring == turn
        if len(which):
            part = (points[mine], masses[mine], targets[which])
            cut = slices(*part, land.seats[0], chance) if turn == 1 else halves(*part, chance)
            region[mine] = which[cut]
    return region


def _middle(points: Floats) -> Floats:
    """The one of the points nearest to their mean."""
    away = ((points - points.mean(axis=0)) ** 2).sum(axis=1)
    return np.asarray(points[np.argmin(away)], dtype=np.float64)


def _towns(townships: list[People], seats: Floats, core: Floats, ground: Any) -> Floats:
    """Block points of the county town and of every smaller town at its seat, none on top of another."""
    towns = core
    for township, seat in zip(townships, seats, strict=True):
        if township.flats and not township.township.core:
            small = blocks(Town(township.township.code, seat, township.flats), ground)
            towns = np.concatenate([towns, clear_of(small, towns)])
    return towns
