"""Gates 大门 of compounds and entrances of villages: open, closed, or the one entrance that is left."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select

from geodata.model import Gate, GateState
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

MAX_ZOOM = 16


def statement(view: View) -> Select[Any]:
    """Return gates with their state at the shown moment; beyond the tiles' zooms also who gave it to them, and why."""
    if view.moment is None and view.zoom <= MAX_ZOOM:
        return _columns(Gate.state, Gate.since).where(view.covers(Gate.mercator))
    held = func.upper_inf(GateState.valid) if view.moment is None else GateState.valid.contains(view.at)
    then = _columns(GateState.state, func.lower(GateState.valid)).add_columns(GateState.reason, GateState.entered_by)
    return then.join(GateState, and_(GateState.gate_id == Gate.id, held)).where(view.covers(Gate.mercator))


def _columns(state: Any, since: Any) -> Select[Any]:
    return select(
        Gate.id,
        Gate.mercator.label("geom"),
        Gate.area_id,
        since.label("data_time"),
        since.label("since"),
        state.label("state"),
        Gate.code,
        Gate.name,
        Gate.kind,
    ).select_from(Gate)


LAYER = Layer(
    id="gates",
    title=Words("大门", "Gates"),
    group="plan",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=13,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("gate",),
    value="state",
    marks=(
        Mark("closed", Words("关闭", "Closed"), DARK.warning, LIGHT.warning, letter="×"),
        Mark(
            "single_entrance", Words("唯一出入口", "Single entrance"), DARK.information, LIGHT.information, letter="1"
        ),
        Mark("open", Words("开放", "Open"), DARK.good, LIGHT.good, letter="✓"),
    ),
    label="name",
    title_column="name",
    fields=(
        Field("state", Words("状态", "State"), "mark"),
        Field("since", Words("自", "Since"), "time"),
        Field("entered_by", Words("操作人", "By")),
        Field("reason", Words("原因", "Reason")),
    ),
    label_zoom=16,
    radius=8,
    stale_after=timedelta(days=3650),
    order=68,
)
