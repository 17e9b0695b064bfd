"""Fevers that people report of themselves, by grid or village: nothing of the person, the home or the telephone comes in.

Whoever follows one up sends its code again with the status `followed_up`; an older word never undoes a newer one.
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
    f"""INSERT INTO fever_report AS t (code, status, at, reported_at, area_id, path)
       SELECT r.code, r.status, r.at, r.reported_at, a.id, a.path
       FROM unnest(CAST(:code AS text[]), CAST(:status AS text[]), CAST(:at AS timestamptz[]),
                   CAST(:reported_at AS timestamptz[]), CAST(:area AS int[])) AS r(code, status, at, reported_at, area)
       JOIN area a ON a.id = r.area ORDER BY r.code
       ON CONFLICT (code) DO UPDATE SET status = excluded.status, reported_at = excluded.reported_at
       WHERE {newer("status")}"""  # noqa: S608 -- names of our own model
)
_THERE = text("SELECT code FROM fever_report WHERE code = ANY (CAST(:codes AS text[]))")
_COLUMNS = ("code", "status", "at", "reported_at")


class FeverReport(Row):
    """One self-report, and whether somebody has followed it up."""

    code: Code
    area: Code
    """The code of the grid, or of the village where the grid is not known."""
    at: Moment
    status: Literal["open", "followed_up"] = "open"
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[FeverReport], _sender: str) -> Written:
    """Keep the newest word of each report. Raises Refused: an unknown area, a code used elsewhere."""
    return await keep_newest_of_codes(connection, _PUT, _THERE, rows, _COLUMNS)


FEED = Feed(
    kind="fever_report",
    title=Words("发热自报", "Fever self-reports"),
    row=FeverReport,
    key=("code",),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(hours=24),
    write=write,
    example={
        "code": "F20200211-0007",
        "area": "411202001001001",
        "at": "2020-02-11T09:40:00+08:00",
        "status": "open",
        "reported_at": "2020-02-11T09:41:00+08:00",
    },
    paper=Paper(
        names={
            "code": (
                "上报编号",
                "编号",
            ),
            "area": (
                "区划代码",
                "网格代码",
                "村代码",
            ),
            "at": (
                "发热时间",
                "自报时间",
            ),
            "status": (
                "状态",
                "办理状态",
            ),
            "reported_at": (
                "填报时间",
                "上报时间",
                "更新时间",
            ),
        },
        words={
            "status": {
                "open": ("待处理", "未跟进", "未处理"),
                "followed_up": ("已跟进", "已核实", "已处理", "已随访"),
            },
        },
        area="area",
    ),
)
