"""Boundaries 边界 of areas from city to village, lower levels where there is room for them: part of the base map."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Select, func, null, select

from geodata import figures
from geodata.model import Area, Level
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT


def levels(zoom: int) -> tuple[Level, ...]:
    """Return whose borders are drawn at a zoom."""
    upper = (Level.CITY, Level.COUNTY)
    return upper if zoom <= 9 else (*upper, Level.TOWNSHIP) if zoom <= 11 else (*upper, Level.TOWNSHIP, Level.VILLAGE)


def statement(view: View) -> Select[Any]:
    """Return the borders of areas as lines."""
    return select(
        Area.id,
        func.ST_Boundary(Area.mercator, type_=Geometry).label("geom"),
        Area.id.label("area_id"),
        null().label("data_time"),
        Area.code,
        Area.name,
        Area.level,
    ).where(view.covers(Area.mercator), Area.mercator.is_not(None), figures.at_levels(levels(view.zoom)))


LAYER = Layer(
    id="boundaries",
    title=Words("边界", "Boundaries"),
    group="base",
    geometry="line",
    privacy=Privacy.PUBLIC,
    min_zoom=5,
    max_zoom=14,
    statement=statement,
    marks=(Mark("", Words("边界", "Boundaries"), DARK.borders[1], LIGHT.borders[1]),),
    tables=("area",),
    tile_columns=("code", "level"),
    title_column="name",
    fields=(Field("code", Words("区划代码", "Code")),),
    radius=1,
    order=20,
)
