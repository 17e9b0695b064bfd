"""The table of designated hotels: rooms taken by areas. Behind each stands somebody, so they are counted like people."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.press.cells import Cells, Mask
from geodata.press.protect import protect
from geodata.press.units import Tree

TAKEN, ROOMS = "rooms_taken", "rooms"
Key = tuple[int, str]


@dataclass(frozen=True)
class Rooms:
    """What is told of each area with hotels that have reported, and what had to be withheld for it."""

    told: dict[int, dict[str, int | None]]
    needed: frozenset[Key]


def rooms(
    tree: Tree, taken: Mapping[int, int], capacity: Mapping[int, int], threshold: int, past: frozenset[Key]
) -> Rooms:
    """Return what may be told of rooms taken, by area; how many rooms a hotel has anybody may know.

    Zero is withheld like any other small count: beside rooms that anybody may count, an empty neighbour would tell on a hotel
    with three guests. Raises CannotProtect.
    """
    areas = sorted(area for area, whole in capacity.items() if whole > 0)
    rows = [(area, taken[area], capacity[area]) for area in areas] + _left_over(tree, areas, taken, capacity)
    if not rows:
        return Rooms({}, frozenset())
    labels = [label for label, _, _ in rows]
    cells, small = _cells(rows, threshold)
    place = {label: number for number, label in enumerate(labels)}
    below: dict[int, list[int]] = {}
    for label in labels:
        above = tree.get(label) if label > 0 else -label
        if above is not None:
            below.setdefault(above, []).append(place[label])
    for above, children in below.items():
        cells.tie(children, [place[above]])
    kept = np.array([(label, TAKEN) in past for label in labels], bool)
    cells.cost = cells.cost * np.where(kept, 0.001, 1)
    withheld, needed = protect(cells, small, kept)
    told = {
        label: {TAKEN: None if withheld[number] else int(n), ROOMS: int(whole)}
        for number, (label, n, whole) in enumerate(rows)
        if label > 0
    }
    return Rooms(told, frozenset((labels[number], TAKEN) for number in np.flatnonzero(needed)))


def _left_over(
    tree: Tree, areas: list[int], taken: Mapping[int, int], capacity: Mapping[int, int]
) -> list[tuple[int, int, int]]:
    """Return what lies directly in an area that has others below, as a row of its own (its label is negative)."""
    left = {area: [taken[area], capacity[area]] for area in areas}
    parents = set()
    for area in areas:
        above = tree[area]
        if above is not None:
            parents.add(above)
            left[above][0] -= taken[area]
            left[above][1] -= capacity[area]
    return [(-area, left[area][0], left[area][1]) for area in sorted(parents) if left[area][1] > 0]


def _cells(rows: list[tuple[int, int, int]], threshold: int) -> tuple[Cells, Mask]:
    value = np.array([n for _, n, _ in rows], float)
    cells = Cells.of(value, threshold)
    cells.low = np.zeros(len(value))
    cells.high = np.maximum([most for _, _, most in rows], value)
    # Of a house with fewer rooms than the threshold anybody knows more than that.
    cells.width = np.minimum(threshold, cells.high)
    cells.hideable = np.ones(len(value), bool)
    return cells, value < threshold
