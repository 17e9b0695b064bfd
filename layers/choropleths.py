"""What choropleths of reports share: which areas are shown, and how their figures become the column `value`.

An area of which nothing is known has no value: it is hatched and never gets the colour of zero. A reader who may see no homes
gets no row at all.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, Float, Select, cast, func, literal, select

from geodata.figures import at_levels, share
from geodata.model import Area, Level
from layers.areas import MAX_ZOOM, levels
from layers.declaration import View

Figures = Mapping[str, ColumnElement[Any]]
"""A layer's figures by the id of their measure, what is shown without a choice first."""


def shown_areas(view: View, wanted: Callable[[int], Collection[Level]] = levels) -> CTE:
    """Return (id, code, name, level, geom) of the areas that a zoom shows to who may see figures about people."""
    homes = func.coalesce(func.current_setting("app.home_paths", literal(True)), "") != ""
    return (
        select(Area.id, Area.code, Area.name, Area.level, Area.mercator.label("geom"))
        .where(view.covers(Area.mercator), Area.mercator.is_not(None), at_levels(wanted(view.zoom)), homes)
        .cte("shown")
    )


def coloured(view: View, shown: CTE, part: CTE, figures: Figures, more: Figures | None = None) -> Select[Any]:
    """Return the shown areas with the asked figure as `value`; beyond the tiles' zooms with everything for the card."""
    value = figures.get(view.measure, next(iter(figures.values())))
    query = select(
        shown, shown.c.id.label("area_id"), value.label("value"), part.c.reported_at.label("data_time")
    ).select_from(shown)
    if view.zoom > MAX_ZOOM:
        query = query.add_columns(*(figure.label(name) for name, figure in {**figures, **(more or {})}.items()))
    return query.outerjoin(part, part.c.top == shown.c.id)


def percentage(part: ColumnElement[Any], whole: ColumnElement[Any], of: int = 100) -> ColumnElement[Any]:
    """Return `part` per `of` of `whole` as a number that a tile carries as one; missing where the whole is."""
    return cast(share(part, whole, of), Float)
