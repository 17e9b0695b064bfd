"""The consultation network 会诊网络: a line from the hospital that asks to the one that answers, and how many cases today."""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Select, case, func, select, true
from sqlalchemy.orm import aliased

from geodata.model import Clinic, Consultation, ConsultationDay
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

STALE_AFTER = timedelta(hours=36)
CASES = Words("例", "cases")


def statement(view: View) -> Select[Any]:
    """Return the links there were on the shown day, with the newest day that was told of each."""
    asks, answers, day = aliased(Clinic), aliased(Clinic), ConsultationDay
    newest = (
        select(day.cases, day.day, func.least(day.reported_at, view.at).label("reported_at"))
        .where(day.consultation_id == Consultation.id, day.day <= view.day, day.first_reported_at <= view.known)
        .order_by(day.day.desc())
        .limit(1)
        .lateral("newest")
    )
    line = func.ST_MakeLine(asks.mercator, answers.mercator, type_=Geometry)
    query: Select[Any] = select(
        Consultation.id,
        line.label("geom"),
        Consultation.area_id,
        newest.c.reported_at.label("data_time"),
        case(
            (func.coalesce(view.at - newest.c.reported_at > STALE_AFTER, true()), "stale"),
            (newest.c.cases > 0, "busy"),
            else_="quiet",
        ).label("state"),
        (asks.name + " → " + answers.name).label("name"),
        Consultation.kind,
        Consultation.since,
        newest.c.cases,
        newest.c.day,
    )
    joined = query.join(asks, asks.id == Consultation.asks_id).join(answers, answers.id == Consultation.answers_id)
    return joined.outerjoin(newest, true()).where(Consultation.since <= view.day, view.covers(line))


LAYER = Layer(
    id="consultations",
    title=Words("会诊网络", "Consultation network"),
    group="care",
    geometry="line",
    privacy=Privacy.INTERNAL,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("consultation", "consultation_day", "clinic"),
    value="state",
    marks=(
        Mark("busy", Words("当日有会诊", "Cases that day"), DARK.information, LIGHT.information, letter="●"),
        Mark("quiet", Words("当日无会诊", "No case that day"), DARK.idle, LIGHT.idle, letter="○"),
        Mark("stale", Words("36 小时未上报", "No report for 36 hours"), DARK.no_data, LIGHT.no_data, letter="?"),
    ),
    title_column="name",
    fields=(
        Field("state", Words("状态", "State"), "mark"),
        Field("cases", Words("会诊病例", "Cases consulted"), "number", CASES),
        Field("day", Words("日期", "Day"), "date"),
        Field("since", Words("开通", "Linked since"), "date"),
    ),
    radius=3,
    shown=False,
    stale_after=STALE_AFTER,
    order=58,
)
