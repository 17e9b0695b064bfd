"""A flat plane in kilometres under the demo city, for what is measured by distance; never stored."""

import numpy as np
from numpy.typing import ArrayLike

from geodata.demo.chance import Floats

ORIGIN = (111.2, 34.4)
KM_PER_DEGREE = (111.320 * float(np.cos(np.radians(ORIGIN[1]))), 110.95)
STEP = 1e-7
"""All borders lie on this lattice of degrees, about one centimetre."""
_STEPS = 1e7


def to_km(lonlat: ArrayLike) -> Floats:
    """Degrees (n, 2) to kilometres (n, 2) east and north of the origin; good to 1 % over the city."""
    return (np.asarray(lonlat, dtype=np.float64) - ORIGIN) * KM_PER_DEGREE


def to_degrees(km: ArrayLike) -> Floats:
    """Kilometres (n, 2) back to degrees (n, 2)."""
    return np.asarray(km, dtype=np.float64) / KM_PER_DEGREE + ORIGIN


def on_lattice(lonlat: ArrayLike) -> Floats:
    """Degrees moved to the nearest point of the lattice; equal points become equal to the last bit."""
    return np.asarray(np.round(np.asarray(lonlat, dtype=np.float64) * _STEPS) / _STEPS, dtype=np.float64)


def ripple(km: Floats, wavelength_km: float, chance: np.random.Generator) -> Floats:
    """Smooth noise in -1..1 at each point (n,): six plane waves of about this wavelength."""
    angles = chance.uniform(0, 2 * np.pi, 6)
    lengths = wavelength_km * chance.uniform(0.6, 1.6, 6)
    phases = chance.uniform(0, 2 * np.pi, 6)
    waves = 2 * np.pi / lengths * np.array([np.cos(angles), np.sin(angles)])
    return np.asarray(np.clip(np.sin(km @ waves + phases).sum(axis=1) / 3, -1, 1), dtype=np.float64)
