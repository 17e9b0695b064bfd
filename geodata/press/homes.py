"""The table of homes: states by areas, with the groups of states that are published as one; what of it may be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from geodata.press.cells import Cells, Numbers
from geodata.press.protect import protect
from geodata.press.units import Tree, Unit, units

GROUPS = ("followed", "unsurveyed", "settled")
"""Every state is in one: to be followed; not asked yet; asked, and nothing to follow."""
TOTAL = "households"
Told = dict[str, int | None]
"""Cell -> its count, or none where it is withheld."""
Key = tuple[int, str]
"""Label of a unit, and a cell."""


@dataclass(frozen=True)
class Past:
    """What other vintages of the same days have done."""

    needed: frozenset[Key] = frozenset()
    """Cells that any of them had to withhold."""
    lumped: Mapping[int, int] = field(default_factory=dict)
    """Area -> label of the lump that any of them had it in."""
    told: Mapping[Key, int] = field(default_factory=dict)
    """What the nearest of them published."""


@dataclass(frozen=True)
class Homes:
    """What is told of each area, what had to be withheld for it, and which areas are lumped."""

    told: dict[int, Told]
    needed: frozenset[Key]
    lumped: dict[int, int]


def least_homes(threshold: int, states: int) -> int:
    """Return how many households a unit has at least, so that any of its cells can be hidden among the others."""
    return 2 * threshold + states + len(GROUPS)


def state_cell(code: str) -> str:
    """Return the name of a state's cell, which no group and no total bears."""
    return f"state:{code}"


def homes(
    tree: Tree,
    counts: Mapping[int, Mapping[str, int]],
    groups: Mapping[str, Sequence[str]],
    threshold: int,
    past: Past,
    *,
    silent: bool = False,
) -> Homes:
    """Return what of a table of households per area and state may be told. Areas without homes are left out.

    `tree` holds every area, `groups` the states of each of `GROUPS`; with `silent` everything is withheld. Raises
    CannotProtect.
    """
    states = [code for group in GROUPS for code in groups.get(group, ())]
    rows = {area: np.array([found.get(code, 0) for code in states], float) for area, found in counts.items()}
    listed = [] if silent else units(tree, rows, least_homes(threshold, len(states)), past.lumped)
    table = _Table(listed, groups, states, threshold)
    withheld, needed = table.protected(past) if listed else (set(), frozenset())
    told: dict[int, Told] = {area: dict.fromkeys((TOTAL, *table.names)) for area, row in rows.items() if row.sum() > 0}
    lumped: dict[int, int] = {}
    for number, unit in enumerate(listed):
        said = table.told(number, withheld)
        for member in unit.members:
            lumped[member] = unit.label
            told[member] = {name: 0 if value == 0 else None for name, value in said.items()}
            told[member][TOTAL] = None
        if not unit.members and unit.label > 0:
            told[unit.label] = {TOTAL: int(unit.counts.sum()), **said}
    return Homes(told, needed, lumped)


class _Table:
    """The cells of all units: one column a state, and one a group of several states."""

    def __init__(
        self, listed: list[Unit], groups: Mapping[str, Sequence[str]], states: Sequence[str], threshold: int
    ) -> None:
        self.units = listed
        self.threshold = threshold
        own = [(group, [states.index(code) for code in groups.get(group, ())]) for group in GROUPS]
        self.groups = [(group, columns) for group, columns in own if columns]
        self.names = [*map(state_cell, states), *(group for group, _ in self.groups)]
        self.cells = Cells.of(self._values(len(states)).ravel(), threshold)
        self._price(len(states))
        self._tie(len(states))
        self.cells.settle()

    def cell(self, unit: int, column: int) -> int:
        return unit * len(self.names) + column

    def key(self, cell: int) -> Key:
        unit, column = divmod(int(cell), len(self.names))
        return self.units[unit].label, self.names[column]

    def _values(self, states: int) -> Numbers:
        if not self.units:
            return np.zeros((0, len(self.names)))
        own = np.stack([unit.counts for unit in self.units]).reshape(-1, states)
        return np.column_stack((own, *(own[:, columns].sum(axis=1) for _, columns in self.groups)))

    def _price(self, states: int) -> None:
        """Let groups be dearer than states, and upper areas dearer than lower ones: more people look at them."""
        weight = np.array([1.0] * states + [4.0] * len(self.groups))
        depth = np.array([4.0 ** max(0, 3 - unit.level) for unit in self.units])
        self.cells.cost = self.cells.cost * np.outer(depth, weight).ravel()

    def _tie(self, states: int) -> None:
        below: dict[int, list[int]] = {}
        for number, unit in enumerate(self.units):
            if unit.parent is not None:
                below.setdefault(unit.parent, []).append(number)
            for place, (_, columns) in enumerate(self.groups, states):
                self.cells.tie((self.cell(number, column) for column in columns), [self.cell(number, place)])
            self.cells.tie(self.cell(number, place) for place in range(states, len(self.names)))
        for parent, children in below.items():
            for column in range(len(self.names)):
                self.cells.tie((self.cell(child, column) for child in children), [self.cell(parent, column)])

    def protected(self, past: Past) -> tuple[set[Key], frozenset[Key]]:
        """Return which cells are withheld, and which of them had to be."""
        value = self.cells.value
        small = (value > 0) & (value < self.threshold)
        keys = [self.key(cell) for cell in range(len(value))]
        kept = np.array([key in past.needed for key in keys], bool)
        told_alike = np.array([past.told.get(key) == n for key, n in zip(keys, value, strict=True)], bool)
        # What was hidden anyway costs next to nothing; what stood in the last picture just as it is now hides little.
        self.cells.cost = self.cells.cost * np.where(kept, 0.001, np.where(told_alike, 8, 1))
        withheld, needed = protect(self.cells, small, kept)
        return {keys[n] for n in np.flatnonzero(withheld)}, frozenset(keys[n] for n in np.flatnonzero(needed))

    def told(self, unit: int, withheld: set[Key]) -> Told:
        label, first = self.units[unit].label, self.cell(unit, 0)
        return {
            name: None if (label, name) in withheld else int(self.cells.value[first + column])
            for column, name in enumerate(self.names)
        }
