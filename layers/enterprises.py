"""Enterprises 企业复工复产: resumed, on the whitelist but not yet, or neither; one that has not reported for two days says so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Select, case, cast, func, or_, select, true

from geodata.figures import share
from geodata.model import Enterprise, EnterpriseDay
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

STALE_AFTER = timedelta(hours=48)
PEOPLE = Words("人", "people")


def statement(view: View) -> Select[Any]:
    """Return enterprises with the newest report that was known at the shown moment."""
    day = EnterpriseDay
    newest = (
        select(
            day.whitelisted,
            day.resumed_on,
            day.staff,
            day.staff_back,
            func.least(day.reported_at, view.at).label("reported_at"),
        )
        .where(day.enterprise_id == Enterprise.id, day.first_reported_at <= view.known)
        .order_by(day.day.desc())
        .limit(1)
        .lateral("newest")
    )
    state = case(
        (or_(newest.c.reported_at.is_(None), view.at - newest.c.reported_at > STALE_AFTER), "stale"),
        (newest.c.resumed_on <= view.day, "resumed"),
        (newest.c.whitelisted, "whitelisted"),
        else_="not_yet",
    )
    query: Select[Any] = select(
        Enterprise.id,
        Enterprise.mercator.label("geom"),
        Enterprise.area_id,
        newest.c.reported_at.label("data_time"),
        state.label("state"),
        Enterprise.code,
        Enterprise.name,
        Enterprise.industry,
        newest.c.resumed_on,
        newest.c.staff,
        newest.c.staff_back,
        cast(share(newest.c.staff_back, func.nullif(newest.c.staff, 0)), Float).label("percent"),
    )
    return query.where(view.covers(Enterprise.mercator)).outerjoin(newest, true())


LAYER = Layer(
    id="enterprises",
    title=Words("企业复工复产", "Enterprises"),
    group="reports",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=8,
    max_zoom=15,
    statement=statement,
    tables=("enterprise", "enterprise_day"),
    value="state",
    marks=(
        Mark("stale", Words("48 小时未上报", "No report for 48 hours"), DARK.no_data, LIGHT.no_data, "?", "diagonal"),
        Mark("not_yet", Words("未复工", "Not resumed"), DARK.idle, LIGHT.idle, letter="–", radius=0.8),
        Mark(
            "whitelisted",
            Words("白名单，待复工", "Whitelisted, not yet resumed"),
            DARK.information,
            LIGHT.information,
            "W",
        ),
        Mark("resumed", Words("已复工", "Resumed"), DARK.good, LIGHT.good, letter="✓"),
    ),
    label="name",
    title_column="name",
    fields=(
        Field("state", Words("状态", "State"), "mark"),
        Field("industry", Words("行业", "Industry")),
        Field("resumed_on", Words("复工日期", "Resumed on"), "date"),
        Field("staff_back", Words("返岗", "Staff back"), "number", PEOPLE),
        Field("staff", Words("员工", "Staff"), "number", PEOPLE),
        Field("percent", Words("返岗率", "Share back"), "percent"),
    ),
    label_zoom=15,
    radius=7,
    shown=False,
    stale_after=STALE_AFTER,
    order=68,
)
