"""The attacker: everything that was published, the sums that everybody knows, and linear programming.

It shares nothing with the code that protects: it reads published cells by area, knows the tree, which states make a group,
that counts are not negative, that zero is always told, how many rooms a hotel has, and that the number of households of an
area is the same in two pictures. Against it, a withheld cell must stay as wide as the threshold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Cell = tuple[int, str]
Published = Mapping[int, Mapping[str, int | None]]
"""Area -> cell -> count, or none where it is withheld; an area or cell without data is not in it."""


@dataclass
class Attacker:
    """Collects pictures of one city; `intervals` tells what they give away."""

    groups: Mapping[str, Sequence[str]]
    columns: dict[Any, int] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    sums: list[tuple[dict[int, float], float]] = field(default_factory=list)

    def see(self, hour: int, published: Published, tree: Mapping[int, int | None], lumps: Mapping[int, int]) -> None:
        """Enter one hour: each area's cells, and the sums between and within areas."""
        for area, cells in published.items():
            if "households" in cells:
                self._tie_states(hour, area, cells)
            if cells.get("rooms_taken", 0) is None:
                self._see_rooms(hour, area, cells)
        self._tie_tree(hour, published, tree, lumps)

    def _column(self, hour: int, area: int, cell: str, least: float = 0, most: float = np.inf) -> int:
        # How many households there are is the same at all hours.
        key = (area, cell) if cell == "households" else (hour, area, cell)
        if key not in self.columns:
            self.columns[key] = len(self.low)
            self.low.append(least)
            self.high.append(most)
        return self.columns[key]

    def _term(
        self, hour: int, area: int, cells: Mapping[str, int | None], cell: str, lumped: bool
    ) -> tuple[int | None, float]:
        value = cells[cell]
        if value is not None:
            return None, float(value)
        return self._column(hour, area, cell, 0 if lumped and cell != "households" else 1), 0.0

    def _add(self, terms: Sequence[tuple[tuple[int | None, float], int]]) -> None:
        row: dict[int, float] = {}
        known = 0.0
        for (column, value), sign in terms:
            if column is None:
                known -= sign * value
            else:
                row[column] = row.get(column, 0) + sign
        if row:
            self.sums.append((row, known))
        else:
            assert known == 0, "what is published does not add up"

    def _tie_states(self, hour: int, area: int, cells: Mapping[str, int | None]) -> None:
        lumped = cells["households"] is None
        for group, states in self.groups.items():
            if group in cells:
                parts = [(self._term(hour, area, cells, f"state:{code}", lumped), 1) for code in states]
                self._add([*parts, (self._term(hour, area, cells, group, lumped), -1)])
        groups = [(self._term(hour, area, cells, group, lumped), 1) for group in self.groups if group in cells]
        self._add([*groups, (self._term(hour, area, cells, "households", lumped), -1)])

    def _see_rooms(self, hour: int, area: int, cells: Mapping[str, int | None]) -> None:
        self._column(hour, area, "rooms_taken", 0, float(cells["rooms"] or 0))

    def _tie_tree(
        self, hour: int, published: Published, tree: Mapping[int, int | None], lumps: Mapping[int, int]
    ) -> None:
        below: dict[int, list[int]] = {}
        for area, parent in tree.items():
            if parent is not None and area in published:
                below.setdefault(parent, []).append(area)
        for parent, children in below.items():
            for cell in published[parent]:
                if cell in ("rooms", "clinics"):
                    continue
                terms = [
                    (self._term(hour, child, published[child], cell, child in lumps), 1)
                    for child in children
                    if cell in published[child]
                ]
                if terms:
                    whole = self._term(hour, parent, published[parent], cell, parent in lumps)
                    self._add([*terms, (whole, -1)])

    def narrow(self, threshold: float, sample: int | None = None) -> dict[Any, tuple[float, float]]:
        """Return the withheld cells whose interval is narrower than the threshold, with the interval.

        `sample` bounds how many cells are attacked, drawn by chance; none attacks all of them.
        """
        if not self.columns:
            return {}
        matrix, known = self._matrix()
        pieces = connected_components(abs(matrix.T) @ abs(matrix), directed=False)[1]
        rows = pieces[matrix.indices[matrix.indptr[:-1]]]
        names = {column: name for name, column in self.columns.items()}
        chosen = sorted(names)
        if sample is not None and sample < len(chosen):
            chosen = sorted(np.random.default_rng(1).choice(chosen, sample, replace=False))
        found = {}
        least, most = self._seen(matrix, known)
        for column in chosen:
            if most[column] - least[column] >= threshold - 1e-6:
                continue
            members = np.flatnonzero(pieces == pieces[column])
            inner, fixed = matrix[rows == pieces[column]][:, members], known[rows == pieces[column]]
            bounds = np.column_stack((np.array(self.low)[members], np.array(self.high)[members]))
            for sign in (1.0, -1.0):
                want = np.where(members == column, sign, 0)
                given = {"A_eq": inner, "b_eq": fixed} if inner.shape[0] else {}
                answer = linprog(want, bounds=bounds, method="highs", **given)
                if answer.status == 3:  # without an end
                    most[column] = np.inf
                    continue
                assert answer.status == 0, answer.message
                least[members], most[members] = (
                    np.minimum(least[members], answer.x),
                    np.maximum(most[members], answer.x),
                )
            if most[column] - least[column] < threshold - 1e-6:
                found[names[column]] = (float(least[column]), float(most[column]))
        return found

    def _seen(self, matrix: csr_array, known: Any) -> tuple[Any, Any]:
        """Return how far apart some tables are that fit all that is known: what they show wide need not be attacked."""
        chance, n = np.random.default_rng(7), len(self.low)
        least, most = np.full(n, np.inf), np.full(n, -np.inf)
        bounds = np.column_stack((self.low, np.minimum(self.high, 10_000)))
        for _ in range(14):
            want = chance.choice((-1.0, 0.0, 1.0), n)
            given = {"A_eq": matrix, "b_eq": known} if matrix.shape[0] else {}
            answer = linprog(want, bounds=bounds, method="highs", **given)
            if answer.status == 0:
                least, most = np.minimum(least, answer.x), np.maximum(most, answer.x)
        return least, most

    def _matrix(self) -> tuple[csr_array, np.ndarray[Any, Any]]:
        data, columns, starts = [], [], [0]
        for row, _ in self.sums:
            columns += list(row)
            data += list(row.values())
            starts.append(len(data))
        matrix = csr_array((data, columns, starts), shape=(len(self.sums), len(self.columns)))
        return matrix, np.array([known for _, known in self.sums], float)
