"""A grid's day: who is due, overdue, not asked, new; where the nearest care is; what becomes due in the days to come."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement
from geodata.errors import BadValue
from geodata.model import Level

LISTS = ("due", "overdue", "unsurveyed", "new")
FARTHEST_DAYS = 60
"""Days that a forecast reaches at most; nothing is followed for longer in any scheme we know."""


async def today(connection: AsyncConnection, code: str, *, now: datetime) -> dict[str, Any]:
    """Return a grid's lists of the city's present day (`now` in the city's zone). Raises UnknownArea, BadValue.

    `data_time` is when a count of the grid changed last, none where it holds no home.
    """
    grid = await _grid(connection, code)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    binds = {"grid": grid.id, "today": now.date(), "midnight": midnight}
    rows = (await connection.execute(statement("today"), binds)).mappings().all()
    lists = {name: [_door(row) for row in rows if row[f"is_{name}"]] for name in LISTS}
    return {
        "grid": grid.code,
        "name": grid.name,
        "at": now,
        "data_time": grid.data_time,
        "today": now.date(),
        **lists,
    }


def _door(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("is_")}


async def care(connection: AsyncConnection, code: str) -> dict[str, list[dict[str, Any]]]:
    """Return the three fever clinics and hotels nearest to a grid, wherever they are. Raises UnknownArea, BadValue.

    What is told of them is what hangs on their doors: nothing about rooms taken, and nobody in them.
    """
    grid = await _grid(connection, code)
    rows = (await connection.execute(statement("nearest"), {"grid": grid.id})).mappings().all()
    return {
        "clinics": [_told(row, "rooms") for row in rows if row["kind"] == "clinic"],
        "hotels": [_told(row, "status", "hours", "reported_at") for row in rows if row["kind"] == "hotel"],
    }


def _told(row: Any, *without: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in (*without, "kind")}


async def forecast(connection: AsyncConnection, code: str, *, now: datetime, days: int = 14) -> dict[str, Any]:
    """Return what becomes due below an area on each day from today on, per grid; grids without any are left out.

    Raises UnknownArea, BadValue.
    """
    if not 1 <= days <= FARTHEST_DAYS:
        raise BadValue(name="days", value=days, wanted=f"1–{FARTHEST_DAYS}")
    code = await current_code(connection, code)
    first = now.date()
    rows = (await connection.execute(statement("forecast"), {"code": code, "today": first, "days": days})).all()
    grids = _by_grid(rows, first, days)
    return {
        "area": code,
        "at": now,
        "days": [first + timedelta(days=n) for n in range(days)],
        "overdue": sum(row.households for row in rows if row.due_on < first),
        "due": [sum(grid["due"][n] for grid in grids) for n in range(days)],
        "grids": grids,
    }


def _by_grid(rows: Iterable[Row[Any]], first: date, days: int) -> list[dict[str, Any]]:
    due: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * days)
    for row in rows:
        if row.due_on >= first:
            due[row.code, row.name][(row.due_on - first).days] = row.households
    return [{"code": code, "name": name, "due": counts} for (code, name), counts in due.items()]


async def _grid(connection: AsyncConnection, code: str) -> Row[Any]:
    row = (await connection.execute(statement("grid"), {"code": code})).one_or_none()
    if row is None:
        return (await connection.execute(statement("grid"), {"code": await current_code(connection, code)})).one()
    if row.level != Level.GRID:
        raise BadValue(name="code", value=code, wanted=Level.GRID)
    return row
