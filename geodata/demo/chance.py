"""Chance that is the same on every machine and in every order: seeded by what it is for, never by what came before."""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def seed(*names: str) -> int:
    """64 bits that stand for these names."""
    return int.from_bytes(sha256("\x1f".join(names).encode()).digest()[:8], "big")


def generator(*names: str) -> np.random.Generator:
    """A generator of its own for these names, for example an area's code and a purpose."""
    return np.random.Generator(np.random.PCG64(seed(*names)))


def stir(words: Words, salt: int) -> Words:
    """Mix each 64-bit word with a number (splitmix64); wraps around by design."""
    with np.errstate(over="ignore"):
        z = words + np.uint64(salt & 0xFFFFFFFFFFFFFFFF) * _GOLDEN + _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX[0]
        z = (z ^ (z >> np.uint64(27))) * _MIX[1]
        return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def uniform(words: Words, *salts: int) -> Floats:
    """One number in [0, 1) for each word: chance that needs no state, for figures that can be asked for in any order."""
    for salt in salts:
        words = stir(words, salt)
    return np.asarray((stir(words, len(salts)) >> np.uint64(11)) * 2.0**-53, dtype=np.float64)
