"""Households of a city as a register lists them: one row a door, found again by building, unit, floor and room.

A door that is there already stays as it is: what became of it since is the ledger's. Without `state` nobody has asked yet.
No column for a person exists.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import numpy as np
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.arrow import columns_of
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.doors import Doors
from geodata.feeds.floor.fields import Code, Latitude, Line, Longitude, Moment
from geodata.feeds.floor.refusal import stop


class Household(Row):
    """One door of the building that stands at `address` in the grid `area`."""

    area: Code
    address: Line
    unit: Annotated[int, Field(strict=True, ge=0, le=999)] = 1
    floor: Annotated[int, Field(strict=True, ge=-9, le=200)] = 1
    room: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=40)]
    state: Code | None = None
    """A state of the city's colour scheme in force."""
    since: Moment | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    """Without a place of its own a door lies in its building."""


async def write(connection: AsyncConnection, rows: Sequence[Household], sender: str) -> Written:
    """Add the doors that are new. Raises Refused: an unknown area, building or state, a door that is named twice."""
    doors = Doors(connection, sender)
    await doors.begin()
    encoded, refusals = doors.encode(np.arange(1, len(rows) + 1), columns_of(Household, rows))
    stop(refusals)
    await doors.take(encoded)
    written, refusals = await doors.finish()
    stop(refusals)
    return written


FEED = Feed(
    kind="households",
    title=Words("住户", "Households"),
    row=Household,
    key=("area", "address", "unit", "floor", "room"),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(days=365),
    write=write,
    example={"area": "411202001001001", "address": "1号楼", "unit": 1, "floor": 1, "room": "101"},
    paper=Paper(
        names={
            "area": ("area_code", "网格编码", "网格代码", "网格", "区划代码"),
            "address": ("地址", "楼栋", "楼栋地址", "楼号"),
            "unit": ("单元", "单元号"),
            "floor": ("楼层", "层"),
            "room": ("房号", "门牌号", "室号", "房间号"),
            "state": ("状态", "颜色", "类别", "户别"),
            "since": ("起始时间", "排查时间", "登记时间", "日期"),
            "lon": ("经度", "longitude", "lng", "x"),
            "lat": ("纬度", "latitude", "y"),
        },
        place="point",
        area="area",
        state="state",
    ),
    foundation=True,
    bulk=Doors,
)
