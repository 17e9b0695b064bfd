"""Which one system a sheet's rows of one form are in, as far as their own areas tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats
from geodata.doctor.evidence import NEAR_M, Units, belief, only, scores
from geodata.doctor.places import Sheet, apart_m, candidates, spread
from geodata.doctor.systems import SWAPPED, Ints, System

SURE = 0.98
"""The confidence below which a person is asked."""
_FIRST_LOOK, _SECOND_LOOK = 512, 20_000
_SAME_M = 100.0
"""Systems that draw the same places so near each other are told apart by no village."""
_TELLING, _TELLING_FAR = 8, 3
"""So many places must speak for a system and against another; fewer, if that one puts them kilometres away."""
_FAR_M = 5_000.0
_UNIT = 8
"""Neighbouring rows that count as one unit where no area is known."""
_WEIGHT_OF_DEFAULT, _WEIGHT_OF_CHOICE = 2.0, 4.0
"""What a file's own word weighs as a natural logarithm: every program writes WGS 84 unasked, nobody GCJ-02."""
_DEFAULTS = ("wgs84", "cgcs2000")


@dataclass(frozen=True)
class Verdict:
    """What was found: systems from the likeliest down, the share of rows that each puts inside, and a question if any."""

    systems: list[System]
    shares: list[float]
    confidence: float
    question: str = ""


def judge(sheet: Sheet, heads: Ints, claimed: System | None) -> Verdict:
    """Judge the rows `heads`, one of each place, all of one form."""
    knowing, every = _first_look(sheet, heads, claimed)
    if not len(knowing):
        return Verdict(every[:1], [], 0.0, "crs_no_areas")
    if not every:
        return Verdict([], [], 0.0, "crs_none_fits")
    rows = spread(knowing, _SECOND_LOOK)
    systems = _families(sheet, rows, every, claimed)
    metres = sheet.metres(systems, rows)
    rows, metres = _all_known(rows, metres)
    areas = areas_of(sheet, rows)
    total = scores(areas, areas, metres).sum(axis=0) + _prior(systems, claimed)
    order = np.argsort(-total, kind="stable")
    return _weighed([systems[i] for i in order], metres[:, order], belief(total)[order[0]])


def areas_of(sheet: Sheet, rows: Ints) -> Units:
    """Return the areas that rows name as units; where none is known, neighbouring rows."""
    areas = sheet.areas[rows]
    return Units.of(np.where(areas >= 0, areas, -1 - np.arange(len(rows)) // _UNIT))


def _first_look(sheet: Sheet, heads: Ints, claimed: System | None) -> tuple[Ints, list[System]]:
    """Return the rows whose areas are known, and the systems that put any of a few of them inside."""
    few = spread(heads, _FIRST_LOOK)
    every = candidates(sheet.x[few], sheet.y[few], claimed)
    known = heads[sheet.areas[heads] >= 0]
    if not len(known):
        # The measure may know areas that it does not tell of.
        known = heads[np.isfinite(sheet.metres(every[:1], heads)[:, 0])]
    few = spread(known, _FIRST_LOOK)
    if not len(few):
        return known, _claimed_first(every, claimed)
    metres = sheet.metres(every, few)
    return known, [system for system, column in zip(every, metres.T, strict=True) if (column <= NEAR_M).any()]


def _all_known(rows: Ints, metres: Floats) -> tuple[Ints, Floats]:
    known = np.isfinite(metres).all(axis=1)
    return rows[known], metres[known]


def _is_claimed(system: System, claimed: System | None) -> bool:
    return claimed is not None and system.id.removesuffix(SWAPPED) == claimed.id.removesuffix(SWAPPED)


def _claimed_first(every: Sequence[System], claimed: System | None) -> list[System]:
    return sorted(every, key=lambda system: not _is_claimed(system, claimed))


def _families(sheet: Sheet, rows: Ints, every: Sequence[System], claimed: System | None) -> list[System]:
    """Return one of each group of systems that say the same: the one that the file names, or else the first."""
    few = spread(rows, _FIRST_LOOK)
    kept: list[System] = []
    for system in _claimed_first(every, claimed):
        here = sheet.places(system, few)
        if all(apart_m(sheet.places(other, few), here) > _SAME_M for other in kept):
            kept.append(system)
    return kept


def _prior(systems: Sequence[System], claimed: System | None) -> Floats:
    weight = _WEIGHT_OF_DEFAULT if claimed is not None and claimed.id in _DEFAULTS else _WEIGHT_OF_CHOICE
    return np.array([weight * _is_claimed(system, claimed) for system in systems])


def _weighed(systems: list[System], metres: Floats, confidence: float) -> Verdict:
    """Make a verdict on systems in their order, unsure where too few places tell the first from the others."""
    shares = [float(share) for share in (metres <= 0).mean(axis=0)]
    if not (metres[:, 0] <= NEAR_M).mean() > 0.5:
        return Verdict(systems, shares, min(confidence, 0.5), "crs_none_fits")
    for rival in range(1, len(systems)):
        telling, against = only(metres, 0, rival), only(metres, rival, 0).sum()
        far = telling.any() and np.median(metres[telling, rival]) > _FAR_M
        wanted = max(_TELLING_FAR if far else _TELLING, 3 * int(against))
        confidence = min(confidence, 1.0 if telling.sum() >= wanted else 0.5 + 0.4 * float(telling.sum()) / wanted)
    if len(systems) == 1 and len(metres) < _TELLING_FAR:
        confidence = min(confidence, 0.5)
    return Verdict(systems, shares, confidence, "" if confidence >= SURE else "crs_unsure")
