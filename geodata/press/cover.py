"""The quick half of complementary suppression: within each sum alone, no withheld cell is told by the others."""

from collections import deque
from collections.abc import Iterable
from math import inf

import numpy as np

from geodata.press.cells import Cells, Mask


def cover(cells: Cells, withheld: Mask) -> Mask:
    """Return what must be withheld too, so that each sum by itself leaves every withheld cell in it wide enough."""
    mask = withheld.copy()
    waiting = deque({row for cell in np.flatnonzero(mask) for row in cells.of_cell[cell]})
    queued = set(waiting)
    while waiting:
        row = waiting.popleft()
        queued.discard(row)
        added = _mend(cells, row, mask)
        if added is not None:
            mask[added] = True
            for other in cells.of_cell[added]:
                if other not in queued:
                    queued.add(other)
                    waiting.append(other)
    return mask


def _mend(cells: Cells, row: int, mask: Mask) -> int | None:
    """Return the cheapest cell of a sum that must be withheld too, or none where it is wide enough or nothing is left."""
    members, signs = cells.rows[row]
    inside = [(cell, sign) for cell, sign in zip(members, signs, strict=True) if mask[cell]]
    if not inside:
        return None
    missing = max(_missing(cells, inside))
    if missing <= 0:
        return None
    free = [cell for cell in members if cells.hideable[cell] and not mask[cell]]
    return cheapest(cells, free, missing)


def _missing(cells: Cells, inside: list[tuple[int, int]]) -> Iterable[float]:
    """Yield how much narrower than it must be a sum leaves each of its withheld cells."""
    value, low, high = cells.value, cells.low, cells.high
    known = sum(sign * value[cell] for cell, sign in inside)
    least = [low[cell] if sign > 0 else -high[cell] for cell, sign in inside]
    most = [high[cell] if sign > 0 else -low[cell] for cell, sign in inside]
    for number, (cell, sign) in enumerate(inside):
        top = known - _without(least, number)
        bottom = known - _without(most, number)
        if sign < 0:
            top, bottom = -bottom, -top
        yield cells.width[cell] - (min(top, high[cell]) - max(bottom, low[cell]))


def _without(bounds: list[float], number: int) -> float:
    others = bounds[:number] + bounds[number + 1 :]
    return inf if inf in others else -inf if -inf in others else sum(others)


def cheapest(cells: Cells, free: list[int], missing: float) -> int | None:
    """Return the cheapest of some cells among those that give enough room, or else the one that gives most."""
    if not free:
        return None
    enough = [cell for cell in free if cells.value[cell] - cells.low[cell] >= missing]
    if enough:
        return min(enough, key=lambda cell: (cells.cost[cell], cell))
    return max(free, key=lambda cell: (cells.value[cell], -cell))
