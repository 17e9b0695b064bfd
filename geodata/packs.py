"""What a tablet takes along of one grid: its outline, buildings, doors with their states, and what the colours mean."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement
from geodata.errors import UnknownArea
from geodata.model import SchemeState

MOST_GRIDS = 300
"""Grids of one list at most: who answers for more of them chooses one on the map."""
OF_A_STATE = ("code", "severity", "colour", "letter", "hatch", "follow_days", "clears_to", "surveyed", "zh", "en")


async def own_grids(connection: AsyncConnection) -> tuple[list[dict[str, Any]], bool]:
    """Return the grids that the reader answers for, by code, and whether there are more than fit into one list."""
    rows = await connection.execute(statement("own_grids"), {"limit": MOST_GRIDS + 1})
    found = [dict(row) for row in rows.mappings()]
    return found[:MOST_GRIDS], len(found) > MOST_GRIDS


async def pack(
    connection: AsyncConnection, code: str, *, now: datetime, scheme: Sequence[SchemeState]
) -> dict[str, Any]:
    """Return one grid whole, as the reader's scope shows it. Raises UnknownArea.

    It says nothing of the moment but the city's day, so that the same data are the same pack.
    """
    code = await current_code(connection, code)
    grid = (await connection.execute(statement("pack_grid"), {"code": code})).mappings().one_or_none()
    if grid is None:
        raise UnknownArea(code=code)
    rows = {}
    for name in ("buildings", "households"):
        found = await connection.execute(statement(f"pack_{name}"), {"grid": grid["id"]})
        rows[name] = [dict(row) for row in found.mappings()]
    return {
        "grid": {name: grid[name] for name in ("code", "name", "above", "leader", "telephone", "outline")}
        | {"bbox": None if None in grid["bbox"] else grid["bbox"]},
        "today": now.date(),
        "data_time": grid["data_time"],
        "states": [{name: getattr(state, name) for name in OF_A_STATE} for state in scheme],
        **rows,
    }
