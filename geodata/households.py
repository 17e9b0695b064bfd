"""The doors of a grid and what was true of one: state, since when, days left, history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.errors import BadValue, UnknownFeature

MOST = 2000
"""Rows of one answer at most."""


async def household_list(
    connection: AsyncConnection,
    grid_code: str,
    *,
    today: date,
    limit: int = 200,
    offset: int = 0,
    state: str | None = None,
) -> list[dict[str, Any]]:
    """Return the households that lie directly in an area: overdue first, then due, then by severity and address.

    `state` keeps one state's alone. `days_left` is negative where overdue, none where nothing is followed.
    """
    if not 1 <= limit <= MOST:
        raise BadValue(name="limit", value=limit, wanted=f"1–{MOST}")
    if not 0 <= offset < 2**31:
        raise BadValue(name="offset", value=offset, wanted="≥ 0")
    binds = {"code": grid_code, "today": today, "limit": limit, "offset": offset, "state": state}
    return [dict(row) for row in (await connection.execute(statement("household_list"), binds)).mappings()]


async def household(connection: AsyncConnection, household_id: int, *, now: datetime) -> dict[str, Any]:
    """Return one door with its state and history. Raises UnknownFeature."""
    binds = {"id": household_id, "at": now}
    row = None
    if 0 < household_id < 2**63:
        row = (await connection.execute(statement("household"), binds)).mappings().one_or_none()
    if row is None:
        raise UnknownFeature(layer="households", id=household_id)
    return {**row, "history": await household_history(connection, household_id)}


async def household_history(connection: AsyncConnection, household_id: int) -> list[dict[str, Any]]:
    """Return what was true of one household, newest first; empty where it is unknown or not the reader's."""
    rows = await connection.execute(statement("household_history"), {"id": household_id})
    return [dict(row) for row in rows.mappings()]
