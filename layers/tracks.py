"""Drone tracks 巡查航迹 of the last 24 hours, one line a flight, fading with age; where none runs, nobody has looked."""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Double, FromClause, Select, Subquery, and_, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from geodata.model import Drone, Flight, TrackPoint
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

WINDOW = timedelta(hours=24)
BETWEEN_POINTS_M = 500
"""How far apart (EPSG:3857 metres) two points may be, so that a line which only crosses a tile is found by its points."""
WORLD_M = 40_075_016.7
METRES = Words("米", "m")


def statement(view: View) -> Select[Any]:
    """Return the lines of the points that the reader sees, simplified to half a pixel."""
    passing = _passing(view)
    track = _track(view, passing.c.id)
    age_s = func.extract("epoch", view.at - track.c.data_time)
    tolerance = WORLD_M / 2**view.zoom / 1024
    return (
        select(
            passing.c.id,
            func.ST_Simplify(track.c.line, tolerance, type_=Geometry).label("geom"),
            track.c.area_id,
            track.c.data_time,
            track.c.started_at,
            track.c.height_m,
            cast(func.round(age_s / 3600, 1), Double).label("age_hours"),
            Flight.code,
            Drone.name,
        )
        .select_from(passing)
        .join(track, true())
        .outerjoin(Flight, Flight.id == passing.c.id)
        .outerjoin(Drone, Drone.id == Flight.drone_id)
    )


def _passing(view: View) -> Subquery:
    near = aliased(TrackPoint)
    query = select(near.flight_id.label("id")).where(_lately(near, view)).distinct()
    if view.box is not None:
        query = query.where(near.mercator.op("&&")(func.ST_Expand(view.box, BETWEEN_POINTS_M)))
    return query.subquery("passing")


def _track(view: View, flight_id: ColumnElement[int]) -> FromClause:
    # One flight at a time along the primary key: PostgreSQL would otherwise sort the whole day for a few flights.
    point = TrackPoint
    return (
        select(
            func.ST_MakeLine(aggregate_order_by(point.mercator, point.at), type_=Geometry).label("line"),
            func.array_agg(aggregate_order_by(point.area_id, point.at.desc()))[1].label("area_id"),
            func.max(point.at).label("data_time"),
            func.min(point.at).label("started_at"),
            func.max(point.height_m).label("height_m"),
        )
        .where(point.flight_id == flight_id, _lately(point, view))
        .having(func.count() > 1)
        .lateral("track")
    )


def _lately(point: type[TrackPoint], view: View) -> Any:
    return and_(point.at > view.at - WINDOW, point.at <= view.at)


LAYER = Layer(
    id="tracks",
    title=Words("巡查航迹（24 小时）", "Drone tracks (24 hours)"),
    group="patrols",
    geometry="line",
    privacy=Privacy.INTERNAL,
    min_zoom=9,
    max_zoom=16,
    statement=statement,
    marks=(Mark("", Words("巡查航迹（24 小时）", "Drone tracks (24 hours)"), DARK.track, LIGHT.track),),
    tables=("track_point", "flight", "drone"),
    tile_columns=("age_hours",),
    title_column="name",
    fields=(
        Field("code", Words("架次", "Flight")),
        Field("started_at", Words("起飞", "From"), "time"),
        Field("data_time", Words("最后位置", "Last position"), "time"),
        Field("height_m", Words("最大高度", "Greatest height"), "number", METRES),
    ),
    radius=2,
    shown=False,
    stale_after=WINDOW,
    order=50,
)
