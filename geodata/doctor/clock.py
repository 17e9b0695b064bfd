"""Days and times of day as people write them, read out of tidied text. None is what nobody can read."""

import re
from datetime import date, datetime, time, timedelta

from geodata.doctor.numbers import numeral

SERIAL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's days have no zone
"""What spreadsheets count days from, for every day since March 1900."""
SERIALS = (36_526, 73_051)
"""1 January 2000 and 1 January 2100."""
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*[日号]?(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_NUMERALS = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_TWO_WAYS = re.compile(r"\d{1,2}[-./]\d{1,2}[-./](?:\d{2}|\d{4})")
_NO_YEAR = re.compile(r"\d{1,2}(?:[-./]|\s*月\s*)\d{1,2}\s*[日号]?")
_HALVES = {
    "凌晨": (0, 6), "清晨": (0, 12), "早上": (0, 12), "早晨": (0, 12), "上午": (0, 12), "中午": (11, 14), "下午": (12, 24),
    "傍晚": (12, 24), "晚上": (12, 24), "晚": (12, 24), "am": (0, 12), "pm": (12, 24),
}  # fmt: skip
"""Words for a part of the day, and the hours that it has."""
_TIME = re.compile(
    rf"({'|'.join(_HALVES)})?\s*(\d{{1,2}})(?:\s*[:时点]\s*(半|\d{{1,2}})?\s*分?(?:\s*:?\s*(\d{{1,2}})(?:\.\d+)?\s*秒?)?)\s*(am|pm|整)?"
)


class Unclear(Exception):
    """A text that can be read in several ways, or that says too little: `why` is the refusal."""

    def __init__(self, why: str) -> None:
        """Keep the refusal's name."""
        self.why = why
        super().__init__(why)


def day(text: str) -> date | None:
    """Return the day that a text names. Raises Unclear."""
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(*(int(part) for part in found.groups()))
    if found := _NUMERALS.fullmatch(text):
        return _date(*(numeral(part) or 0 for part in found.groups()))
    if found := _YEAR_LAST.fullmatch(text):
        one, other, year = (int(part) for part in found.groups())
        if one == other or other > 12 >= one:
            return _date(year, one, other)
        if one > 12 >= other:
            return _date(year, other, one)
    if _TWO_WAYS.fullmatch(text):
        raise Unclear("day_two_ways")
    if _NO_YEAR.fullmatch(text):
        raise Unclear("day_without_year")
    return None


def _date(year: int, month: int, of_month: int) -> date:
    try:
        return date(year, month, of_month)
    except ValueError as error:
        raise Unclear("no_such_day") from error


def clock(text: str) -> time | None:
    """Return the time of day that a text names, to the second. Raises Unclear."""
    found = _TIME.fullmatch(text.lower())
    if not found:
        return None
    before, hour_text, minute_text, second_text, after = found.groups()
    hour = int(hour_text)
    minute = 30 if minute_text == "半" else int(minute_text or 0)
    if hour > 23 or minute > 59 or int(second_text or 0) > 59:
        raise Unclear("no_such_time")
    return time(_hour(hour, before or (after if after in _HALVES else "")), minute, int(second_text or 0))


def _hour(hour: int, half: str) -> int:
    """Return the hour of 24 that an hour with a word such as 下午 means. Raises Unclear."""
    if not half:
        return hour
    if half in ("am", "pm") and not 1 <= hour <= 12:
        raise Unclear("no_such_time")
    first, end = _HALVES[half]
    if hour == 12 and half in ("am", "凌晨"):
        return 0
    for one in (hour, hour + 12):
        if first <= one < end and not (hour == 12 and half in ("晚上", "晚")):
            return one
    raise Unclear("time_two_ways")


def from_serial(serial: float) -> datetime | None:
    """Return the moment, without a zone, that a spreadsheet's number of days means, to the second; none if none likely."""
    if not SERIALS[0] <= serial < SERIALS[1]:
        return None
    return SERIAL_BEGINS + timedelta(seconds=round(serial * 86_400))
