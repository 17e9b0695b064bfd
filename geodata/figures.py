"""Figures of areas as parts of larger queries: each sums over everything below the areas of a list.

The way down goes by parent, not by path: `parent_id = id` is an index lookup that row-level security lets PostgreSQL
use, whereas the operators of `ltree` are not leakproof and would read every row. Where the reader sees no home, no row
comes back, and so the figure is missing instead of zero.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from geodata.model import (
    Area,
    Clinic,
    GridDue,
    GridTally,
    Hotel,
    HotelDay,
    HouseholdFinding,
    HouseholdPast,
    Level,
    SchemeState,
)

Number = SQLColumnExpression[int]
Moment = SQLColumnExpression[datetime]
TALLY_BELOW = table(
    "tally_below",
    column("area_id", Integer),
    column("state_id", Integer),
    column("households", Integer),
    column("changed_at", DateTime(timezone=True)),
)
DUE_BELOW = table("due_below", column("area_id", Integer), column("due_on", Date), column("households", Integer))
"""Views of what lies below an area (migration 0006)."""
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


def since(below: CTE, at: Moment) -> CTE:
    """Return (top, state_id, day, n): what to add to the present to get the past moment; `day` is when it began.

    With the intervals that ended since, and less what followed each; less what was first found since. As much work as
    there were changes, however many homes.
    """
    past, found = HouseholdPast, HouseholdFinding
    parts = (
        _begun(past.area_id, past.state_id, func.lower(past.valid), 1).where(func.upper(past.valid) > at),
        _begun(past.area_id, past.next_state_id, func.upper(past.valid), -1).where(func.upper(past.valid) > at),
        _begun(found.area_id, found.state_id, found.began, -1).where(found.first, found.began > at),
    )
    every = union_all(*parts).subquery("every")
    keys = (every.c.area_id, every.c.state_id, every.c.day)
    # Whole numbers, lest the sums above become decimals, which a tile would carry as text.
    by_area = select(*keys, cast(func.sum(every.c.n), Integer).label("n")).group_by(*keys).subquery("by_area")
    return (
        select(below.c.top, by_area.c.state_id, by_area.c.day, by_area.c.n)
        .join_from(below, by_area, by_area.c.area_id == below.c.area_id)
        .cte("since")
    )


def _begun(area: Number, state: Number, began: Moment, n: int) -> Select[Any]:
    day = local_date(began).label("day")
    return select().add_columns(area.label("area_id"), state.label("state_id"), day, literal(n).label("n"))


def homes(shown: CTE, changes: CTE | None = None) -> CTE:
    """Return (top, total, followed, unsurveyed, changed_at) of each shown area, out of the kept counts.

    `changes` (see `since`) leads back to a past moment; `changed_at` still tells of the present then.
    """
    parts = [
        select(shown.c.id.label("top"), kept.c.state_id, kept.c.households.label("n"), kept.c.changed_at)
        .select_from(shown)
        .join(kept, kept.c.area_id == shown.c.id)
        for kept in (TALLY_BELOW, GridTally.__table__)
    ]
    if changes is not None:
        parts.append(select(changes.c.top, changes.c.state_id, changes.c.n, null()))
    tally = union_all(*parts).subquery("tally")
    return (
        select(
            tally.c.top,
            func.sum(tally.c.n).label("total"),
            _sum_if(tally.c.n, SchemeState.follow_days.is_not(None)).label("followed"),
            _sum_if(tally.c.n, SchemeState.surveyed.is_(False)).label("unsurveyed"),
            func.max(tally.c.changed_at).label("changed_at"),
        )
        .select_from(tally)
        .join(SchemeState, SchemeState.id == tally.c.state_id)
        .group_by(tally.c.top)
        .cte("homes")
    )


def due(shown: CTE, day: ColumnElement[date], changes: CTE | None = None) -> CTE:
    """Return (top, overdue, due_today) of each shown area on a local day, out of the kept counts and `changes`."""
    parts = [
        select(shown.c.id.label("top"), kept.c.due_on, kept.c.households.label("n"))
        .select_from(shown)
        .join(kept, kept.c.area_id == shown.c.id)
        .where(kept.c.due_on <= day)
        for kept in (DUE_BELOW, GridDue.__table__)
    ]
    if changes is not None:
        due_on = changes.c.day + SchemeState.follow_days
        state = SchemeState.id == changes.c.state_id
        parts.append(select(changes.c.top, due_on, changes.c.n).select_from(changes).join(SchemeState, state))
    days = union_all(*parts).subquery("days")
    return (
        select(
            days.c.top,
            _sum_if(days.c.n, days.c.due_on < day).label("overdue"),
            _sum_if(days.c.n, days.c.due_on == day).label("due_today"),
        )
        .group_by(days.c.top)
        .cte("due")
    )


def rooms(below: CTE, at: Moment, day: ColumnElement[date]) -> CTE:
    """Return (top, rooms, occupied, reported_at of the oldest report used) of hotels that have reported lately."""
    newest = (
        select(HotelDay.hotel_id, HotelDay.occupied, HotelDay.reported_at)
        .where(HotelDay.day <= day, HotelDay.day >= day - REPORT_DAYS, HotelDay.reported_at <= at)
        .ext(distinct_on(HotelDay.hotel_id))
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
