"""Village houses: one to three hamlets a grid, houses in rows along lanes, close to the heart of the village."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.demo.chance import Floats, Ints
from geodata.demo.ground import Ground, places
from geodata.demo.plane import ripple

FRONT_M, DEPTH_M = 11.8, 9.8
"""Sides of a house."""
_APART_M = 450.0


@dataclass(frozen=True)
class Lots:
    """Houses (n,): corners (n, 4, 2) in metres, the lane each stands at and its number there."""

    corners: Floats
    lane: Ints
    number: Ints


class NoRoomError(ValueError):
    """So many houses do not fit the ground."""


@dataclass(frozen=True)
class Habit:
    """How people build: spacings to try (1 is a village's), and how far lanes may turn from west-east, in radians."""

    spacings: tuple[float, ...] = (1.0, 0.9, 0.82)
    turn: float = 0.6


VILLAGE = Habit()
QUARTER = Habit((0.82, 0.7), 0.12)
"""Old houses in a town stand closer and follow its streets."""


def settle(land: Ground, heart: Floats, count: int, chance: np.random.Generator, habit: Habit = VILLAGE) -> Lots:
    """Exactly `count` houses inside the ground, without overlaps; NoRoomError where they do not fit."""
    hearts, shares = _hearts(land, heart, count, chance)
    for tight in habit.spacings:
        for reach in (1.0, 1.9, 3.4):
            groups = [_rows(at, n, (tight, habit.turn), reach, chance) for at, n in zip(hearts, shares, strict=True)]
            kept = [_nearest(land, rows, n) for rows, n in zip(groups, shares, strict=True)]
            if all(len(rows.lane) == n for rows, n in zip(kept, shares, strict=True)):
                return _numbered(kept)
        hearts, shares = hearts[:1], [count]
    raise NoRoomError(f"{count} houses do not fit {land.km2:.3f} square kilometres")


def _hearts(land: Ground, heart: Floats, count: int, chance: np.random.Generator) -> tuple[list[Floats], list[int]]:
    """Middles of the hamlets of a grid and how many houses stand in each; the first lies at the village's heart."""
    spots, room = places(land, heart, 70.0, chance)
    hearts = [spots[0]]
    wanted = 1 + int(chance.integers(0, 3)) if land.km2 > 1.2 and count > 130 else 1
    for spot, clear in zip(spots, room, strict=True):
        if len(hearts) == wanted:
            break
        far = min(float(np.hypot(*(spot - other))) for other in hearts)
        if far > _APART_M * chance.uniform(1.0, 2.5) and clear > 120:
            hearts.append(spot)
    others = [int(count * share) for share in chance.uniform(0.12, 0.26, len(hearts) - 1)]
    return hearts, [count - sum(others), *others]


def _rows(at: Floats, count: int, way: tuple[float, float], reach: float, chance: np.random.Generator) -> Lots:
    """Candidates around a heart, best first: rows in pairs with a lane between, some lots left empty."""
    tight, angle = way[0], chance.uniform(-way[1], way[1])
    front, lane, back = FRONT_M + 3.6 * tight, DEPTH_M + 9.0 * tight, DEPTH_M + 5.0 * tight
    half, most = int(np.sqrt(count * reach)) + 3, int(1.9 * count * reach**2) + 20
    row, column = (axis.ravel() for axis in np.meshgrid(np.arange(-half, half), np.arange(-half, half)))
    y = (row // 2) * (lane + back) + (row % 2) * lane + chance.normal(0, 0.6, len(row)) * (tight - 0.8)
    x = column * front + chance.uniform(-0.5, 0.5, 2 * half)[row + half] * front
    local = np.column_stack([x + chance.uniform(-1.2, 1.2, len(x)) * tight, y])
    wild = 1 + 0.35 * ripple(local, 160.0, chance)
    keep = chance.random(len(local)) > (0.14 if tight == 1.0 else 0.02)
    order = np.argsort(np.hypot(local[:, 0] * 0.8, local[:, 1] * 1.15)[keep] * wild[keep], kind="stable")[:most]
    local, lanes, columns = local[keep][order], (row // 2)[keep][order], (2 * column + row % 2)[keep][order]
    return Lots(at + turned(_corners(local), angle), lanes, columns)


def _corners(middle: Floats) -> Floats:
    """Corners (n, 4, 2) of houses around their middles."""
    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2 * (FRONT_M, DEPTH_M)
    return np.asarray(middle[:, None, :] + box[None], dtype=np.float64)


def turned(points: Floats, angle: float) -> Floats:
    """Points (..., 2) turned around the origin."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]), dtype=np.float64)


def _nearest(land: Ground, rows: Lots, count: int) -> Lots:
    """The first `count` candidates that lie inside the ground."""
    inside: NDArray[np.int64] = np.flatnonzero(land.holds(rows.corners))[:count]
    return Lots(rows.corners[inside], rows.lane[inside], rows.number[inside])


def _numbered(hamlets: list[Lots]) -> Lots:
    """All hamlets together; lanes and house numbers count from the one end, odd and even on either side."""
    lane: list[Ints] = []
    number: list[Ints] = []
    used = 0
    for lots in hamlets:
        _, lanes = np.unique(lots.lane, return_inverse=True)
        order = np.lexsort((lots.number, lanes))
        start = np.searchsorted(lanes[order], np.arange(lanes.max() + 1))
        place = np.empty(len(lanes), dtype=np.int64)
        place[order] = np.arange(len(lanes)) - start[lanes[order]] + 1
        lane.append(lanes.astype(np.int64) + used)
        number.append(place)
        used += int(lanes.max()) + 1
    return Lots(np.concatenate([lots.corners for lots in hamlets]), np.concatenate(lane), np.concatenate(number))
