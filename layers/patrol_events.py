"""Patrol events 巡查事件 of the last 24 hours: a gathering, somebody without a mask, the loudhailer."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from geodata.model import Flight, PatrolEvent
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

WINDOW = timedelta(hours=24)


def statement(view: View) -> Select[Any]:
    """Return what was seen or said in the day before the shown moment."""
    return (
        select(
            PatrolEvent.id,
            PatrolEvent.mercator.label("geom"),
            PatrolEvent.area_id,
            PatrolEvent.at.label("data_time"),
            PatrolEvent.kind,
            PatrolEvent.code,
            Flight.code.label("flight"),
        )
        .where(view.covers(PatrolEvent.mercator))
        .where(PatrolEvent.at > view.at - WINDOW, PatrolEvent.at <= view.known)
        .outerjoin(Flight, Flight.id == PatrolEvent.flight_id)
    )


LAYER = Layer(
    id="patrol_events",
    title=Words("巡查事件（24 小时）", "Patrol events (24 hours)"),
    group="patrols",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=9,
    max_zoom=16,
    statement=statement,
    tables=("patrol_event", "flight"),
    value="kind",
    marks=(
        Mark("gathering", Words("聚集", "Gathering"), DARK.severe, LIGHT.severe, letter="3"),
        Mark("no_mask", Words("未戴口罩", "No mask"), DARK.warning, LIGHT.warning, letter="M"),
        Mark("loudhailer", Words("喊话", "Loudhailer"), DARK.information, LIGHT.information, letter="L"),
    ),
    title_column="code",
    fields=(
        Field("kind", Words("事件", "Event"), "mark"),
        Field("data_time", Words("时间", "Time"), "time"),
        Field("flight", Words("架次", "Flight")),
    ),
    radius=7,
    shown=False,
    stale_after=WINDOW,
    order=76,
)
