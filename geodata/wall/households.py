"""Households per state, what is due and new."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.summaries import homes
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain

TABLES = frozenset({"household", "colour_scheme", "scheme_state"})


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's figures of homes; for a reader without homes nothing but the lack of a time."""
    figures = await homes(connection, code, now=moment.now, at=moment.at)
    if not figures:
        return {"data_time": None}
    return plain({"states": figures.pop("households"), "data_time": figures.pop("households_data_time"), **figures})


BLOCK = Block("households", TABLES, read)
