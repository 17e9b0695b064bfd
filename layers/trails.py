"""Trails 实时航迹: where drones in the air and teams on foot came from in the last minutes, fainter the longer ago."""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, ColumnElement, FromClause, Integer, Select, cast, func, select, true, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from geodata.model import Drone, Flight, GroundPatrol, GroundPoint, TrackPoint
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.drones import under_way
from layers.tokens import DARK, LIGHT

WINDOW = timedelta(minutes=20)
EVERY_S = 10
"""One position is drawn in so many seconds."""


def statement(view: View) -> Select[Any]:
    """Return one line a patrol under way; `ages` says of each point how many seconds before the newest, `data_time`, it was."""
    trails = union_all(_flown(view), _walked(view)).subquery("trails")
    return select(trails).where(view.covers(trails.c.geom))


def _flown(view: View) -> Select[Any]:
    trail = _trail(view, TrackPoint, TrackPoint.flight_id == Flight.id, Flight)
    return (
        _columns(cast(Flight.id * 2, BigInteger), trail, Drone.name, Flight.code, Flight.started_at)
        .select_from(Flight)
        .join(Drone, Drone.id == Flight.drone_id)
        .join(trail, true())
        .where(under_way(Flight, view))
    )


def _walked(view: View) -> Select[Any]:
    trail = _trail(view, GroundPoint, GroundPoint.patrol_id == GroundPatrol.id, GroundPatrol)
    return (
        _columns(
            cast(GroundPatrol.id * 2 + 1, BigInteger),
            trail,
            GroundPatrol.team,
            GroundPatrol.code,
            GroundPatrol.started_at,
        )
        .select_from(GroundPatrol)
        .join(trail, true())
        .where(under_way(GroundPatrol, view))
    )


def _columns(number: ColumnElement[int], trail: FromClause, *rest: Any) -> Select[Any]:
    """Return the columns of one kind of patrol. Numbers of flights and of patrols are told apart by being even and odd."""
    name, code, started_at = rest
    return select(
        number.label("id"),
        trail.c.line.label("geom"),
        trail.c.area_id,
        trail.c.data_time,
        trail.c.ages,
        name.label("name"),
        code.label("code"),
        started_at.label("started_at"),
    )


def _trail(
    view: View, point: type[TrackPoint] | type[GroundPoint], own: ColumnElement[bool], patrol: Any
) -> FromClause:
    step = func.floor(func.extract("epoch", point.at) / EVERY_S)
    kept = (
        select(point.at, point.mercator, point.area_id)
        .where(own, point.at > view.at - WINDOW, point.at <= view.at)
        .ext(distinct_on(step))
        .order_by(step, point.at.desc())
        .correlate(patrol)
        .lateral("kept")
    )
    # Counted from the newest, not from now, so that the same positions are the same answer whenever they are asked for.
    aged = select(
        kept, cast(func.extract("epoch", func.max(kept.c.at).over() - kept.c.at), Integer).label("age")
    ).lateral("aged")
    return (
        select(
            func.ST_MakeLine(aggregate_order_by(aged.c.mercator, aged.c.at), type_=Geometry).label("line"),
            func.array_agg(aggregate_order_by(aged.c.age, aged.c.at)).label("ages"),
            func.array_agg(aggregate_order_by(aged.c.area_id, aged.c.at.desc()))[1].label("area_id"),
            func.max(aged.c.at).label("data_time"),
        )
        .having(func.count() > 1)
        .lateral("trail")
    )


LAYER = Layer(
    id="trails",
    title=Words("实时轨迹", "Live trails"),
    group="patrols",
    geometry="line",
    privacy=Privacy.INTERNAL,
    min_zoom=9,
    max_zoom=16,
    statement=statement,
    marks=(Mark("", Words("最近 20 分钟走过", "Where from, last 20 minutes"), DARK.track, LIGHT.track),),
    tables=("track_point", "flight", "drone", "ground_point", "ground_patrol"),
    title_column="name",
    fields=(
        Field("code", Words("编号", "Code")),
        Field("started_at", Words("开始", "Began"), "time"),
        Field("data_time", Words("最后位置", "Last position"), "time"),
    ),
    radius=3,
    stale_after=timedelta(minutes=1),
    live=True,
    order=77,
)
