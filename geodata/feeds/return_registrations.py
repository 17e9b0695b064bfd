"""Returns that people announce 返乡登记: to which grid or village, from where, on which day; nothing of the person comes in.

A repeat is known by its code. Whoever meets them sends the code again with `met`, and `closed` when nothing is left to do.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, ComingDay, Moment
from geodata.feeds.floor.reported import keep_newest_of_codes
from geodata.feeds.floor.tables import newer

_PUT = text(
    f"""INSERT INTO return_registration AS t (code, origin, arrives_on, status, at, answered_at, reported_at, area_id, path)
       SELECT r.code, r.origin, r.arrives_on, r.status, r.at, CASE WHEN r.status <> 'registered' THEN r.reported_at END,
              r.reported_at, a.id, a.path
       FROM unnest(CAST(:code AS text[]), CAST(:origin AS text[]), CAST(:arrives_on AS date[]), CAST(:status AS text[]),
                   CAST(:at AS timestamptz[]), CAST(:reported_at AS timestamptz[]), CAST(:area AS int[]))
            AS r(code, origin, arrives_on, status, at, reported_at, area)
       JOIN area a ON a.id = r.area ORDER BY r.code
       ON CONFLICT (code) DO UPDATE SET
           arrives_on = excluded.arrives_on, status = excluded.status, reported_at = excluded.reported_at,
           answered_at = CASE WHEN excluded.status <> 'registered' THEN coalesce(t.answered_at, excluded.answered_at) END
       WHERE {newer("arrives_on", "status")}"""  # noqa: S608 -- names of our own model
)
_THERE = text("SELECT code FROM return_registration WHERE code = ANY (CAST(:codes AS text[]))")
_COLUMNS = ("code", "origin", "arrives_on", "status", "at", "reported_at")


class ReturnRegistration(Row):
    """One announced return, and whether somebody has met it."""

    code: Code
    area: Code
    """The code of the grid, or of the village where the grid is not known."""
    origin: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{5}$")]
    """Six digits of the province or city that they come from (GB/T 2260)."""
    arrives_on: ComingDay
    at: Moment
    """When it was announced."""
    status: Literal["registered", "met", "closed"] = "registered"
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[ReturnRegistration], _sender: str) -> Written:
    """Keep the newest word of each return. Raises Refused: an unknown area, a code used elsewhere."""
    return await keep_newest_of_codes(connection, _PUT, _THERE, rows, _COLUMNS)


FEED = Feed(
    kind="return_registrations",
    title=Words("返乡登记", "Announced returns"),
    row=ReturnRegistration,
    key=("code",),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(hours=24),
    write=write,
    example={
        "code": "R20200211-0031",
        "area": "411202001001001",
        "origin": "420100",
        "arrives_on": "2020-02-12",
        "at": "2020-02-11T09:20:00+08:00",
        "status": "registered",
        "reported_at": "2020-02-11T09:21:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("登记编号", "编号"),
            "area": ("区划代码", "网格代码", "村代码"),
            "origin": ("来源地代码", "出发地代码", "来源地"),
            "arrives_on": ("到达日期", "返乡日期", "抵达日期"),
            "at": ("登记时间",),
            "status": ("状态", "办理状态"),
            "reported_at": ("填报时间", "上报时间", "更新时间"),
        },
        words={
            "status": {
                "registered": ("已登记", "登记"),
                "met": ("已对接", "已接到", "已见面", "已核实"),
                "closed": ("已办结", "办结", "已结束"),
            },
        },
    ),
)
