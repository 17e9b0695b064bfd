"""What coordinate system a file is in, decided over the file and never over a row; a person is asked where it is open."""

import numpy as np

from geodata.coordinates import Floats
from geodata.doctor.diagnosis import OPEN_SHARE, Diagnosis, Part, told
from geodata.doctor.judge import SURE, Verdict, judge
from geodata.doctor.mixed import UNDECIDED, is_mixed, split
from geodata.doctor.naming import named
from geodata.doctor.places import BAD, Outsides, Sheet, forms
from geodata.doctor.systems import SYSTEMS, Ints, System
from geodata.errors import BadValue

__all__ = ["Diagnosis", "as_told", "diagnose"]


def diagnose(
    x: Floats, y: Floats, outside_m: Outsides, *, said: str | None = None, areas: Ints | None = None
) -> Diagnosis:
    """Find the system of two columns (n,) as delivered; NaN where a row has no number.

    `outside_m` measures how far places lie outside the areas that their rows name (see `outside_of`); it is asked about
    some rows at a time, the others being NaN. `said` is what the file says of its system. `areas` (n,) are the areas
    that rows name, where `outside_m` has no `index` that says so: errors within one area are not independent.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    claimed = _claimed(said)
    own = claimed if claimed is not None and claimed.id not in SYSTEMS else None
    index = getattr(outside_m, "index", None) if areas is None else areas
    sheet = Sheet(x, y, outside_m, np.full(len(x), BAD) if index is None else np.asarray(index, dtype=np.int64))
    form = forms(x, y, own)
    found = [_of_one_form(sheet, np.flatnonzero(form == kind), claimed) for kind in np.unique(form[form != BAD])]
    return told(sheet, sorted(found, key=lambda one: -len(one.rows)), form == BAD, claimed)


def as_told(x: Floats, y: Floats, outside_m: Outsides, system: System) -> Diagnosis:
    """Take a person's word for the system: nothing is decided, but it is said how many places lie inside by it."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    sheet = Sheet(x, y, outside_m, np.full(len(x), BAD))
    with np.errstate(invalid="ignore"):
        bad = ~(np.isfinite(x) & np.isfinite(y) & system.plausible(x, y))
    rows = np.flatnonzero(~bad)
    found = Part(rows, [system], np.zeros(len(rows), dtype=np.int64), Verdict([system], [], 1.0), mixed=False)
    return told(sheet, [found], bad, system)


def _claimed(said: str | None) -> System | None:
    try:
        return named(said)
    except BadValue:
        # A file may say what nobody can read; its places still speak.
        return None


def _of_one_form(sheet: Sheet, rows: Ints, claimed: System | None) -> Part:
    heads, _ = sheet.distinct(rows)
    verdict = judge(sheet, heads, claimed)
    one = np.zeros(len(rows), dtype=np.int64)
    if not is_mixed(sheet, heads, verdict.systems):
        return Part(rows, verdict.systems[:1], one if verdict.systems else one - 1, verdict, mixed=False)
    which = split(sheet, rows, verdict.systems)
    if (which == UNDECIDED).mean() > OPEN_SHARE:
        asked = Verdict(verdict.systems, verdict.shares, min(verdict.confidence, 0.5), "crs_mixed")
        return Part(rows, verdict.systems[:1], one, asked, mixed=True)
    return Part(rows, verdict.systems, which, Verdict(verdict.systems, verdict.shares, SURE), mixed=True)
