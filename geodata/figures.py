"""Figures of areas as parts of larger queries: each sums over everything below the areas of a list.

The way down goes by parent, not by path: `parent_id = id` is an index lookup that row-level security lets PostgreSQL
use, whereas the operators of `ltree` are not leakproof and would read every row. Where the reader sees no home, no row
comes back, and so the figure is missing instead of zero.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import CTE, ColumnElement, Date, DateTime, SQLColumnExpression, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from geodata.model import Area, Clinic, GridDue, GridTally, Hotel, HotelDay, HouseholdState, Level, SchemeState

Number = SQLColumnExpression[int]
Moment = SQLColumnExpression[datetime]
REPORT_DAYS = 1
"""A hotel's report counts on its own day and this many days after."""


def at_levels(wanted: Collection[Level]) -> ColumnElement[bool]:
    """Return the condition that an area is of these levels, or lies below them and is the topmost its reader sees.

    So an officer of one village sees that village also where everybody else sees counties.
    """
    order = list(Level)
    lower = order[max(order.index(level) for level in wanted) + 1 :]
    parent = aliased(Area)
    topmost = ~select(parent.id).where(parent.id == Area.parent_id).exists()
    return or_(Area.level.in_([*wanted]), and_(Area.level.in_(lower), topmost))


def subtree(shown: CTE) -> CTE:
    """Return (top, area_id): every area below each `shown.c.id`, and itself."""
    start = select(shown.c.id.label("top"), shown.c.id.label("area_id")).cte("below", recursive=True)
    return start.union_all(select(start.c.top, Area.id).join(Area, Area.parent_id == start.c.area_id))


def homes_now(below: CTE) -> CTE:
    """Return (top, total, followed, unsurveyed, changed_at) from the counts kept per grid."""
    n = GridTally.households
    return (
        select(
            below.c.top,
            func.sum(n).label("total"),
            _sum_if(n, SchemeState.follow_days.is_not(None)).label("followed"),
            _sum_if(n, SchemeState.surveyed.is_(False)).label("unsurveyed"),
            func.max(GridTally.changed_at).label("changed_at"),
        )
        .select_from(below)
        .join(GridTally, GridTally.area_id == below.c.area_id)
        .join(SchemeState, SchemeState.id == GridTally.state_id)
        .group_by(below.c.top)
        .cte("homes")
    )


def due_now(below: CTE, day: ColumnElement[date]) -> CTE:
    """Return (top, overdue, due_today) from the counts kept per grid and due day."""
    n = GridDue.households
    return (
        select(
            below.c.top,
            _sum_if(n, GridDue.due_on < day).label("overdue"),
            _sum_if(n, GridDue.due_on == day).label("due_today"),
        )
        .select_from(below)
        .join(GridDue, and_(GridDue.area_id == below.c.area_id, GridDue.households > 0))
        .where(GridDue.due_on <= day)
        .group_by(below.c.top)
        .cte("due")
    )


def homes_then(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, total, followed, unsurveyed, overdue, due_today, changed_at) at a moment, out of the intervals.

    Reads every home below the shown areas: about a second for a city of a million.
    """
    since = func.lower(HouseholdState.valid)
    due_on = local_date(since) + SchemeState.follow_days
    return (
        select(
            below.c.top,
            func.count().label("total"),
            _count_if(SchemeState.follow_days.is_not(None)).label("followed"),
            _count_if(SchemeState.surveyed.is_(False)).label("unsurveyed"),
            _count_if(due_on < day).label("overdue"),
            _count_if(due_on == day).label("due_today"),
            func.max(since).label("changed_at"),
        )
        .select_from(below)
        .join(HouseholdState, HouseholdState.area_id == below.c.area_id)
        .join(SchemeState, SchemeState.id == HouseholdState.state_id)
        .where(HouseholdState.valid.contains(at))
        .group_by(below.c.top)
        .cte("homes")
    )


def rooms(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, rooms, occupied, reported_at of the oldest report used) of hotels that have reported lately."""
    newest = (
        select(HotelDay.hotel_id, HotelDay.occupied, HotelDay.reported_at)
        .where(HotelDay.day <= day, HotelDay.day >= day - REPORT_DAYS, HotelDay.reported_at <= at)
        .distinct(HotelDay.hotel_id)
        .order_by(HotelDay.hotel_id, HotelDay.day.desc())
        .subquery("newest")
    )
    return (
        select(
            below.c.top,
            func.sum(Hotel.rooms).label("rooms"),
            func.sum(newest.c.occupied).label("occupied"),
            func.min(newest.c.reported_at).label("reported_at"),
        )
        .select_from(below)
        .join(Hotel, Hotel.area_id == below.c.area_id)
        .join(newest, newest.c.hotel_id == Hotel.id)
        .group_by(below.c.top)
        .cte("hotels")
    )


def clinics(below: CTE, at: Moment) -> CTE:
    """Return (top, clinics, open, reported_at); `open` is missing where a status of that moment is not known any more."""
    known = func.bool_and(Clinic.reported_at <= at)
    return (
        select(
            below.c.top,
            func.count().label("clinics"),
            case((known, _count_if(Clinic.status == "open"))).label("open"),
            func.min(Clinic.reported_at).label("reported_at"),
        )
        .select_from(below)
        .join(Clinic, Clinic.area_id == below.c.area_id)
        .group_by(below.c.top)
        .cte("clinics")
    )


def local_date(moment: Moment) -> ColumnElement[date]:
    """Return the city's local day of a moment; the time zone is looked up once a query, not once a row."""
    return cast(func.timezone(select(func.city_zone()).scalar_subquery(), moment), Date)


def midnight(day: ColumnElement[date]) -> ColumnElement[datetime]:
    """Return the moment at which a local day of the city begins."""
    return select(func.timezone(func.city_zone(), cast(day, DateTime))).scalar_subquery()


def share(part: Number, whole: Number, of: int = 100) -> ColumnElement[float]:
    """Return `part` per `of` of `whole` to one decimal; missing where the whole is missing or nothing."""
    return func.round(of * part / func.nullif(whole, 0), 1)


def _sum_if(number: Number, condition: ColumnElement[bool]) -> Number:
    return func.coalesce(func.sum(number).filter(condition), 0)


def _count_if(condition: ColumnElement[bool]) -> Number:
    return func.count().filter(condition)
