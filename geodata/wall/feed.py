"""The alert feed: what must be seen first first, thousands of one rule and area in one line."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.alerts.reading import feed
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's feed at the moment."""
    return plain(await feed(connection, code, now=moment.now, at=moment.at))


BLOCK = Block("feed", frozenset({"alert", "alert_rule", "alert_judged"}), read)
