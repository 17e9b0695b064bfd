"""The proof: what linear programming finds out about each withheld cell from everything that is published.

Two tables that fit all that is known and differ in a cell by its width prove that the cell is wide enough. One solution
moves many cells at once, so a city needs some tens of programs instead of two a cell; what they leave open is looked at
one by one (`repair.py`). What has been proved stays proved when more is withheld, for then more tables fit.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from geodata.press.cells import Cells, Mask, Numbers

ROUNDS = 24
"""Programs for many cells at once, at most."""
SLACK = 1e-6
Places = NDArray[np.int64]


class Proof:
    """How far apart two tables are known to be in each cell, for one table and ever more withheld cells."""

    def __init__(self, cells: Cells) -> None:
        """Begin with the true table alone."""
        self.cells = cells
        self.least, self.most = cells.value.copy(), cells.value.copy()
        self._chance = np.random.default_rng(len(cells.value))

    def open(self, withheld: Mask) -> Places:
        """Return the withheld cells that are not known to be wide enough."""
        return np.flatnonzero(withheld & (self.most - self.least < self.cells.width - SLACK))

    def is_open(self, cell: int) -> bool:
        """Say whether one cell is not known to be wide enough."""
        return bool(self.most[cell] - self.least[cell] < self.cells.width[cell] - SLACK)

    def add(self, places: Places, table: Numbers) -> None:
        """Take note of a table that fits, given at some cells; everywhere else it is the true one."""
        self.least[places] = np.minimum(self.least[places], table)
        self.most[places] = np.maximum(self.most[places], table)

    def narrow(self, withheld: Mask) -> Places:
        """Return the withheld cells that no table found yet shows to be wide enough; none is the proof."""
        if not len(self.open(withheld)):
            return self.open(withheld)
        hidden = np.flatnonzero(withheld)
        matrix, known = self.cells.matrix(hidden)
        patience = 3
        for _ in range(ROUNDS):
            left = len(self.open(withheld))
            if not left or not patience:
                break
            self._move_many(hidden, matrix, known)
            patience -= len(self.open(withheld)) > 0.9 * left
        return self.open(withheld)

    def _move_many(self, hidden: Places, matrix: csr_array, known: Numbers) -> None:
        """Move all open cells as far as they need, each in a direction drawn by chance."""
        value, width = self.cells.value[hidden], self.cells.width[hidden]
        low, high = self.cells.low[hidden], self.cells.high[hidden]
        open_ = self.most[hidden] - self.least[hidden] < width - SLACK
        want = np.where(open_, self._chance.choice((-1.0, 1.0), len(hidden)), 0)
        low = np.where(open_, np.maximum(low, value - width), low)
        high = np.where(open_, np.minimum(high, value + width), high)
        found = solved(-want, matrix, known, low, high)
        if found is not None:
            self.add(hidden, found)


def solved(want: Numbers, matrix: csr_array, known: Numbers, low: Numbers, high: Numbers) -> Numbers | None:
    """Return the table that fits and makes `want` least; none where the solver gives up."""
    found = linprog(want, A_eq=matrix, b_eq=known, bounds=np.column_stack((low, high)), method="highs")
    return None if found.x is None else np.asarray(found.x, float)
