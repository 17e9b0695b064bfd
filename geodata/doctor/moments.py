"""Moments and times of day: 2020年2月11日 9时30分, 下午3点, 43872.3958, and what a file leaves out, the zone."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from geodata.doctor import days
from geodata.doctor.clock import SERIAL_BEGINS, Unclear, clock, day, from_serial
from geodata.doctor.found import Found, also, each, refused, tidied

_SECONDS, _OFFSET = r":\d\d(?:\.\d+)?", r"[+-]\d\d:\d\d"
_CLEAN = re.compile(rf"\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d(?:{_SECONDS}(Z|{_OFFSET})?|(Z|\+\d\d:\d\d)?)", re.ASCII)
"""Without seconds `08:00-09:00` is no offset: people write so from when to when."""
CLEAN = rf"^\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d(?:{_SECONDS}(Z|{_OFFSET})|Z|\+\d\d:\d\d)$"
"""What needs no mending: whole columns are checked by it before their other values are given to `mend`."""
_STRETCH = re.compile(r"(.*\d\s*[:时点].*?)\s*(?:[-—–~]+|至|到)\s*(\d{1,2}\s*[:时点].*)")
_DAY_ENDS = re.compile(r"24\s*(?::\s*00(?:\s*:\s*00)?|[时点])")
_HOUR = timedelta(hours=1)
_SHORT_OFFSET = re.compile(r"(.*\d[T ]\d\d:\d\d.*[+-])(\d\d)(\d\d)?")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_COMPACT = re.compile(r"(20\d{6})\s*(\d\d)(\d\d)(\d\d)?")
_PARTS = re.compile(
    r"(.*?[\d日号)])(?:\s*[Tt,]\s*|\s+|(?<=[日号)]))(\D{0,4}\d{1,2}\s*[:时点].*|\d.*[ap]m)", re.IGNORECASE
)
_EPOCH = re.compile(r"(\d{10})(\d{3})?")
_EPOCHS = (946_684_800, 4_102_444_800)
"""2000 and 2100, in seconds since 1970."""
_FRACTION = re.compile(r"0(?:\.\d+)?")


def mend(values: Iterable[str], zone: str | tzinfo) -> list[Found]:
    """Return each value as `2020-02-11T09:30:00+08:00`, in the order of `values`.

    `zone` is the city's (`Asia/Shanghai`), for what is written without one. A day without a time is refused.
    """
    place = ZoneInfo(zone) if isinstance(zone, str) else zone

    def one(text: str) -> Found:
        try:
            return refused("moment_stretch") if _stretch(text) else _one(text, place)
        except Unclear as unclear:
            return refused(unclear.why)

    return each(values, one)


def hours(values: Iterable[str], zone: str | tzinfo) -> list[Found]:
    """Return the same for a column of whole hours, where `8:00-9:00` is the hour that begins at 8.

    A day alone is its first hour where other values say hours: spreadsheets write midnight so. Where all are days, it is refused.
    """
    place = ZoneInfo(zone) if isinstance(zone, str) else zone

    def one(text: str) -> Found:
        stretch = _stretch(text)
        try:
            begun = _one(stretch[1], place) if stretch else _one(text, place)
            if stretch and begun.value and not _is_hour(datetime.fromisoformat(begun.value), stretch[2]):
                return refused("moment_stretch")
        except Unclear as unclear:
            return refused(unclear.why)
        return also(begun, ["hours"]) if stretch else begun

    values = list(values)
    found = each(values, one)
    if not any(other.value for other in found):
        return found
    alone = [nth for nth, other in enumerate(found) if other.why == "moment_without_time"]
    for nth, begun in zip(alone, begins((values[nth] for nth in alone), place), strict=True):
        found[nth] = begun
    return found


def begins(values: Iterable[str], zone: tzinfo) -> list[Found]:
    """Return the moment at which each day begins that is written alone."""
    return [_begin(found, zone) for found in days.mend(values)]


def _begin(found: Found, zone: tzinfo) -> Found:
    if found.value is None:
        return found
    begun = datetime.combine(date.fromisoformat(found.value), time(), zone)
    return Found(begun.isoformat(), f"{found.what} day_alone".strip())


def _stretch(text: str) -> re.Match[str] | None:
    return None if _CLEAN.fullmatch(text) else _STRETCH.fullmatch(text)


def _is_hour(begun: datetime, until: str) -> bool:
    """Say whether a time of day is an hour after a moment. Raises Unclear."""
    end = time() if _DAY_ENDS.fullmatch(until) else clock(until)
    return end == (begun + _HOUR).time()


def times(values: Iterable[str]) -> list[Found]:
    """Return each value as a time of day, `09:30` or `09:30:15`, in the order of `values`."""

    def one(text: str) -> Found:
        try:
            found = _fraction(text) or clock(text)
        except Unclear as unclear:
            return refused(unclear.why)
        if found is None:
            return refused("time_of_day")
        written = found.isoformat("seconds" if found.second or re.fullmatch(r"\d\d:\d\d:\d\d", text) else "minutes")
        return Found(written, "" if written == text else "excel_serials" if _FRACTION.fullmatch(text) else "times")

    return each(values, one)


def clocks(values: Iterable[str]) -> list[Found]:
    """Return the same for a clock on which a shift may end at 24:00."""
    values = list(values)
    ends = ["24:00" if _DAY_ENDS.fullmatch(tidied(value)[0]) else "" for value in values]
    return [
        Found(end, "" if end == value else "times") if end else found
        for value, end, found in zip(values, ends, times(values), strict=True)
    ]


def _fraction(text: str) -> time | None:
    """Return the time that a spreadsheet's part of a day means."""
    if not _FRACTION.fullmatch(text):
        return None
    return (SERIAL_BEGINS + timedelta(seconds=round(float(text) * 86_400))).time()


def _one(text: str, zone: tzinfo) -> Found:
    if clean := _CLEAN.fullmatch(text):
        _exists(text)
        offset = clean[1] or clean[2]
        return Found(text) if offset else Found(text.replace(" ", "T") + _offset(text, zone), "zones")
    if short := _SHORT_OFFSET.fullmatch(text):
        return also(_one(f"{short[1]}{short[2]}:{short[3] or '00'}", zone), ["zones"])
    if serial := _SERIAL.fullmatch(text):
        return _serial(float(text), zone) if serial[2] else refused("moment_without_time")
    if epoch := _EPOCH.fullmatch(text):
        return _epoch(int(epoch[1]), int(epoch[2] or 0))
    if compact := _COMPACT.fullmatch(text):
        text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4] or '00'}"
    if (parts := _PARTS.fullmatch(text)) and (when := day(parts[1].strip())):
        at = clock(parts[2].strip())
        return Found(_written(datetime.combine(when, at), zone), "dates") if at else refused("moment")
    return refused("moment_without_time" if day(text) else "moment")


def _exists(text: str) -> None:
    """Raise Unclear where a well written moment cannot be."""
    day(text[:10])
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise Unclear("no_such_time") from error


def _offset(text: str, zone: tzinfo) -> str:
    return _written(datetime.fromisoformat(text), zone)[-6:]


def _written(moment: datetime, zone: tzinfo) -> str:
    return moment.replace(tzinfo=zone).isoformat(timespec="seconds")


def _serial(serial: float, zone: tzinfo) -> Found:
    moment = from_serial(serial)
    return Found(_written(moment, zone), "excel_serials") if moment else refused("moment")


def _epoch(seconds: int, milliseconds: int) -> Found:
    if not _EPOCHS[0] <= seconds < _EPOCHS[1]:
        return refused("moment")
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)
    return Found(moment.isoformat(timespec="milliseconds" if milliseconds else "seconds"), "epochs")
