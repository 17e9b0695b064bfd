"""How many people are on duty at checkpoints, by shift: counts, never names; the newest report of a shift counts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Clock
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Day, Moment
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newer, newest_word, refuse_left

_POSTS = text("SELECT code, id FROM checkpoint WHERE code = ANY (CAST(:codes AS text[]))")
_PUT = text(
    f"""INSERT INTO checkpoint_staffing AS t (checkpoint_id, day, shift_from, shift_to, on_duty, reported_at, area_id, path)
       SELECT c.id, r.day, r.shift_from, r.shift_to, r.on_duty, r.reported_at, c.area_id, c.path
       FROM unnest(CAST(:checkpoint AS int[]), CAST(:day AS date[]), CAST(:shift_from AS time[]),
                   CAST(:shift_to AS time[]), CAST(:on_duty AS int[]), CAST(:reported_at AS timestamptz[]))
            AS r(checkpoint, day, shift_from, shift_to, on_duty, reported_at)
       JOIN checkpoint c ON c.id = r.checkpoint ORDER BY c.id, r.day, r.shift_from
       ON CONFLICT (checkpoint_id, day, shift_from) DO UPDATE SET
           shift_to = excluded.shift_to, on_duty = excluded.on_duty, reported_at = excluded.reported_at
       WHERE {newer("shift_to", "on_duty")}"""  # noqa: S608 -- names of our own model
)
_COLUMNS = ("day", "shift_from", "shift_to", "on_duty", "reported_at")


class Staffing(Row):
    """How many were on duty at one post in one shift; a shift over midnight belongs to the day on which it begins."""

    checkpoint: Code
    day: Day
    shift_from: Clock
    shift_to: Clock
    """Equal to `shift_from`: a whole day."""
    on_duty: Annotated[int, Field(strict=True, ge=0, le=1_000)]
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[Staffing], _sender: str) -> Written:
    """Put the newest report of every shift in its place. Raises Refused where a post is not known here, or a day has left."""
    found = await connection.execute(_POSTS, {"codes": sorted({row.checkpoint for row in rows})})
    posts = {post.code: post.id for post in found}
    stop(
        [Refusal(n, "checkpoint", "unknown_checkpoint") for n, row in enumerate(rows, 1) if row.checkpoint not in posts]
    )
    await refuse_left(connection, "checkpoint_staffing", [_begun(row.day) for row in rows], "day", "day_left")
    kept = newest_word(rows, "checkpoint", "day", "shift_from")
    columns = {name: [getattr(row, name) for row in kept] for name in _COLUMNS}
    put = await connection.execute(_PUT, columns | {"checkpoint": [posts[row.checkpoint] for row in kept]})
    return Written(put.rowcount, len(rows) - put.rowcount)


def _begun(day: date) -> datetime:
    """Return the beginning of a day as days leave, whatever the city's zone."""
    return datetime.combine(day, time(), UTC)


FEED = Feed(
    kind="staffing",
    title=Words("检测点在岗人数", "Staff on duty at checkpoints"),
    row=Staffing,
    key=("checkpoint", "day", "shift_from"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=24),
    write=write,
    example={
        "checkpoint": "411202001001001-001",
        "day": "2020-02-11",
        "shift_from": "06:00",
        "shift_to": "14:00",
        "on_duty": 3,
        "reported_at": "2020-02-11T06:10:00+08:00",
    },
    paper=Paper(
        names={
            "checkpoint": ("检测点编号", "卡口编号", "编号"),
            "day": ("日期", "值守日期"),
            "shift_from": ("班次开始", "上岗时间"),
            "shift_to": ("班次结束", "下岗时间"),
            "on_duty": ("在岗人数", "值守人数", "人数"),
            "reported_at": ("上报时间", "填报时间"),
        }
    ),
)
