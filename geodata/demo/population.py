"""How many households live in which village and grid: a rule, so that both sizes of the demo agree on every grid."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from geodata.demo.chance import Floats, Ints, generator
from geodata.demo.divisions import Division, Divisions

FEWEST, MOST = 100, 500
"""Households in a grid."""
USUAL = 340
_TOTALS = {"small": 60_000, "city": 1_000_000}
_DENSE_COUNTY = "411281"
"""Yima is a coal town of 35 small communities on 100 square kilometres."""


class Size(StrEnum):
    """How much of the city has homes."""

    SMALL = "small"
    CITY = "city"


@dataclass(frozen=True)
class Grid:
    """A grid before it has a polygon."""

    code: str
    village: str
    households: int


def split(total: int, parts: int, spread: float, chance: np.random.Generator) -> Ints:
    """Cut `total` into `parts` whole numbers that differ by about `spread`, each within FEWEST..MOST; exact sum."""
    if not FEWEST * parts <= total <= MOST * parts:
        raise ValueError(f"{total} households do not fit {parts} grids")
    wanted = 1 + chance.uniform(-spread, spread, parts)
    counts = np.clip(shares(wanted, total), FEWEST, MOST)
    while (missing := total - int(counts.sum())) != 0:
        room = np.flatnonzero(counts < MOST if missing > 0 else counts > FEWEST)
        counts[room[: abs(missing)]] += np.sign(missing)
    return counts


def shares(weights: ArrayLike, total: int) -> Ints:
    """Whole numbers in proportion to the weights that sum to `total` (largest remainders, first come first)."""
    exact = np.asarray(weights, dtype=np.float64)
    exact = exact * (total / exact.sum())
    counts: Ints = np.floor(exact).astype(np.int64)
    rest = np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]
    counts[rest] += 1
    return counts


def _weight(divisions: Divisions, village: Division, first: bool) -> float:
    """Households that such a village usually has; the oldest quarter of a town is its smallest."""
    township = divisions[village.parent or ""]
    noise = float(np.exp(generator(village.code, "households").normal(0.0, 0.28)))
    if village.community and township.core:
        usual = 1_500.0 if township.parent == _DENSE_COUNTY else 2_800.0
    elif village.community:
        usual = 900.0
    elif township.core:
        usual = 1_700.0 if divisions.urban(village) else 900.0
    else:
        usual = 570.0 if township.name.endswith("镇") else 440.0
    old_quarter = 0.5 if first and divisions.urban(village) else 1.0
    return float(np.clip(usual * noise * old_quarter, 150.0, 5_200.0))


def villages(divisions: Divisions) -> dict[str, int]:
    """Households of every village at full size, by code; they sum to a million."""
    rows = divisions.level("village")
    firsts = {children[0].code for code, children in divisions.children.items() if divisions[code].level == "township"}
    weights: Floats = np.array([_weight(divisions, row, row.code in firsts) for row in rows])
    counts = shares(weights, _TOTALS["city"])
    return {row.code: int(count) for row, count in zip(rows, counts, strict=True)}


def grids(divisions: Divisions) -> list[Grid]:
    """Every grid at full size, in the order of the codes."""
    made = []
    for village, households in villages(divisions).items():
        parts = max(1, -(-(households - 70) // USUAL))
        counts = split(households, parts, 0.4, generator(village, "grids"))
        made += [Grid(f"{village}{i:03d}", village, int(n)) for i, n in enumerate(counts, 1)]
    return made


def inhabited(divisions: Divisions, size: Size, every: list[Grid]) -> list[Grid]:
    """The grids that have homes at this size: at `small` those of the first villages of each township."""
    if size == Size.CITY:
        return every
    homes = villages(divisions)
    ranked = sorted(
        (rank, row.code)
        for code, children in divisions.children.items()
        if divisions[code].level == "township"
        for rank, row in enumerate(children)
    )
    chosen: set[str] = set()
    left = _TOTALS["small"]
    for rank, code in ranked:
        if rank == 0 or (rank == 1 and homes[code] <= left):
            chosen.add(code)
            left -= homes[code]
    return [grid for grid in every if grid.village in chosen]
