"""Town buildings: one or two compounds a grid, slabs and towers in rows that look the same way."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.demo.chance import Floats, Ints
from geodata.demo.ground import Ground, places
from geodata.demo.hamlets import turned

_FLAT_M = 6.0
"""Length of façade that one flat takes."""
_STOREY_M = 2.9


@dataclass(frozen=True)
class Raised:
    """Buildings (b,): corners (b, 4, 2) in metres along the façade first, compound, number in it, and what is inside."""

    corners: Floats
    compound: Ints
    number: Ints
    tower: NDArray[np.bool_]
    units: Ints
    floors: Ints
    rooms: Ints
    households: int


@dataclass(frozen=True)
class _Style:
    """How a compound is built: ranges of units, floors and rooms, and the depth of its buildings in metres."""

    tower: bool
    units: tuple[int, int]
    floors: tuple[int, int]
    rooms: tuple[int, int]
    depth_m: float


_STYLES = (
    _Style(tower=False, units=(1, 3), floors=(5, 5), rooms=(2, 2), depth_m=12.5),
    _Style(tower=False, units=(2, 4), floors=(5, 6), rooms=(2, 2), depth_m=13.0),
    _Style(tower=False, units=(2, 6), floors=(6, 11), rooms=(2, 3), depth_m=13.5),
    _Style(tower=True, units=(1, 2), floors=(11, 18), rooms=(3, 4), depth_m=15.0),
    _Style(tower=True, units=(1, 1), floors=(18, 33), rooms=(4, 4), depth_m=15.0),
)
_SHARES = (0.5, 0.24, 0.12, 0.1, 0.04)


@dataclass(frozen=True)
class _Plan:
    """Buildings of one compound before they have a place."""

    style: _Style
    units: Ints
    floors: Ints
    rooms: Ints

    @property
    def lengths(self) -> Floats:
        """Length of each façade in metres."""
        return np.asarray(self.units * self.rooms * _FLAT_M, dtype=np.float64)


def raise_blocks(land: Ground, heart: Floats, households: int, chance: np.random.Generator) -> Raised | None:
    """Buildings with room for all households inside the ground, or None where there is no room for any compound."""
    spots, _ = places(land, heart, 95.0, chance)
    first = households if households < 130 else int(households * chance.uniform(0.45, 0.65))
    first_style, second_style = chance.choice(len(_STYLES), 2, p=_SHARES)
    wings = [_compound(land, spots, first, int(first_style), None, chance)]
    if wings[0] is not None and (rest := households - _room(wings[0])) > 0:
        far = np.hypot(*(spots - spots[0]).T)
        apart = spots[np.argsort(np.abs(far - 260.0), kind="stable")]
        wings.append(_compound(land, apart, rest, int(second_style), wings[0], chance))
    placed = [wing for wing in wings if wing is not None]
    return _together(placed, households) if len(placed) == len(wings) else None


def _room(raised: Raised) -> int:
    """Flats in these buildings."""
    return int((raised.units * raised.floors * raised.rooms).sum())


def _compound(
    land: Ground, spots: Floats, flats: int, style: int, beside: Raised | None, chance: np.random.Generator
) -> Raised | None:
    """A compound at the first spot that has room for it; where none has, other ways to build are tried."""
    angle = chance.uniform(-0.12, 0.12)
    for which in dict.fromkeys((style, 1, 2, 3, 4)):
        plan = _planned(_STYLES[which], flats, chance)
        for spot in spots[:4]:
            corners = _sites(land, spot, plan, angle, beside)
            if corners is not None:
                count = len(plan.units)
                zeros, tower = np.zeros(count, dtype=np.int64), np.full(count, plan.style.tower)
                return Raised(
                    corners, zeros, np.arange(1, count + 1), tower, plan.units, plan.floors, plan.rooms, flats
                )
    return None


def _planned(style: _Style, flats: int, chance: np.random.Generator) -> _Plan:
    """As many buildings as the flats need; the last is as low as its share allows."""
    units, floors, rooms = (
        chance.integers(low, high + 1, 64) for low, high in (style.units, style.floors, style.rooms)
    )
    floors = np.where(chance.random(64) < 0.7, floors[0], floors)
    filled = np.cumsum(units * floors * rooms)
    count = int(np.searchsorted(filled, flats)) + 1
    rest = flats - (int(filled[count - 2]) if count > 1 else 0)
    needed = -(-rest // int(units[count - 1] * rooms[count - 1]))
    floors[count - 1] = min(int(floors[count - 1]), max(needed, style.floors[0]))
    return _Plan(style, units[:count], floors[:count], rooms[:count])


def _sites(land: Ground, spot: Floats, plan: _Plan, angle: float, beside: Raised | None) -> Floats | None:
    """Corners (b, 4, 2) of the buildings around a spot in reading order, or None where too few fit."""
    longest, count = float(plan.lengths.max()), len(plan.units)
    pitch = longest + 10.0
    row_pitch = plan.style.depth_m + float(np.clip(1.1 * _STOREY_M * plan.floors.max(), 17.0, 60.0))
    across = max(1, round(float(np.sqrt(count * row_pitch / pitch))))
    half = across // 2 + -(-count // across) // 2 + 3
    row, column = (axis.ravel() for axis in np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1)))
    middle = np.column_stack([(column + 0.5 * (across % 2 == 0)) * pitch, row * row_pitch])
    order = np.lexsort((row, np.abs(middle / (across * pitch, count / across * row_pitch)).max(axis=1).round(3)))
    middle = middle[order]
    whole = spot + turned(_box(middle, np.full(len(middle), longest), plan.style.depth_m), angle)
    free = land.holds(whole)
    if beside is not None:
        free &= _clear(whole, beside.corners)
    chosen = middle[free][:count]
    if len(chosen) < count:
        return None
    chosen = chosen[np.lexsort((chosen[:, 0], -chosen[:, 1]))]
    return spot + turned(_box(chosen, plan.lengths, plan.style.depth_m), angle)


def _box(middle: Floats, length: Floats, depth_m: float) -> Floats:
    """Corners (n, 4, 2) of buildings around their middles."""
    sides = np.column_stack([length, np.full(len(length), depth_m)])
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    return np.asarray(middle[:, None, :] + signs[None] * sides[:, None, :], dtype=np.float64)


def _clear(whole: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which rectangles keep 14 m from a compound that stands already."""
    compound = shapely.convex_hull(shapely.multipoints(others.reshape(-1, 2)))
    return np.asarray(~shapely.dwithin(shapely.polygons(whole), compound, 14.0), dtype=np.bool_)


def _together(wings: list[Raised], households: int) -> Raised:
    """All compounds of a grid in one set of columns."""
    compound = np.repeat(np.arange(len(wings)), [len(wing.units) for wing in wings])
    corners, number, tower, units, floors, rooms = (
        np.concatenate([getattr(wing, column) for wing in wings])
        for column in ("corners", "number", "tower", "units", "floors", "rooms")
    )
    return Raised(corners, compound, number, tower, units, floors, rooms, households)
