"""Buildings 楼栋: quiet footprints; from zoom 15 the outline and a letter tell the most severe state behind the doors."""

from typing import Any

from sqlalchemy import FromClause, Select, SQLColumnExpression, and_, func, null, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geodata.figures import local_date
from geodata.model import HOUSEHOLD_STATE, Building, Household
from geodata.schemes.versions import ranked_states
from layers.declaration import Field, Layer, Privacy, View, Words

FACE_FROM = 16
STATES_FROM = 15
"""Below this zoom a footprint is too small for a second sign, and the points of `households` tell the same."""

HOUSEHOLDS = Words("户", "households")


def statement(view: View) -> Select[Any]:
    """Return footprints; close by, each with a summary of its households at the shown moment."""
    bare = select(Building.id, Building.mercator.label("geom"), Building.area_id).where(view.covers(Building.mercator))
    if view.zoom < STATES_FROM:
        return bare.add_columns(null().label("state"), null().label("name"), null().label("data_time"))
    homes = _homes(view)
    return bare.add_columns(
        Building.name,
        Building.address,
        Building.kind,
        Building.units,
        Building.floors,
        homes,
    ).join(homes, true())


def _homes(view: View) -> FromClause:
    state = ranked_states(view.day)
    since: SQLColumnExpression[Any] = Household.since
    due_on: SQLColumnExpression[Any] = Household.due_on
    if view.moment is None:
        source = select().select_from(Household).join(state, state.c.id == Household.state_id)
    else:
        interval = HOUSEHOLD_STATE.c
        held = and_(interval.household_id == Household.id, interval.valid.contains(view.at))
        source = select().select_from(Household).join(HOUSEHOLD_STATE, held)
        source = source.join(state, state.c.id == interval.state_id)
        since = func.lower(interval.valid)
        due_on = local_date(since) + state.c.follow_days
    worst_first = func.array_agg(aggregate_order_by(state.c.code, state.c.rank))
    return (
        source.add_columns(
            worst_first[1].label("state"),
            func.nullif(func.count(), 0).label("households"),
            func.count().filter(state.c.follow_days.is_not(None)).label("followed"),
            func.count().filter(due_on < view.day).label("overdue"),
            func.count().filter(due_on == view.day).label("due_today"),
            func.max(since).label("data_time"),
        )
        .where(Household.building_id == Building.id)
        .lateral("homes")
    )


LAYER = Layer(
    id="buildings",
    title=Words("楼栋", "Buildings"),
    group="homes",
    geometry="polygon",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=14,
    max_zoom=16,
    statement=statement,
    tables=("building", "household", "colour_scheme", "scheme_state"),
    value="state",
    by_scheme=True,
    label="name",
    title_column="name",
    fields=(
        Field("address", Words("地址", "Address")),
        Field("state", Words("最重状态", "Most severe state"), "mark"),
        Field("households", Words("住户", "Households"), "number", HOUSEHOLDS),
        Field("followed", Words("在管", "Followed"), "number", HOUSEHOLDS),
        Field("overdue", Words("逾期未销号", "Overdue"), "number", HOUSEHOLDS),
        Field("due_today", Words("今日到期", "Due today"), "number", HOUSEHOLDS),
        Field("units", Words("单元", "Units"), "number"),
        Field("floors", Words("楼层", "Floors"), "number"),
    ),
    label_zoom=16,
    face_from=FACE_FROM,
    radius=1.5,
    order=40,
)
