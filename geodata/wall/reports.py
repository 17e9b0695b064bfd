"""Village reports of the day: received of expected, and the four groups that they count."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import summaries
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's figures at the moment; for a reader without homes nothing but the lack of a time."""
    return plain(await summaries.reports(connection, code, now=moment.now, at=moment.at))


BLOCK = Block("reports", frozenset({"village_report"}), read)
