"""What more to withhold where a withheld cell is still too narrow: the cheapest way for it to move."""

from collections import deque

import numpy as np
from scipy.sparse import csr_array, hstack

from geodata.press.audit import Places, Proof, solved
from geodata.press.cells import Cells, Mask, Numbers
from geodata.press.cover import cheapest

MOVED = 1e-6
NEAR = 400
"""Cells within which a way is looked for first."""


def nearest(cells: Cells, cell: int, withheld: Mask) -> int | None:
    """Return the cheapest published cell among those of the fewest sums away that hold any: quick, and a guess."""
    seen, layer = {cell}, deque([cell])
    while layer:
        found: set[int] = set()
        for one in layer:
            for row in cells.of_cell[one]:
                found.update(cells.rows[row][0])
        free = [other for other in found if cells.hideable[other] and not withheld[other]]
        if free:
            return cheapest(cells, sorted(free), float(cells.width[cell]))
        layer = deque(other for other in sorted(found - seen) if withheld[other])
        seen |= found
    return None


class Ways:
    """The cheapest ways through the table: published cells may move at their cost, and those that do are withheld."""

    def __init__(self, cells: Cells) -> None:
        """Take the table that the ways lead through."""
        self.cells = cells
        self.up = np.maximum(cells.high - cells.value, 0)
        self.down = np.maximum(cells.value - cells.low, 0)

    def open_up(self, cell: int, withheld: Mask, proof: Proof) -> None:
        """Withhold what must be, so that a cell is wide enough, and enter the tables that prove it."""
        cells = self.cells
        upward = min(float(cells.width[cell]), float(cells.high[cell] - cells.value[cell]))
        for step in (upward, upward - float(cells.width[cell])):
            if abs(step) > MOVED and proof.is_open(cell):
                self._go(cell, step, withheld, proof)

    def _go(self, cell: int, step: float, withheld: Mask, proof: Proof) -> None:
        """Move a cell by `step` at the least cost, near by if that is possible."""
        for most in (NEAR, len(self.cells.value)):
            places = self._around(cell, most)
            change = self._moved(places, cell, step, withheld)
            if change is not None:
                moved = np.abs(change) > MOVED
                proof.add(places[moved], (self.cells.value[places] + change)[moved])
                withheld[places[moved]] = True
                return

    def _around(self, cell: int, most: int) -> Places:
        """Return the cells that may be withheld and are the fewest sums away, some `most` of them."""
        seen, layer = {cell}, [cell]
        while layer and len(seen) < most:
            rows = {row for one in layer for row in self.cells.of_cell[one]}
            found = {other for row in rows for other in self.cells.rows[row][0] if self.cells.hideable[other]}
            layer = list(found - seen)
            seen |= found
        return np.array(sorted(seen), np.int64)

    def _moved(self, places: Places, cell: int, step: float, withheld: Mask) -> Numbers | None:
        """Return how the cells of some places move when one moves by `step`, at the least cost; none where it cannot."""
        here = places == cell
        price = np.where(withheld[places], 1e-3, self.cells.cost[places])
        up = np.where(here, max(step, 0), self.up[places])
        down = np.where(here, max(-step, 0), self.down[places])
        low = np.concatenate((np.where(here, up, 0), np.where(here, down, 0)))
        matrix, _ = self.cells.matrix(places)
        both = csr_array(hstack((matrix, -matrix)))
        known = np.zeros(both.shape[0])
        found = solved(np.concatenate((price, price)), both, known, low, np.concatenate((up, down)))
        return None if found is None else found[: len(places)] - found[len(places) :]
