"""Health codes 健康码 counted per area and day: green, yellow, red, registered of the population; the newest report counts.

A row stands for everything below its area. Where a county and its townships both report, the county's own row counts for
the county, and each township's for the township; nobody is counted twice.
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
    f"""INSERT INTO health_code_day AS t (area_id, day, path, green, yellow, red, registered, population,
                                         first_reported_at, reported_at)
       SELECT a.id, r.day, a.path, r.green, r.yellow, r.red, r.registered, r.population, r.reported_at, r.reported_at
       FROM unnest(CAST(:area AS int[]), CAST(:day AS date[]), CAST(:green AS int[]), CAST(:yellow AS int[]),
                   CAST(:red AS int[]), CAST(:registered AS int[]), CAST(:population AS int[]),
                   CAST(:reported_at AS timestamptz[]))
            AS r(area, day, green, yellow, red, registered, population, reported_at)
       JOIN area a ON a.id = r.area ORDER BY a.id, r.day
       ON CONFLICT (area_id, day) DO UPDATE SET
           green = excluded.green, yellow = excluded.yellow, red = excluded.red, registered = excluded.registered,
           population = excluded.population, reported_at = excluded.reported_at
       WHERE {newer("green", "yellow", "red", "registered", "population")}"""  # noqa: S608 -- names of our own model
)
_COLUMNS = ("day", "green", "yellow", "red", "registered", "population", "reported_at")
People = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]


class HealthCodes(Row):
    """How many people of one area had which code on one day."""

    area: Code
    """The code of a county, township, village or grid."""
    day: Day
    green: People
    yellow: People
    red: People
    registered: People
    """People who have a code at all."""
    population: People
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[HealthCodes], _sender: str) -> Written:
    """Put the newest report of every area and day in its place. Raises Refused where an area is not known here."""
    return await keep_newest(connection, _PUT, rows, ("area", "day"), _COLUMNS)


FEED = Feed(
    kind="health_codes",
    title=Words("健康码统计", "Health codes"),
    row=HealthCodes,
    key=("area", "day"),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "area": "411202002",
        "day": "2020-02-11",
        "green": 21840,
        "yellow": 96,
        "red": 12,
        "registered": 21948,
        "population": 24050,
        "reported_at": "2020-02-11T08:30:00+08:00",
    },
    paper=Paper(
        names={
            "area": ("区划代码", "辖区代码", "地区代码"),
            "day": ("日期", "统计日期"),
            "green": ("绿码", "绿码人数"),
            "yellow": ("黄码", "黄码人数"),
            "red": ("红码", "红码人数"),
            "registered": ("已申领", "申领人数", "注册人数"),
            "population": ("总人口", "常住人口", "人口数"),
            "reported_at": ("填报时间", "上报时间"),
        }
    ),
)
