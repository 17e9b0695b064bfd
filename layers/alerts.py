"""Open alerts 告警 where they are: severe, warning or information, with who has them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from geodata.model import Alert, AlertRule
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

MAX_ZOOM = 16


def statement(view: View) -> Select[Any]:
    """Return what is open at the shown moment, as far as it has a place."""
    still: ColumnElement[bool] = Alert.closed_at.is_(None)
    if view.moment is not None:
        still = or_(still, Alert.closed_at > view.at)
    shown = (
        select(
            Alert.id,
            Alert.mercator.label("geom"),
            Alert.area_id,
            Alert.fired_at.label("data_time"),
            Alert.severity,
            Alert.name,
        )
        .where(view.covers(Alert.mercator), Alert.mercator.is_not(None))
        .where(still, Alert.fired_at <= view.known)
    )
    if view.zoom <= MAX_ZOOM:
        return shown
    about = (AlertRule.title_zh, AlertRule.title_en, Alert.began_at, Alert.seen_by, Alert.assigned_to)
    return shown.add_columns(*about).join(AlertRule, AlertRule.id == Alert.rule_id)


LAYER = Layer(
    id="alerts",
    title=Words("告警", "Alerts"),
    group="posts",
    geometry="point",
    privacy=Privacy.HOUSEHOLD,
    min_zoom=8,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("alert",),
    value="severity",
    marks=(
        Mark("severe", Words("严重", "Severe"), DARK.severe, LIGHT.severe, letter="!", radius=1.3),
        Mark("warning", Words("警告", "Warning"), DARK.warning, LIGHT.warning, letter="△", radius=0.9),
        Mark("information", Words("提示", "Information"), DARK.information, LIGHT.information, letter="i", radius=0.8),
    ),
    title_column="name",
    fields=(
        Field("severity", Words("级别", "Severity"), "mark"),
        Field("began_at", Words("自", "Since"), "time"),
        Field("seen_by", Words("已确认", "Seen by")),
        Field("assigned_to", Words("责任人", "Assigned to")),
    ),
    radius=8,
    stale_after=timedelta(days=3650),
    order=85,
)
