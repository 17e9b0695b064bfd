"""Names 地名 of areas, each written once, inside its area; higher levels give way where lower ones have room."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Select, case, func, null, select

from geodata import figures
from geodata.model import Area, Level
from layers.declaration import Field, Layer, Privacy, View, Words

RANKS = {level.value: rank for rank, level in enumerate(Level)}


def levels(zoom: int) -> tuple[Level, ...]:
    """Return whose names are written at a zoom."""
    if zoom <= 7:
        return (Level.CITY, Level.COUNTY) if zoom == 7 else (Level.CITY,)
    if zoom <= 11:
        return (Level.COUNTY,) if zoom <= 9 else (Level.COUNTY, Level.TOWNSHIP)
    return (Level.TOWNSHIP, Level.VILLAGE) if zoom <= 13 else (Level.VILLAGE, Level.GRID)


def statement(view: View) -> Select[Any]:
    """Return one point inside each area, with its name."""
    return select(
        Area.id,
        func.ST_PointOnSurface(Area.mercator, type_=Geometry).label("geom"),
        Area.id.label("area_id"),
        null().label("data_time"),
        Area.code,
        Area.name,
        Area.level,
        case(RANKS, value=Area.level).label("rank"),
    ).where(view.covers(Area.mercator), Area.mercator.is_not(None), figures.at_levels(levels(view.zoom)))


LAYER = Layer(
    id="names",
    title=Words("地名", "Names"),
    group="base",
    geometry="point",
    privacy=Privacy.PUBLIC,
    min_zoom=5,
    max_zoom=15,
    statement=statement,
    tables=("area",),
    label="name",
    tile_columns=("level", "rank"),
    title_column="name",
    fields=(Field("code", Words("区划代码", "Code")),),
    label_zoom=5,
    radius=0,
    order=90,
)
