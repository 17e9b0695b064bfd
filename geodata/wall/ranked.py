"""The areas directly below, those first in which most is wrong: households overdue and posts silent."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.summaries import children
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain

TABLES = frozenset({"household", "colour_scheme", "scheme_state", "checkpoint", "area"})
SHOWN = ("code", "name", "level", "total", "overdue", "due_today", "followed", "unsurveyed", "silent")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return rows of areas with `wrong`, the sum that they are ranked by; empty for an area with nothing below it."""
    found = await children(connection, code, now=moment.now, at=moment.at)
    rows = [
        {name: row[name] for name in SHOWN} | {"wrong": (row["overdue"] or 0) + (row["silent"] or 0)} for row in found
    ]
    rows.sort(key=lambda row: (-row["wrong"], row["code"]))
    times = [row["data_time"] for row in found if row["data_time"] is not None]
    return plain({"rows": rows, "data_time": max(times, default=None)})


BLOCK = Block("ranked", TABLES, read)
