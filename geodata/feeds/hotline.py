"""Hotline cases 热线受理 received and closed, per area and day; the newest report of a day counts.

`received` are the cases that came in on the day, `closed` those closed on it, whenever they came in: totals and the closing
rate are sums over days, so that a late or corrected day moves nothing but itself. Who only knows a running total reports it
as the first day. Each case counts in one area, the deepest that is known.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Day, Moment
from geodata.feeds.floor.reported import keep_newest
from geodata.feeds.floor.tables import newer

_PUT = text(
    f"""INSERT INTO hotline_day AS t (area_id, day, path, received, closed, first_reported_at, reported_at)
       SELECT a.id, r.day, a.path, r.received, r.closed, r.reported_at, r.reported_at
       FROM unnest(CAST(:area AS int[]), CAST(:day AS date[]), CAST(:received AS int[]), CAST(:closed AS int[]),
                   CAST(:reported_at AS timestamptz[])) AS r(area, day, received, closed, reported_at)
       JOIN area a ON a.id = r.area ORDER BY a.id, r.day
       ON CONFLICT (area_id, day) DO UPDATE SET
           received = excluded.received, closed = excluded.closed, reported_at = excluded.reported_at
       WHERE {newer("received", "closed")}"""  # noqa: S608 -- names of our own model
)
_COLUMNS = ("day", "received", "closed", "reported_at")
Cases = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]


class Hotline(Row):
    """What a hotline did for one area on one day."""

    area: Code
    day: Day
    received: Cases
    closed: Cases
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[Hotline], _sender: str) -> Written:
    """Put the newest report of every area and day in its place. Raises Refused where an area is not known here."""
    return await keep_newest(connection, _PUT, rows, ("area", "day"), _COLUMNS)


FEED = Feed(
    kind="hotline",
    title=Words("热线受理与办结", "Hotline cases"),
    row=Hotline,
    key=("area", "day"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "area": "411202002",
        "day": "2020-02-11",
        "received": 37,
        "closed": 36,
        "reported_at": "2020-02-11T20:10:00+08:00",
    },
    paper=Paper(
        names={
            "area": ("区划代码", "辖区代码", "地区代码"),
            "day": ("日期", "统计日期"),
            "received": ("受理数", "受理", "来电数", "受理件数"),
            "closed": ("办结数", "办结", "办结件数"),
            "reported_at": ("填报时间", "上报时间"),
        }
    ),
)
