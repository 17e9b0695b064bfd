"""Files put together from several sources: found out, and taken apart where areas or stretches of rows leave no doubt."""

from collections.abc import Sequence

import numpy as np

from geodata.coordinates import Floats
from geodata.doctor.evidence import BEYOND_DOUBT, CLEARLY_M, NEAR_M, Units, contrary, scores
from geodata.doctor.judge import units_of
from geodata.doctor.places import BAD, Sheet
from geodata.doctor.systems import Ints, System

UNDECIDED = BAD
_STRETCHES = (20, 100)
"""Places of a stretch of rows."""
_STRAY_SHARE, _STRAY_FEWEST = 0.003, 10
_STRAY_PURE = 0.6
_IMPURE = 0.03
"""The share of a unit's places that may speak clearly against its system."""


def stretches(count: int, length: int) -> Units:
    """Return stretches of so many places, in the order of the file."""
    return Units(np.arange(count) // length, -(-count // length))


def is_mixed(sheet: Sheet, heads: Ints, systems: Sequence[System]) -> bool:
    """Say whether places, all of one form, speak against the first system so that another explains them better."""
    if len(systems) < 2:
        return False
    metres = sheet.metres(systems[:1], heads)
    heads, metres = heads[np.isfinite(metres[:, 0])], metres[np.isfinite(metres[:, 0])]
    every = np.tile(metres, (1, len(systems)))
    out = metres[:, 0] > NEAR_M
    every[out, 1:] = sheet.metres(systems[1:], heads[out])
    every[~np.isfinite(every)] = np.inf
    if _strays(every):
        return True
    kinds = [units_of(sheet, heads), *(stretches(len(heads), length) for length in _STRETCHES)]
    return any(_contrary_units(sheet, heads, systems, every, units) for units in kinds)


def _strays(metres: Floats) -> bool:
    """Say whether most of what the first system puts clearly outside lies inside by one other."""
    clearly = metres[:, 0] > CLEARLY_M
    if clearly.sum() < max(_STRAY_FEWEST, _STRAY_SHARE * len(metres)):
        return False
    return bool(((metres[clearly, 1:] <= NEAR_M).mean(axis=0) >= _STRAY_PURE).any())


def _contrary_units(sheet: Sheet, heads: Ints, systems: Sequence[System], metres: Floats, units: Units) -> bool:
    """Say whether units speak for another system: one of them loudly, or more of them than chance would have."""
    poor = scores(units, metres[:, :1])[:, 0] < 0
    look = np.flatnonzero(poor[units.unit])
    if not len(look):
        return False
    found = sheet.metres(systems, heads[look])
    found[~np.isfinite(found)] = np.inf
    evidence = scores(Units.of(units.unit[look]), found)
    best = evidence[:, 1:].max(axis=1)
    lead = np.where(best > 0, best - evidence[:, 0], 0)
    loud = lead.max() >= BEYOND_DOUBT + np.log(units.count)
    return bool(loud or (lead >= BEYOND_DOUBT).sum() > 3 + 0.02 * units.count)


def split(sheet: Sheet, rows: Ints, systems: Sequence[System]) -> Ints:
    """Return which system each row is in, -1 where that is open: by area or by stretch, whichever decides more.

    `rows` are all of one form, in the order of the file.
    """
    heads, place = sheet.distinct(rows)
    metres = sheet.metres(systems, heads)
    known = np.isfinite(metres).all(axis=1)
    by_area = np.full(len(heads), UNDECIDED, dtype=np.int64)
    by_area[known] = _by_units(metres[known], units_of(sheet, heads[known]))
    ways = [by_area[place], *(_by_stretches(sheet, rows, systems, length) for length in _STRETCHES)]
    return max(ways, key=lambda way: int((way != UNDECIDED).sum()))


def _by_stretches(sheet: Sheet, rows: Ints, systems: Sequence[System], length: int) -> Ints:
    heads, run = sheet.runs(rows)
    metres = sheet.metres(systems, heads)
    known = np.flatnonzero(np.isfinite(metres).all(axis=1))
    metres = metres[known]
    if not len(known):
        return np.full(len(rows), UNDECIDED, dtype=np.int64)
    found = _joined(_by_units(metres, stretches(len(known), length)), metres)
    # A row without a known area is in what its neighbours on both sides are in.
    every = np.arange(len(heads))
    before = found[np.maximum(np.searchsorted(known, every, side="right") - 1, 0)]
    after = found[np.minimum(np.searchsorted(known, every), len(known) - 1)]
    return np.where(before == after, before, UNDECIDED)[run]


def _by_units(metres: Floats, units: Units) -> Ints:
    """Return the system of each unit's places where it is beyond doubt."""
    evidence = scores(units, metres)
    first = _lead(evidence)
    # What nearly all decided units are in, an undecided one is likely to be in too.
    usual = np.bincount(first[first != UNDECIDED], minlength=metres.shape[1]) + 0.5
    found = _lead(evidence + np.log(usual / usual.sum()))
    place = found[units.unit]
    against = np.zeros(len(place), dtype=bool)
    for system in range(metres.shape[1]):
        mine = place == system
        against[mine] = contrary(metres[mine], system)
    size = units.sizes()
    impure = units.sums(against) > np.maximum(1, _IMPURE * size)
    return np.where(impure[units.unit], UNDECIDED, place)


def _lead(evidence: Floats) -> Ints:
    two = np.partition(evidence, -2, axis=1)[:, -2:]
    return np.where(two[:, 1] - two[:, 0] >= BEYOND_DOUBT, evidence.argmax(axis=1), UNDECIDED)


def _joined(found: Ints, metres: Floats) -> Ints:
    """Fill gaps between stretches: with what is on both sides, or up to where the change shows."""
    found = found.copy()
    gap = found == UNDECIDED
    edges = np.flatnonzero(np.diff(np.concatenate([[False], gap, [False]]).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        before = found[start - 1] if start else found[end] if end < len(found) else UNDECIDED
        after = found[end] if end < len(found) else before
        if UNDECIDED not in (before, after):
            found[start:end] = _gap(metres[start:end], int(before), int(after))
    return found


def _gap(metres: Floats, before: int, after: int) -> Ints:
    """Return the systems of places between two stretches; those about the change stay open."""
    found = np.full(len(metres), UNDECIDED, dtype=np.int64)
    not_before, not_after = (np.flatnonzero(contrary(metres, system)) for system in (before, after))
    if before == after:
        if len(not_before) <= max(1, _IMPURE * len(metres)):
            found[:] = before
        return found
    last = not_after[-1] + 1 if len(not_after) else 0
    change = not_before[0] if len(not_before) else len(metres)
    if last <= change:
        found[:last], found[change:] = before, after
    return found
