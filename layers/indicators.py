"""Indicators 指标 by area: how many of those with a target reached it on the newest day; the card names each with its value.

What an area reports is not known before it does, so this is one sign an area and no colouring by each indicator. Only what is
not old counts against its target; what is old is named with its day.
"""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geodata.figures import at_levels
from geodata.model import Area, Indicator, IndicatorDay, Level
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

STALE_AFTER = timedelta(hours=36)


def statement(view: View) -> Select[Any]:
    """Return the areas that report anything themselves: city and counties from afar, what lies below them closer by."""
    told = _by_area(_told(view))
    state = case(
        (view.at - told.c.data_time > STALE_AFTER, "stale"),
        (told.c.targets == 0, "no_target"),
        (told.c.reached < told.c.targets, "short"),
        else_="reached",
    )
    shown = at_levels(_levels(view.zoom)) if view.zoom <= 11 else true()
    point = func.ST_PointOnSurface(Area.mercator, type_=Geometry)
    return (
        select(
            Area.id,
            point.label("geom"),
            Area.id.label("area_id"),
            told.c.data_time,
            state.label("state"),
            case((told.c.targets > 0, cast(told.c.reached, Text) + "/" + cast(told.c.targets, Text))).label("share"),
            Area.name,
            *(told.c[name] for name in ("listed", "listed_en", "short", "short_en")),
        )
        .join(told, told.c.area_id == Area.id)
        .where(Area.mercator.is_not(None), view.covers(point), or_(shown, Area.level == Level.CITY))
    )


def _levels(zoom: int) -> list[Level]:
    return [Level.COUNTY] if zoom <= 9 else [Level.COUNTY, Level.TOWNSHIP]


def _told(view: View) -> Subquery:
    """Return the newest day of every indicator, with whether it reached its target: missing where it has none, or is old."""
    day = IndicatorDay
    newest = (
        select(day.day, day.value, day.target, func.least(day.reported_at, view.at).label("reported_at"))
        .where(day.indicator_id == Indicator.id, day.day <= view.day, day.first_reported_at <= view.known)
        .order_by(day.day.desc())
        .limit(1)
        .lateral("newest")
    )
    fresh = view.at - newest.c.reported_at <= STALE_AFTER
    up = Indicator.better == "higher"
    met = or_(and_(up, newest.c.value >= newest.c.target), and_(~up, newest.c.value <= newest.c.target))
    value, on, target = (cast(newest.c[name], Text) for name in ("value", "day", "target"))
    zh = value + Indicator.unit + "（" + on + func.coalesce(literal("，目标 ") + target, "") + "）"
    en = value + " " + Indicator.unit + " (" + on + func.coalesce(literal(", target ") + target, "") + ")"
    query = select(
        Indicator.area_id,
        Indicator.code,
        newest.c.reported_at,
        fresh.label("fresh"),
        case((and_(fresh, newest.c.target.is_not(None)), met)).label("reached"),
        (Indicator.name_zh + " " + zh).label("words"),
        (Indicator.name_en + " " + en).label("words_en"),
    )
    return query.join(newest, true()).subquery("told")


def _by_area(told: Subquery) -> Subquery:
    def listed(words: ColumnElement[str], between: str) -> Any:
        return func.string_agg(words, aggregate_order_by(literal(between), told.c.fresh.desc(), told.c.code))

    zh, en = listed(told.c.words, "；"), listed(told.c.words_en, "; ")
    return (
        select(
            told.c.area_id,
            func.max(told.c.reported_at).label("data_time"),
            func.count(told.c.reached).label("targets"),
            func.count().filter(told.c.reached).label("reached"),
            zh.label("listed"),
            en.label("listed_en"),
            zh.filter(told.c.reached.is_(False)).label("short"),
            en.filter(told.c.reached.is_(False)).label("short_en"),
        )
        .group_by(told.c.area_id)
        .subquery("by_area")
    )


LAYER = Layer(
    id="indicators",
    title=Words("指标达标情况", "Indicators against targets"),
    group="reports",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=8,
    max_zoom=14,
    statement=statement,
    tables=("indicator", "indicator_day", "area"),
    value="state",
    marks=(
        Mark("short", Words("有指标未达标", "Some targets missed"), DARK.warning, LIGHT.warning, letter="<"),
        Mark("stale", Words("36 小时未上报", "No report for 36 hours"), DARK.no_data, LIGHT.no_data, "?", "diagonal"),
        Mark("no_target", Words("未设目标", "No target set"), DARK.idle, LIGHT.idle, letter="–"),
        Mark("reached", Words("全部达标", "All targets reached"), DARK.good, LIGHT.good, letter="✓"),
    ),
    label="share",
    title_column="name",
    fields=(
        Field("state", Words("状态", "State"), "mark"),
        Field("share", Words("达标数", "Targets reached")),
        Field("short", Words("未达标", "Short of target"), column_en="short_en"),
        Field("listed", Words("全部指标", "All indicators"), column_en="listed_en"),
    ),
    label_zoom=8,
    radius=9,
    shown=False,
    stale_after=STALE_AFTER,
    order=67,
)
