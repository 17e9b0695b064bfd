"""Blocked streets 封路 and controlled exits 管控出口 as somebody drew them: what stands at the shown moment."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select

from geodata.model import Closure
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT


def statement(view: View) -> Select[Any]:
    """Return what is closed. Now is what has no end, lest what was drawn within this minute waited for the next."""
    standing = func.upper_inf(Closure.valid) if view.moment is None else Closure.valid.contains(view.at)
    since = func.lower(Closure.valid)
    return select(
        Closure.id,
        Closure.mercator.label("geom"),
        Closure.area_id,
        since.label("data_time"),
        since.label("since"),
        Closure.kind,
        Closure.reason,
        Closure.entered_by,
        Closure.ended_by,
    ).where(view.covers(Closure.mercator), standing)


LAYER = Layer(
    id="closures",
    title=Words("封路与管控出口", "Blocked streets, controlled exits"),
    group="plan",
    geometry="line",
    privacy=Privacy.INTERNAL,
    min_zoom=11,
    max_zoom=16,
    statement=statement,
    tables=("closure",),
    value="kind",
    marks=(
        Mark("blocked_street", Words("封路", "Blocked street"), DARK.severe, LIGHT.severe, "×", "cross"),
        Mark("controlled_exit", Words("管控出口", "Controlled exit"), DARK.warning, LIGHT.warning, "!", "diagonal"),
    ),
    fields=(
        Field("kind", Words("类型", "Kind"), "mark"),
        Field("since", Words("自", "Since"), "time"),
        Field("entered_by", Words("操作人", "By")),
        Field("reason", Words("原因", "Reason")),
    ),
    radius=4,
    stale_after=timedelta(days=3650),
    order=56,
)
