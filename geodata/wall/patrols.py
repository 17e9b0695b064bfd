"""Patrols, as the summary of an area counts them: in the air, on foot, what they saw, and what nobody has seen for a day."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import summaries
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain

TABLES = frozenset({"flight", "track_point", "patrol_event", "ground_patrol", "ground_point", "patrol_cell"})


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's figures at the moment."""
    return plain(await summaries.patrols(connection, code, now=moment.now, at=moment.at))


BLOCK = Block("patrols", TABLES, read)
