"""Days: 2020年2月11日, 2020.2.11, 20200211, 43872."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from geodata.doctor.clock import Unclear, clock, day, from_serial
from geodata.doctor.found import Found, each, refused

CLEAN = r"^\d{4}-\d\d-\d\d$"
"""What needs no mending, though the day may not exist: columns are checked by it before the rest is given to `mend`."""
_CLEAN = re.compile(CLEAN, re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_AND_TIME = re.compile(r"(.*?[\d日号])(?:\s+|[Tt]|(?<=[日号]))(\D{0,4}\d{1,2}\s*[:时点].*)")


def mend(values: Iterable[str]) -> list[Found]:
    """Return each value as `2020-02-11`, in the order of `values`. What can be read in two ways is refused."""
    return each(values, _one)


def _one(text: str) -> Found:
    try:
        found = day(text)
        if found is not None:
            return Found(str(found), "" if _CLEAN.fullmatch(text) else "dates")
        if _SERIAL.fullmatch(text):
            moment = from_serial(float(text))
            return Found(str(moment.date()), "excel_serials") if moment else refused("day")
        found = _day_with_time(text)
    except Unclear as unclear:
        return refused(unclear.why)
    return Found(str(found), "dates") if found else refused("day")


def _day_with_time(text: str) -> date | None:
    """Return the day of a text that also names a time of day, which spreadsheets add by themselves."""
    parts = _AND_TIME.fullmatch(text)
    if parts is None:
        return None
    with suppress(Unclear):
        if clock(parts[2]) is not None:
            return day(parts[1].strip())
    return None
