"""Fever clinics and designated hospitals, as the summary of an area counts them."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import summaries
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's figures at the moment."""
    return plain(await summaries.clinics(connection, code, now=moment.now, at=moment.at))


BLOCK = Block("clinics", frozenset({"clinic"}), read, inside=False)
