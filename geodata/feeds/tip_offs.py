"""Tip-offs 群众举报 by grid or village: a gathering, a return nobody announced, a price, something else; no text comes in.

Whoever follows one up sends its code again with the status `followed_up`, and `closed` when nothing is left to do.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment
from geodata.feeds.floor.reported import keep_newest_of_codes
from geodata.feeds.floor.tables import newer

_PUT = text(
    f"""INSERT INTO tip_off AS t (code, kind, status, at, answered_at, reported_at, area_id, path)
       SELECT r.code, r.kind, r.status, r.at, CASE WHEN r.status <> 'open' THEN r.reported_at END, r.reported_at, a.id, a.path
       FROM unnest(CAST(:code AS text[]), CAST(:kind AS text[]), CAST(:status AS text[]), CAST(:at AS timestamptz[]),
                   CAST(:reported_at AS timestamptz[]), CAST(:area AS int[])) AS r(code, kind, status, at, reported_at, area)
       JOIN area a ON a.id = r.area ORDER BY r.code
       ON CONFLICT (code) DO UPDATE SET status = excluded.status, reported_at = excluded.reported_at,
           answered_at = CASE WHEN excluded.status <> 'open' THEN coalesce(t.answered_at, excluded.answered_at) END
       WHERE {newer("status")}"""  # noqa: S608 -- names of our own model
)
_THERE = text("SELECT code FROM tip_off WHERE code = ANY (CAST(:codes AS text[]))")
_COLUMNS = ("code", "kind", "status", "at", "reported_at")


class TipOff(Row):
    """One tip-off, and whether somebody has followed it up."""

    code: Code
    area: Code
    """The code of the grid, or of the village where the grid is not known."""
    kind: Literal["gathering", "returned_unreported", "price", "other"]
    at: Moment
    status: Literal["open", "followed_up", "closed"] = "open"
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[TipOff], _sender: str) -> Written:
    """Keep the newest word of each tip-off. Raises Refused: an unknown area, a code used elsewhere."""
    return await keep_newest_of_codes(connection, _PUT, _THERE, rows, _COLUMNS)


FEED = Feed(
    kind="tip_offs",
    title=Words("群众举报", "Tip-offs"),
    row=TipOff,
    key=("code",),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(hours=24),
    write=write,
    example={
        "code": "T20200211-0012",
        "area": "411202001001001",
        "kind": "gathering",
        "at": "2020-02-11T15:05:00+08:00",
        "status": "open",
        "reported_at": "2020-02-11T15:06:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("举报编号", "编号"),
            "area": ("区划代码", "网格代码", "村代码"),
            "kind": ("类型", "举报类型"),
            "at": ("举报时间",),
            "status": ("状态", "办理状态"),
            "reported_at": ("填报时间", "上报时间", "更新时间"),
        },
        words={
            "kind": {
                "gathering": ("聚集", "人员聚集", "聚会"),
                "returned_unreported": ("返回未报", "外地返回未登记", "返乡未报"),
                "price": ("哄抬物价", "物价", "价格"),
                "other": ("其他", "其它"),
            },
            "status": {
                "open": ("待处理", "未处理", "待办"),
                "followed_up": ("已跟进", "处理中", "已核实"),
                "closed": ("已办结", "办结", "已结束"),
            },
        },
    ),
)
