"""Citizens' reports 群众上报 that nobody has answered: fevers, tip-offs, announced returns, counted at the middle of an area.

From far away a point stands for a county or township, from close by for the grid or village that the reports name: never
for the place of one person.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, Select, Text, case, cast, func, select

from geodata import figures, report_figures
from geodata.model import Area, Level
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

OWN_FROM = 12
"""From this zoom every area shows its own reports, and below it those of everything that lies in it."""
CASES = Words("件", "cases")


def statement(view: View) -> Select[Any]:
    """Return areas in which something was open at the shown moment, by what must be answered first."""
    shown = _shown(view)
    own = select(shown.c.id.label("top"), shown.c.id.label("area_id")).cte("below")
    told = report_figures.citizens(own if view.zoom >= OWN_FROM else figures.subtree(shown), view.known)
    kind = case((told.c.fevers > 0, "fevers"), (told.c.tip_offs > 0, "tip_offs"), else_="returns")
    every = told.c.fevers + told.c.tip_offs + told.c.returns
    columns = (told.c.fevers, told.c.tip_offs, told.c.returns, told.c.oldest_at, told.c.reported_at.label("data_time"))
    return (
        select(shown, shown.c.id.label("area_id"), kind.label("kind"), cast(every, Text).label("open"), *columns)
        .select_from(shown)
        .join(told, told.c.top == shown.c.id)
    )


def _shown(view: View) -> CTE:
    """Return the areas that points may stand for, each with its middle."""
    point = func.ST_PointOnSurface(Area.mercator)
    query = select(Area.id, Area.code, Area.name, point.label("geom")).where(
        view.covers(Area.mercator), Area.mercator.is_not(None)
    )
    if view.zoom < OWN_FROM:
        query = query.where(figures.at_levels((Level.COUNTY if view.zoom <= 9 else Level.TOWNSHIP,)))
    return query.cte("shown")


LAYER = Layer(
    id="citizens_reports",
    title=Words("群众上报", "Citizens' reports"),
    group="reports",
    geometry="point",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=6,
    max_zoom=15,
    statement=statement,
    tables=("area", "fever_report", "tip_off", "return_registration"),
    value="kind",
    marks=(
        Mark("fevers", Words("有发热自报", "Fevers reported"), DARK.severe, LIGHT.severe, letter="℃", radius=1.2),
        Mark("tip_offs", Words("有群众举报", "Tip-offs"), DARK.warning, LIGHT.warning, letter="※"),
        Mark("returns", Words("有返乡登记", "Returns announced"), DARK.information, LIGHT.information, letter="←"),
    ),
    label="open",
    title_column="name",
    fields=(
        Field("fevers", Words("发热自报待核", "Fevers to follow up"), "number", CASES),
        Field("tip_offs", Words("举报待核", "Tip-offs to follow up"), "number", CASES),
        Field("returns", Words("返乡待接", "Returns to meet"), "number", CASES),
        Field("oldest_at", Words("最早一件", "Oldest"), "time"),
    ),
    label_zoom=6,
    radius=9,
    shown=False,
    stale_after=timedelta(days=3650),
    order=84,
    note=Words("点位为区划中心，不是个人位置。", "Points stand in the middle of areas, not where anybody is."),
)
