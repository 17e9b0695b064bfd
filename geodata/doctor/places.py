"""The places of a file as they are looked at: which numbers can be places at all, and how far outside each system puts them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats, Places, many_in_china
from geodata.doctor.systems import NORTHINGS_M, REACH_M, SYSTEMS, Ints, System, turned

Outsides = Callable[[Floats, Floats], Floats]
"""Longitudes and latitudes (n,) of all rows to how many metres each lies outside the area that its row names: 0 inside,
NaN where the row names no known area or the place is NaN."""
BAD = -1
_DEGREES, _METRES, _PREFIXED, _OWN = 0, 2, 100, 1_000
_SWAPPED = {_DEGREES: 1, _METRES: 3, _PREFIXED: 200, _OWN: 1_001}
_ZONES = (*range(13, 24), *range(25, 46))
_AREA_BITS = 17
_PLAUSIBLE_SHARE = 0.95
"""A slip of the pen does not rule out a system."""


def forms(x: Floats, y: Floats, own: System | None) -> Ints:
    """Return what kind of numbers each row has (degrees or metres, which first, which zone), -1 for none.

    Rows of different forms cannot be of the same system. `own` is a system that the file names and nobody tries.
    """
    found = np.full(len(x), BAD, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        if own is not None:
            real = np.isfinite(x) & np.isfinite(y)
            found[real & own.plausible(y, x)] = _SWAPPED[_OWN]
            found[real & own.plausible(x, y)] = _OWN
        for east, north, swapped in ((y, x, True), (x, y, False)):
            zone, rest = np.divmod(east, 1_000_000)
            fits = (np.abs(rest - 500_000) <= REACH_M) & (north >= NORTHINGS_M[0]) & (north <= NORTHINGS_M[1])
            numbered = fits & np.isin(zone, _ZONES)
            found[numbered] = zone[numbered].astype(np.int64) + (_SWAPPED[_PREFIXED] if swapped else _PREFIXED)
            found[fits & (zone == 0)] = _SWAPPED[_METRES] if swapped else _METRES
            found[many_in_china(east, north)] = _SWAPPED[_DEGREES] if swapped else _DEGREES
    return found


def candidates(x: Floats, y: Floats, own: System | None) -> list[System]:
    """Return the systems that rows of one form can be of."""
    every = [*SYSTEMS.values()]
    if own is not None and own.id not in SYSTEMS:
        every += [own] if own.swapped else [own, turned(own)]
    return [system for system in every if system.plausible(x, y).mean() >= _PLAUSIBLE_SHARE]


@dataclass(frozen=True)
class Sheet:
    """A file's two columns, the measure of what lies outside, and the area that each row names (-1 for none)."""

    x: Floats
    y: Floats
    outside_m: Outsides
    areas: Ints

    def places(self, system: System, rows: Ints) -> Places:
        """Return where a system puts some rows."""
        return system.to_wgs84(self.x[rows], self.y[rows])

    def metres(self, systems: Sequence[System], rows: Ints) -> Floats:
        """Return how far each system puts some rows outside their areas (rows, systems), NaN where nobody knows."""
        found = np.full((len(rows), len(systems)), np.nan)
        for column, system in enumerate(systems):
            found[:, column] = self.measured(self.places(system, rows), rows)
        return found

    def measured(self, places: Places, rows: Ints) -> Floats:
        """Return how far places of some rows lie outside the areas of these rows."""
        lon, lat = np.full(len(self.x), np.nan), np.full(len(self.x), np.nan)
        lon[rows], lat[rows] = places
        return self.outside_m(lon, lat)[rows]

    def cells(self, rows: Ints) -> Ints:
        """Return a number per row that is the same where places within about ten metres name the same area."""
        metric = len(rows) and abs(self.x[rows[0]]) > 400
        finest = 0.1 if metric else 10_000.0
        east, north = (np.rint(np.abs(column[rows]) * finest).astype(np.int64) for column in (self.x, self.y))
        area = (self.areas[rows] + 1) & ((1 << _AREA_BITS) - 1)
        return (east << (23 + _AREA_BITS)) ^ (north << _AREA_BITS) ^ area

    def distinct(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the first row of each cell, and per row which of them it shares: a building counts once."""
        _, first, inverse = np.unique(self.cells(rows), return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return rows[first[order]], place[inverse]

    def runs(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the same for neighbouring rows alone: a place that comes again further down counts again."""
        starts = np.diff(self.cells(rows), prepend=np.int64(-1)) != 0
        return rows[starts], np.cumsum(starts) - 1


def spread(rows: Ints, most: int) -> Ints:
    """Return at most so many rows, one out of each of as many equal stretches; always the same ones."""
    if len(rows) <= most:
        return rows
    edges = np.linspace(0, len(rows), most + 1)
    steps = np.random.default_rng(most).random(most) * np.diff(edges)
    return rows[(edges[:-1] + steps).astype(np.int64)]


def apart_m(one: Places, other: Places) -> float:
    """Return how many metres two systems put the same places apart, in the median."""
    lon, lat = one
    north = (other[1] - lat) * 111_320
    east = (other[0] - lon) * 111_320 * np.cos(np.radians(lat))
    metres = np.hypot(east, north)
    metres = metres[np.isfinite(metres)]
    return float(np.median(metres)) if len(metres) else float("inf")
