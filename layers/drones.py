"""Drones 无人机 in the air at the shown moment, each where it was last heard of; deck.gl draws them over the tiles."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from geodata.model import Drone, Flight, GroundPatrol, TrackPoint
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

LONGEST = timedelta(hours=12)
"""No flight lasts longer; an unfinished older one was never closed."""


def under_way(patrol: type[Flight] | type[GroundPatrol], view: View) -> ColumnElement[bool]:
    """Return the condition that a patrol, in the air or on foot, has set out and is not back at the shown moment."""
    still = or_(patrol.ended_at.is_(None), patrol.ended_at > view.at)
    return and_(patrol.started_at <= view.at, patrol.started_at > view.at - LONGEST, still)


def in_the_air(view: View) -> Select[Any]:
    """Return the newest visible position of each flight that has begun and not landed, wherever it is."""
    newest = (
        select(TrackPoint.mercator, TrackPoint.area_id, TrackPoint.at, TrackPoint.height_m)
        .where(TrackPoint.flight_id == Flight.id, TrackPoint.at <= view.at, TrackPoint.at > view.at - LONGEST)
        .order_by(TrackPoint.at.desc())
        .limit(1)
        .lateral("newest")
    )
    return (
        select(
            Drone.id,
            newest.c.mercator.label("geom"),
            newest.c.area_id,
            newest.c.at.label("data_time"),
            newest.c.height_m,
            Drone.code,
            Drone.name,
            Drone.camera_degrees,
            Flight.id.label("flight_id"),
            Flight.code.label("flight"),
            Flight.started_at,
        )
        .select_from(Flight)
        .join(Drone, Drone.id == Flight.drone_id)
        .join(newest, true())
        .where(under_way(Flight, view))
    )


def statement(view: View) -> Select[Any]:
    """Return the drones in the air that are in the view's box."""
    found = in_the_air(view).subquery("found")
    return select(found).where(view.covers(found.c.geom))


LAYER = Layer(
    id="drones",
    title=Words("空中无人机", "Drones in the air"),
    group="patrols",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=5,
    max_zoom=16,
    statement=statement,
    marks=(Mark("", Words("空中无人机", "Drones in the air"), DARK.accent, LIGHT.accent, letter="✈"),),
    tables=("track_point", "flight", "drone"),
    label="name",
    tile_columns=("height_m",),
    title_column="name",
    fields=(
        Field("code", Words("编号", "Code")),
        Field("flight", Words("架次", "Flight")),
        Field("started_at", Words("起飞", "Took off"), "time"),
        Field("height_m", Words("高度", "Height"), "number", Words("米", "m")),
        Field("camera_degrees", Words("镜头视角", "Field of view"), "number", Words("°", "°")),
    ),
    radius=8,
    stale_after=timedelta(minutes=1),
    live=True,
    order=80,
)
