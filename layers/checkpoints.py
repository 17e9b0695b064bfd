"""Checkpoints 检测点: on duty, silent or off duty; from zoom 13 each post, before that how many are silent in each area.

A post is silent 失联 when a report that was due has not come, whether its shift is over or not. Now that is told by
`expected_by`; for the past it is worked out from the reports that had arrived by then: a staffed hour is due thirty
minutes after its end.
"""

from datetime import timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    Time,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from geodata import figures
from geodata.model import Area, Checkpoint, CheckpointHour, Level
from layers.declaration import Field, Layer, Mark, Privacy, View, Words
from layers.tokens import DARK, LIGHT

POSTS_FROM = 13
NAMES_FROM = 16
MAX_ZOOM = 16
HOUR_S, DAY_S = 3_600, 86_400
MINUTES_TO_REPORT = 90
"""From the start of a staffed hour until its report is late."""
PASSAGES = Words("人次", "passages")
OUTCOMES = ("passed", "home_quarantine", "central_quarantine", "turned_back")


def statement(view: View) -> Select[Any]:
    """Return posts with their status at the shown moment, or from afar one point an area with its count of silent posts."""
    if view.zoom < POSTS_FROM:
        return _by_area(view)
    unknown = [] if view.moment is None else [(_unheard(view), "unknown")]
    status = case(*unknown, (_silent(view), "silent"), (_staffed(view.at), "on_duty"), else_="off_duty")
    posts = select(
        Checkpoint.id,
        Checkpoint.mercator.label("geom"),
        Checkpoint.area_id,
        _reported_at(view).label("data_time"),
        status.label("status"),
        Checkpoint.kind,
        (Checkpoint.name if view.zoom >= NAMES_FROM else null()).label("name"),
        literal(1).label("posts"),
    ).where(view.covers(Checkpoint.mercator))
    return _with_outcomes(posts, view) if view.zoom > MAX_ZOOM else posts


def _staffed(moment: ColumnElement[Any]) -> ColumnElement[bool]:
    # Says what the database's own `staffed()` says (a test compares them); spelled out, because PostgreSQL does not
    # inline a function whose argument is a subquery, and calling it for every post of the city took 260 ms.
    local = _local_time(moment)
    begin, end = Checkpoint.staffed_from, Checkpoint.staffed_to
    by_day = and_(begin < end, local >= begin, local < end)
    over_night = and_(begin > end, or_(local >= begin, local < end))
    return or_(begin == end, by_day, over_night)


def _local_time(moment: ColumnElement[Any]) -> ScalarSelect[Any]:
    return select(cast(func.timezone(func.city_zone(), moment), Time)).scalar_subquery()


def _reported_at(view: View) -> ColumnElement[Any]:
    return Checkpoint.reported_at.expression if view.moment is None else _last(view, CheckpointHour.reported_at)


def _last(view: View, column: Any) -> ColumnElement[Any]:
    mine = and_(CheckpointHour.checkpoint_id == Checkpoint.id, CheckpointHour.hour < view.at)
    known = select(column).where(mine, CheckpointHour.reported_at <= view.at)
    return known.order_by(CheckpointHour.hour.desc()).limit(1).scalar_subquery()


def _unheard(view: View) -> ColumnElement[bool]:
    """Say of a post with a duty to report that nothing is kept of before the shown moment."""
    return and_(Checkpoint.expected_by.is_not(None), _last(view, CheckpointHour.hour).is_(None))


def _silent(view: View) -> ColumnElement[bool]:
    if view.moment is None:
        return Checkpoint.expected_by < view.at
    return and_(Checkpoint.expected_by.is_not(None), _last(view, CheckpointHour.hour) < _due_hour(view))


def _due_hour(view: View) -> ColumnElement[Any]:
    """Return the start of the newest staffed hour whose report was due: of this shift, or the last one's last hour.

    The same as asking the database's `next_report_by()` (a test compares them), without a call for every post.
    """
    late = func.make_interval(0, 0, 0, 0, 0, MINUTES_TO_REPORT, 0.000001)
    newest = select(func.date_trunc("hour", view.at - late)).scalar_subquery()
    local = func.extract("epoch", _local_time(newest))
    end = func.ceil(func.extract("epoch", Checkpoint.staffed_to) / HOUR_S) * HOUR_S
    since_shift = func.mod(local - end + HOUR_S + DAY_S, DAY_S)
    return case((_staffed(newest), newest), else_=newest - func.make_interval(0, 0, 0, 0, 0, 0, since_shift))


def _by_area(view: View) -> Select[Any]:
    level = Level.COUNTY if view.zoom <= 9 else Level.TOWNSHIP if view.zoom <= 11 else Level.VILLAGE
    shown = (
        select(Area.id, func.ST_PointOnSurface(Area.mercator, type_=Geometry).label("geom"))
        .where(view.covers(Area.mercator), Area.mercator.is_not(None), figures.at_levels([level]))
        .cte("shown")
    )
    sums = _sums(figures.subtree(shown), view)
    silent, staffed = (sums.c.silent > 0, "silent"), (sums.c.staffed > 0, "on_duty")
    unheard = () if view.moment is None else ((sums.c.data_time.is_(None), "unknown"),)
    status = case(*unheard, silent, staffed, else_="off_duty")
    count = written(sums.c.silent) + "/" + written(sums.c.posts)
    return select(
        shown,
        shown.c.id.label("area_id"),
        sums.c.data_time,
        status.label("status"),
        null().label("kind"),
        count.label("name"),
        sums.c.posts,
    ).join(sums, sums.c.top == shown.c.id)


def written(count: ColumnElement[int]) -> ColumnElement[str]:
    """Return a count as people write it: 8,918."""
    return func.to_char(count, "FM999,999,999", type_=Text)


def _sums(below: CTE, view: View) -> Subquery:
    staffed = _staffed(view.at)
    return (
        select(
            below.c.top,
            func.count().label("posts"),
            func.count().filter(staffed).label("staffed"),
            func.count().filter(_silent(view)).label("silent"),
            func.max(_reported_at(view)).label("data_time"),
        )
        .join(Checkpoint, Checkpoint.area_id == below.c.area_id)
        .group_by(below.c.top)
        .subquery("sums")
    )


def _with_outcomes(posts: Select[Any], view: View) -> Select[Any]:
    hour = CheckpointHour
    counted = [func.sum(getattr(hour, name)).label(name) for name in OUTCOMES]
    passages = func.sum(hour.passed + hour.home_quarantine + hour.central_quarantine + hour.turned_back)
    today = (
        select(*counted, func.round(func.sum(hour.seconds) / func.nullif(passages, 0), 1).label("seconds_per_pass"))
        .where(hour.checkpoint_id == Checkpoint.id, hour.hour >= figures.midnight(view.day))
        .where(hour.hour < view.at, hour.reported_at <= view.at)
        .lateral("today")
    )
    shift = func.to_char(Checkpoint.staffed_from, "HH24:MI") + "–" + func.to_char(Checkpoint.staffed_to, "HH24:MI")
    return posts.add_columns(Checkpoint.code, shift.label("shift"), today).join(today, true())


LAYER = Layer(
    id="checkpoints",
    title=Words("检测点", "Checkpoints"),
    group="posts",
    geometry="point",
    privacy=Privacy.INTERNAL,
    min_zoom=8,
    max_zoom=MAX_ZOOM,
    statement=statement,
    tables=("checkpoint", "area"),
    value="status",
    marks=(
        Mark("silent", Words("失联", "Silent"), DARK.severe, LIGHT.severe, letter="!", radius=1.4),
        Mark("unknown", Words("当时无记录", "No record of then"), DARK.no_data, LIGHT.no_data, "?", "diagonal", 0.8),
        Mark("on_duty", Words("在岗", "On duty"), DARK.good, LIGHT.good, letter="✓", radius=0.8),
        Mark("off_duty", Words("不在岗时段", "Off duty"), DARK.idle, LIGHT.idle, letter="–", radius=0.7),
    ),
    sign="kind",
    signs=(
        Mark("community_gate", Words("小区门", "Community gate"), DARK.text, LIGHT.text, letter="G"),
        Mark("village_entrance", Words("村口", "Village entrance"), DARK.text, LIGHT.text, letter="V"),
        Mark("motorway_exit", Words("高速出口", "Motorway exit"), DARK.text, LIGHT.text, letter="M"),
        Mark("station", Words("车站", "Station"), DARK.text, LIGHT.text, letter="S"),
        Mark("venue", Words("公共场所", "Venue"), DARK.text, LIGHT.text, letter="E"),
        Mark("workplace", Words("工作单位", "Workplace"), DARK.text, LIGHT.text, letter="W"),
    ),
    label="name",
    tile_columns=("posts",),
    title_column="name",
    fields=(
        Field("kind", Words("类型", "Kind"), "mark"),
        Field("status", Words("状态", "Status"), "mark"),
        Field("shift", Words("值守时段", "Staffed")),
        Field("passed", Words("今日放行", "Passed today"), "number", PASSAGES),
        Field("home_quarantine", Words("居家隔离", "Home quarantine"), "number", PASSAGES),
        Field("central_quarantine", Words("集中隔离", "Central quarantine"), "number", PASSAGES),
        Field("turned_back", Words("劝返", "Turned back"), "number", PASSAGES),
        Field("seconds_per_pass", Words("每次通行", "Per passage"), "number", Words("秒", "s")),
    ),
    radius=7,
    label_zoom=NAMES_FROM,
    single_from=POSTS_FROM,
    stale_after=timedelta(hours=2),
    order=70,
)
