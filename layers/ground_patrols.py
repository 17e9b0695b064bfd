"""Ground patrols 地面巡查: the teams that are out on foot at the shown moment, each where it was last heard of."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, true

from geodata.model import GroundPatrol, GroundPoint
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.drones import LONGEST, under_way
from layers.tokens import DARK, LIGHT


def statement(view: View) -> Select[Any]:
    """Return the newest visible position of each team that has set out and is not back."""
    newest = (
        select(GroundPoint.mercator, GroundPoint.area_id, GroundPoint.at)
        .where(GroundPoint.patrol_id == GroundPatrol.id, GroundPoint.at <= view.at, GroundPoint.at > view.at - LONGEST)
        .order_by(GroundPoint.at.desc())
        .limit(1)
        .lateral("newest")
    )
    return (
        select(
            GroundPatrol.id,
            newest.c.mercator.label("geom"),
            newest.c.area_id,
            newest.c.at.label("data_time"),
            GroundPatrol.code,
            GroundPatrol.team,
            GroundPatrol.started_at,
        )
        .select_from(GroundPatrol)
        .join(newest, true())
        .where(under_way(GroundPatrol, view), view.covers(newest.c.mercator))
    )


LAYER = Layer(
    id="ground_patrols",
    title=Words("地面巡查", "Ground patrols"),
    group="patrols",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=5,
    max_zoom=16,
    statement=statement,
    marks=(Mark("", Words("在外巡查队", "Team out on foot"), DARK.good, LIGHT.good, letter="F"),),
    tables=("ground_point", "ground_patrol"),
    label="team",
    title_column="team",
    fields=(
        Field("code", Words("编号", "Code")),
        Field("started_at", Words("出发", "Set out"), "time"),
        Field("data_time", Words("最后位置", "Last position"), "time"),
    ),
    radius=7,
    stale_after=timedelta(minutes=5),
    live=True,
    order=79,
)
