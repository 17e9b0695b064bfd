"""Households 户 in the colours of the city's scheme: each door from zoom 16, each building's worst state before."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Text,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from geodata.figures import local_date
from geodata.model import Building, Household, HouseholdPast, SchemeState
from geodata.model.base import MERCATOR
from geodata.schemes.versions import ranked_states
from layers.declaration import Field, Layer, Privacy, View, Words

DOORS_FROM = 16
"""Below this zoom the doors of one building fall on one pixel, so one point stands for all of them."""


def statement(view: View) -> Select[Any]:
    """Return doors with their state at the shown moment, or one point a building with its most severe state."""
    far = view.zoom < DOORS_FROM
    state = ranked_states(view.day) if far else SchemeState.__table__
    doors = _doors_now(view, state) if view.moment is None else _doors_then(view, state)
    return _by_building(doors, state) if far else doors


def _doors_now(view: View, state: FromClause) -> Select[Any]:
    return (
        _columns(Household.since, Household.due_on, view, state)
        .select_from(Household)
        .join(state, state.c.id == Household.state_id)
        .outerjoin(Building, Building.id == Household.building_id)
    )


def _doors_then(view: View, state: FromClause) -> Select[Any]:
    """Return doors as they are where nothing changed since, the others as their intervals tell; most need no look."""
    began = func.lower(HouseholdPast.valid)
    earlier = (
        select(HouseholdPast.state_id, began.label("since"))
        # The last to begin by then is the one that held: intervals follow each other without a gap.
        .where(HouseholdPast.household_id == Household.id, Household.since > view.at, began <= view.at)
        .order_by(began.desc())
        .limit(1)
        .lateral("earlier")
    )
    due_on = case(
        (earlier.c.since.is_(None), Household.due_on), else_=local_date(earlier.c.since) + state.c.follow_days
    )
    return (
        _columns(func.coalesce(earlier.c.since, Household.since), due_on, view, state)
        .select_from(Household)
        .outerjoin(earlier, true())
        .join(state, state.c.id == func.coalesce(earlier.c.state_id, Household.state_id))
        .outerjoin(Building, Building.id == Household.building_id)
        .where(or_(Household.since <= view.at, earlier.c.since.is_not(None)))
    )


def _columns(
    since: SQLColumnExpression[Any], due_on: SQLColumnExpression[Any], view: View, state: FromClause
) -> Select[Any]:
    return select(
        Household.id,
        Household.mercator.label("geom"),
        Household.area_id,
        Household.building_id,
        *(column for column in state.c if column.name == "rank"),
        state.c.code.label("state"),
        since.label("since"),
        since.label("data_time"),
        due_on.label("due_on"),
        (due_on - view.day).label("days_left"),
        Household.unit,
        Household.floor,
        Household.room,
        (Building.name + " " + cast(Household.unit, Text) + "-" + Household.room).label("door"),
        Building.address,
        literal_column("1").label("households"),
    ).where(view.covers(Household.mercator))


def _by_building(doors: Select[Any], state: FromClause) -> Select[Any]:
    door = doors.subquery("door")
    worst = (
        select(
            func.min(door.c.id).label("id"),
            _middle(door.c.geom).label("geom"),
            func.min(door.c.area_id).label("area_id"),
            door.c.building_id,
            func.min(door.c.rank).label("rank"),
            func.min(door.c.due_on).label("due_on"),
            func.max(door.c.data_time).label("data_time"),
            func.count().label("households"),
        )
        .group_by(door.c.building_id)
        .subquery("worst")
    )
    named = select(state.c.rank, func.min(state.c.code).label("state")).group_by(state.c.rank).subquery("named")
    return select(worst, named.c.state).join_from(worst, named, named.c.rank == worst.c.rank)


def _middle(place: ColumnElement[Any]) -> ColumnElement[Any]:
    # ST_Centroid(ST_Collect(place)) says the same and takes longer than the rest of the query.
    point = func.ST_MakePoint(func.avg(func.ST_X(place)), func.avg(func.ST_Y(place)))
    return func.ST_SetSRID(point, MERCATOR, type_=Geometry)


LAYER = Layer(
    id="households",
    title=Words("住户", "Households"),
    group="homes",
    geometry="point",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=13,
    max_zoom=18,
    statement=statement,
    tables=("household", "colour_scheme", "scheme_state"),
    single_from=DOORS_FROM,
    value="state",
    by_scheme=True,
    tile_columns=("households",),
    title_column="door",
    fields=(
        Field("address", Words("地址", "Address")),
        Field("state", Words("状态", "State"), "mark"),
        Field("since", Words("自", "Since"), "time"),
        Field("due_on", Words("到期日", "Due on"), "date"),
        Field("days_left", Words("剩余", "Left"), "days"),
        Field("unit", Words("单元", "Unit"), "number"),
        Field("floor", Words("楼层", "Floor"), "number"),
    ),
    label_zoom=17,
    radius=4.5,
    order=60,
)
