"""Units of publication: areas that may be told apart, and lumps of areas that are too small to be told alone.

How many households an area holds is hardly ever news, so a total withheld today would stand in yesterday's picture. So
totals are never withheld cell by cell: an area with too few households is lumped together with neighbours of the same
parent, for as long as any vintage of that week did so, and nothing of its members is told but what the lump tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from geodata.press.cells import Numbers

Tree = Mapping[int, int | None]
"""Area -> its parent; none for the top."""


@dataclass
class Unit:
    """One area, or a lump. `label` is its area, or a lump's first; one below none (negative) is what lies directly above it."""

    label: int
    counts: Numbers
    """Households per state."""
    level: int
    parent: int | None
    """Number of the unit above."""
    members: tuple[int, ...] = ()
    """All the areas of a lump; none of an area that stands alone."""


def units(tree: Tree, counts: Mapping[int, Numbers], least: int, lumped: Mapping[int, int]) -> list[Unit]:
    """Return the units of a tree whose areas hold homes, parents first.

    `least` is how many households a unit has; `lumped` says which areas were lumped lately: area -> label of its lump.
    A top with fewer than `least` gives no unit at all: nothing of it can be told.
    """
    below: defaultdict[int | None, list[int]] = defaultdict(list)
    for area in sorted(counts):
        if counts[area].sum() > 0:
            below[tree[area]].append(area)
    found: list[Unit] = []
    waiting: list[tuple[int, int, int | None]] = [
        (area, 0, None) for area in below[None] if counts[area].sum() >= least
    ]
    while waiting:
        area, level, parent = waiting.pop(0)
        number = len(found)
        found.append(Unit(area, counts[area], level, parent))
        children = {child: counts[child] for child in below[area]}
        rest = counts[area] - sum(children.values(), np.zeros_like(counts[area]))
        if children and rest.sum() > 0:
            children[-area] = rest
        for group in _groups(children, least, lumped):
            if len(group) == 1 and group[0] > 0:
                waiting.append((group[0], level + 1, number))
            else:
                together = sum((children[child] for child in group), np.zeros_like(rest))
                members = tuple(sorted(_all_below((child for child in group if child > 0), below)))
                found.append(Unit(min(group, key=abs), together, level + 1, number, members))
    return found


def _groups(children: Mapping[int, Numbers], least: int, lumped: Mapping[int, int]) -> list[list[int]]:
    """Return the children of one parent in groups none of which is too small; those of one lump stay together."""
    by_label: defaultdict[int, list[int]] = defaultdict(list)
    for child in children:
        by_label[lumped.get(child, child)].append(child)
    groups = list(by_label.values())

    def size(group: list[int]) -> float:
        return float(sum(children[child].sum() for child in group))

    while len(groups) > 1 and min(map(size, groups)) < least:
        small = min(groups, key=lambda group: (size(group) >= least, group[0]))
        groups.remove(small)
        partner = min(groups, key=lambda group: (size(group) >= least, len(group) == 1, size(group), group[0]))
        partner.extend(small)
    return groups


def _all_below(tops: Iterable[int], below: Mapping[int | None, list[int]]) -> Iterable[int]:
    waiting = list(tops)
    while waiting:
        area = waiting.pop()
        yield area
        waiting += below.get(area, [])
