"""Files put together from several sources: found out, and taken apart where areas or stretches of rows leave no doubt."""

from collections.abc import Sequence

import numpy as np

from geodata.coordinates import Floats
from geodata.doctor.evidence import BEYOND_DOUBT, CLEARLY_M, NEAR_M, Units, contrary, scores, spread_of
from geodata.doctor.judge import areas_of
from geodata.doctor.places import BAD, Sheet, spread
from geodata.doctor.systems import Ints, System

UNDECIDED = BAD
_STRETCHES = (20, 100)
"""Places of a stretch of rows."""
_STRAY_SHARE, _STRAY_FEWEST, _STRAY_SIGMAS = 0.003, 10, 3.0
_VERIFIED = 200_000
"""Places that are looked at for what speaks against a verdict."""
_BY_CHANCE, _BY_CHANCE_SHARE = 2, 0.005
"""So many units may speak for another system without meaning it."""
_IMPURE = 0.03
"""The share of a unit's places that may speak clearly against its system."""


def stretches(count: int, length: int) -> Units:
    """Return stretches of so many places, in the order of the file."""
    return Units(np.arange(count) // length, -(-count // length))


def is_mixed(sheet: Sheet, heads: Ints, systems: Sequence[System]) -> bool:
    """Say whether places, all of one form, speak against the first system so that another explains them better."""
    if len(systems) < 2:
        return False
    heads = spread(heads, _VERIFIED)
    metres = sheet.metres(systems[:1], heads)
    known = np.isfinite(metres[:, 0])
    heads, metres = heads[known], metres[known]
    if strays(sheet, heads, metres[:, 0], systems, 0):
        return True
    areas = areas_of(sheet, heads)
    kinds = [areas, *(stretches(len(heads), length) for length in _STRETCHES)]
    return any(_contrary_units(sheet, heads, systems, metres, (units, areas)) for units in kinds)


def strays(sheet: Sheet, heads: Ints, metres: Floats, systems: Sequence[System], one: int) -> bool:
    """Say whether places that one system puts clearly outside are, more than by chance, inside by another.

    Chance is what as many places do that are moved as far the other way.
    """
    clearly = heads[metres > CLEARLY_M]
    fewest = max(_STRAY_FEWEST, _STRAY_SHARE * len(heads))
    if len(clearly) < fewest:
        return False
    here = sheet.places(systems[one], clearly)
    for other in systems:
        there = sheet.places(other, clearly)
        across = (2 * here[0] - there[0], 2 * here[1] - there[1])
        hits, chance = (int((sheet.measured(places, clearly) <= NEAR_M).sum()) for places in (there, across))
        if hits - chance >= max(fewest, _STRAY_SIGMAS * np.sqrt(hits + chance)):
            return True
    return False


def _contrary_units(
    sheet: Sheet, heads: Ints, systems: Sequence[System], metres: Floats, kinds: tuple[Units, Units]
) -> bool:
    """Say whether units speak for another system: one of them loudly, or more of them than chance would have."""
    units, areas = kinds
    poor = scores(units, areas, metres)[:, 0] < 0
    look = np.flatnonzero(poor[units.unit])
    if not len(look):
        return False
    found = sheet.metres(systems, heads[look])
    found[~np.isfinite(found)] = np.inf
    evidence = scores(Units.of(units.unit[look]), Units.of(areas.unit[look]), found)
    best = evidence[:, 1:].max(axis=1)
    lead = np.where(best > 0, best - evidence[:, 0], 0)
    loud = lead.max() >= BEYOND_DOUBT + np.log(units.count)
    return bool(loud or (lead >= BEYOND_DOUBT).sum() > _BY_CHANCE + _BY_CHANCE_SHARE * units.count)


def split(sheet: Sheet, rows: Ints, systems: Sequence[System]) -> Ints:
    """Return which system each row is in, -1 where that is open: by area or by stretch, whichever decides more.

    `rows` are all of one form, in the order of the file.
    """
    starts, run = sheet.runs(rows)
    every = sheet.metres(systems, starts)
    heads, place = sheet.distinct(rows)
    # The first row of a place begins a run.
    metres = every[np.searchsorted(starts, heads)]
    known = np.flatnonzero(np.isfinite(metres).all(axis=1))
    by_area = np.full(len(heads), UNDECIDED, dtype=np.int64)
    areas = areas_of(sheet, heads[known])
    by_area[known] = _by_units(metres[known], areas, areas)
    ways = [by_area[place], *(_by_stretches(sheet, starts, every, length)[run] for length in _STRETCHES)]
    best = max(ways, key=lambda way: int((way != UNDECIDED).sum()))
    which = best[np.searchsorted(rows, heads)]
    for system in np.unique(which[which != UNDECIDED]):
        mine = (which == system) & np.isfinite(metres[:, system])
        if strays(sheet, heads[mine], metres[mine, system], systems, system):
            best[best == system] = UNDECIDED
    return best


def _by_stretches(sheet: Sheet, heads: Ints, metres: Floats, length: int) -> Ints:
    """Return the system of each of `heads`, which are in the order of the file."""
    known = np.flatnonzero(np.isfinite(metres).all(axis=1))
    metres = metres[known]
    if not len(known):
        return np.full(len(heads), UNDECIDED, dtype=np.int64)
    units = stretches(len(known), length)
    found = _by_units(metres, units, areas_of(sheet, heads[known]))
    found = _joined(_opened(found, length), metres)
    # A row without a known area is in what its neighbours on both sides are in.
    every = np.arange(len(heads))
    before = found[np.maximum(np.searchsorted(known, every, side="right") - 1, 0)]
    after = found[np.minimum(np.searchsorted(known, every), len(known) - 1)]
    return np.where(before == after, before, UNDECIDED)


def _by_units(metres: Floats, units: Units, areas: Units) -> Ints:
    """Return the system of each unit's places where it is beyond doubt."""
    first = _lead(scores(units, areas, metres))
    # How many places the right system leaves outside is learned from the units that are decided.
    mine = np.take_along_axis(metres, np.maximum(first, 0)[units.unit][:, None], axis=1)[:, 0]
    evidence = scores(units, areas, metres, spread_of(units, mine > NEAR_M, first != UNDECIDED))
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


def _opened(found: Ints, length: int) -> Ints:
    """Open a stretch's length on both sides of a change, which may lie anywhere near where two stretches meet."""
    found = found.copy()
    decided = np.flatnonzero(found != UNDECIDED)
    changes = np.flatnonzero(found[decided[1:]] != found[decided[:-1]])
    for last, first in zip(decided[:-1][changes], decided[1:][changes], strict=True):
        found[max(last + 1 - length, 0) : first + length] = UNDECIDED
    return found


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
