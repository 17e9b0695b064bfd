"""How a number, a moment and an age are written, in Chinese and in English."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from geodata.errors import BadValue
from geodata.words import say

NOTHING = "—"
"""Stands where a value is missing, which is never the same as zero."""


def number(value: float | None) -> str:
    """Write a count or a share: `60,214`, `12.5`; a missing one as a dash."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.1f}"


def day(moment: date, language: str, *, year: bool = False) -> str:
    """Write a day: `2月14日`, `14 Feb`; with its year where that is not the present one."""
    name = say("when.months", language).split()[moment.month - 1]
    key = "when.day_of_year" if year else "when.day"
    return say(key, language, year=moment.year, month=moment.month, day=moment.day, name=name)


def clock(moment: datetime, now: datetime, language: str) -> str:
    """Write a moment in the zone of `now`: the hour alone today, with the day before it otherwise."""
    local = moment.astimezone(now.tzinfo)
    hour = f"{local:%H:%M}"
    if local.date() == now.date():
        return hour
    return f"{day(local.date(), language, year=local.year != now.year)} {hour}"


def age(moment: datetime, now: datetime, language: str) -> str:
    """Write how long ago something was; what lies ahead by a wrong clock counts as now."""
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return say("when.now", language)
    if seconds < 3600:
        return say("when.minutes", language, n=int(seconds // 60))
    if seconds < 2 * 86400:
        return say("when.hours", language, n=int(seconds // 3600))
    return say("when.days", language, n=int(seconds // 86400))


def stamp(moment: datetime | None, now: datetime, language: str) -> str:
    """Write the time of a figure's data with its age: `数据 14:32 · 2 分钟前`."""
    if moment is None:
        return say("when.none", language)
    return say("when.stamp", language, clock=clock(moment, now, language), age=age(moment, now, language))


def days_left(left: int | None, language: str) -> str:
    """Write the days until a household is due: `3 天`, `今日到期`, `逾期 2 天`."""
    if left is None:
        return NOTHING
    if left == 0:
        return say("homes.due", language)
    return say("homes.days_left" if left > 0 else "homes.overdue", language, n=abs(left))


def moment_of(asked: str, zone: ZoneInfo) -> datetime | None:
    """Read the `at` of an address as the tiles read it: city time where it names no offset. Raises BadValue."""
    if not asked:
        return None
    try:
        found = datetime.fromisoformat(asked)
        return found.replace(tzinfo=zone) if found.tzinfo is None else found
    except (ValueError, OverflowError) as error:
        wanted = say("when.wanted", "zh")
        raise BadValue(name="at", value=asked, wanted=wanted) from error
