"""Cells 单元格 of a table and the sums that tie them together: what is protected, whatever it counts.

Everybody knows the sums: a row says that its cells, each with its sign, add up to what they add up to in truth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass
class Cells:
    """`n` cells with their true values, and what anybody knows of one that is withheld: `low`, `high`.

    `width` is how wide its interval must stay; `cost` what is lost with it; `hideable` whether it may be withheld at all.
    """

    value: Numbers
    low: Numbers
    high: Numbers
    width: Numbers
    cost: Numbers
    hideable: Mask
    rows: list[tuple[list[int], list[int]]] = field(default_factory=list)
    """Each row: cells, and their signs (1 or -1)."""
    _of: list[list[int]] | None = None

    @classmethod
    def of(cls, values: Sequence[float] | Numbers, threshold: int) -> "Cells":
        """Return cells of counts: zeros are published, so that one that is withheld is known to be one at least."""
        value = np.asarray(values, float)
        n = len(value)
        return cls(value, np.ones(n), np.full(n, inf), np.full(n, float(threshold)), 1 + np.log2(1 + value), value > 0)

    def tie(self, parts: Iterable[int], whole: Iterable[int] = ()) -> None:
        """Add a sum: parts less their whole; without a whole, what the parts add up to is known."""
        plus, minus = list(parts), list(whole)
        self.rows.append(([*plus, *minus], [1] * len(plus) + [-1] * len(minus)))

    @property
    def of_cell(self) -> list[list[int]]:
        """Return the numbers of the rows that each cell stands in."""
        if self._of is None:
            self._of = [[] for _ in self.value]
            for number, (cells, _) in enumerate(self.rows):
                for cell in cells:
                    self._of[cell].append(number)
        return self._of

    def settle(self) -> None:
        """Give up hiding what zeros and known wholes tell anyhow: where all of a village is white, white is its total."""
        waiting = list(range(len(self.rows)))
        while waiting:
            left = [cell for cell in self.rows[waiting.pop()][0] if self.hideable[cell]]
            if len(left) == 1:
                self.hideable[left[0]] = False
                waiting += self.of_cell[left[0]]

    def matrix(self, withheld: NDArray[np.int64]) -> tuple[Any, Numbers]:
        """Return the sums of the withheld cells alone, as a sparse matrix and what each of its rows is known to give."""
        place = {int(cell): number for number, cell in enumerate(withheld)}
        data: list[float] = []
        columns: list[int] = []
        starts = [0]
        for row in sorted({row for cell in place for row in self.of_cell[cell]}):
            cells, signs = self.rows[row]
            found = [(place[cell], sign) for cell, sign in zip(cells, signs, strict=True) if cell in place]
            columns += [number for number, _ in found]
            data += [sign for _, sign in found]
            starts.append(len(data))
        matrix = csr_array((data, columns, starts), shape=(len(starts) - 1, len(withheld)))
        return matrix, matrix @ self.value[withheld]
