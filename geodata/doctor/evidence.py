"""How likely systems are, by how many places of each unit (an area, a stretch of rows) they put outside its area.

Under the right system the share outside is small, with a mean of a tenth or so: borders are drawn roughly, people are
registered elsewhere. Under a wrong one any share may come. Shares rather than single places are compared, because errors
within one village are of one kind: 15 houses of 500 beyond a border say little, half of the houses everything.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln

from geodata.coordinates import Floats
from geodata.doctor.systems import Bools, Ints

NEAR_M = 20.0
"""So far outside still counts as inside: borders are not drawn finer."""
CLEARLY_M = 150.0
"""So far outside is not the border's fault."""
BEYOND_DOUBT = 6.0
"""A factor of 400 between two systems, as a natural logarithm."""
RIGHT, _WRONG = (1.0, 10.0), (1.5, 1.5)
_MOST_REGULAR = 80.0
_FEWEST_UNITS = 10


@dataclass(frozen=True, slots=True)
class Units:
    """Places by unit: `unit` (n,) counts from 0, `count` is how many units there are."""

    unit: Ints
    count: int

    @classmethod
    def of(cls, labels: Ints) -> "Units":
        """Return the units of places that share a label."""
        names, unit = np.unique(labels, return_inverse=True)
        return cls(unit.astype(np.int64), len(names))

    def sums(self, what: Bools | Floats) -> Floats:
        """Add up a figure of each place by unit."""
        return np.asarray(
            np.bincount(self.unit, weights=what.astype(np.float64), minlength=self.count), dtype=np.float64
        )

    def sizes(self) -> Floats:
        """Return how many places each unit has."""
        return self.sums(np.ones(len(self.unit)))


def scores(units: Units, areas: Units, metres: Floats, right: tuple[float, float] = RIGHT) -> Floats:
    """Return the evidence (units, systems) for each system being right rather than wrong, in natural logarithms.

    `metres` (n, systems) is how far each system puts the places outside their areas; none of it is NaN. Each area within
    a unit counts for itself. `right` is how the share outside is spread (a beta distribution) under the right system.
    """
    parts = Units.of(units.unit * areas.count + areas.unit)
    size = parts.sizes()[:, None]
    outside = np.stack([parts.sums(column > NEAR_M) for column in metres.T], axis=1)
    found = _likelihood(outside, size, *right) - _likelihood(outside, size, *_WRONG)
    unit = np.zeros(parts.count, dtype=np.int64)
    unit[parts.unit] = units.unit
    return np.stack([np.bincount(unit, weights=column, minlength=units.count) for column in found.T], axis=1)


def _likelihood(outside: Floats, size: Floats, a: float, b: float) -> Floats:
    return np.asarray(betaln(outside + a, size - outside + b) - betaln(a, b))


def spread_of(units: Units, outside: Bools, decided: Bools) -> tuple[float, float]:
    """Return how the share outside is spread over units that are decided; what was assumed where they are few.

    `outside` (n,) is by the system of each unit, `decided` (units,) says which units count.
    """
    if decided.sum() < _FEWEST_UNITS:
        return RIGHT
    share = (units.sums(outside) / np.maximum(units.sizes(), 1))[decided]
    mean = float(np.clip(share.mean(), 0.01, 0.2))
    regular = float(np.clip(mean * (1 - mean) / max(float(share.var()), 1e-6) - 1, sum(RIGHT), _MOST_REGULAR))
    return mean * regular, (1 - mean) * regular


def belief(totals: Floats) -> Floats:
    """Return the probability of each system, what is left being that of none of them."""
    every = np.append(totals, 0.0)
    weight = np.exp(every - every.max())
    return np.asarray((weight / weight.sum())[:-1])


def only(metres: Floats, one: int, other: int) -> Bools:
    """Return which places one system puts inside their areas and another outside."""
    return (metres[:, one] <= NEAR_M) & (metres[:, other] > NEAR_M)


def contrary(metres: Floats, one: int) -> Bools:
    """Return which places one system puts clearly outside and some other inside."""
    others = np.delete(metres, one, axis=1)
    return (metres[:, one] > CLEARLY_M) & (others <= NEAR_M).any(axis=1)
