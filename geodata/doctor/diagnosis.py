"""What is said of a file's coordinate system, and the places that follow."""

from dataclasses import dataclass, field

import numpy as np

from geodata.coordinates import Floats, Places, many_in_china
from geodata.doctor.judge import SURE, Verdict
from geodata.doctor.mixed import UNDECIDED
from geodata.doctor.places import Sheet, apart_m, spread
from geodata.doctor.systems import Bools, Ints, System

OPEN_SHARE = 0.05
"""The share of rows that may stay open in a file that is taken apart: they are refused one by one, the others taken."""
_MEASURED = 20_000
_LOOKED_AT = 100_000
"""Rows of a large file by which it is said how many lie in their areas."""
_LISTED = 4


@dataclass(frozen=True)
class Diagnosis:
    """A file's coordinate system. Arrays are per row (n,).

    `system` is the id of the (prevailing) system, None where nothing fits; it may only be used where `question` is
    empty. `question` names a refusal of the whole file, whose gaps `facts` fill. Of a mixed file that could be taken
    apart, `groups` says which of `systems` each row is in, -1 where that stayed open or the row is bad: such rows have
    no `lon` and `lat` (NaN) and must be refused. `bad` are rows that are no place in China.
    """

    system: str | None
    confidence: float
    inside_share: float
    rivals: list[tuple[str, float]]
    moved_m_median: float
    mixed: bool
    systems: tuple[str, ...]
    groups: Ints | None
    bad: Bools
    lon: Floats
    lat: Floats
    question: str = ""
    facts: dict[str, object] = field(default_factory=dict)


@dataclass
class Part:
    """The rows of one form, and the system of each: an index into `systems`, -1 where open."""

    rows: Ints
    systems: list[System]
    which: Ints
    verdict: Verdict
    mixed: bool


def told(sheet: Sheet, found: list[Part], bad: Bools, claimed: System | None) -> Diagnosis:
    """Put the forms together. A form that stayed open among a few rows of many leaves only those rows open."""
    count = int((~bad).sum())
    for one in found[1:]:
        if one.verdict.question and len(one.rows) <= OPEN_SHARE * count:
            one.which[:] = UNDECIDED
            one.verdict = Verdict(one.verdict.systems, one.verdict.shares, SURE)
    systems, which = _numbered(len(bad), found)
    open_question = next((one.verdict for one in found if one.verdict.question), None)
    question = "crs_no_places" if not found else open_question.question if open_question else ""
    lon, lat = _converted(sheet, systems, which)
    outside = ~bad & (which != UNDECIDED) & ~many_in_china(lon, lat)
    lon[outside], lat[outside] = np.nan, np.nan
    open_rows = bool(systems) and bool((which[~bad] == UNDECIDED).any())
    mixed = any(one.mixed for one in found) or len(systems) > 1 or open_rows
    confidence = min((one.verdict.confidence for one in found), default=0.0)
    facts, rivals = _facts(found)
    return Diagnosis(
        system=systems[0].id if systems else None,
        confidence=round(min(confidence, 0.9999), 4),
        inside_share=_inside(sheet, lon, lat),
        rivals=rivals,
        moved_m_median=_moved(sheet, systems, claimed, which, (lon, lat)),
        mixed=mixed,
        systems=tuple(system.id for system in systems),
        groups=which if mixed and not question else None,
        bad=bad | outside,
        lon=lon,
        lat=lat,
        question=question,
        facts=facts,
    )


def _numbered(count: int, found: list[Part]) -> tuple[list[System], Ints]:
    """Return every system that rows are in, the most used first, and per row which of them, -1 for none."""
    number, systems, which = dict[str, int](), list[System](), np.full(count, UNDECIDED, dtype=np.int64)
    for part in found:
        for place, system in enumerate(part.systems):
            mine = part.rows[part.which == place]
            if len(mine):
                if system.id not in number:
                    number[system.id] = len(systems)
                    systems.append(system)
                which[mine] = number[system.id]
    order = np.argsort(-np.bincount(which[which != UNDECIDED], minlength=len(systems)), kind="stable")
    rank = np.empty(len(systems) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(systems)), UNDECIDED
    return [systems[place] for place in order], rank[which]


def _converted(sheet: Sheet, systems: list[System], which: Ints) -> Places:
    """Return where each row is in WGS 84, NaN where its system is open."""
    lon, lat = np.full(len(which), np.nan), np.full(len(which), np.nan)
    for place, system in enumerate(systems):
        rows = np.flatnonzero(which == place)
        lon[rows], lat[rows] = sheet.places(system, rows)
    return lon, lat


def _inside(sheet: Sheet, lon: Floats, lat: Floats) -> float:
    """Return the share of rows that lie in the areas they name, of those that name a known one; 0 where none does."""
    seen = np.full((2, len(lon)), np.nan)
    some = spread(np.flatnonzero(np.isfinite(lon)), _LOOKED_AT)
    seen[:, some] = lon[some], lat[some]
    metres = sheet.outside_m(*seen)
    known = np.isfinite(metres)
    return round(float((metres[known] <= 0).mean()), 4) if known.any() else 0.0


def _moved(sheet: Sheet, systems: list[System], claimed: System | None, which: Ints, places: Places) -> float:
    """Return by how many metres places moved in the median, as against degrees read as WGS 84 or metres as claimed.

    Swapped columns are put right before that is measured; metres of a system that nobody claims moved nowhere.
    """
    moved = []
    for place, system in enumerate(systems):
        rows = spread(np.flatnonzero(which == place), _MEASURED)
        here = places[0][rows], places[1][rows]
        x, y = sheet.x[rows], sheet.y[rows]
        if not system.metric:
            read = (y, x) if system.swapped else (x, y)
        elif claimed is not None and claimed.plausible(x, y).all():
            read = claimed.to_wgs84(x, y)
        else:
            read = here
        moved.append((apart_m(here, read), int((which == place).sum())))
    return round(_weighted_median(moved), 1)


def _weighted_median(pairs: list[tuple[float, int]]) -> float:
    half = sum(weight for _, weight in pairs) / 2
    for value, weight in sorted(pairs):
        half -= weight
        if half <= 0:
            return value if np.isfinite(value) else 0.0
    return 0.0


def _facts(found: list[Part]) -> tuple[dict[str, object], list[tuple[str, float]]]:
    """Return what a question needs to be understood, and the systems that were thought of, with their shares inside."""
    if not found:
        return {}, []
    verdict = found[0].verdict
    ids = [system.id for system in verdict.systems]
    shares = [*verdict.shares, *[0.0] * len(ids)][: len(ids)]
    rivals = [(name, round(share, 4)) for name, share in zip(ids, shares, strict=True)]
    listed = ", ".join(f"{name} {share:.0%}" for name, share in rivals[:_LISTED])
    return {"systems": listed, "rows": sum(len(part.rows) for part in found)}, rivals[1:]
