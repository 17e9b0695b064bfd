"""Fever clinics 发热门诊 and designated hospitals 定点医院: open, full or closed, with the telephone on the card."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, select

from geodata.model import Clinic
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT


def statement(view: View) -> Select[Any]:
    """Return clinics; only the newest report is kept, so a status of before that report is `unknown`."""
    known = Clinic.reported_at <= view.known
    return select(
        Clinic.id,
        Clinic.mercator.label("geom"),
        Clinic.area_id,
        case((known, Clinic.reported_at)).label("data_time"),
        case((known, Clinic.status), else_="unknown").label("status"),
        Clinic.kind,
        Clinic.code,
        Clinic.name,
        Clinic.address,
        Clinic.telephone,
        Clinic.hours,
    ).where(view.covers(Clinic.mercator))


LAYER = Layer(
    id="clinics",
    title=Words("发热门诊与定点医院", "Clinics and hospitals"),
    group="care",
    geometry="point",
    privacy=Privacy.PUBLIC,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("clinic",),
    value="status",
    marks=(
        Mark("full", Words("已满", "Full"), DARK.severe, LIGHT.severe, letter="■"),
        Mark("closed", Words("关闭", "Closed"), DARK.idle, LIGHT.idle, letter="×"),
        Mark("unknown", Words("当时无记录", "No record of then"), DARK.no_data, LIGHT.no_data, "?", "diagonal"),
        Mark("open", Words("开放", "Open"), DARK.good, LIGHT.good, letter="✓"),
    ),
    sign="kind",
    signs=(
        Mark("fever_clinic", Words("发热门诊", "Fever clinic"), DARK.text, LIGHT.text, letter="F"),
        Mark("designated_hospital", Words("定点医院", "Designated hospital"), DARK.text, LIGHT.text, letter="+"),
    ),
    label="name",
    title_column="name",
    fields=(
        Field("kind", Words("类型", "Kind"), "mark"),
        Field("status", Words("状态", "Status"), "mark"),
        Field("telephone", Words("电话", "Telephone"), "telephone"),
        Field("hours", Words("接诊时间", "Hours")),
        Field("address", Words("地址", "Address")),
    ),
    label_zoom=12,
    radius=9,
    stale_after=timedelta(days=1),
    order=74,
)
