"""Camera footprints 镜头视野: the ground that each drone in the air sees now, from its height and its field of view."""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Float, Select, func, select

from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.drones import in_the_air
from layers.tokens import DARK, LIGHT

METRES = Words("米", "m")


def statement(view: View) -> Select[Any]:
    """Return a circle on the ground under each drone; one on the ground, or too high to recognise anybody, has none."""
    aloft = in_the_air(view).subquery("aloft")
    ground = func.camera_footprint(aloft.c.geom, aloft.c.height_m, aloft.c.camera_degrees, type_=Geometry)
    seen = select(
        aloft.c.id,
        ground.label("geom"),
        aloft.c.area_id,
        aloft.c.data_time,
        aloft.c.name,
        aloft.c.flight,
        aloft.c.height_m,
        aloft.c.camera_degrees,
        func.camera_radius_m(aloft.c.height_m, aloft.c.camera_degrees, type_=Float).label("radius_m"),
    ).subquery("seen")
    return select(seen).where(seen.c.geom.is_not(None), view.covers(seen.c.geom))


LAYER = Layer(
    id="footprints",
    title=Words("镜头视野", "Camera footprints"),
    group="patrols",
    geometry="polygon",
    privacy=Privacy.INTERNAL,
    min_zoom=11,
    max_zoom=16,
    statement=statement,
    marks=(Mark("", Words("此刻看到的地面", "Ground seen now"), DARK.accent, LIGHT.accent),),
    tables=("track_point", "flight", "drone"),
    title_column="name",
    fields=(
        Field("flight", Words("架次", "Flight")),
        Field("height_m", Words("高度", "Height"), "number", METRES),
        Field("camera_degrees", Words("镜头视角", "Field of view"), "number", Words("°", "°")),
        Field("radius_m", Words("看到的半径", "Seen around it"), "number", METRES),
    ),
    stale_after=timedelta(minutes=1),
    live=True,
    order=78,
)
