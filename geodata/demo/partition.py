"""Cutting a set of cells into connected regions of given sizes: halved again and again, then rounded, then mended."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.demo.chance import Floats, Ints


@dataclass(frozen=True)
class Cells:
    """What is to be divided: centres (n, 2) in km, masses (n,), and who touches whom along an edge."""

    centres: Floats
    masses: Floats
    neighbours: Sequence[Sequence[int]]


def halves(points: Floats, masses: Floats, targets: Floats, chance: np.random.Generator) -> Ints:
    """The region (n,) of each point when the ground is cut in two across its length, and each part again.

    Masses come as near to the targets as the points allow; with at least as many points as targets none is empty.
    """
    region = np.zeros(len(points), dtype=np.int64)
    if len(targets) == 1:
        return region
    left = len(targets) // 2
    first = _beyond(points, masses, float(targets[:left].sum() / targets.sum()), (left, len(targets) - left), chance)
    region[first] = halves(points[first], masses[first], targets[:left], chance)
    region[~first] = left + halves(points[~first], masses[~first], targets[left:], chance)
    return region


def _beyond(
    points: Floats, masses: Floats, share: float, fewest: tuple[int, int], chance: np.random.Generator
) -> NDArray[np.bool_]:
    """The points on one side of a line across the length of the ground that holds this share of the mass."""
    middle = points - points.mean(axis=0)
    _, axes = np.linalg.eigh(middle.T @ middle)
    angle = np.arctan2(axes[1, 1], axes[0, 1]) + chance.normal(0.0, 0.3) + np.pi * chance.integers(2)
    order = np.argsort(middle @ np.array([np.cos(angle), np.sin(angle)]), kind="stable")
    filled = np.cumsum(masses[order])
    cut = int(np.searchsorted(filled, share * filled[-1]))
    first = np.zeros(len(points), dtype=bool)
    first[order[: min(max(cut, fewest[0]), len(points) - fewest[1])]] = True
    return first


def slices(points: Floats, masses: Floats, targets: Floats, middle: Floats, chance: np.random.Generator) -> Ints:
    """The region (n,) of each point when the ground is cut like a cake around the middle."""
    turn = chance.uniform(0, 2 * np.pi)
    away = points - middle
    order = np.argsort((np.arctan2(away[:, 1], away[:, 0]) - turn) % (2 * np.pi), kind="stable")
    ends = np.cumsum(targets)[:-1] / targets.sum() * masses.sum()
    region = np.empty(len(points), dtype=np.int64)
    region[order] = np.searchsorted(ends, np.cumsum(masses[order]) - masses[order] / 2)
    return region


def rounded(points: Floats, masses: Floats, region: Ints, targets: Floats) -> Ints:
    """The same regions in rounder form."""
    return around(points, masses, _middles(points, region, len(targets)), targets)


def around(points: Floats, masses: Floats, seeds: Floats, targets: Floats, rounds: int = 10) -> Ints:
    """The region (n,) of each point in a power diagram around the seeds, its weights tuned to the targets.

    Weights are kept so small that no region can lose its own seed.
    """
    count, seeds, weights = len(targets), seeds.copy(), np.zeros(len(targets))
    if count == 1:
        return np.zeros(len(points), dtype=np.int64)
    targets = targets * (masses.sum() / targets.sum())
    for _ in range(rounds):
        region = _nearest(points, seeds, weights)
        held = np.maximum(np.bincount(region, masses, count), targets * 0.05)
        near = _nearest_other(seeds) ** 2
        weights = np.clip(weights + 0.15 * near * np.log(targets / held), -0.45 * near, 0.45 * near)
        seeds += 0.2 * np.where(
            np.bincount(region, minlength=count)[:, None], _middles(points, region, count) - seeds, 0
        )
    return _nearest(points, seeds, weights)


def _middles(points: Floats, region: Ints, count: int) -> Floats:
    """Mean (k, 2) of the points of each region."""
    number = np.maximum(np.bincount(region, minlength=count), 1)
    return np.column_stack([np.bincount(region, axis, count) for axis in points.T]) / number[:, None]


def _nearest_other(seeds: Floats) -> Floats:
    """Distance (k,) from each seed to the next one."""
    away = np.hypot(*(seeds[:, None, :] - seeds[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    return np.asarray(away.min(axis=1), dtype=np.float64)


def _nearest(points: Floats, seeds: Floats, weights: Floats) -> Ints:
    """Index of the seed with the least power distance for each point."""
    away = ((points[:, None, :] - seeds[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(np.argmin(away - weights, axis=1), dtype=np.int64)


def connected(cells: Cells, members: Ints, region: Ints, count: int) -> Ints:
    """The same division with every region in one piece and none empty; `region[i]` belongs to `members[i]`.

    The heaviest piece of each region stays; what was cut off joins a neighbour, nearest first.
    """
    wanted = dict(zip(members.tolist(), region.tolist(), strict=True))
    owner = _heaviest_pieces(cells, wanted)
    _grow(cells, wanted, owner)
    _settle_empty(cells, owner, count)
    return np.array([owner[member] for member in members.tolist()], dtype=np.int64)


def _heaviest_pieces(cells: Cells, wanted: dict[int, int]) -> dict[int, int]:
    """Owner by cell, for the cells of the heaviest piece of each region."""
    best: dict[int, tuple[float, list[int]]] = {}
    seen: set[int] = set()
    for start, region in wanted.items():
        if start in seen:
            continue
        piece = _piece(cells, wanted, start)
        seen.update(piece)
        mass = float(cells.masses[piece].sum())
        if region not in best or mass > best[region][0]:
            best[region] = (mass, piece)
    return {cell: region for region, (_, piece) in best.items() for cell in piece}


def _piece(cells: Cells, wanted: dict[int, int], start: int) -> list[int]:
    """All cells of the same region that can be reached from `start` without leaving it."""
    region, piece, seen = wanted[start], [start], {start}
    for cell in piece:
        for other in cells.neighbours[cell]:
            if other not in seen and wanted.get(other) == region:
                seen.add(other)
                piece.append(other)
    return piece


def _grow(cells: Cells, wanted: dict[int, int], owner: dict[int, int]) -> None:
    """Give every cell that lost its region to the neighbour that reaches it first."""
    lost = wanted.keys() - owner.keys()
    queue = [
        (_step(cells, cell, other), other, owner[cell])
        for cell in owner
        for other in cells.neighbours[cell]
        if other in lost
    ]
    heapq.heapify(queue)
    while queue:
        length, cell, region = heapq.heappop(queue)
        if cell in owner:
            continue
        owner[cell] = region
        for other in cells.neighbours[cell]:
            if other in wanted and other not in owner:
                heapq.heappush(queue, (length + _step(cells, cell, other), other, region))


def _step(cells: Cells, one: int, other: int) -> float:
    """Distance in km between the centres of two cells."""
    return float(np.hypot(*(cells.centres[one] - cells.centres[other])))


def _settle_empty(cells: Cells, owner: dict[int, int], count: int) -> None:
    """Give each region that has no cell one from a region that can spare it without falling apart."""
    for region in sorted(set(range(count)) - set(owner.values())):
        for cell in sorted(owner, key=lambda c: (-cells.masses[c], c)):
            rest = {c: 0 for c, holder in owner.items() if holder == owner[cell] and c != cell}
            if rest and len(_piece(cells, rest, next(iter(rest)))) == len(rest):
                owner[cell] = region
                break
