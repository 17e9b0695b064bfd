"""Passages of checkpoints by the hour: how many went through and with which outcome, and how long it took.

A post may report an hour again as it fills up: the newest report of an hour counts, whenever it arrives. It also takes the
place of what single passages (`passage`) added up to in that hour, for good: the post knows best.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Count, Hour, Moment, fault
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newest, partitions_by_month, take_turns

_POSTS = text("SELECT code, id, area_id FROM checkpoint WHERE code = ANY (CAST(:codes AS text[]))")
_PUT = text(
    """INSERT INTO checkpoint_hour AS t (checkpoint_id, hour, passed, home_quarantine, central_quarantine, turned_back,
                                         seconds, reported_at, area_id, path)
       SELECT c.id, r.hour, r.passed, r.home_quarantine, r.central_quarantine, r.turned_back, r.seconds, r.reported_at,
              c.area_id, c.path
       FROM unnest(CAST(:checkpoint AS int[]), CAST(:hour AS timestamptz[]), CAST(:passed AS int[]),
                   CAST(:home_quarantine AS int[]), CAST(:central_quarantine AS int[]), CAST(:turned_back AS int[]),
                   CAST(:seconds AS int[]), CAST(:reported_at AS timestamptz[]))
            AS r(checkpoint, hour, passed, home_quarantine, central_quarantine, turned_back, seconds, reported_at)
       JOIN checkpoint c ON c.id = r.checkpoint ORDER BY c.id, r.hour
       ON CONFLICT (checkpoint_id, hour) DO UPDATE SET
           passed = excluded.passed, home_quarantine = excluded.home_quarantine,
           central_quarantine = excluded.central_quarantine, turned_back = excluded.turned_back,
           seconds = excluded.seconds, reported_at = excluded.reported_at, counted = false
       WHERE excluded.reported_at > t.reported_at OR t.counted"""
)
_COLUMNS = ("hour", "passed", "home_quarantine", "central_quarantine", "turned_back", "seconds", "reported_at")


class Passages(Row):
    """What passed one checkpoint in one hour."""

    checkpoint: Code
    hour: Hour
    passed: Count
    home_quarantine: Count
    central_quarantine: Count
    turned_back: Count
    seconds: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
    """Seconds that all passages of the hour took together."""
    reported_at: Moment

    @model_validator(mode="after")
    def _reported_in_time(self) -> Self:
        if self.reported_at < self.hour:
            raise fault("before_hour", "reported_at")
        return self


async def write(connection: AsyncConnection, rows: Sequence[Passages], _sender: str) -> Written:
    """Put the newest report of every hour in its place. Raises Refused where a checkpoint is not known here."""
    await partitions_by_month(connection, "checkpoint_hour", (row.hour for row in rows))
    found = await connection.execute(_POSTS, {"codes": sorted({row.checkpoint for row in rows})})
    posts = {post.code: post for post in found}
    stop([Refusal(n, "checkpoint", "unknown_checkpoint") for n, r in enumerate(rows, 1) if r.checkpoint not in posts])
    await take_turns(connection, "passages", {post.area_id for post in posts.values()})
    kept = newest(rows, lambda row: (row.checkpoint, row.hour), lambda row: row.reported_at)
    columns = {name: [getattr(row, name) for row in kept] for name in _COLUMNS}
    put = await connection.execute(_PUT, columns | {"checkpoint": [posts[row.checkpoint].id for row in kept]})
    return Written(put.rowcount, len(rows) - put.rowcount)


FEED = Feed(
    kind="passages",
    title=Words("检测点通行", "Passages of checkpoints"),
    row=Passages,
    key=("checkpoint", "hour"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(minutes=90),
    write=write,
    example={
        "checkpoint": "411202001001001-001",
        "hour": "2020-02-11T08:00:00+08:00",
        "passed": 212,
        "home_quarantine": 3,
        "central_quarantine": 1,
        "turned_back": 2,
        "seconds": 3270,
        "reported_at": "2020-02-11T09:02:11+08:00",
    },
    paper=Paper(
        names={
            "checkpoint": (
                "检测点编号",
                "卡口编号",
                "检测点",
            ),
            "hour": (
                "小时",
                "时段",
            ),
            "passed": (
                "放行",
                "放行人次",
            ),
            "home_quarantine": ("居家隔离",),
            "central_quarantine": ("集中隔离",),
            "turned_back": ("劝返",),
            "seconds": (
                "总用时秒",
                "用时秒",
            ),
            "reported_at": (
                "填报时间",
                "上报时间",
            ),
        },
    ),
)
