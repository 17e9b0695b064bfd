"""Small cities and a week of theirs: who is in which state changes from hour to hour, how many homes there are does not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from geodata.press.homes import Past, homes
from tests.geodata.press.attacker import Attacker, Published

GROUPS = {"followed": ["wuhan", "hubei", "other_city"], "unsurveyed": ["unsurveyed"], "settled": ["vacant", "normal"]}
STATES = [code for states in GROUPS.values() for code in states]
SHARES = (0.01, 0.02, 0.03, 0.06, 0.13, 0.75)
Counts = dict[int, dict[str, int]]


@dataclass
class City:
    """A tree of areas and its villages' households per state."""

    chance: np.random.Generator
    tree: dict[int, int | None] = field(default_factory=lambda: {1: None})
    villages: dict[int, "np.ndarray[tuple[int], np.dtype[np.int64]]"] = field(default_factory=dict)

    @classmethod
    def drawn(cls, seed: int, homes_each: int) -> "City":
        """Return a city of up to four counties; one village in six is tiny."""
        chance = np.random.default_rng(seed)
        city, shares = cls(chance), chance.dirichlet(np.array(SHARES) * 12)
        for _ in range(chance.integers(1, 4)):
            county = city._new(1)
            for _ in range(chance.integers(1, 4)):
                township = city._new(county)
                for _ in range(chance.integers(1, 6)):
                    size = chance.integers(1, 9) if chance.random() < 1 / 6 else chance.poisson(homes_each)
                    city.villages[city._new(township)] = chance.multinomial(size, shares)
        return city

    def _new(self, parent: int) -> int:
        self.tree[len(self.tree) + 1] = parent
        return len(self.tree)

    def counts(self) -> Counts:
        """Return the households per area and state, as they are now."""
        found: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATES, 0))
        for village, row in self.villages.items():
            area: int | None = village
            while area is not None:
                for code, n in zip(STATES, row, strict=True):
                    found[area][code] += int(n)
                area = self.tree[area]
        return dict(found)

    def days(self, hours: int) -> Iterator[Counts]:
        """Yield the counts of some hours; in most villages nothing happens between two."""
        for _ in range(hours):
            yield self.counts()
            for village, row in self.villages.items():
                if self.chance.random() < 0.4:
                    left, entered = self.chance.choice(len(STATES), 2, replace=False)
                    n = min(int(row[left]), int(self.chance.integers(1, 4)))
                    row[left] -= n
                    row[entered] += n
                    self.villages[village] = row


def week(city: City, hours: int, threshold: int, order: list[int] | None = None) -> Attacker:
    """Publish some hours of a week, in any order, and return who has seen all of them."""
    attacker, past = Attacker(GROUPS), Past()
    counted = list(city.days(hours))
    for hour in order or range(hours):
        made = homes(city.tree, counted[hour], GROUPS, threshold, past)
        attacker.see(hour, made.told, city.tree, made.lumped)
        told = {(area, cell): n for area, cells in made.told.items() for cell, n in cells.items() if n is not None}
        past = Past(past.needed | made.needed, {**past.lumped, **made.lumped}, told)
    return attacker


def bare(counted: Counts, threshold: int) -> Published:
    """Return what is told where small counts alone are withheld."""
    told: dict[int, Mapping[str, int | None]] = {}
    for area, states in counted.items():
        if total := sum(states.values()):
            cells = {"households": total, **{f"state:{code}": n for code, n in states.items()}}
            cells |= {group: sum(states[code] for code in codes) for group, codes in GROUPS.items()}
            told[area] = {cell: None if 0 < n < threshold else n for cell, n in cells.items()}
    return told
