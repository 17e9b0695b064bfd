"""Flights of drones as somebody opens and closes them, beside their telemetry: whichever says earlier or later widens one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from pydantic import model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment, fault
from geodata.feeds.floor.outings import Said, ids_of
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.telemetry import FLIGHTS

_DRONES = text("SELECT code, id FROM drone WHERE code = ANY (CAST(:codes AS text[]))")
_FLIGHTS = replace(FLIGHTS, field="code")


class Flight(Row):
    """One flight; without `ended_at` it is in the air, or its end is not known yet."""

    code: Code
    drone: Code
    started_at: Moment
    ended_at: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise fault("ended_before", "ended_at")
        return self


async def write(connection: AsyncConnection, rows: Sequence[Flight], _sender: str) -> Written:
    """Open flights, widen and land them. Raises Refused: an unknown drone, a flight of another drone."""
    found = await connection.execute(_DRONES, {"codes": sorted({row.drone for row in rows})})
    drones = {drone.code: drone.id for drone in found}
    stop([Refusal(n, "drone", "unknown_drone") for n, row in enumerate(rows, 1) if row.drone not in drones])
    codes = sorted({row.code for row in rows})
    before = await _times(connection, codes)
    said = [Said(r.code, drones[r.drone], r.drone, r.started_at, ended=False, until=r.ended_at) for r in rows]
    await ids_of(connection, _FLIGHTS, said)
    after = await _times(connection, codes)
    news = sum(before.get(code) != times for code, times in after.items())
    return Written(news, len(rows) - news)


async def _times(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[datetime, datetime | None]]:
    held = await connection.execute(_FLIGHTS.holding, {"codes": codes})
    return {row.code: (row.started_at, row.ended_at) for row in held}


FEED = Feed(
    kind="flights",
    title=Words("无人机飞行架次", "Flights of drones"),
    row=Flight,
    key=("code",),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=24),
    write=write,
    example={
        "code": "D1-20200211-09",
        "drone": "D1",
        "started_at": "2020-02-11T14:00:00+08:00",
        "ended_at": "2020-02-11T14:25:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("航次编号", "架次编号", "编号"),
            "drone": ("无人机编号", "设备编号"),
            "started_at": ("起飞时间", "开始时间"),
            "ended_at": ("降落时间", "结束时间"),
        }
    ),
)
