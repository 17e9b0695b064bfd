"""Any other daily figure that a department reports: what it is called, its unit, its value, and what it should reach.

A code means the same within one area; the newest report of a day counts.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Day, Moment, Note
from geodata.feeds.floor.tables import newer, newest, newest_word
from geodata.feeds.floor.things import known_areas

LATE_AFTER = timedelta(hours=36)
_NAME = text(
    """INSERT INTO indicator AS t (code, name_zh, name_en, unit, better, reported_at, area_id, path)
       SELECT r.code, r.zh, r.en, r.unit, r.better, r.reported_at, a.id, a.path
       FROM unnest(CAST(:code AS text[]), CAST(:title_zh AS text[]), CAST(:title_en AS text[]), CAST(:unit AS text[]),
                   CAST(:better AS text[]), CAST(:reported_at AS timestamptz[]), CAST(:area AS int[]))
            AS r(code, zh, en, unit, better, reported_at, area)
       JOIN area a ON a.id = r.area ORDER BY a.id, r.code
       ON CONFLICT (area_id, code) DO UPDATE SET
           name_zh = excluded.name_zh, name_en = excluded.name_en, unit = excluded.unit, better = excluded.better,
           reported_at = excluded.reported_at
       WHERE excluded.reported_at > t.reported_at"""
)
_PUT = text(
    f"""INSERT INTO indicator_day AS t (indicator_id, day, value, target, source, reported_at, area_id, path)
       SELECT i.id, r.day, r.value, r.target, r.source, r.reported_at, i.area_id, i.path
       FROM unnest(CAST(:code AS text[]), CAST(:area AS int[]), CAST(:day AS date[]), CAST(:value AS float8[]),
                   CAST(:target AS float8[]), CAST(:source AS text[]), CAST(:reported_at AS timestamptz[]))
            AS r(code, area, day, value, target, source, reported_at)
       JOIN indicator i ON i.area_id = r.area AND i.code = r.code ORDER BY i.id, r.day
       ON CONFLICT (indicator_id, day) DO UPDATE SET
           value = excluded.value, target = excluded.target, source = excluded.source, reported_at = excluded.reported_at
       WHERE {newer("value", "target", "source")}"""  # noqa: S608 -- names of our own model
)
Figure = Annotated[float, Field(strict=True, ge=-1e15, le=1e15, allow_inf_nan=False)]
Unit = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,20}$")]


class Indicator(Row):
    """One figure of one area and day."""

    code: Code
    title_zh: Note
    """What the figure is called."""
    title_en: Note | None = None
    """The same in English; the Chinese words where nobody gave any."""
    unit: Unit = ""
    area: Code
    day: Day
    value: Figure
    target: Figure | None = None
    """What it should reach."""
    better: Literal["higher", "lower"] = "higher"
    source: Note | None = None
    """Where the figure comes from."""
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[Indicator], _sender: str) -> Written:
    """Put the newest report of every figure and day in. Raises Refused where an area is not known here."""
    areas = await known_areas(connection, rows)
    changed = [(await connection.execute(statement, columns)).rowcount for statement, columns in putting(rows, areas)]
    return Written(changed[-1], len(rows) - changed[-1])


def putting(rows: Sequence[Indicator], areas: Mapping[str, int]) -> list[tuple[TextClause, dict[str, list[Any]]]]:
    """Return what names figures and what puts their values in, with what they bind; `areas` are ids by code."""
    named = newest(rows, lambda row: (row.area, row.code), lambda row: row.reported_at)
    kept = newest_word(rows, "area", "code", "day")
    return [
        (_NAME, _columns(named, ("unit", "better"), areas) | _titles(named)),
        (_PUT, _columns(kept, ("day", "value", "target", "source"), areas)),
    ]


def _columns(rows: Sequence[Indicator], names: Sequence[str], areas: Mapping[str, int]) -> dict[str, list[Any]]:
    columns = {name: [getattr(row, name) for row in rows] for name in ("code", "reported_at", *names)}
    return columns | {"area": [areas[row.area] for row in rows]}


def _titles(rows: Sequence[Indicator]) -> dict[str, list[Any]]:
    english = [row.title_en or row.title_zh for row in rows]
    return {"title_zh": [row.title_zh for row in rows], "title_en": english}


FEED = Feed(
    kind="indicators",
    title=Words("指标", "Indicators"),
    row=Indicator,
    key=("code", "area", "day"),
    privacy=Privacy.INTERNAL,
    late_after=LATE_AFTER,
    write=write,
    example={
        "code": "news_read",
        "title_zh": "疫情信息阅读量",
        "title_en": "News read",
        "unit": "次",
        "area": "411202001001",
        "day": "2020-02-11",
        "value": 18250,
        "target": 15000,
        "better": "higher",
        "source": "融媒体中心日报",
        "reported_at": "2020-02-11T20:00:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("指标编号", "指标代码", "编号"),
            "title_zh": ("指标名称", "指标", "名称"),
            "title_en": ("英文名称",),
            "unit": ("单位", "计量单位"),
            "area": ("区域代码", "区划代码"),
            "day": ("日期", "数据日期"),
            "value": ("数值", "值", "完成数"),
            "target": ("目标", "目标值"),
            "better": ("方向", "向好方向"),
            "source": ("来源", "数据来源"),
            "reported_at": ("上报时间", "填报时间"),
        },
        words={
            "better": {
                "higher": ("越高越好", "高", "正向"),
                "lower": ("越低越好", "低", "逆向"),
            },
        },
        area="area",
    ),
)
