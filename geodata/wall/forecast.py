"""What becomes due on each of the next fourteen days. It is not fact: `forecast` says so, and walls draw it otherwise."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.summaries import walked
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain

DAYS = 14
TABLES = frozenset({"household", "colour_scheme", "scheme_state"})


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return one row a day after the moment's, with how many households become due on it.

    At a past moment it is what was to become due as far as was known then. Nothing for a reader without homes.
    """
    at = moment.at or moment.now
    seen = (await connection.execute(statement("local_day_homes"), {"at": at})).one()
    if not seen.homes:
        return {"forecast": True, "days": [], "data_time": None}
    binds = {"code": code, "first": seen.day, "days": DAYS, "at": at, "now": moment.now}
    if moment.past:
        binds |= await walked(connection, code, at, moment.now)
    rows = await connection.execute(statement("due_past" if moment.past else "due_now"), binds)
    due = {row.due_on: row.households for row in rows}
    days = [seen.day + timedelta(days=n) for n in range(1, DAYS + 1)]
    return plain(
        {
            "forecast": True,
            "days": [{"day": day, "due": due.get(day, 0)} for day in days],
            "data_time": moment.known,
        }
    )


BLOCK = Block("forecast", TABLES, read)
