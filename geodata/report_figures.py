"""Figures of what departments and citizens report, as parts of larger queries: each sums over everything below areas.

`below` is what `geodata.figures.subtree` returns. Where the reader sees no row, none comes back, and so the figure is
missing instead of zero.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from geodata.figures import Moment
from geodata.model import Area, FeverReport, HealthCodeDay, HotlineDay, Level, ReturnRegistration, TipOff, VillageReport

REPORT_DAYS = 1
"""A report of health codes counts on its own day and this many days after."""
SILENT_DAYS = 31
"""How far back the last report of a village is looked for."""


def groups(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, returned_outside, returned_wuhan, close_contact, fever_unexplained, reported, reported_at) of a day."""
    report = VillageReport
    return (
        select(
            below.c.top,
            func.sum(report.returned_outside).label("returned_outside"),
            func.sum(report.returned_wuhan).label("returned_wuhan"),
            func.sum(report.close_contact).label("close_contact"),
            func.sum(report.fever_unexplained).label("fever_unexplained"),
            func.count().label("reported"),
            func.max(func.least(report.reported_at, at)).label("reported_at"),
        )
        .select_from(below)
        .join(report, report.area_id == below.c.area_id)
        .where(report.day == day, report.first_reported_at <= at)
        .group_by(below.c.top)
        .cte("groups")
    )


def coverage(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, villages, reported, days_silent, reported_at): who reported on a day, and the longest silence in days.

    A village that has not reported lately has been silent for longer than that; `days_silent` is missing where none has.
    """
    report = VillageReport
    last = (
        select(
            report.area_id,
            func.max(report.day).label("day"),
            func.max(func.least(report.reported_at, at)).label("reported_at"),
        )
        .where(report.day <= day, report.day >= day - SILENT_DAYS, report.first_reported_at <= at)
        .group_by(report.area_id)
        .cte("last")
    )
    silent = type_coerce(day - last.c.day, Integer)
    return (
        select(
            below.c.top,
            func.count().label("villages"),
            func.count().filter(last.c.day == day).label("reported"),
            case((func.count(last.c.day) > 0, func.max(func.coalesce(silent, SILENT_DAYS + 1)))).label("days_silent"),
            func.max(last.c.reported_at).label("reported_at"),
        )
        .select_from(below)
        .join(Area, Area.id == below.c.area_id)
        .outerjoin(last, last.c.area_id == Area.id)
        .where(Area.level == Level.VILLAGE)
        .group_by(below.c.top)
        .cte("coverage")
    )


def health_codes(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, green, yellow, red, registered, population, reported_at of the oldest report used).

    A row stands for everything below its area, so that of several on one way down the topmost counts.
    """
    codes = HealthCodeDay
    newest = (
        select(codes)
        .where(codes.day <= day, codes.day >= day - REPORT_DAYS, codes.first_reported_at <= at)
        .ext(distinct_on(codes.area_id))
        .order_by(codes.area_id, codes.day.desc())
        .cte("newest")
    )
    found = select(below.c.top, newest).join(newest, newest.c.area_id == below.c.area_id).cte("found")
    told = select(found.c.top, func.array_agg(found.c.area_id).label("areas")).group_by(found.c.top).cte("told")
    above = cast(func.string_to_array(cast(func.subpath(found.c.path, 0, -1), Text), "."), ARRAY(Integer))
    columns = ("green", "yellow", "red", "registered", "population")
    return (
        select(
            found.c.top,
            *(func.sum(found.c[name]).label(name) for name in columns),
            func.min(func.least(found.c.reported_at, at)).label("reported_at"),
        )
        .select_from(found)
        .join(told, told.c.top == found.c.top)
        .where(~above.bool_op("&&")(told.c.areas))
        .group_by(found.c.top)
        .cte("codes")
    )


def hotline(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, received, closed, reported_at) of all cases up to a moment."""
    cases = HotlineDay
    return (
        select(
            below.c.top,
            func.sum(cases.received).label("received"),
            func.sum(cases.closed).label("closed"),
            func.max(func.least(cases.reported_at, at)).label("reported_at"),
        )
        .select_from(below)
        .join(cases, cases.area_id == below.c.area_id)
        .where(cases.day <= day, cases.first_reported_at <= at)
        .group_by(below.c.top)
        .cte("hotline")
    )


def citizens(below: CTE, at: Moment) -> CTE:
    """Return (top, fevers, tip_offs, returns, oldest_at, reported_at) of what was open; no row where nothing was."""
    told = union_all(*_told(at)).subquery("told")
    return (
        select(
            below.c.top,
            *(func.count().filter(told.c.what == what).label(what) for what in ("fevers", "tip_offs", "returns")),
            func.min(told.c.at).label("oldest_at"),
            func.max(func.least(told.c.reported_at, at)).label("reported_at"),
        )
        .select_from(below)
        .join(told, told.c.area_id == below.c.area_id)
        .group_by(below.c.top)
        .cte("citizens")
    )


def _told(at: Moment) -> tuple[Select[Any], ...]:
    fever, tip, back = FeverReport, TipOff, ReturnRegistration
    parts: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        ("fevers", fever, (fever.status == "open") | (fever.reported_at > at)),
        ("tip_offs", tip, tip.answered_at.is_(None) | (tip.answered_at > at)),
        ("returns", back, back.answered_at.is_(None) | (back.answered_at > at)),
    )
    return tuple(
        select(literal(what).label("what"), table.area_id, table.at, table.reported_at).where(still, table.at <= at)
        for what, table, still in parts
    )
