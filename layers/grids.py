"""Grids 网格: the outline of each with its leader, in the colour of what is overdue there."""

from typing import Any

from sqlalchemy import CTE, Select, case, func, select

from geodata import figures
from geodata.model import Area, Level
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

HOUSEHOLDS = Words("户", "households")


def statement(view: View) -> Select[Any]:
    """Return grids with their households' figures at the shown moment."""
    shown = (
        select(Area.id, Area.code, Area.name, Area.leader, Area.telephone, Area.mercator.label("geom"))
        .where(view.covers(Area.mercator), Area.mercator.is_not(None), Area.level == Level.GRID)
        .cte("shown")
    )
    below = select(shown.c.id.label("top"), shown.c.id.label("area_id")).cte("below")
    changes = None if view.moment is None else figures.since(below, view.at)
    homes, due = figures.homes(shown, changes), figures.due(shown, view.day, changes)
    known = homes.c.changed_at if view.moment is None else view.at
    query = _columns(shown, homes, due).add_columns(case((homes.c.total > 0, known)).label("data_time"))
    return query.outerjoin(homes, homes.c.top == shown.c.id).outerjoin(due, due.c.top == shown.c.id)


def _columns(shown: CTE, homes: CTE, due: CTE) -> Select[Any]:
    overdue, due_today = func.coalesce(due.c.overdue, 0), func.coalesce(due.c.due_today, 0)
    loaded = homes.c.total > 0
    state = case(
        (~func.coalesce(loaded, False), "empty"), (overdue > 0, "overdue"), (due_today > 0, "due_today"), else_="clear"
    )
    return select(
        shown,
        shown.c.id.label("area_id"),
        state.label("state"),
        func.nullif(homes.c.total, 0).label("households"),
        case((loaded, overdue)).label("overdue"),
        case((loaded, due_today)).label("due_today"),
        case((loaded, homes.c.followed)).label("followed"),
        case((loaded, homes.c.unsurveyed)).label("unsurveyed"),
    ).select_from(shown)


LAYER = Layer(
    id="grids",
    title=Words("网格", "Grids"),
    group="areas",
    geometry="polygon",
    privacy=Privacy.INTERNAL,
    min_zoom=12,
    max_zoom=15,
    statement=statement,
    tables=("area", "household", "scheme_state"),
    value="state",
    marks=(
        Mark("overdue", Words("有逾期户", "Overdue households"), DARK.severe, LIGHT.severe, letter="!", radius=1.5),
        Mark("due_today", Words("今日有到期户", "Due today"), DARK.warning, LIGHT.warning, letter="14", radius=1.2),
        Mark("clear", Words("无到期户", "Nothing due"), DARK.outline, LIGHT.outline, letter="✓", radius=0.8),
        Mark("empty", Words("无住户数据", "No households loaded"), DARK.no_data, LIGHT.no_data, hatch="diagonal"),
    ),
    tile_columns=("code", "name", "overdue"),
    title_column="name",
    fields=(
        Field("leader", Words("网格长", "Leader")),
        Field("telephone", Words("电话", "Telephone"), "telephone"),
        Field("overdue", Words("逾期未销号", "Overdue"), "number", HOUSEHOLDS),
        Field("due_today", Words("今日到期", "Due today"), "number", HOUSEHOLDS),
        Field("followed", Words("在管", "Followed"), "number", HOUSEHOLDS),
        Field("unsurveyed", Words("未排查", "Not surveyed"), "number", HOUSEHOLDS),
        Field("households", Words("住户", "Households"), "number", HOUSEHOLDS),
    ),
    radius=1.5,
    order=30,
)
