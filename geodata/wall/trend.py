"""Fourteen days: newly followed, followed, overdue, passages, rooms taken; the last row is the moment asked about itself."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import summaries
from geodata.areas import statement
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain

DAYS = 14
TABLES = frozenset(
    {"household", "colour_scheme", "scheme_state", "checkpoint", "checkpoint_hour", "hotel", "hotel_day"}
)


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return one row a day, oldest first; what nobody reported is none. No homes for a reader without homes."""
    at = moment.known
    today = (await connection.execute(statement("local_day"), {"at": at})).scalar_one()
    binds = {"code": code, "first": today - timedelta(days=DAYS - 1), "days": DAYS, "at": at}
    figures = await summaries.homes(connection, code, now=moment.now, at=at)
    rows: dict[date, dict[str, Any]] = {binds["first"] + timedelta(days=n): {} for n in range(DAYS)}
    for part in (_homes, _passages, _rooms):
        for day, values in (await part(connection, binds, bool(figures))).items():
            rows[day] |= values
    posts = await summaries.checkpoints(connection, code, now=moment.now, at=at)
    rows[today] |= {"passages": posts["passages"], "turned_back": posts["turned_back"]}
    if figures:
        rows[today] |= {"new": figures["new_today"], "followed": figures["followed"], "overdue": figures["overdue"]}
    times = [time for time in (figures.get("households_data_time"), posts["data_time"]) if time is not None]
    days = [{"day": day, **values} for day, values in rows.items()]
    return plain({"days": days, "data_time": max(times, default=None)})


async def _homes(connection: AsyncConnection, binds: dict[str, Any], homes: bool) -> dict[date, dict[str, Any]]:
    """Return the figures of homes at the end of each whole day; none where the reader may see none."""
    if not homes:
        return {}
    rows = await connection.execute(statement("trend_homes"), binds)
    return {row.day: {"new": row.new, "followed": row.followed, "overdue": row.overdue} for row in rows}


async def _passages(connection: AsyncConnection, binds: dict[str, Any], _homes: bool) -> dict[date, dict[str, Any]]:
    """Return what passed on each day, as it is known now: late reports included."""
    rows = {row.day: row for row in await connection.execute(statement("trend_posts"), binds)}
    days = [binds["first"] + timedelta(days=n) for n in range(binds["days"])]
    return {day: _outcomes(rows.get(day)) for day in days}


def _outcomes(row: Any) -> dict[str, Any]:
    if row is None:
        return {"passages": None, "turned_back": None}
    return {"passages": sum(getattr(row, name) for name in summaries.OUTCOMES), "turned_back": row.turned_back}


async def _rooms(connection: AsyncConnection, binds: dict[str, Any], _homes: bool) -> dict[date, dict[str, Any]]:
    """Return the rooms taken on each day, as known at the moment; none where no hotel is, or none has reported."""
    days = [binds["first"] + timedelta(days=n) for n in range(binds["days"])]
    nothing: dict[date, dict[str, Any]] = {day: {"occupied": None, "rooms": None} for day in days}
    rows = await connection.execute(statement("trend_hotels"), binds)
    return nothing | {row.day: {"occupied": row.occupied, "rooms": row.rooms} for row in rows}


BLOCK = Block("trend", TABLES, read)
